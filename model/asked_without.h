#pragma once

// "Can I run it without Docker?", 没有证件能进吗: whether something goes without another is answered by a sentence that says
// that the other is needed, though it denies nothing. By forms alone, English and Chinese. Internal to model/. Pure.

#include <optional>
#include <string_view>

#include "base/text.h"

namespace quarry::model {

// The word that leaves something out, "without", 没有, 不 of 不戴; what is left out stands behind it. nullopt where the
// question asks anything else or denies more. `text`: the question with the words that only ask taken out
// (Question::text).
std::optional<ByteRange> FindAskedWithout(std::string_view question, std::string_view text);

// Whether the sentence says that something is needed: "you need Docker", 须出示证件.
bool SaysNeeded(std::string_view sentence);

}  // namespace quarry::model
