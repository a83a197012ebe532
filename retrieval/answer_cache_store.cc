// Storing, removing and keeping on disk.

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "base/log.h"
#include "retrieval/answer_cache_parts.h"
#include "retrieval/cache_answer.h"
#include "retrieval/cache_scope.h"

namespace quarry::retrieval {
namespace {

// What a vector for a stored question may take, at most.
constexpr std::chrono::seconds kEmbeddingTime{2};

constexpr const char* kAbstained = "abstained";
constexpr const char* kUnsupported = "unsupported";

std::string WhyNotStored(const Answer& answer, uint64_t cost_micros, const CacheOptions& options) {
  if (answer.abstained) return kAbstained;
  if (answer.verdict.label == Support::kUnsupported) return kUnsupported;
  if (!answer.note.empty() || answer.citations.empty()) return "not as asked for";
  if (cost_micros < uint64_t{options.min_cost_millis} * 1000) return "cheap";
  return "";
}

}  // namespace

Status CacheOptions::Validate() const {
  if (!(audit_share >= 0 && audit_share <= 1)) {
    return InvalidArgumentError("cache.audit_share: expected a number from 0 to 1");
  }
  if (max_entries == 0) return InvalidArgumentError("cache.max_entries: expected at least 1");
  return OkStatus();
}

void AnswerCache::Store(const CacheQuestion& question, const Answer& answer, uint64_t cost_micros) {
  metrics_->Lookup("miss");
  if (read_only_) return;
  if (const std::string why = WhyNotStored(answer, cost_micros, options_); !why.empty()) {
    // What the documents do not carry now, they do not carry for a stored answer.
    if (answer.note.empty() && (why == kAbstained || why == kUnsupported)) EvictEqual(question);
    return metrics_->NotStored(why);
  }
  const Result<std::shared_ptr<Shelf>> opened = ShelfOf(question.snapshot.collection().id);
  if (!opened.ok()) return LogWarning("answer cache: " + opened.status().message());
  const std::shared_ptr<Shelf>& shelf = *opened;
  auto entry = std::make_shared<index::StoredCacheEntry>();
  entry->scope = question.scope;
  entry->question = question.query.text;
  entry->form = question.normalised.text;
  entry->created_micros = entry->used_micros = clock_.NowMicros();
  entry->commit = answer.commit;
  entry->cost_micros = cost_micros;
  entry->context_hash = ContextHash(answer.context);
  std::set<ChunkId> chunks;
  for (const Passage& passage : answer.context.passages) {
    for (const ChunkId chunk : ChunksOf(passage)) chunks.insert(chunk);
  }
  entry->chunks.assign(chunks.begin(), chunks.end());
  entry->answer = EncodeCachedAnswer(answer);
  if (std::string closed; OpenTuning(question.snapshot, *shelf, closed)) {
    // Without a vector it serves level (i) all the same.
    CallContext limited;
    limited.deadline = CallContext::Clock::now() + kEmbeddingTime;
    Result<std::vector<float>> vector = Embed(question.snapshot, question.query.text, limited);
    if (vector.ok()) entry->vector = *std::move(vector);
  }
  std::vector<CacheEntryId> gone;
  {
    std::lock_guard lock(shelf->mutex);
    entry->id = CacheEntryId(
        std::max<uint64_t>(shelf->shelf.last_id().value + 1,
                           static_cast<uint64_t>(std::max<int64_t>(1, entry->created_micros))));
    gone = shelf->shelf.Put(entry, false);
  }
  metrics_->Count("quarry_cache_stored_total", "Answers that were stored");
  Persist(shelf, std::move(entry), std::move(gone));
}

void AnswerCache::Persist(const std::shared_ptr<Shelf>& shelf, CacheEntry entry,
                          std::vector<CacheEntryId> gone) {
  uint64_t cleared;
  {
    std::lock_guard lock(shelf->mutex);
    cleared = shelf->cleared;
  }
  const CacheEntryId id = entry->id;
  const auto remove_gone = [shelf, gone = std::move(gone)] {
    if (gone.empty()) return;
    if (const Status removed = shelf->table.Remove(gone); !removed.ok()) {
      LogWarning("answer cache: " + removed.message());
    }
  };
  const auto write = [this, shelf, entry, remove_gone, cleared] {
    const auto there = [&] {
      std::lock_guard lock(shelf->mutex);
      const CacheEntry found = shelf->shelf.Find(entry->scope, entry->form);
      return shelf->cleared == cleared && found != nullptr && found->id == entry->id;
    };
    remove_gone();
    if (!there()) return;
    const Result<bool> added = shelf->table.Add(*entry);
    if (!added.ok()) LogWarning("answer cache: " + added.status().message());
    bool undo = false;
    uint64_t bytes = 0;
    {
      std::lock_guard lock(shelf->mutex);
      const bool written = added.ok() && *added;
      written ? shelf->shelf.MarkStored(entry->id) : shelf->shelf.Drop(entry->id);
      undo = written && (shelf->cleared != cleared || !shelf->shelf.IsStored(entry->id));
      bytes = shelf->shelf.bytes();
    }
    const CacheEntryId ids[] = {entry->id};
    if (undo) shelf->table.Remove(ids).IgnoreError();  // gone meanwhile; tried once
    metrics_->registry.GetGauge("quarry_cache_bytes", "Stored answers in memory")
        .Set(static_cast<double>(bytes));
  };
  if (writer_->TrySubmit(write).ok()) return;
  // So many at once that the disk does not follow: this one is not kept. Those that went for it would
  // come back with the next start.
  {
    std::lock_guard lock(shelf->mutex);
    shelf->shelf.Drop(id);
  }
  remove_gone();
}

void AnswerCache::EvictEqual(const CacheQuestion& question) {
  const CollectionId collection = question.snapshot.collection().id;
  const Result<std::shared_ptr<Shelf>> shelf = ShelfOf(collection);
  if (!shelf.ok()) return LogWarning("answer cache: " + shelf.status().message());
  CacheEntry equal;
  {
    std::lock_guard lock((*shelf)->mutex);
    equal = (*shelf)->shelf.Find(question.scope, question.normalised.text);
  }
  if (equal != nullptr) Evict(collection, equal->id);
}

void AnswerCache::Evict(CollectionId collection, CacheEntryId id) {
  const Result<std::shared_ptr<Shelf>> shelf = ShelfOf(collection);
  if (!shelf.ok()) return;
  {
    std::lock_guard lock((*shelf)->mutex);
    (*shelf)->shelf.Drop(id);
  }
  const CacheEntryId ids[] = {id};
  if (const Status removed = (*shelf)->table.Remove(ids); !removed.ok()) {
    LogWarning("answer cache: " + removed.message());
  }
}

Status AnswerCache::Clear(CollectionId collection) {
  // Needs nothing of what it removes: it may be damaged.
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Shelf> shelf, OpenShelf(collection));
  std::lock_guard loading(shelf->loading);
  {
    std::lock_guard lock(shelf->mutex);
    for (const CacheEntry& entry : shelf->shelf.All()) shelf->shelf.Drop(entry->id);
    ++shelf->cleared;
  }
  QUARRY_RETURN_IF_ERROR(shelf->table.Clear());
  shelf->loaded = true;  // that there is nothing
  return OkStatus();
}

void AnswerCache::SaveTouched() {
  if (read_only_) return;
  for (const auto& [collection, shelf] : shelves_) {
    std::vector<index::StoredCacheEntry> touched;
    for (const CacheEntry& entry : shelf->shelf.TakeTouched()) touched.push_back(*entry);
    if (touched.empty()) continue;
    if (const Status saved = shelf->table.Update(touched); !saved.ok()) {
      LogWarning("answer cache: " + saved.message());
    }
  }
}

}  // namespace quarry::retrieval
