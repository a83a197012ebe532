// Upkeep of a collection: the generation that is kept beside the current one, and compaction.

#include <utility>

#include "index/collection.h"
#include "index/keys.h"

namespace quarry::index {

void Collection::PlanDropGeneration(const StoredGeneration& generation, WriteBatch& batch) const {
  const std::string blob = GenerationBlobPrefix(id_, generation.id);
  const std::string vectors = VectorPrefix(id_, SpaceHash(generation.space), generation.id);
  batch.Delete(GenerationKey(id_, generation.id));
  batch.DeleteRange(blob, PrefixEnd(blob));
  batch.DeleteRange(vectors, PrefixEnd(vectors));
}

Status Collection::PlanDropUnpublished(GenerationId spared, WriteBatch& batch) const {
  const std::shared_ptr<const StoreView> view = environment_.store.GetView();
  Status decoded;
  QUARRY_RETURN_IF_ERROR(view->Scan(
      TablePrefix(id_, Table::kGeneration), [&](std::string_view, std::string_view value) {
        const Result<StoredGeneration> old = DecodeGeneration(value);
        decoded = old.status();
        if (!decoded.ok()) return false;
        const bool kept = state_.parts.previous && state_.parts.previous->id == old->id;
        if (old->id != record_.current_generation && old->id != spared && !kept) {
          PlanDropGeneration(*old, batch);
        }
        return true;
      }));
  return decoded;
}

// Only space: failing loses nothing, and the next publication tries again.
void Collection::RemoveOtherGraphs() const {
  const std::string prefix = std::to_string(id_.value) + "/";
  for (const auto& [role, file] : environment_.derived.files()) {
    if (!role.starts_with(prefix) || !role.ends_with("/graph")) continue;
    if (role == GraphRole(record_.current_generation)) continue;
    if (state_.parts.previous && role == GraphRole(state_.parts.previous->id)) continue;
    if (building_ && role == GraphRole(building_->id)) continue;
    environment_.derived.Remove(role).IgnoreError();
  }
}

Result<GenerationId> Collection::ResumePreviousGeneration() {
  std::lock_guard lock(mutex_);
  if (!state_.parts.previous) {
    return NotFoundError("collection \"" + name_ + "\" keeps no previous generation of vectors");
  }
  const StoredGeneration& previous = *state_.parts.previous;
  std::unordered_set<ChunkId> built;
  Status parsed;
  QUARRY_RETURN_IF_ERROR(environment_.store.GetView()->Scan(
      VectorPrefix(id_, SpaceHash(previous.space), previous.id),
      [&](std::string_view key, std::string_view) {
        const Result<VectorParts> vector = ParseVectorKey(key);
        parsed = vector.status();
        if (parsed.ok() && RowOf(state_, vector->chunk) != kNoRow) built.insert(vector->chunk);
        return parsed.ok();
      }));
  QUARRY_RETURN_IF_ERROR(parsed);
  building_ = previous;
  built_ = std::move(built);
  prepared_ = {};
  return previous.id;
}

Status Collection::DropPreviousGeneration() {
  std::lock_guard lock(mutex_);
  if (!state_.parts.previous) {
    return NotFoundError("collection \"" + name_ + "\" keeps no previous generation of vectors");
  }
  const StoredGeneration previous = *state_.parts.previous;
  WriteBatch batch;
  PlanDropGeneration(previous, batch);
  batch.Put(CounterKey(id_, Counter::kPreviousGeneration), EncodeInteger(0));
  QUARRY_RETURN_IF_ERROR(environment_.store.Write(batch));
  state_.parts.previous.reset();
  state_.parts.view = environment_.store.GetView();
  if (building_ && building_->id == previous.id) {
    building_.reset();
    built_.clear();
    prepared_ = {};
  }
  RemoveOtherGraphs();
  Publish();
  return OkStatus();
}

void Collection::RenewView(bool wait) {
  std::unique_lock lock(mutex_, std::defer_lock);
  if (wait) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return;
  }
  state_.parts.view = environment_.store.GetView();
  Publish();
}

Status Collection::Compact(const CallContext& context) {
  std::lock_guard lock(mutex_);
  WriteBatch batch;
  // Whoever fills a generation holds the writer for a batch at a time, so one may be under way.
  QUARRY_RETURN_IF_ERROR(PlanDropUnpublished(building_ ? building_->id : GenerationId(), batch));
  QUARRY_RETURN_IF_ERROR(environment_.store.Write(batch));
  prepared_ = {};  // by rows, which get other numbers

  QUARRY_ASSIGN_OR_RETURN(State next, NewState(environment_.store.GetView()));
  QUARRY_RETURN_IF_ERROR(LoadRows(next));
  QUARRY_RETURN_IF_ERROR(context.Check());
  QUARRY_RETURN_IF_ERROR(LoadPostings(next));
  QUARRY_RETURN_IF_ERROR(context.Check());
  QUARRY_RETURN_IF_ERROR(FindVectors(next));
  QUARRY_RETURN_IF_ERROR(LoadVectors(next, context));
  SnapshotParts& parts = next.parts;
  // A graph without dead vectors and with all the others stays: answers do not change.
  const auto is_tight = [&] {
    return parts.vectors.size() == 1 && parts.vectors.front()->size() == parts.rows_with_vector;
  };
  if (parts.rows_with_vector == 0) {
    parts.vectors.clear();
  } else if (!is_tight()) {
    parts.vectors.clear();
    QUARRY_ASSIGN_OR_RETURN(
        std::shared_ptr<const VectorIndex> index,
        BuildLarge(parts, next.has_vector, LargeOptions(parts.rows_with_vector), context));
    if (index->kind() != FreshOptions().kind) QUARRY_RETURN_IF_ERROR(WriteGraph(parts, *index));
    parts.vectors = {std::move(index)};
  }
  state_ = std::move(next);
  ++numbering_;
  linking_is_due_ = false;
  RemoveOtherGraphs();
  Status saved = Save(state_);
  save_is_due_ = !saved.ok();  // nothing else says so: no row has changed
  Publish();
  return saved;
}

Result<SnapshotParts> Collection::ReadSavedFiles() const {
  GenerationId generation;
  Bitmap has_vector;
  std::lock_guard lock(mutex_);
  QUARRY_ASSIGN_OR_RETURN(State state, LoadSavedRows(state_.parts.view, generation, has_vector));
  return std::move(state.parts);
}

}  // namespace quarry::index
