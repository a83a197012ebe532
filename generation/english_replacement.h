#pragma once

// What "And meals?" behind "What is the hotel limit in Berlin?" may ask: the question before with the new thing in the
// place of one of its parts. Which part gives way the form alone seldom tells, so all readings that are questions
// are given. For follow_up_english.cc. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace quarry::generation::follow_up {

// The likelier before the others; none where nothing of the question gives way. `question` is without the marks
// at its end; `preposition` is what stood before `about`, "in" of "And in the annex?", or "".
std::vector<std::string> EnglishReplacements(const std::string& question, std::string_view about,
                                             std::string_view preposition);

}  // namespace quarry::generation::follow_up
