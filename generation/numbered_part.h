#pragma once

// "What is step 3?", 第三步呢: a part that has a number and no name, of what the question before is about. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "generation/follow_up.h"

namespace quarry::generation::follow_up {

// nullopt where the message asks for no such part alone.
std::optional<StandaloneQuestion> EnglishNumberedPart(const std::string& before,
                                                      std::string_view message);
std::optional<StandaloneQuestion> ChineseNumberedPart(const std::string& before,
                                                      std::string_view message);

}  // namespace quarry::generation::follow_up
