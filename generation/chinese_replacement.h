#pragma once

// What 产假呢 behind 婚假多少天 may ask: the question before with the new thing in the place of one of its parts. Which
// part gives way the form alone seldom tells, so all readings that are questions are given. For
// follow_up_chinese.cc. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace quarry::generation::follow_up {

// The likelier before the others; none where nothing of the question gives way. `question` is without the marks
// at its end; `alike`: where in it something ends as the new thing does, which may be cut out of a word.
std::vector<std::string> ChineseReplacements(const std::string& question, std::string_view about,
                                             const std::optional<ByteRange>& alike);

}  // namespace quarry::generation::follow_up
