// Loading a collection: from the content of the store to derived indexes.

#include <utility>

#include "base/log.h"
#include "index/collection.h"
#include "index/keys.h"

namespace quarry::index {

Result<std::shared_ptr<Collection>> Collection::Load(const CollectionEnvironment& environment,
                                                     StoredCollection record) {
  const std::string name = record.name;
  std::shared_ptr<Collection> collection(new Collection(environment, std::move(record)));
  const auto load = [&]() -> Status {
    std::shared_ptr<const StoreView> view = environment.store.GetView();
    QUARRY_ASSIGN_OR_RETURN(collection->counters_, collection->LoadCounters(*view));
    QUARRY_ASSIGN_OR_RETURN(collection->state_, collection->LoadState(std::move(view)));
    return OkStatus();
  };
  QUARRY_RETURN_IF_ERROR(load().Annotate("collection \"" + name + "\""));
  collection->Publish();
  return collection;
}

Result<Collection::Counters> Collection::LoadCounters(const StoreView& view) const {
  Counters counters;
  const auto read = [&](Counter counter, uint64_t& value) -> Status {
    QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            view.Get(CounterKey(id_, counter)));
    if (bytes) {
      QUARRY_ASSIGN_OR_RETURN(value, DecodeInteger(*bytes));
    }
    return OkStatus();
  };
  QUARRY_RETURN_IF_ERROR(read(Counter::kNextDocument, counters.next_document));
  QUARRY_RETURN_IF_ERROR(read(Counter::kNextChunk, counters.next_chunk));
  QUARRY_RETURN_IF_ERROR(read(Counter::kNextGeneration, counters.next_generation));
  QUARRY_RETURN_IF_ERROR(read(Counter::kLastCommit, counters.last_commit));
  return counters;
}

Result<Collection::State> Collection::LoadState(std::shared_ptr<const StoreView> view) const {
  State state;
  SnapshotParts& parts = state.parts;
  parts.view = std::move(view);
  parts.collection = record_;
  QUARRY_ASSIGN_OR_RETURN(const Counters counters, LoadCounters(*parts.view));
  parts.commit = CommitSequence(counters.last_commit);
  parts.lexical = LexicalIndex::Empty({.k1 = record_.k1, .b = record_.b});
  QUARRY_RETURN_IF_ERROR(LoadRows(state));

  std::unordered_map<ChunkId, RowId> row_of;
  row_of.reserve(parts.rows.rows());
  for (RowId row = 0; row < parts.rows.rows(); ++row) row_of[parts.rows.row(row).chunk] = row;
  if (row_of.size() != parts.rows.rows()) {
    return DataLossError("documents: a chunk belongs to two of them");
  }
  QUARRY_RETURN_IF_ERROR(LoadPostings(state, row_of));
  QUARRY_RETURN_IF_ERROR(LoadVectors(state, row_of));
  return state;
}

Status Collection::LoadRows(State& state) const {
  SnapshotParts& parts = state.parts;
  Status decoded;
  QUARRY_RETURN_IF_ERROR(parts.view->Scan(
      TablePrefix(id_, Table::kDocument), [&](std::string_view, std::string_view value) {
        Result<StoredDocument> document = DecodeDocument(value);
        decoded = document.status();
        if (!decoded.ok()) return false;
        if (document->chunks.empty()) {
          decoded = DataLossError("document \"" + document->id + "\": has no chunks");
          return false;
        }
        state.position[document->number] =
            parts.rows.Append(document->number, std::move(document->id), document->chunks);
        return true;
      }));
  QUARRY_RETURN_IF_ERROR(decoded);
  parts.live = Bitmap(parts.rows.rows(), true);
  parts.live_documents = parts.rows.documents();
  state.has_vector = Bitmap(parts.rows.rows());
  return OkStatus();
}

Status Collection::LoadPostings(State& state,
                                const std::unordered_map<ChunkId, RowId>& row_of) const {
  SnapshotParts& parts = state.parts;
  std::vector<LexicalRow> rows(parts.rows.rows());
  size_t found = 0;
  Status decoded;
  QUARRY_RETURN_IF_ERROR(parts.view->Scan(
      TablePrefix(id_, Table::kChunkTerms), [&](std::string_view key, std::string_view value) {
        const Result<ChunkId> chunk = ParseChunkTermsKey(key);
        Result<std::vector<TermFrequency>> terms = DecodeTerms(value);
        decoded = chunk.ok() ? terms.status() : chunk.status();
        if (!decoded.ok()) return false;
        const auto it = row_of.find(*chunk);
        if (it == row_of.end()) {
          decoded = DataLossError("terms of chunk " + std::to_string(chunk->value) +
                                  ": no document has that chunk");
          return false;
        }
        rows[it->second] = {it->second, *std::move(terms)};
        ++found;
        return true;
      }));
  QUARRY_RETURN_IF_ERROR(decoded);
  if (found != rows.size()) {
    return DataLossError("terms: " + std::to_string(rows.size() - found) + " of " +
                         std::to_string(rows.size()) + " chunks have none");
  }
  parts.lexical = parts.lexical->Apply(std::move(rows), {});
  return OkStatus();
}

Status Collection::LoadVectors(State& state,
                               const std::unordered_map<ChunkId, RowId>& row_of) const {
  SnapshotParts& parts = state.parts;
  if (!record_.current_generation) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          parts.view->Get(GenerationKey(id_, record_.current_generation)));
  if (!bytes) {
    return DataLossError("generation " + std::to_string(record_.current_generation.value) +
                         ": missing in the store");
  }
  QUARRY_ASSIGN_OR_RETURN(parts.generation, DecodeGeneration(*bytes));

  // Which rows have a vector; the vectors themselves are read where an index is built from them.
  Status parsed;
  QUARRY_RETURN_IF_ERROR(parts.view->Scan(
      VectorPrefix(id_, SpaceHash(parts.generation->space), parts.generation->id),
      [&](std::string_view key, std::string_view) {
        const Result<VectorParts> vector = ParseVectorKey(key);
        parsed = vector.status();
        if (!parsed.ok()) return false;
        const auto it = row_of.find(vector->chunk);
        if (it == row_of.end()) {
          parsed = DataLossError("vector of chunk " + std::to_string(vector->chunk.value) +
                                 ": no document has that chunk");
          return false;
        }
        state.has_vector.Set(it->second);
        return true;
      }));
  QUARRY_RETURN_IF_ERROR(parsed);
  parts.rows_with_vector = state.has_vector.Count();
  for (RowId row = 0; row < parts.rows.rows(); ++row) {
    if (!state.has_vector.Test(row)) state.pending.insert(parts.rows.row(row).chunk);
  }
  if (parts.rows_with_vector == 0) return OkStatus();

  Result<std::shared_ptr<const VectorIndex>> graph = LoadGraph(state, row_of);
  if (!graph.ok()) {
    if (graph.status().code() != Code::kNotFound) {
      LogWarning("vector graph of collection " + record_.name +
                 " is rebuilt: " + graph.status().message());
    }
    return RebuildVectors(state, CallContext());
  }
  std::vector<RowId> fresh;
  Bitmap in_graph(parts.rows.rows());
  for (const RowId row : (*graph)->rows()) {
    if (row != kNoRow) in_graph.Set(row);
  }
  state.has_vector.ForEachSet([&](size_t row) {
    if (!in_graph.Test(row)) fresh.push_back(static_cast<RowId>(row));
  });
  parts.vectors = {*std::move(graph)};
  if (fresh.empty()) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const VectorIndex> tail,
                          BuildFromStore(state, std::move(fresh), FreshKind(), CallContext()));
  parts.vectors.push_back(std::move(tail));
  return OkStatus();
}

}  // namespace quarry::index
