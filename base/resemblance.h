#pragma once

// How much two texts say the same: the resemblance of their sets of shingles, runs of five terms of
// the analyzer, so of words or of pairs of Chinese characters (Broder: "On the resemblance and
// containment of documents", 1997).

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/analyzer.h"

namespace quarry {

// Hashes of the shingles, ascending, each once. A text of fewer terms is one shingle, one without
// terms none.
std::vector<uint64_t> ShingleHashes(const Analyzer& analyzer, std::string_view text);

// How many both have, of those that either has, 0 to 1; 0 where neither has any.
double Resemblance(size_t both, size_t a, size_t b);
double Resemblance(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b);

}  // namespace quarry
