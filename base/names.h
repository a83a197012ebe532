#pragma once

// Which name was meant. Pure and thread-safe.

#include <cstddef>
#include <span>
#include <string_view>

namespace quarry {

// More edits than there are between any two texts.
inline constexpr size_t kAnyEdits = std::string_view::npos - 1;

// Edits that turn `a` into `b`: insertion, deletion, substitution of a byte, exchange of neighbours
// (optimal string alignment); most + 1 where there are more than `most`. Costs |a| * |b|, less where
// `most` is passed early.
size_t EditDistance(std::string_view a, std::string_view b, size_t most = kAnyEdits);

// The one of `known` that is most like `name`, for "did you mean": the first of those with the
// fewest edits, "" where all are so far off that none was meant (more than two edits in a short
// name, than a third of a long one, as many as it has characters). Edits are of characters: one of
// "颜色" is as much as one of "id". Malformed bytes count as U+FFFD.
std::string_view NearestName(std::string_view name, std::span<const std::string_view> known);

}  // namespace quarry
