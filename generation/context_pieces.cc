#include "generation/context_pieces.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/document.h"
#include "model/quotable.h"

namespace quarry::generation {
namespace {

constexpr uint32_t kMostPieceTokens = 160;

}  // namespace

std::vector<RowCell> CellsOfRow(std::string_view row) {
  std::vector<RowCell> cells;
  while (!row.empty()) {
    const size_t end = row.find("; ");
    const std::string_view cell = row.substr(0, end);
    const size_t colon = cell.find(": ");
    if (colon == cell.npos) {
      cells.push_back({"", cell});
    } else {
      cells.push_back({cell.substr(0, colon), cell.substr(colon + 2)});
    }
    row = end == row.npos ? std::string_view() : row.substr(end + 2);
  }
  return cells;
}

std::string_view CellNamed(std::string_view row, std::string_view name) {
  for (const RowCell& cell : CellsOfRow(row)) {
    if (cell.name == name) return cell.value;
  }
  return {};
}

bool BeginsWithSubject(std::string_view text, std::string_view subject, const Analyzer& analyzer) {
  constexpr std::string_view kPossessive = "的";
  std::string_view rest = TrimBlanks(text);
  if (rest.starts_with(kPossessive)) rest.remove_prefix(kPossessive.size());
  const std::string name = Fold(subject);
  if (!name.empty() && rest.starts_with(name)) return true;
  const std::vector<Token> tokens = analyzer.Tokenize(rest);
  return !tokens.empty() && tokens[0].begin == 0 &&
         WordsIn(subject, analyzer).contains(tokens[0].term);
}

WordSet WordsIn(std::string_view text, const Analyzer& analyzer) {
  WordSet words;
  for (Token& token : analyzer.Tokenize(text)) words.insert(std::move(token.term));
  return words;
}

WordSet WordsIn(std::string_view text, const Analyzer& analyzer, const model::AskedCodes& codes) {
  WordSet words;
  for (Token& token : codes.OwnTokens(text, analyzer.Tokenize(text)))
    words.insert(std::move(token.term));
  return words;
}

double ShareAmong(const WordSet& wanted, const WordSet& had) {
  if (wanted.empty()) return 0;
  const auto found =
      std::ranges::count_if(wanted, [&](const auto& word) { return had.contains(word); });
  return static_cast<double>(found) / static_cast<double>(wanted.size());
}

std::vector<ContextPiece> ContextPieces(const Context& context, const Analyzer& analyzer) {
  std::vector<ContextPiece> pieces;
  for (uint32_t i = 0; i < context.passages.size(); ++i) {
    const Passage& passage = context.passages[i];
    for (const model::QuotablePiece& one : model::QuotablePieces(passage.chunk, kMostPieceTokens)) {
      ContextPiece piece{.passage = i, .range = one.range};
      piece.kind = model::BlockKindAt(passage.chunk, one.range.begin);
      piece.text = std::string_view(passage.chunk.text)
                       .substr(one.range.begin, one.range.end - one.range.begin);
      const SourceSpan span = SpanWithin(passage.chunk, one.range.begin, one.range.end);
      piece.header = ContextualHeader(passage.title, span.heading_path);
      piece.own = WordsIn(piece.text, analyzer);
      piece.all = WordsIn(piece.header, analyzer);
      piece.all.insert(piece.own.begin(), piece.own.end());
      pieces.push_back(std::move(piece));
    }
  }
  return pieces;
}

}  // namespace quarry::generation
