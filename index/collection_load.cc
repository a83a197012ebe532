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
    Result<State> saved = collection->LoadSaved(view);
    if (saved.ok()) {
      collection->state_ = *std::move(saved);
      // A file that was damaged is made anew.
      const State& state = collection->state_;
      collection->save_is_due_ = state.parts.generation && !state.parts.embedder;
      return OkStatus();
    }
    QUARRY_ASSIGN_OR_RETURN(collection->state_, collection->LoadState(std::move(view)));
    if (saved.status().code() != Code::kNotFound) {
      LogWarning("rows and postings of collection " + name +
                 " are rebuilt: " + saved.status().message());
      collection->save_is_due_ = true;
    }
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
  QUARRY_RETURN_IF_ERROR(read(Counter::kLastCommit, counters.last_commit));
  // Nothing that is read depends on the others: one that is damaged keeps writers out only.
  const auto read_next = [&](Counter counter, const char* name, uint64_t& value) -> Status {
    Status status = read(counter, value).Annotate(std::string("counter of ") + name);
    if (status.code() != Code::kDataLoss) return status;
    if (counters.damage.ok()) counters.damage = status;
    return OkStatus();
  };
  QUARRY_RETURN_IF_ERROR(read_next(Counter::kNextDocument, "documents", counters.next_document));
  QUARRY_RETURN_IF_ERROR(read_next(Counter::kNextChunk, "chunks", counters.next_chunk));
  QUARRY_RETURN_IF_ERROR(
      read_next(Counter::kNextGeneration, "generations", counters.next_generation));
  return counters;
}

// The store's numbers and no rows.
Result<Collection::State> Collection::NewState(std::shared_ptr<const StoreView> view) const {
  State state;
  SnapshotParts& parts = state.parts;
  parts.view = std::move(view);
  parts.collection = record_;
  QUARRY_ASSIGN_OR_RETURN(const Counters counters, LoadCounters(*parts.view));
  parts.commit = CommitSequence(counters.last_commit);
  QUARRY_ASSIGN_OR_RETURN(parts.previous, ReadPreviousGeneration(*parts.view));
  parts.lexical = LexicalIndex::Empty({.k1 = record_.k1, .b = record_.b});
  return state;
}

Result<Collection::State> Collection::LoadState(std::shared_ptr<const StoreView> view) const {
  QUARRY_ASSIGN_OR_RETURN(State state, NewState(std::move(view)));
  QUARRY_RETURN_IF_ERROR(LoadRows(state));
  QUARRY_RETURN_IF_ERROR(LoadPostings(state));
  QUARRY_RETURN_IF_ERROR(FindVectors(state));
  QUARRY_RETURN_IF_ERROR(LoadVectors(state, CallContext()));
  state.unsaved_rows = state.parts.rows.rows();
  return state;
}

Status Collection::LoadRows(State& state) const {
  SnapshotParts& parts = state.parts;
  std::vector<IdMap::Entry> positions;
  std::vector<IdMap::Entry> chunk_rows;
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
        for (size_t i = 0; i < document->chunks.size(); ++i) {
          chunk_rows.push_back(
              {document->chunks[i].value, static_cast<uint32_t>(parts.rows.rows() + i)});
        }
        const size_t position =
            parts.rows.Append(document->number, std::move(document->id), document->chunks);
        positions.push_back({document->number.value, static_cast<uint32_t>(position)});
        return true;
      }));
  QUARRY_RETURN_IF_ERROR(decoded);
  parts.positions.Put(std::move(positions));
  state.chunk_rows.Put(std::move(chunk_rows));
  if (state.chunk_rows.Entries().size() != parts.rows.rows()) {
    return DataLossError("documents: a chunk belongs to two of them");
  }
  parts.live = Bitmap(parts.rows.rows(), true);
  parts.live_versions = Bitmap(parts.rows.documents(), true);
  parts.live_documents = parts.rows.documents();
  state.has_vector = Bitmap(parts.rows.rows());
  return OkStatus();
}

Status Collection::LoadPostings(State& state) const {
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
        const RowId row = RowOf(state, *chunk);
        if (row == kNoRow) {
          decoded = DataLossError("terms of chunk " + std::to_string(chunk->value) +
                                  ": no document has that chunk");
          return false;
        }
        rows[row] = {row, *std::move(terms)};
        ++found;
        return true;
      }));
  QUARRY_RETURN_IF_ERROR(decoded);
  if (found != rows.size()) {
    return DataLossError("terms: " + std::to_string(rows.size() - found) + " of " +
                         std::to_string(rows.size()) + " chunks have none");
  }
  parts.lexical = parts.lexical->Apply(rows, {});
  return OkStatus();
}

// The current one. REQUIRES: there is one.
Result<StoredGeneration> Collection::ReadGeneration(const StoreView& view) const {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          view.Get(GenerationKey(id_, record_.current_generation)));
  if (!bytes) {
    return DataLossError("generation " + std::to_string(record_.current_generation.value) +
                         ": missing in the store");
  }
  return DecodeGeneration(*bytes);
}

// The one that is kept. Losing it loses nothing that is searched: `verify` reports it.
Result<std::optional<StoredGeneration>> Collection::ReadPreviousGeneration(
    const StoreView& view) const {
  std::optional<StoredGeneration> previous;
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> number,
                          view.Get(CounterKey(id_, Counter::kPreviousGeneration)));
  if (!number) return previous;
  QUARRY_ASSIGN_OR_RETURN(const uint64_t id, DecodeInteger(*number));
  if (id == 0) return previous;
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          view.Get(GenerationKey(id_, GenerationId(static_cast<uint32_t>(id)))));
  Result<StoredGeneration> record =
      bytes ? DecodeGeneration(*bytes) : DataLossError("missing in the store");
  if (record.ok()) {
    previous = *std::move(record);
  } else {
    LogWarning("collection " + name_ + ": kept generation " + std::to_string(id) + ": " +
               record.status().message());
  }
  return previous;
}

// The generation, and which rows have a vector of it.
Status Collection::FindVectors(State& state) const {
  SnapshotParts& parts = state.parts;
  if (!record_.current_generation) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(parts.generation, ReadGeneration(*parts.view));
  // The vectors themselves are read where an index is built from them.
  Status parsed;
  QUARRY_RETURN_IF_ERROR(parts.view->Scan(
      VectorPrefix(id_, SpaceHash(parts.generation->space), parts.generation->id),
      [&](std::string_view key, std::string_view) {
        const Result<VectorParts> vector = ParseVectorKey(key);
        parsed = vector.status();
        if (!parsed.ok()) return false;
        const RowId row = RowOf(state, vector->chunk);
        if (row == kNoRow) {
          parsed = DataLossError("vector of chunk " + std::to_string(vector->chunk.value) +
                                 ": no document has that chunk");
          return false;
        }
        state.has_vector.Set(row);
        return true;
      }));
  return parsed;
}

// The indexes that are searched. REQUIRES: state.has_vector.
Status Collection::LoadVectors(State& state, const CallContext& context) const {
  SnapshotParts& parts = state.parts;
  parts.rows_with_vector = state.has_vector.Count();
  if (!parts.generation) return OkStatus();
  parts.live.ForEachSet([&](size_t row) {
    if (!state.has_vector.Test(row)) {
      state.pending.insert(parts.rows.row(static_cast<RowId>(row)).chunk);
    }
  });
  if (parts.rows_with_vector == 0) return OkStatus();

  std::vector<RowId> fresh;
  Bitmap in_graph(parts.rows.rows());
  Result<std::shared_ptr<const VectorIndex>> graph = LoadGraph(state);
  if (graph.ok()) {
    for (const RowId row : (*graph)->rows()) {
      if (row != kNoRow) in_graph.Set(row);
    }
    parts.vectors = {*std::move(graph)};
  } else if (graph.status().code() != Code::kNotFound) {
    LogWarning("vector graph of collection " + record_.name +
               " is rebuilt: " + graph.status().message());
  }
  // Without a graph all are scanned; linking them is the maintenance's.
  state.has_vector.ForEachSet([&](size_t row) {
    if (!in_graph.Test(row)) fresh.push_back(static_cast<RowId>(row));
  });
  if (fresh.empty()) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const VectorIndex> tail,
                          BuildFromStore(parts, std::move(fresh), FreshOptions(), context));
  parts.vectors.push_back(std::move(tail));
  return OkStatus();
}

}  // namespace quarry::index
