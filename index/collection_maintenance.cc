// Maintenance of a collection: what is due, and how it is done beside writers and readers. Every
// step copies what it works on under the lock, works without it, and puts the result in place under
// the lock again, with what happened meanwhile. Searching finds the same before and after: scores
// depend on live rows alone.

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "base/log.h"
#include "index/collection.h"
#include "index/keys.h"

namespace quarry::index {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A writer waits at so many times as many, ...
constexpr size_t kFarBehind = 2;
// ... at so many segments (where none is due there are at most seven of each power of eight), ...
constexpr size_t kMaxSegments = 128;
// ... and at this share, or so many times hnsw_from, of vectors outside of the large index.
constexpr size_t kMaxFreshPart = 2;
constexpr size_t kMaxFreshFactor = 5;

// Fresh vectors are linked into the large index once they are this share of all vectors: a scan of
// so many costs about what a walk of the rest does.
constexpr double kMaxFreshShare = 0.05;
// More than so many scanned indexes are merged: the last, as far as each is less than kFreshFanOut
// times as large as those behind it, and at least half.
constexpr size_t kMaxFreshIndexes = 8;
constexpr size_t kFreshFanOut = 4;
// Of the vectors that are searched at most one in so many is dead.
constexpr size_t kDeadVectorsPart = 4;

// The files are saved when an eighth of the rows has changed (and at least limits.unsaved_rows).
constexpr size_t kUnsavedPart = 8;
// When the store is closed, changes of less than this share of the rows are left for the next
// start.
constexpr size_t kUnsavedShare = 50;
// Segments are merged for the files at most so often before they are saved: a writer may go on.
constexpr int kMaxConsolidations = 16;

// What fails again and again is left alone for at most so long.
constexpr std::chrono::hours kLongestRetry{1};
// How often who waits looks whether it is still wanted.
constexpr std::chrono::milliseconds kCheckInterval{20};

bool Contains(std::span<const std::shared_ptr<const VectorIndex>> indexes,
              const std::shared_ptr<const VectorIndex>& index) {
  return std::find(indexes.begin(), indexes.end(), index) != indexes.end();
}

// `index` without the rows of `taken`; nullptr where nothing is left.
std::shared_ptr<const VectorIndex> Without(const std::shared_ptr<const VectorIndex>& index,
                                           const Bitmap& taken) {
  std::vector<RowId> rows(index->rows().begin(), index->rows().end());
  size_t left = 0;
  bool is_same = true;
  for (RowId& row : rows) {
    if (row == kNoRow) continue;
    if (row < taken.size() && taken.Test(row)) {
      row = kNoRow;
      is_same = false;
    } else {
      ++left;
    }
  }
  if (left == 0) return nullptr;
  return is_same ? index : index->WithRows(std::move(rows));
}

}  // namespace

const char* Collection::WorkName(Work work) {
  switch (work) {
    case Work::kPostings:
      return "postings";
    case Work::kRows:
      return "rows";
    case Work::kVectors:
      return "vectors";
    case Work::kFiles:
      return "files";
  }
  Fatal(__FILE__, __LINE__, "a Work without a name");
}

size_t Collection::DeadRows() const { return state_.parts.rows.rows() - state_.parts.live.Count(); }

Collection::VectorCounts Collection::CountVectors() const {
  const SnapshotParts& parts = state_.parts;
  VectorCounts counts;
  const VectorIndexKind fresh = FreshOptions().kind;
  const bool is_scanned = LargeOptions(parts.rows_with_vector).kind == fresh;
  for (const std::shared_ptr<const VectorIndex>& index : parts.vectors) {
    counts.entries += index->size();
    if (!is_scanned && index->kind() == fresh) counts.fresh += index->size();
  }
  counts.dead = counts.entries - parts.rows_with_vector;
  return counts;
}

bool Collection::LinkingIsDue() const {
  const SnapshotParts& parts = state_.parts;
  if (!parts.generation || parts.vectors.empty()) return false;
  const VectorCounts counts = CountVectors();
  if (linking_is_due_ || counts.dead > counts.entries / kDeadVectorsPart) return true;
  if (counts.fresh == 0) return false;
  const auto all = static_cast<double>(parts.rows_with_vector);
  return counts.fresh == counts.entries ||  // no large index yet
         (parts.rows_with_vector >= environment_.vectors.hnsw_from &&
          static_cast<double>(counts.fresh) > kMaxFreshShare * all);
}

bool Collection::IsDue(Work work) const {
  if (deleted_) return false;
  const size_t live = state_.parts.live.Count();
  switch (work) {
    case Work::kPostings:
      return !state_.parts.lexical->NextMerge().empty();
    case Work::kRows:
      return preparing_ == 0 && DeadRows() > live + environment_.limits.dead_rows;
    case Work::kVectors:
      return LinkingIsDue() || state_.parts.vectors.size() > 1 + kMaxFreshIndexes;
    case Work::kFiles:
      return state_.parts.rows.rows() > 0 &&
             (save_is_due_ || state_.unsaved_rows >
                                  std::max(environment_.limits.unsaved_rows, live / kUnsavedPart));
  }
  return false;
}

bool Collection::IsToDo(Work work) const {
  const std::optional<Failure>& failure = failures_[static_cast<size_t>(work)];
  return IsDue(work) && !(failure && SteadyClock::now() < failure->until);
}

std::optional<Collection::Work> Collection::NextToDo() const {
  for (const Work work : kAllWorks) {
    if (IsToDo(work)) return work;
  }
  return std::nullopt;
}

std::optional<SteadyClock::time_point> Collection::NextRetry() const {
  std::lock_guard lock(mutex_);
  std::optional<SteadyClock::time_point> next;
  for (const Work work : kAllWorks) {
    const std::optional<Failure>& failure = failures_[static_cast<size_t>(work)];
    if (failure && IsDue(work) && (!next || failure->until < *next)) next = failure->until;
  }
  return next;
}

bool Collection::IsFarBehind() const {
  const SnapshotParts& parts = state_.parts;
  const VectorCounts vectors = CountVectors();
  // Where nothing is linked yet, that takes long, and writers need not wait for it.
  const bool has_linked = vectors.fresh < vectors.entries;
  return (parts.lexical->segments().size() > kMaxSegments && IsToDo(Work::kPostings)) ||
         (DeadRows() > kFarBehind * (parts.live.Count() + environment_.limits.dead_rows) &&
          IsToDo(Work::kRows)) ||
         (has_linked && vectors.fresh > parts.rows_with_vector / kMaxFreshPart &&
          vectors.fresh > kMaxFreshFactor * size_t{environment_.vectors.hnsw_from} &&
          IsToDo(Work::kVectors));
}

void Collection::Notice() {
  if (environment_.maintenance == nullptr) return;
  {
    std::lock_guard lock(mutex_);
    if (!NextToDo()) return;
  }
  environment_.maintenance->Notice(shared_from_this());
}

void Collection::NoticeAll() {
  {
    std::lock_guard lock(mutex_);
    if (state_.unsaved_rows > state_.parts.live.Count() / kUnsavedShare) save_is_due_ = true;
  }
  Notice();
}

Status Collection::WaitUntilMaintained(const CallContext& context) {
  if (environment_.maintenance == nullptr) return OkStatus();
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!IsFarBehind()) return OkStatus();
      maintained_.wait_for(lock, kCheckInterval);
    }
    Notice();
    QUARRY_RETURN_IF_ERROR(
        context.Check().Annotate("collection \"" + name_ + "\": waiting for its maintenance"));
  }
}

MaintenanceStats Collection::Health() const {
  std::lock_guard lock(mutex_);
  MaintenanceStats stats;
  for (const Work work : kAllWorks) {
    const std::optional<Failure>& failure = failures_[static_cast<size_t>(work)];
    if (failure && stats.error.empty()) {
      stats.error = std::string(WorkName(work)) + ": " + failure->status.ToString();
    }
    if (!IsDue(work) && work_ != work) continue;
    stats.pending += (stats.pending.empty() ? "" : ", ") + std::string(WorkName(work));
  }
  stats.rows = state_.parts.rows.rows();
  stats.dead_rows = DeadRows();
  for (const SegmentView& view : state_.parts.lexical->segments()) {
    ++stats.segments;
    stats.slots += view.segment->slots();
    stats.dead_slots += view.dead_slots;
  }
  const VectorCounts counts = CountVectors();
  stats.vector_entries = counts.entries;
  stats.fresh_vectors = counts.fresh;
  stats.dead_vectors = counts.dead;
  return stats;
}

bool Collection::Maintain(const CallContext& context) {
  std::optional<Work> work;
  {
    std::lock_guard lock(mutex_);
    work = work_ = NextToDo();
  }
  if (!work) return false;
  Status status;
  try {
    status = Do(*work, context);
  } catch (const std::bad_alloc&) {
    status = ResourceExhaustedError("out of memory");
  } catch (const std::exception& error) {  // of a library; the thread is the process's to lose
    status = InternalError(error.what());
  }
  const bool has_failed = !status.ok() && status.code() != Code::kCancelled;
  {
    std::lock_guard lock(mutex_);
    work_.reset();
    std::optional<Failure>& failure = failures_[static_cast<size_t>(*work)];
    if (status.ok()) failure.reset();
    if (has_failed) {
      const std::chrono::milliseconds pause =
          failure ? std::min<std::chrono::milliseconds>(2 * failure->pause, kLongestRetry)
                  : environment_.limits.retry_after;
      failure = {.status = status, .pause = pause, .until = SteadyClock::now() + pause};
    }
  }
  maintained_.notify_all();
  if (has_failed) {
    LogWarning("maintenance of collection " + name_ + ", " + WorkName(*work) +
               ", is put off: " + status.ToString());
  }
  return status.code() != Code::kCancelled;
}

Status Collection::Do(Work work, const CallContext& context) {
  switch (work) {
    case Work::kPostings:
      return MergeNext(/*consolidate=*/false, context);
    case Work::kRows:
      return CompactRows(context);
    case Work::kVectors:
      return LinkVectors(context);
    case Work::kFiles:
      return SaveFiles(context);
  }
  return OkStatus();
}

Status Collection::MergeNext(bool consolidate, const CallContext& context) {
  std::vector<SegmentView> parts;
  SnapshotParts then;
  {
    std::lock_guard lock(mutex_);
    const std::span<const SegmentView> run =
        consolidate ? state_.parts.lexical->NextConsolidation() : state_.parts.lexical->NextMerge();
    parts.assign(run.begin(), run.end());
    then.rows = state_.parts.rows;
    then.view = state_.parts.view;
  }
  return parts.empty() ? OkStatus()
                       : MergePostings(std::move(parts), then.rows, *then.view, context);
}

Status Collection::MergePostings(std::vector<SegmentView> parts, const RowTable& rows,
                                 const StoreView& view, const CallContext& context) {
  uint64_t bytes = 0;
  for (const SegmentView& part : parts) bytes += part.segment->bytes().view.size();
  // In memory there would be what is merged and, twice, what comes of it.
  std::optional<SpillFile> spill;
  if (bytes >= environment_.limits.spill_bytes) {
    if (Result<SpillFile> made = environment_.derived.MakeSpill(bytes); made.ok()) {
      spill = *std::move(made);
    }
  }
  SegmentView merged;
  const bool is_spilled = spill.has_value();
  auto made = MergeSegments(parts, parts[0].segment->parameters(), {}, context, std::move(spill));
  const Code code = made.status().code();
  // Without the file where there is no place for it, or no way to map it.
  if (is_spilled && (code == Code::kUnavailable || code == Code::kResourceExhausted)) {
    LogWarning("postings are merged in memory: " + made.status().message());
    made = MergeSegments(parts, parts[0].segment->parameters(), {}, context);
  }
  QUARRY_ASSIGN_OR_RETURN(merged.segment, std::move(made));
  // Lets die in it what died in `now` since; false when the parts are not there any more. The terms
  // of a chunk that is gone are still in the view of then.
  const auto catch_up = [&](const LexicalIndex& now) -> Result<bool> {
    std::optional<std::vector<RowId>> died = now.DiedSince(parts);
    if (!died) return false;
    std::vector<ChunkId> chunks;
    std::erase_if(*died, [&](RowId row) { return merged.IsDead(*merged.segment->SlotOf(row)); });
    for (const RowId row : *died) chunks.push_back(rows.row(row).chunk);
    QUARRY_ASSIGN_OR_RETURN(std::vector<std::vector<TermFrequency>> terms, ReadTerms(view, chunks));
    std::vector<LexicalRow> dead;
    for (size_t i = 0; i < chunks.size(); ++i) dead.push_back({(*died)[i], std::move(terms[i])});
    if (!dead.empty()) merged.Kill(dead);
    return true;
  };
  // Most of it before the lock is taken.
  QUARRY_ASSIGN_OR_RETURN(bool is_there, catch_up(snapshot()->lexical()));
  if (!is_there) return OkStatus();  // it is due again, if it still is
  std::lock_guard lock(mutex_);
  QUARRY_ASSIGN_OR_RETURN(is_there, catch_up(*state_.parts.lexical));
  if (!is_there) return OkStatus();
  state_.parts.lexical = state_.parts.lexical->WithMerged(parts, std::move(merged));
  Publish();
  return OkStatus();
}

// All vectors in one index where that is due, else the smaller scanned ones in one.
Status Collection::LinkVectors(const CallContext& context) {
  SnapshotParts parts;
  Bitmap has_vector;
  VectorIndexOptions options;
  size_t first = 0;  // of the indexes that become one
  bool is_large = false;
  {
    std::lock_guard lock(mutex_);
    if (!IsDue(Work::kVectors)) return OkStatus();  // others were published since it was
    parts = state_.parts;
    has_vector = state_.has_vector;
    const bool is_merge = !LinkingIsDue();
    options = is_merge ? FreshOptions() : LargeOptions(parts.rows_with_vector);
    if (is_merge) {
      first = parts.vectors.size() - kMaxFreshIndexes / 2;
      size_t behind = 0;
      for (size_t i = first; i < parts.vectors.size(); ++i) behind += parts.vectors[i]->size();
      for (; first > 0; --first) {
        const VectorIndex& before = *parts.vectors[first - 1];
        if (before.kind() != options.kind || before.size() >= kFreshFanOut * behind) break;
        behind += before.size();
      }
    }
    is_large = options.kind != FreshOptions().kind;
  }
  const std::span all(parts.vectors);
  std::shared_ptr<const VectorIndex> built;
  if (first > 0) {
    std::vector<RowId> rows;
    for (const std::shared_ptr<const VectorIndex>& index : all.subspan(first)) {
      for (const RowId row : index->rows()) {
        if (row != kNoRow && has_vector.Test(row)) rows.push_back(row);
      }
    }
    std::sort(rows.begin(), rows.end());
    if (!rows.empty()) {
      QUARRY_ASSIGN_OR_RETURN(built, BuildFromStore(parts, std::move(rows), options, context));
    }
  } else if (parts.rows_with_vector > 0) {
    QUARRY_ASSIGN_OR_RETURN(built, BuildLarge(parts, has_vector, options, context));
  }
  Bitmap taken(parts.rows.rows());
  if (built != nullptr) {
    for (const RowId row : built->rows()) {
      if (row != kNoRow) taken.Set(row);
    }
  }
  {
    std::lock_guard lock(mutex_);
    // Another generation was published meanwhile, or other settings were made: it is due again.
    if (!state_.parts.generation || state_.parts.generation->id != parts.generation->id ||
        record_.vectors != parts.collection.vectors) {
      return OkStatus();
    }
    std::vector<std::shared_ptr<const VectorIndex>> next;
    std::vector<std::shared_ptr<const VectorIndex>> later;
    for (const std::shared_ptr<const VectorIndex>& index : state_.parts.vectors) {
      if (Contains(all.subspan(first), index)) continue;
      const bool is_before = Contains(all.first(first), index);
      std::shared_ptr<const VectorIndex> left = is_before ? index : Without(index, taken);
      if (left != nullptr) (is_before ? next : later).push_back(std::move(left));
    }
    if (built != nullptr) next.push_back(built);
    next.insert(next.end(), later.begin(), later.end());
    state_.parts.vectors = std::move(next);
    if (first == 0) linking_is_due_ = false;
    Publish();
  }
  if (is_large && built != nullptr) SaveGraph(parts, *built);
  return OkStatus();
}

Status Collection::SaveFiles(const CallContext& context) {
  for (int i = 0; i < kMaxConsolidations; ++i) {
    {
      std::lock_guard lock(mutex_);
      if (state_.parts.lexical->NextConsolidation().empty()) break;
    }
    QUARRY_RETURN_IF_ERROR(MergeNext(/*consolidate=*/true, context));
  }
  QUARRY_RETURN_IF_ERROR(context.Check());
  State copy;
  {
    std::lock_guard lock(mutex_);
    copy.parts = state_.parts;
    copy.chunk_rows = state_.chunk_rows;
    copy.has_vector = state_.has_vector;
    copy.unsaved_rows = state_.unsaved_rows;
    copy.files_are_good = state_.files_are_good;
    save_is_due_ = false;  // what is asked for from now on is not in this copy
  }
  Status status = Save(copy);
  // The system takes the memory of files back when it needs it, and that of a long first index
  // would grow until its end.
  const LexicalIndex::Replacements mapped =
      status.ok() ? MapSaved(copy.parts) : LexicalIndex::Replacements();
  std::lock_guard lock(mutex_);
  if (deleted_) environment_.derived.Remove(SavedPrefix()).IgnoreError();  // only space
  state_.files_are_good = copy.files_are_good;
  if (!status.ok()) {
    save_is_due_ = true;
    return status;
  }
  state_.unsaved_rows -= copy.unsaved_rows;
  state_.parts.lexical = state_.parts.lexical->WithSegments(mapped);
  if (state_.parts.generation && !state_.parts.embedder && copy.parts.generation &&
      state_.parts.generation->id == copy.parts.generation->id) {
    state_.parts.embedder = copy.parts.embedder;
  }
  Publish();
  return OkStatus();
}

void Collection::Close() {
  std::lock_guard lock(mutex_);
  const bool is_much = state_.unsaved_rows > state_.parts.live.Count() / kUnsavedShare;
  if (deleted_ || !(is_much || save_is_due_)) return;
  const Status status = Save(state_);
  if (!status.ok()) {
    LogWarning("rows of collection " + name_ + " not saved: " + status.message());
  }
}

}  // namespace quarry::index
