#pragma once

// Where in a question that stands which it asks for: "who | formulated the theory", "the theory states | what", 理论由 | 提出.
// What a sentence says in the usual order stands so, too: words before that place come before the answer, others behind
// it. By forms alone, English and Chinese. Internal to model/. Pure.

#include <cstddef>
#include <optional>
#include <string_view>

namespace quarry::model {

// The byte of `text`, the question with the words that only ask taken out (Question::text), before which that stands that
// the answer stands behind. nullopt where the order says nothing: "is it ...", "who is ..." (either may come first), or
// why something is.
std::optional<size_t> AskedPlace(std::string_view question, std::string_view text);

}  // namespace quarry::model
