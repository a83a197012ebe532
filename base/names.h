#pragma once

// Which name was meant. Pure and thread-safe.

#include <cstddef>
#include <span>
#include <string_view>

namespace quarry {

// Edits that turn `a` into `b`: insertion, deletion, substitution of a byte, exchange of neighbours
// (optimal string alignment). Costs |a| * |b|.
size_t EditDistance(std::string_view a, std::string_view b);

// The one of `known` that is most like `name`, for "did you mean": the first of those with the
// fewest edits, "" where all are so far off that none was meant (more than two edits in a short
// name, than a third of a long one, as many as it has characters). Edits are of characters: one of
// "颜色" is as much as one of "id". Malformed bytes count as U+FFFD.
std::string_view NearestName(std::string_view name, std::span<const std::string_view> known);

}  // namespace quarry
