#pragma once

// The pieces of a passage that can be quoted. Internal to model/. Pure.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace quarry::model {

// The sentences of `text`. One of more than `max_tokens` (CountTokens), such as a table or a text
// without full stops, is cut at line breaks, else at semicolons, commas, spaces, or between
// characters. In order, not overlapping, without white space around them, none empty; a piece is
// longer than `max_tokens` only if it is a single character.
std::vector<ByteRange> QuotableRanges(std::string_view text, uint32_t max_tokens);

}  // namespace quarry::model
