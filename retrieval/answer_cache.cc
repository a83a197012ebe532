#include "retrieval/answer_cache.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/log.h"
#include "retrieval/answer_cache_parts.h"
#include "retrieval/cache_answer.h"
#include "retrieval/cache_scope.h"
#include "retrieval/question_gate.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kWriterQueue = 1024;
// Of the similar questions, those that are asked about.
constexpr size_t kSimilar = 5;
// The time to live of answers about "last week" and the like: what that is changes at midnight.
constexpr int64_t kRelativeHours = 1;
constexpr int64_t kMicrosPerHour = int64_t{3600} * 1'000'000;

// What retrieval gave for a question: what the context took and what it left out.
std::set<ChunkId> FoundIn(const Context& context) {
  std::set<ChunkId> chunks;
  for (const Passage& passage : context.passages) {
    for (const ChunkId chunk : ChunksOf(passage)) chunks.insert(chunk);
  }
  for (const DroppedPassage& passage : context.dropped) chunks.insert(passage.chunk);
  return chunks;
}

}  // namespace

struct AnswerCache::Candidate {
  CacheEntry entry;
  CacheKind kind = CacheKind::kExact;
  double similarity = 1;
  std::string verified_by = "normal form";
};

AnswerCache::AnswerCache(index::Index& index, model::EmbedderCache& embedders,
                         const QuestionVerifier* verifier, CacheOptions options, bool read_only,
                         const Clock& clock, MetricsRegistry& metrics)
    : index_(index),
      embedders_(embedders),
      verifier_(verifier),
      options_(std::move(options)),
      read_only_(read_only),
      clock_(clock),
      metrics_(std::make_unique<CacheMetrics>(metrics)) {
  if (!read_only_) writer_ = std::make_unique<ThreadPool>(1, kWriterQueue);
}

AnswerCache::~AnswerCache() {
  writer_.reset();  // runs what is queued
  SaveTouched();
}

void AnswerCache::Flush() {
  if (writer_ != nullptr) writer_->Wait();
}

Result<std::shared_ptr<AnswerCache::Shelf>> AnswerCache::OpenShelf(CollectionId collection) {
  {
    std::lock_guard lock(mutex_);
    if (const auto it = shelves_.find(collection); it != shelves_.end()) return it->second;
  }
  // Loads the collection where nobody did before: once, however many ask for it.
  QUARRY_ASSIGN_OR_RETURN(index::CacheTable table, index_.OpenCache(collection));
  auto shelf = std::make_shared<Shelf>(std::move(table), options_);
  std::lock_guard lock(mutex_);
  // With them go collections that were deleted.
  std::erase_if(shelves_, [](const auto& entry) { return entry.second->table.deleted(); });
  // Another caller may have put one there meanwhile: all have the same.
  return shelves_.try_emplace(collection, std::move(shelf)).first->second;
}

Result<std::shared_ptr<AnswerCache::Shelf>> AnswerCache::ShelfOf(CollectionId collection) {
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<Shelf> shelf, OpenShelf(collection));
  QUARRY_RETURN_IF_ERROR(Load(*shelf));
  return shelf;
}

Status AnswerCache::Load(Shelf& shelf) {
  if (read_only_) return OkStatus();
  std::lock_guard loading(shelf.loading);
  if (shelf.loaded) return OkStatus();
  uint64_t damaged = 0;
  std::vector<CacheEntryId> gone;
  {
    std::lock_guard lock(shelf.mutex);
    Status read = shelf.table.ForEach(
        [&](index::StoredCacheEntry entry) {
          const auto went = shelf.shelf.Put(
              std::make_shared<const index::StoredCacheEntry>(std::move(entry)), true);
          gone.insert(gone.end(), went.begin(), went.end());
          return true;
        },
        &damaged);
    if (!read.ok()) {
      for (const CacheEntry& entry : shelf.shelf.All()) shelf.shelf.Drop(entry->id);
      return read;
    }
  }
  shelf.loaded = true;
  if (damaged > 0) {
    LogWarning("answer cache: " + std::to_string(damaged) +
               " damaged entries are passed over; quarry cache clear removes them");
  }
  if (!gone.empty()) shelf.table.Remove(gone).IgnoreError();  // tried again at the next start
  return OkStatus();
}

Result<std::optional<CacheHit>> AnswerCache::Lookup(const CacheQuestion& question,
                                                    const CallContext& context, std::string& why,
                                                    CacheLevels levels) {
  StageTimer timer(context, "cache");
  QUARRY_ASSIGN_OR_RETURN(std::optional<CacheHit> hit, Find(question, context, why, levels));
  if (!hit) return hit;
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Shelf> shelf,
                          ShelfOf(question.snapshot.collection().id));
  {
    std::lock_guard lock(shelf->mutex);
    shelf->shelf.Touch(hit->answer.cache.entry, clock_.NowMicros());
  }
  metrics_->Lookup(CacheKindName(hit->answer.cache.kind));
  metrics_->registry
      .GetCounter("quarry_cache_saved_seconds_total", "Time that making the answers took")
      .Increment(static_cast<double>(hit->cost_micros) / 1e6);
  return hit;
}

Result<std::optional<CacheHit>> AnswerCache::Find(const CacheQuestion& question,
                                                  const CallContext& context, std::string& why,
                                                  CacheLevels levels) {
  why = "no stored answer";
  const auto failed = [&](const Status& status) {
    LogWarning("answer cache: " + status.message());
    metrics_->Lookup("error");
    why = "the cache failed";
    return std::optional<CacheHit>();
  };
  const Result<std::shared_ptr<Shelf>> shelf = ShelfOf(question.snapshot.collection().id);
  if (!shelf.ok()) return failed(shelf.status());
  const Result<std::vector<Candidate>> candidates =
      FindCandidates(question, **shelf, context, why, levels);
  QUARRY_RETURN_IF_ERROR(context.Check());
  if (!candidates.ok()) return failed(candidates.status());
  for (const Candidate& candidate : *candidates) {
    QUARRY_ASSIGN_OR_RETURN(std::optional<CacheHit> hit, Check(question, candidate, **shelf, why));
    if (hit) {
      why.clear();
      return hit;
    }
  }
  return std::optional<CacheHit>();
}

Result<std::vector<AnswerCache::Candidate>> AnswerCache::FindCandidates(
    const CacheQuestion& question, Shelf& shelf, const CallContext& context, std::string& why,
    CacheLevels levels) {
  const std::string& form = question.normalised.text;
  CacheEntry equal;
  if (read_only_) {
    index::StoredCacheEntry key;
    key.scope = question.scope;
    key.form = form;
    QUARRY_ASSIGN_OR_RETURN(std::vector<index::StoredCacheEntry> found,
                            shelf.table.Find(key.scope_hash(), key.form_hash()));
    for (index::StoredCacheEntry& entry : found) {
      if (entry.scope != question.scope || entry.form != form) continue;  // equal hashes
      equal = std::make_shared<const index::StoredCacheEntry>(std::move(entry));
    }
  } else {
    std::lock_guard lock(shelf.mutex);
    equal = shelf.shelf.Find(question.scope, form);
  }
  std::vector<Candidate> candidates;
  // What the store says is not believed: the same form must come out of the question that was asked.
  if (equal != nullptr && NormaliseQuestion(equal->question).text != form) equal = nullptr;
  if (equal != nullptr) candidates.push_back({.entry = std::move(equal)});
  // An answer to the same question that is no longer true is not made up for by another's.
  if (!candidates.empty() || levels == CacheLevels::kSame) return candidates;
  return FindSimilar(question, shelf, context, why);
}

Result<std::vector<AnswerCache::Candidate>> AnswerCache::FindSimilar(const CacheQuestion& question,
                                                                     Shelf& shelf,
                                                                     const CallContext& context,
                                                                     std::string& why) {
  std::string closed;
  const std::optional<CacheTuning> tuning = OpenTuning(question.snapshot, shelf, closed);
  if (!tuning) return std::vector<Candidate>();
  std::vector<CacheEntry> entries;
  if (read_only_) {
    index::StoredCacheEntry key;
    key.scope = question.scope;
    QUARRY_ASSIGN_OR_RETURN(std::vector<index::StoredCacheEntry> found,
                            shelf.table.FindScope(key.scope_hash()));
    for (index::StoredCacheEntry& entry : found) {
      if (entry.scope != question.scope) continue;
      entries.push_back(std::make_shared<const index::StoredCacheEntry>(std::move(entry)));
    }
  } else {
    std::lock_guard lock(shelf.mutex);
    entries = shelf.shelf.Scope(question.scope);
  }
  if (entries.empty()) return std::vector<Candidate>();
  QUARRY_ASSIGN_OR_RETURN(const std::vector<float> vector,
                          Embed(question.snapshot, question.query.text, context));
  std::vector<Candidate> similar;
  for (CacheEntry& entry : entries) {
    const double similarity = InnerProduct(vector, entry->vector);
    if (similarity > 0) {
      similar.push_back({.entry = std::move(entry),
                         .kind = CacheKind::kSemantic,
                         .similarity = similarity,
                         .verified_by = ""});
    }
  }
  std::stable_sort(similar.begin(), similar.end(), [](const Candidate& a, const Candidate& b) {
    return a.similarity > b.similarity;
  });
  if (similar.size() > kSimilar) similar.resize(kSimilar);
  const QuestionFacts facts = FactsOf(question.query.text);
  QUARRY_ASSIGN_OR_RETURN(const std::string verifier, verifier_->Fingerprint());
  std::vector<Candidate> verified;
  for (Candidate& candidate : similar) {
    const GateVerdict gate = CompareQuestions(facts, FactsOf(candidate.entry->question));
    if (!gate.open) {
      metrics_->Refused("gate");
      // Not the words: they are those of whoever asked before.
      why = "similar question not served: " + gate.reason.substr(0, gate.reason.find(':'));
      continue;
    }
    QUARRY_ASSIGN_OR_RETURN(const double score,
                            verifier_->Score(question.query.text, candidate.entry->question,
                                             candidate.similarity, context));
    if (!(score >= tuning->threshold)) {
      metrics_->Refused("verifier");
      why = "similar question not served: the verifier is not sure";
      continue;
    }
    candidate.verified_by = verifier;
    verified.push_back(std::move(candidate));
  }
  return verified;
}

Result<std::optional<CacheHit>> AnswerCache::Check(const CacheQuestion& question,
                                                   const Candidate& candidate, Shelf& shelf,
                                                   std::string& why) {
  const index::StoredCacheEntry& entry = *candidate.entry;
  const auto refuse = [&](const char* reason, bool drop) {
    metrics_->Refused(reason);
    why = reason;
    if (drop && !read_only_) {
      std::lock_guard lock(shelf.mutex);
      shelf.shelf.Drop(entry.id);
    }
    return std::optional<CacheHit>();
  };
  const int64_t now = clock_.NowMicros();
  int64_t time_to_live = int64_t{options_.ttl_hours} * kMicrosPerHour;
  if (AsksRelativeToNow(question.normalised)) {
    time_to_live = std::min(time_to_live, kRelativeHours * kMicrosPerHour);
  }
  if (now - entry.created_micros >= time_to_live ||
      entry.created_micros > now + kMicrosPerHour) {  // the clock was set back
    return refuse("expired", false);
  }
  bool stored = read_only_;
  if (!read_only_) {
    std::lock_guard lock(shelf.mutex);
    stored = shelf.shelf.IsStored(entry.id);
  }
  if (stored) {
    const Result<bool> there = shelf.table.Contains(entry.id);
    if (!there.ok() || !*there) return refuse("a document has changed", true);
  }

  Query again = question.query;
  again.text = entry.question;
  Result<Context> context = question.make_context(again);
  QUARRY_RETURN_IF_ERROR(context.status());
  if (!context->notes.empty()) return refuse("retrieval goes without a model", false);
  if (ContextHash(*context) != entry.context_hash) return refuse("other passages are found", false);
  std::set<ChunkId> found = FoundIn(*context);
  if (again.text != question.query.text) {
    QUARRY_ASSIGN_OR_RETURN(const Context asked, question.make_context(question.query));
    if (!asked.notes.empty()) return refuse("retrieval goes without a model", false);
    found = FoundIn(asked);
  }
  Result<Answer> answer = DecodeCachedAnswer(entry.answer, *std::move(context));
  if (!answer.ok()) return refuse("damaged", true);
  for (const Citation& citation : answer->citations) {
    if (!found.contains(citation.chunk)) return refuse("not about this question", false);
  }
  answer->cache = {.kind = candidate.kind,
                   .reason = "",
                   .entry = entry.id,
                   .question = entry.question,
                   .similarity = candidate.similarity,
                   .age_seconds = std::max<int64_t>(0, (now - entry.created_micros) / 1'000'000),
                   .verified_by = candidate.verified_by};
  return std::optional(CacheHit{*std::move(answer), entry.cost_micros});
}

Result<std::vector<CacheEntry>> AnswerCache::Entries(CollectionId collection) {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Shelf> shelf, ShelfOf(collection));
  std::vector<CacheEntry> entries;
  if (!read_only_) {
    std::vector<CacheEntry> held;
    std::vector<bool> stored;
    {
      std::lock_guard lock(shelf->mutex);
      held = shelf->shelf.All();
      for (const CacheEntry& entry : held) stored.push_back(shelf->shelf.IsStored(entry->id));
    }
    // A change to a document takes its answers out of the store; memory learns of it here.
    for (size_t i = 0; i < held.size(); ++i) {
      if (stored[i]) {
        QUARRY_ASSIGN_OR_RETURN(const bool there, shelf->table.Contains(held[i]->id));
        if (!there) {
          std::lock_guard lock(shelf->mutex);
          shelf->shelf.Drop(held[i]->id);
          continue;
        }
      }
      entries.push_back(std::move(held[i]));
    }
    return entries;
  }
  QUARRY_RETURN_IF_ERROR(shelf->table.ForEach([&](index::StoredCacheEntry entry) {
    entries.push_back(std::make_shared<const index::StoredCacheEntry>(std::move(entry)));
    return true;
  }));
  return entries;
}

}  // namespace quarry::retrieval
