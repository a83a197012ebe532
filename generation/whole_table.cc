#include "generation/whole_table.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/answer_guide.h"
#include "model/answer_reasons.h"

namespace quarry::generation {
namespace {

bool StandsWhole(const DocumentId& document, const index::Snapshot& snapshot,
                 const Context& context, const Context& readable) {
  const Result<index::StoredDocument> stored = snapshot.ReadDocument(document);
  if (!stored.ok()) return false;
  std::vector<ChunkId> there;
  for (size_t i = 0; i < context.passages.size(); ++i) {
    const Passage& passage = context.passages[i];
    if (passage.chunk.document != document) continue;
    if (passage.chunk.text != readable.passages[i].chunk.text) return false;
    for (const ChunkId chunk : ChunksOf(passage)) there.push_back(chunk);
  }
  return std::ranges::all_of(stored->chunks, [&](ChunkId chunk) {
    return std::ranges::find(there, chunk) != there.end();
  });
}

}  // namespace

IsWholeDocument WholeIn(const index::Snapshot& snapshot, const Context& context,
                        const Context& readable) {
  return [&](const DocumentId& document) {
    return StandsWhole(document, snapshot, context, readable);
  };
}

Status AddWholeTable(const Query& query, const index::Snapshot& snapshot,
                     const retrieval::ContextOptions& options, const Analyzer& analyzer,
                     Context& made) {
  if (!MayAskForRows(query.text)) return OkStatus();
  // Any table that may be meant, as far as its rows were found.
  DocumentId document;
  const auto is_asked = [&](const DocumentId& one) {
    document = one;
    return true;
  };
  QUARRY_ASSIGN_OR_RETURN(const std::optional<RowsThatMeet> met,
                          FindAskedRows(query.text, made, is_asked, analyzer));
  if (!met || StandsWhole(document, snapshot, made, made)) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const index::StoredDocument stored, snapshot.ReadDocument(document));
  const std::optional<size_t> position = snapshot.PositionOf(stored.number);
  if (!position) return OkStatus();
  const index::DocumentEntry entry = snapshot.rows().document(*position);
  std::vector<Passage> passages;
  uint32_t tokens = 0;
  for (RowId row = entry.first_row; row < entry.first_row + entry.rows; ++row) {
    QUARRY_ASSIGN_OR_RETURN(Passage passage, snapshot.ReadPassage(row));
    tokens += passage.chunk.token_count;
    if (tokens > options.token_budget) return OkStatus();
    passages.push_back(std::move(passage));
  }
  for (Passage& passage : made.passages) {
    if (passage.chunk.document != document) passages.push_back(std::move(passage));
  }
  Context whole = retrieval::BuildContext(std::move(passages), options, AnswerLanguage(query));
  whole.notes = std::move(made.notes);
  whole.dropped.insert(whole.dropped.end(), made.dropped.begin(), made.dropped.end());
  std::erase_if(whole.dropped, [&](const DroppedPassage& one) { return one.document == document; });
  made = std::move(whole);
  return OkStatus();
}

}  // namespace quarry::generation
