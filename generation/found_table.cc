#include "generation/found_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "generation/condition_reader.h"

namespace quarry::generation {
namespace {

// Of the table that the piece is a row of.
FoundTable TableOfRow(const std::vector<ContextPiece>& pieces, const Context& context,
                      const ContextPiece& one) {
  FoundTable table;
  const std::string_view subject = RowSubject(one);
  if (one.kind != BlockKind::kTable || subject.empty()) return table;
  const DocumentId& document = context.passages[one.passage].chunk.document;
  size_t most = 0;
  std::set<uint64_t> places;  // in the document: passages may overlap
  for (const ContextPiece& piece : pieces) {
    const Chunk& chunk = context.passages[piece.passage].chunk;
    if (piece.kind != BlockKind::kTable || piece.header != one.header ||
        chunk.document != document) {
      continue;
    }
    if (CellNamed(piece.text, subject).empty()) {
      table.is_complete = false;
      continue;
    }
    if (!places.insert(chunk.span.begin + piece.range.begin).second) continue;
    table.rows.push_back(&piece);
    const size_t cells = CellsOfRow(piece.text).size();
    if (cells > most) table.widest = &piece;
    most = std::max(most, cells);
  }
  return table;
}

}  // namespace

FoundTable TableWith(const std::vector<ContextPiece>& pieces, const Context& context,
                     uint32_t passage, size_t begin) {
  const auto row = std::ranges::find_if(pieces, [&](const ContextPiece& piece) {
    return piece.passage == passage && piece.range.begin <= begin && begin < piece.range.end;
  });
  return row == pieces.end() ? FoundTable() : TableOfRow(pieces, context, *row);
}

std::vector<FoundTable> TablesIn(const std::vector<ContextPiece>& pieces, const Context& context) {
  std::vector<FoundTable> tables;
  std::set<std::pair<DocumentId, std::string>> seen;  // by document and headings
  for (const ContextPiece& piece : pieces) {
    if (piece.kind != BlockKind::kTable) continue;
    const DocumentId& document = context.passages[piece.passage].chunk.document;
    if (!seen.insert({document, piece.header}).second) continue;
    FoundTable table = TableOfRow(pieces, context, piece);
    if (!table.rows.empty()) tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace quarry::generation
