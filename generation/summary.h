#pragma once

// Summary: the sentences that together say most of a document, as they stand. Pure and deterministic.
//
// Greedy maximisation of a monotone submodular coverage (Lin and Bilmes: "A class of submodular functions
// for document summarization", ACL 2011): a term weighs by how often the document has it, and more in
// title, headings and focus; said again it counts less (the square root), so that the next sentence
// says something else. What stands under a heading with words of the focus speaks of it, though it may
// repeat none of them, and counts more. So does what opens a section, and a section that has no sentence
// yet; rows of tables and code count less than prose, questions less than statements. Gains are
// compared per square root of length.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "generation/document_pieces.h"

namespace quarry::generation {

// Whether a piece speaks of what has these terms (TermHashes): it, or a heading above it, has one of them.
bool SpeaksOf(const DocumentPiece& piece, std::span<const uint64_t> terms);

struct SummaryOptions {
  uint32_t max_sentences = 8;
  uint32_t max_tokens = 600;
};

// Indexes into `pieces`, ascending. Of pieces with the same words only the first is taken. `passages`: what
// the pieces are of.
std::vector<size_t> ChooseSummary(std::span<const DocumentPiece> pieces,
                                  std::span<const Passage> passages, std::string_view focus,
                                  const Analyzer& analyzer, const SummaryOptions& options);

}  // namespace quarry::generation
