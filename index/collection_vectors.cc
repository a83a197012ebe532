// Vectors of a collection: generations, pending chunks, and the indexes that are searched.

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/coding.h"
#include "base/hash.h"
#include "base/log.h"
#include "index/collection.h"
#include "index/indexed_texts.h"
#include "index/keys.h"
#include "index/stored_vectors.h"
#include "index/vector_file.h"

namespace quarry::index {
namespace {

// A fresh index takes in the ones before it that are less than so many times as large, ...
constexpr size_t kTakenInFanOut = 4;
// ... but none of so many vectors: what a writer does at a time is bounded.
constexpr size_t kInlineVectors = 2048;
// A graph is built anew, not added to, once this share of its vectors is dead.
constexpr double kMaxDeadShare = 0.25;

}  // namespace

std::string Collection::GraphRole(GenerationId generation) const {
  return std::to_string(id_.value) + "/" + std::to_string(generation.value) + "/graph";
}

Result<std::shared_ptr<const VectorIndex>> Collection::BuildFromStore(
    const SnapshotParts& parts, std::vector<RowId> rows, const VectorIndexOptions& options,
    const CallContext& context, std::shared_ptr<const VectorIndex> base) const {
  const StoredGeneration& generation = *parts.generation;
  VectorSource source{.dimension = generation.space.dimension, .rows = std::move(rows)};
  source.chunks.reserve(source.rows.size());
  // A row that is gone has no chunk any more; no chunk has the number 0.
  for (const RowId row : source.rows) {
    source.chunks.push_back(row == kNoRow ? ChunkId(0) : parts.rows.row(row).chunk);
  }
  source.base = std::move(base);
  source.read = [reader = StoredVectors(*parts.view, id_, generation), chunks = source.chunks](
                    size_t i, std::span<float> out) mutable { return reader.Read(chunks[i], out); };
  return BuildVectorIndex(options, std::move(source), context);
}

VectorIndexOptions Collection::VectorOptions() const {
  if (!record_.vectors) return environment_.vectors;
  return WithSettings(environment_.vectors, *record_.vectors);
}

VectorIndexOptions Collection::LargeOptions(size_t count) const {
  VectorIndexOptions options = VectorOptions();
  if (options.kind == VectorIndexKind::kAuto) {
    options.kind = count < options.hnsw_from ? VectorIndexKind::kFlat : VectorIndexKind::kHnsw;
  }
  return options;
}

VectorIndexOptions Collection::FreshOptions() const {
  VectorIndexOptions options = VectorOptions();
  switch (options.kind) {
    case VectorIndexKind::kFaissFlat:
    case VectorIndexKind::kFaissHnsw:
    case VectorIndexKind::kFaissIvf:
      options.kind = VectorIndexKind::kFaissFlat;
      break;
    default:
      options.kind = VectorIndexKind::kFlat;
  }
  return options;
}

Result<std::shared_ptr<const VectorIndex>> Collection::BuildLarge(
    const SnapshotParts& parts, const Bitmap& has_vector, const VectorIndexOptions& options,
    const CallContext& context) const {
  std::vector<RowId> rows;
  Bitmap left = has_vector;
  // What the large index holds stays where it is, so that its graph can be added to.
  std::shared_ptr<const VectorIndex> base = parts.vectors.empty() ? nullptr : parts.vectors.front();
  if (base != nullptr && base->CanGrow(options)) {
    for (const RowId row : base->rows()) {
      const bool is_live = row != kNoRow && has_vector.Test(row);
      rows.push_back(is_live ? row : kNoRow);
      if (is_live) left.Clear(row);
    }
  }
  const auto dead = static_cast<double>(std::count(rows.begin(), rows.end(), kNoRow));
  // Dead ones that are not linked yet need not be.
  const bool is_linked = base != nullptr && base->kind() == options.kind;
  const double most = is_linked ? kMaxDeadShare * static_cast<double>(rows.size()) : 0;
  if (rows.empty() || dead > most) {
    base = nullptr;
    rows.clear();
    left = has_vector;
  }
  left.ForEachSet([&](size_t row) { rows.push_back(static_cast<RowId>(row)); });
  return BuildFromStore(parts, std::move(rows), options, context, std::move(base));
}

Status Collection::AddVectorRows(State& state, std::vector<RowId> rows,
                                 const CallContext& context) const {
  if (rows.empty()) return OkStatus();
  SnapshotParts& parts = state.parts;
  const VectorIndexOptions options = FreshOptions();
  std::vector<RowId> merged = rows;
  size_t keep = parts.vectors.size();
  for (; keep > 0; --keep) {
    const VectorIndex& last = *parts.vectors[keep - 1];
    if (last.kind() != options.kind ||
        last.size() >= std::min(kInlineVectors, kTakenInFanOut * merged.size())) {
      break;
    }
    for (const RowId row : last.rows()) {
      if (row != kNoRow && state.has_vector.Test(row)) merged.push_back(row);
    }
  }
  std::sort(merged.begin(), merged.end());
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const VectorIndex> index,
                          BuildFromStore(parts, std::move(merged), options, context));
  parts.vectors.resize(keep);
  parts.vectors.push_back(std::move(index));
  for (const RowId row : rows) state.has_vector.Set(row);
  parts.rows_with_vector += rows.size();
  return OkStatus();
}

Status Collection::WriteGraph(const SnapshotParts& parts, const VectorIndex& graph) const {
  QUARRY_ASSIGN_OR_RETURN(const SharedBytes file, graph.File());
  return environment_.derived.Save(GraphRole(parts.generation->id), file.view, parts.commit.value);
}

// A graph takes long to build, so it is kept. Losing it costs time, nothing else. Whether there is a file.
bool Collection::SaveGraph(const SnapshotParts& parts, const VectorIndex& graph) {
  const GenerationId generation = parts.generation->id;
  const Status saved = WriteGraph(parts, graph);
  if (!saved.ok()) LogWarning("vector graph not saved: " + saved.message());
  // What was deleted or replaced meanwhile has no file.
  std::lock_guard lock(mutex_);
  const bool is_current = state_.parts.generation && state_.parts.generation->id == generation;
  const bool is_built = building_ && building_->id == generation;
  if (!deleted_ && (is_current || is_built)) return saved.ok();
  environment_.derived.Remove(GraphRole(generation)).IgnoreError();  // only space
  return false;
}

// The same index, its bytes those of the file that SaveGraph made of it; itself where that is lost.
std::shared_ptr<const VectorIndex> Collection::MapGraph(
    GenerationId generation, std::shared_ptr<const VectorIndex> index) const {
  Result<MappedFile> file = environment_.derived.Load(GraphRole(generation));
  if (!file.ok()) return index;
  size_t next = 0;
  auto mapped = ParseVectorIndex(MappedFile::Share(*std::move(file)),
                                 [&](ChunkId) { return index->rows()[next++]; });
  return mapped.ok() ? *std::move(mapped) : index;
}

Result<std::shared_ptr<const VectorIndex>> Collection::LoadGraph(const State& state) const {
  QUARRY_ASSIGN_OR_RETURN(MappedFile file,
                          environment_.derived.Load(GraphRole(state.parts.generation->id)));
  QUARRY_ASSIGN_OR_RETURN(const VectorFile header, ReadVectorHeader(file.bytes()));
  const VectorIndexOptions options = VectorOptions();
  const VectorIndexKind fresh = FreshOptions().kind;
  const bool other_kind = options.kind != VectorIndexKind::kAuto && options.kind != header.kind &&
                          header.kind != fresh;  // not linked yet
  const bool is_coded = fresh == VectorIndexKind::kFlat;
  if (other_kind || (is_coded && options.codes != header.codes)) {
    return FailedPreconditionError("vector graph: made with other settings");
  }
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const VectorIndex> graph,
                          ParseVectorIndex(MappedFile::Share(std::move(file)),
                                           [&](ChunkId chunk) { return RowOf(state, chunk); }));
  if (graph->dimension() != state.parts.generation->space.dimension) {
    return DataLossError("vector graph: another dimension than the generation's");
  }
  return graph;
}

Result<GenerationId> Collection::BeginGeneration(std::string_view embedder_kind,
                                                 const EmbeddingSpace& space,
                                                 std::string_view embedder,
                                                 uint64_t learnt_chunks) {
  if (space.dimension == 0) return InvalidArgumentError("embedding space: dimension 0");
  std::lock_guard lock(mutex_);
  WriteBatch batch;
  QUARRY_RETURN_IF_ERROR(PlanDropUnpublished(GenerationId(), batch));

  StoredGeneration generation;
  generation.id = GenerationId(static_cast<uint32_t>(counters_.next_generation));
  generation.embedder_kind = std::string(embedder_kind);
  generation.space = space;
  generation.blob_bytes = embedder.size();
  generation.blob_hash = Hash64(embedder);
  generation.created_micros = environment_.clock.NowMicros();
  generation.learnt_chunks = learnt_chunks;
  for (size_t begin = 0; begin < embedder.size(); begin += kGenerationPartBytes) {
    batch.Put(GenerationBlobKey(id_, generation.id, generation.blob_parts++),
              std::string(embedder.substr(begin, kGenerationPartBytes)));
  }
  batch.Put(GenerationKey(id_, generation.id), EncodeGeneration(generation));
  batch.Put(CounterKey(id_, Counter::kNextGeneration),
            EncodeInteger(counters_.next_generation + 1));
  QUARRY_RETURN_IF_ERROR(environment_.store.Write(batch));
  ++counters_.next_generation;
  building_ = generation;
  built_.clear();
  prepared_ = {};
  RemoveOtherGraphs();
  return generation.id;
}

uint64_t Collection::PendingCount(GenerationId generation) const {
  std::lock_guard lock(mutex_);
  return CountPending(generation);
}

uint64_t Collection::CountPending(GenerationId generation) const {
  const uint64_t live = state_.parts.live.Count();
  if (building_ && building_->id == generation) return live - built_.size();
  if (state_.parts.generation && state_.parts.generation->id == generation) {
    return state_.pending.size();
  }
  return live;
}

Result<std::vector<PendingChunk>> Collection::Pending(GenerationId generation, ChunkId after,
                                                      size_t limit) const {
  std::lock_guard lock(mutex_);
  const StoreView& view = snapshot_->view();
  std::vector<PendingChunk> pending;
  if (building_ && building_->id == generation) {
    QUARRY_RETURN_IF_ERROR(ForEachIndexedTextBehind(
        view, id_, after, [&](ChunkId chunk) { return !built_.contains(chunk); },
        [&](ChunkId chunk, std::string text) {
          pending.push_back({chunk, std::move(text)});
          return pending.size() < limit;
        }));
  } else if (state_.parts.generation && state_.parts.generation->id == generation) {
    IndexedTexts texts(view, id_);
    for (auto it = state_.pending.upper_bound(after);
         it != state_.pending.end() && pending.size() < limit; ++it) {
      QUARRY_ASSIGN_OR_RETURN(std::string text, texts.Of(*it));
      pending.push_back({*it, std::move(text)});
    }
  } else {
    return NotFoundError("generation " + std::to_string(generation.value));
  }
  return pending;
}

Status Collection::PutVectors(GenerationId id, std::span<const ChunkId> chunks,
                              const EmbeddingMatrix& vectors) {
  std::lock_guard lock(mutex_);
  const bool building = building_ && building_->id == id;
  const bool current = state_.parts.generation && state_.parts.generation->id == id;
  if (!building && !current) return NotFoundError("generation " + std::to_string(id.value));
  const StoredGeneration& generation = building ? *building_ : *state_.parts.generation;
  if (vectors.dimension != generation.space.dimension || vectors.rows() != chunks.size()) {
    return InvalidArgumentError("vectors: expected " + std::to_string(chunks.size()) +
                                " of dimension " + std::to_string(generation.space.dimension) +
                                ", got " + std::to_string(vectors.rows()) + " of dimension " +
                                std::to_string(vectors.dimension));
  }
  const uint64_t space = SpaceHash(generation.space);
  WriteBatch batch;
  std::vector<ChunkId> stored;
  std::vector<RowId> rows;
  for (size_t i = 0; i < chunks.size(); ++i) {
    const std::span<const float> vector = vectors.Row(i);
    if (!std::all_of(vector.begin(), vector.end(), [](float x) { return std::isfinite(x); })) {
      return InvalidArgumentError("vector of chunk " + std::to_string(chunks[i].value) +
                                  ": a value is not finite");
    }
    const RowId row = RowOf(state_, chunks[i]);
    if (row == kNoRow) continue;  // deleted meanwhile
    batch.Put(VectorKey(id_, space, id, chunks[i]), EncodeVector(vector));
    stored.push_back(chunks[i]);
    if (current && !state_.has_vector.Test(row)) rows.push_back(row);
  }
  if (stored.empty()) return OkStatus();
  QUARRY_RETURN_IF_ERROR(environment_.store.Write(batch));
  if (building) {
    built_.insert(stored.begin(), stored.end());
    return OkStatus();
  }
  state_.parts.view = environment_.store.GetView();
  QUARRY_RETURN_IF_ERROR(AddVectorRows(state_, std::move(rows), CallContext()));
  for (const ChunkId chunk : stored) state_.pending.erase(chunk);
  state_.unsaved_rows += stored.size();
  Publish();
  return OkStatus();
}

Status Collection::PrepareGeneration(GenerationId id, const CallContext& context) {
  SnapshotParts parts;
  Bitmap has_vector;
  uint64_t numbering = 0;
  VectorIndexOptions options;
  bool is_first = false;
  {
    std::lock_guard lock(mutex_);
    if (!building_ || building_->id != id) {
      return NotFoundError("generation " + std::to_string(id.value) + " is not being built");
    }
    parts = state_.parts;
    parts.view = environment_.store.GetView();
    parts.generation = building_;
    parts.vectors.clear();
    has_vector = Bitmap(parts.rows.rows());
    parts.live.ForEachSet([&](size_t row) {
      if (built_.contains(parts.rows.row(static_cast<RowId>(row)).chunk)) has_vector.Set(row);
    });
    options = LargeOptions(built_.size());
    // Where nothing is searched by vectors yet, a scan is better than to wait for the graph; and once
    // it is published, what was learnt is not lost however linking ends.
    is_first = !state_.parts.generation && environment_.maintenance != nullptr &&
               options.kind == VectorIndexKind::kHnsw;
    if (is_first) options = FreshOptions();
    numbering = numbering_;
    ++preparing_;
  }
  const auto build = [&]() -> Status {
    if (has_vector.Count() == 0) return OkStatus();
    QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const VectorIndex> index,
                            BuildLarge(parts, has_vector, options, context));
    const bool is_scanned =
        index->kind() == VectorIndexKind::kFlat || index->kind() == VectorIndexKind::kFaissFlat;
    if (is_first || !is_scanned) {
      const bool is_saved = SaveGraph(parts, *index);
      // When it is linked, the memory is needed for the graph.
      if (is_first && is_saved) index = MapGraph(id, std::move(index));
    }
    std::lock_guard lock(mutex_);
    // A generation that was begun anew, rows that were renumbered, other settings: it is done again
    // later.
    if (!building_ || building_->id != id || numbering_ != numbering ||
        record_.vectors != parts.collection.vectors) {
      return OkStatus();
    }
    prepared_ = {.generation = id, .index = std::move(index)};
    return OkStatus();
  };
  // However building ends, by an exception too: rows may get other numbers again.
  struct Preparing {
    Collection& collection;
    ~Preparing() {
      std::lock_guard lock(collection.mutex_);
      --collection.preparing_;
    }
  };
  Status status = [&] {
    const Preparing preparing{*this};
    return build();
  }();
  Notice();
  return status;
}

Status Collection::PublishGeneration(GenerationId id, const CallContext& context) {
  std::lock_guard lock(mutex_);
  if (!building_ || building_->id != id) {
    return NotFoundError("generation " + std::to_string(id.value) + " is not being built");
  }
  const uint64_t pending = CountPending(id);
  if (pending > 0) {
    return FailedPreconditionError("generation " + std::to_string(id.value) + ": " +
                                   std::to_string(pending) + " chunks have no vector yet");
  }
  // Make the indexes of the new generation beside the old ones; only then switch. What was not
  // prepared is scanned until the maintenance has linked it.
  State next = state_;
  next.parts.view = environment_.store.GetView();
  next.parts.generation = building_;
  next.parts.embedder.reset();
  next.parts.collection.current_generation = id;
  next.has_vector = next.parts.live;
  next.parts.rows_with_vector = next.parts.live.Count();
  next.pending.clear();
  next.parts.vectors.clear();
  if (prepared_.generation == id) {
    Bitmap left = next.parts.live;
    if (prepared_.index != nullptr) {
      for (const RowId row : prepared_.index->rows()) {
        if (row != kNoRow) left.Clear(row);
      }
      next.parts.vectors.push_back(prepared_.index);
    }
    if (left.Count() > 0) {
      std::vector<RowId> rows;
      left.ForEachSet([&](size_t row) { rows.push_back(static_cast<RowId>(row)); });
      QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const VectorIndex> fresh,
                              BuildFromStore(next.parts, std::move(rows), FreshOptions(), context));
      next.parts.vectors.push_back(std::move(fresh));
    }
  } else {  // one that is taken up again has its graph
    QUARRY_RETURN_IF_ERROR(LoadVectors(next, context));
  }

  next.parts.previous.reset();
  if (environment_.keep_previous) next.parts.previous = state_.parts.generation;
  const uint64_t kept = next.parts.previous ? next.parts.previous->id.value : 0;
  WriteBatch batch;
  StoredCollection record = record_;
  record.current_generation = id;
  batch.Put(CollectionKey(id_), EncodeCollection(record));
  batch.Put(CounterKey(id_, Counter::kPreviousGeneration), EncodeInteger(kept));
  for (const auto& old : {state_.parts.generation, state_.parts.previous}) {
    if (old && old->id != id && old->id.value != kept) PlanDropGeneration(*old, batch);
  }
  QUARRY_RETURN_IF_ERROR(environment_.store.Write(batch));
  next.parts.view = environment_.store.GetView();
  record_ = std::move(record);
  state_ = std::move(next);
  building_.reset();
  built_.clear();
  prepared_ = {};
  save_is_due_ = true;
  RemoveOtherGraphs();
  Publish();
  return OkStatus();
}

Status Collection::SetVectorSettings(const VectorSettings& settings, const CallContext& context) {
  std::lock_guard lock(mutex_);
  if (record_.vectors == settings) return OkStatus();
  const VectorIndexOptions before = FreshOptions();
  const StoredCollection old = record_;
  record_.vectors = settings;
  const VectorIndexOptions now = FreshOptions();
  SnapshotParts& parts = state_.parts;
  const auto change = [&]() -> Status {
    // Scores of vectors in other codes are not to be mixed: all are scanned until they are linked.
    std::vector<std::shared_ptr<const VectorIndex>> vectors = parts.vectors;
    if (!vectors.empty() && (before.kind != now.kind || before.codes != now.codes)) {
      std::vector<RowId> rows;
      state_.has_vector.ForEachSet([&](size_t row) { rows.push_back(static_cast<RowId>(row)); });
      QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const VectorIndex> scanned,
                              BuildFromStore(parts, std::move(rows), now, context));
      vectors = {std::move(scanned)};
    }
    WriteBatch batch;
    batch.Put(CollectionKey(id_), EncodeCollection(record_));
    QUARRY_RETURN_IF_ERROR(environment_.store.Write(batch));
    parts.vectors = std::move(vectors);
    return OkStatus();
  };
  if (Status changed = change(); !changed.ok()) {
    record_ = old;
    return changed;
  }
  parts.view = environment_.store.GetView();
  parts.collection = record_;
  prepared_ = {};
  linking_is_due_ = parts.generation.has_value();
  if (parts.generation) {
    environment_.derived.Remove(GraphRole(parts.generation->id)).IgnoreError();  // only space
  }
  Publish();
  return OkStatus();
}

}  // namespace quarry::index
