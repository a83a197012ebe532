#include "generation/document_pieces.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/hash.h"
#include "model/quotable.h"

namespace quarry::generation {
namespace {

constexpr uint32_t kMaxQuotedTokens = 120;

void SortOnce(std::vector<uint64_t>& hashes) {
  std::ranges::sort(hashes);
  const auto rest = std::ranges::unique(hashes);
  hashes.erase(rest.begin(), rest.end());
}

}  // namespace

std::vector<uint64_t> TermHashes(std::string_view text, const Analyzer& analyzer) {
  std::vector<uint64_t> hashes;
  for (const Token& token : analyzer.Tokenize(text)) hashes.push_back(Hash64(token.term));
  SortOnce(hashes);
  return hashes;
}

std::string_view TextOf(const DocumentPiece& piece, std::span<const Passage> passages) {
  return std::string_view(passages[piece.passage].chunk.text)
      .substr(piece.range.begin, piece.range.end - piece.range.begin);
}

std::vector<DocumentPiece> PiecesOf(std::span<const Passage> passages, uint32_t first_passage,
                                    uint32_t first_section, const Analyzer& analyzer) {
  std::vector<DocumentPiece> pieces;
  std::vector<std::string> headings;
  std::vector<uint64_t> heading_terms;
  uint32_t section = first_section;
  uint64_t told = 0;  // bytes of the document that the pieces so far reach to
  for (uint32_t i = 0; i < passages.size(); ++i) {
    const Chunk& chunk = passages[i].chunk;
    for (const model::QuotablePiece& one : model::QuotablePieces(chunk, kMaxQuotedTokens)) {
      if (chunk.span.begin + one.range.begin < told) continue;
      told = chunk.span.begin + one.range.end;
      const SourceSpan span = SpanWithin(chunk, one.range.begin, one.range.end);
      DocumentPiece piece{.passage = first_passage + i, .range = one.range};
      piece.begins_section = pieces.empty() || span.heading_path != headings;
      if (piece.begins_section && !pieces.empty()) ++section;
      if (piece.begins_section) {
        headings = span.heading_path;
        heading_terms = TermHashes(ContextualHeader("", headings), analyzer);
      }
      piece.section = section;
      piece.headings = heading_terms;
      piece.kind = model::BlockKindAt(chunk, one.range.begin);
      const std::string_view text =
          std::string_view(chunk.text).substr(one.range.begin, one.range.end - one.range.begin);
      piece.tokens = CountTokens(text);
      for (const Token& token : analyzer.Tokenize(text)) {
        const uint64_t hash = Hash64(token.term);
        (HoldsAsciiDigit(token.term) ? piece.numbers : piece.terms).push_back(hash);
        piece.words = HashCombine(piece.words, hash);
      }
      SortOnce(piece.terms);
      SortOnce(piece.numbers);
      pieces.push_back(std::move(piece));
    }
  }
  return pieces;
}

}  // namespace quarry::generation
