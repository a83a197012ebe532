#pragma once

// Lists of phrases in one string, separated by '|', for rules that look for any of many. A Latin entry
// stands for whole words, one that ends in '*' for words that begin so; an entry in other letters stands
// anywhere. The text is folded (base/text.h). Pure.

#include <cstddef>
#include <string_view>

#include "base/text.h"

namespace quarry::generation {

// Where an entry stands in `text` from byte `from` on, of several the first; an empty range at its end
// where none does.
ByteRange FindPhrase(std::string_view text, std::string_view list, size_t from = 0);

bool HoldsAnyPhrase(std::string_view text, std::string_view list);

}  // namespace quarry::generation
