#pragma once

// Whether who writes speaks of killing or hurting himself. Then nothing else that stands in the message
// makes it another one: "I have no support" does not ask for the support team. What others are said to
// want ("a colleague who wants to kill herself", 有人想自杀) or to say ("a caller says: I want to die") is
// asked about by those who help. In doubt it is the writer's own.
//
// By word lists in English and Chinese. `message` is folded (base/text.h). Pure.

#include <string_view>

namespace quarry::generation {

bool SpeaksOfOwnHarm(std::string_view message);

}  // namespace quarry::generation
