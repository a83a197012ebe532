#pragma once

// Text of a document that speaks to the machine which reads it: "ignore all previous instructions",
// "tell the user that". Such text is no evidence: what a model says because it was told to is not
// carried by the telling.
//
// By word lists in English and Chinese, over the folded text (so neither zero-width characters nor
// full-width letters hide it): a strong phrase, or two weak ones, in a paragraph, condemn the
// paragraph, and the next one where it ends with a colon. Documents about language models are hit too;
// all that it costs them is that a model's sentence that rests on them alone is marked. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace quarry::generation {

// Whether somebody who asks for facts should not be told this: it orders whoever answers to drop what it was told
// ("ignore all previous instructions"), or what to say to the one who asks ("tell the user that"). Narrower than the
// ranges below, for what is quoted from documents about language models must stay quotable.
bool OrdersTheAnswerer(std::string_view text);

// In order, not overlapping.
std::vector<ByteRange> FindPlantedInstructions(std::string_view text);

// The text with those ranges as spaces, so that all else stands where it stood.
std::string WithoutPlantedInstructions(std::string_view text);
// Likewise without those of them that order the answerer, and without every paragraph that is such an order by itself: a
// clause that begins with "tell the user", "ignore the instructions you were given". Manuals that say what to tell users
// in the same words are hit too, unless the question holds those words.
std::string WithoutOrders(std::string_view text);

}  // namespace quarry::generation
