// Taking dead rows out of a collection, beside writers and readers: rows get new numbers, postings
// and vectors follow, then the changes since are replayed as when a collection is opened from
// files.

#include <utility>

#include "index/collection.h"

namespace quarry::index {
namespace {

// Changes that are caught up with under the lock; more are caught up with before, in rounds.
constexpr uint64_t kFewChanges = 64;
constexpr int kMaxRounds = 20;

}  // namespace

// Rows without the dead ones, in the same order; postings and vectors follow.
Status Collection::CompactRows(const CallContext& context) {
  SnapshotParts then;
  {
    std::lock_guard lock(mutex_);
    then = state_.parts;
  }
  // Without a generation: vectors are taken over at the end.
  State next;
  SnapshotParts& parts = next.parts;
  parts.view = then.view;
  parts.commit = then.commit;
  std::vector<RowId> new_rows(then.rows.rows(), kNoRow);
  std::vector<IdMap::Entry> positions;
  std::vector<IdMap::Entry> chunk_rows;
  then.live_versions.ForEachSet([&](size_t old_position) {
    const DocumentEntry version = then.rows.document(old_position);
    std::vector<ChunkId> chunks;
    for (RowId row = version.first_row; row < version.first_row + version.rows; ++row) {
      new_rows[row] = static_cast<RowId>(parts.rows.rows() + chunks.size());
      chunks.push_back(then.rows.row(row).chunk);
      chunk_rows.push_back({chunks.back().value, new_rows[row]});
    }
    const size_t position = parts.rows.Append(version.number, DocumentId(version.id), chunks);
    positions.push_back({version.number.value, static_cast<uint32_t>(position)});
  });
  QUARRY_RETURN_IF_ERROR(context.Check());
  parts.positions.Put(std::move(positions));
  next.chunk_rows.Put(std::move(chunk_rows));
  parts.live = Bitmap(parts.rows.rows(), true);
  parts.live_versions = Bitmap(parts.rows.documents(), true);
  parts.live_documents = parts.rows.documents();
  next.has_vector = Bitmap(parts.rows.rows());
  QUARRY_ASSIGN_OR_RETURN(parts.lexical, then.lexical->Renumbered(new_rows, context));

  for (int round = 0; round < kMaxRounds; ++round) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    std::shared_ptr<const StoreView> view = environment_.store.GetView();
    QUARRY_ASSIGN_OR_RETURN(const Counters counters, LoadCounters(*view));
    if (counters.last_commit <= parts.commit.value + kFewChanges) break;
    QUARRY_RETURN_IF_ERROR(CatchUp(next, std::move(view), CommitSequence(counters.last_commit)));
  }
  State old;  // ends after the lock
  std::lock_guard lock(mutex_);
  if (deleted_) return CancelledError("the collection was deleted");
  QUARRY_RETURN_IF_ERROR(CatchUp(next, state_.parts.view, state_.parts.commit));
  QUARRY_RETURN_IF_ERROR(TakeVectorsOver(next, then, new_rows));
  next.unsaved_rows = parts.rows.rows();
  next.files_are_good = state_.files_are_good;
  next.pending = std::move(state_.pending);
  old = std::exchange(state_, std::move(next));
  ++numbering_;
  prepared_ = {};
  Publish();
  return OkStatus();
}

// Brings rows and postings to the change `commit`, which `view` shows.
Status Collection::CatchUp(State& state, std::shared_ptr<const StoreView> view,
                           CommitSequence commit) const {
  SnapshotParts& parts = state.parts;
  const std::shared_ptr<const StoreView> then = std::exchange(parts.view, std::move(view));
  QUARRY_ASSIGN_OR_RETURN(std::vector<Applied> changes, ReadChangesSince(state, parts.commit));
  for (Applied& change : changes) {
    const std::optional<uint32_t> position = parts.positions.Find(change.change.document.value);
    if (!position || !parts.live_versions.Test(*position)) continue;
    const DocumentEntry old = parts.rows.document(*position);
    std::vector<ChunkId> chunks;
    for (RowId row = old.first_row; row < old.first_row + old.rows; ++row) {
      chunks.push_back(parts.rows.row(row).chunk);
    }
    QUARRY_ASSIGN_OR_RETURN(change.old_terms, ReadTerms(*then, chunks));
  }
  parts.commit = commit;
  Apply(state, std::move(changes));
  return OkStatus();
}

// Gives `state`, whose documents are those of state_, the vectors of state_. `new_rows` are its
// rows for those of `then`. REQUIRES: mutex_ is held.
Status Collection::TakeVectorsOver(State& state, const SnapshotParts& then,
                                   std::span<const RowId> new_rows) {
  SnapshotParts parts = state_.parts;
  parts.rows = state.parts.rows;
  parts.live = state.parts.live;
  parts.live_versions = state.parts.live_versions;
  parts.positions = state.parts.positions;
  parts.live_documents = state.parts.live_documents;
  parts.lexical = state.parts.lexical;
  parts.vectors.clear();
  state.has_vector = Bitmap(parts.rows.rows());
  for (const std::shared_ptr<const VectorIndex>& index : state_.parts.vectors) {
    std::vector<RowId> rows(index->size(), kNoRow);
    size_t left = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      const RowId row = index->rows()[i];
      if (row == kNoRow || !state_.has_vector.Test(row)) continue;
      rows[i] =
          row < then.rows.rows() ? new_rows[row] : RowOf(state, state_.parts.rows.row(row).chunk);
      if (rows[i] == kNoRow) continue;
      state.has_vector.Set(rows[i]);
      ++left;
    }
    if (left > 0) parts.vectors.push_back(index->WithRows(std::move(rows)));
  }
  if (parts.live_documents != state_.parts.live_documents ||
      parts.live.Count() != state_.parts.live.Count() ||
      state.has_vector.Count() != parts.rows_with_vector) {
    return InternalError("what was made does not hold what is searched");
  }
  state.parts = std::move(parts);
  return OkStatus();
}

}  // namespace quarry::index
