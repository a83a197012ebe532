#pragma once

// What the lexical index holds of a chunk.
//
// The title counts as if it stood `title_weight` times in front of the text: its terms count so
// often in the chunk and in its length, and BM25 goes on as before. That is BM25F with one length
// normalisation for both fields (Robertson, Zaragoza, Taylor, "Simple BM25 extension to multiple
// weighted fields", 2004).

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/document.h"

namespace quarry::index {

inline constexpr uint32_t kMaxTitleWeight = 100;

// The terms of IndexedText. REQUIRES: 1 <= title_weight <= kMaxTitleWeight.
std::vector<TermFrequency> IndexedTerms(const Analyzer& analyzer, std::string_view title,
                                        const Chunk& chunk, uint32_t title_weight);

}  // namespace quarry::index
