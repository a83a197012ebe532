#pragma once

// A whole document as the pieces that can be quoted of it, with their terms. For summary.cc,
// comparison.cc and whole_document.cc.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

struct DocumentPiece {
  uint32_t passage = 0;  // index into the passages given
  ByteRange range;       // in its text
  uint32_t tokens = 0;
  uint32_t section = 0;         // pieces under one heading path of one document have one number
  bool begins_section = false;  // the first of them
  BlockKind kind = BlockKind::kParagraph;
  std::vector<uint64_t> terms =
      {};  // hashes, ascending, each once; without those that hold a digit
  std::vector<uint64_t> numbers = {};   // those
  uint64_t words = 0;                   // hash of all terms in order: equal where the words are
  std::vector<uint64_t> headings = {};  // hashes as of TermHashes, of the headings it stands under
};

// The pieces of a document in the order of its text. `passages`: its chunks by ordinal; what one repeats
// of the one before is left out. Numbers of passages and sections begin at `first_passage` and
// `first_section`.
std::vector<DocumentPiece> PiecesOf(std::span<const Passage> passages, uint32_t first_passage,
                                    uint32_t first_section, const Analyzer& analyzer);

// The hashes of a text's terms, ascending, each once.
std::vector<uint64_t> TermHashes(std::string_view text, const Analyzer& analyzer);

std::string_view TextOf(const DocumentPiece& piece, std::span<const Passage> passages);

}  // namespace quarry::generation
