#include "retrieval/answer_cache.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/log.h"
#include "retrieval/cache_answer.h"
#include "retrieval/cache_scope.h"
#include "retrieval/question_gate.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kWriterQueue = 1024;
// Of the similar questions, those that are asked about.
constexpr size_t kSimilar = 5;
constexpr int64_t kMicrosPerHour = int64_t{3600} * 1'000'000;

double InnerProduct(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return 0;
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

// What retrieval gave for a question: what the context took and what it left out.
std::set<ChunkId> FoundIn(const Context& context) {
  std::set<ChunkId> chunks;
  for (const Passage& passage : context.passages) {
    for (const ChunkId chunk : ChunksOf(passage)) chunks.insert(chunk);
  }
  for (const DroppedPassage& passage : context.dropped) chunks.insert(passage.chunk);
  return chunks;
}

std::string WhyNotStored(const Answer& answer, uint64_t cost_micros, const CacheOptions& options) {
  if (answer.abstained) return "abstained";
  if (answer.verdict.label == Support::kUnsupported) return "unsupported";
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

struct AnswerCache::Shelf {
  Shelf(index::CacheTable opened, const CacheOptions& options)
      : table(std::move(opened)), shelf(options.max_bytes, options.max_entries) {}

  index::CacheTable table;
  std::mutex mutex;
  CacheShelf shelf;                   // guarded by mutex
  std::optional<std::string> tuning;  // guarded by mutex; as it stands in the store
  uint64_t cleared = 0;               // guarded by mutex; how often
};

struct AnswerCache::Candidate {
  CacheEntry entry;
  CacheKind kind = CacheKind::kExact;
  double similarity = 1;
  std::string verified_by = "normal form";
};

struct AnswerCache::CacheMetrics {
  explicit CacheMetrics(MetricsRegistry& metrics) : registry(metrics) {}
  void Count(const char* name, const char* help, MetricLabels labels = {}) {
    registry.GetCounter(name, help, labels).Increment();
  }
  void Lookup(const char* result) {
    Count("quarry_cache_lookups_total", "Questions to the answer cache", {{"result", result}});
  }
  void Refused(const char* reason) {
    Count("quarry_cache_refused_total", "Stored answers that were looked at and not served",
          {{"reason", reason}});
  }
  void NotStored(const std::string& reason) {
    Count("quarry_cache_not_stored_total", "Answers that were not stored", {{"reason", reason}});
  }
  MetricsRegistry& registry;
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

Result<std::shared_ptr<AnswerCache::Shelf>> AnswerCache::ShelfOf(CollectionId collection) {
  std::lock_guard lock(mutex_);
  if (const auto it = shelves_.find(collection); it != shelves_.end()) return it->second;
  QUARRY_ASSIGN_OR_RETURN(index::CacheTable table, index_.OpenCache(collection));
  auto shelf = std::make_shared<Shelf>(std::move(table), options_);
  if (!read_only_) {
    uint64_t damaged = 0;
    std::vector<CacheEntryId> gone;
    QUARRY_RETURN_IF_ERROR(shelf->table.ForEach(
        [&](index::StoredCacheEntry entry) {
          const auto went = shelf->shelf.Put(
              std::make_shared<const index::StoredCacheEntry>(std::move(entry)), true);
          gone.insert(gone.end(), went.begin(), went.end());
          return true;
        },
        &damaged));
    if (damaged > 0) {
      LogWarning("answer cache: " + std::to_string(damaged) +
                 " damaged entries are passed over; quarry cache clear removes them");
    }
    if (!gone.empty()) shelf->table.Remove(gone).IgnoreError();  // tried again at the next start
  }
  shelves_[collection] = shelf;
  return shelf;
}

Result<std::optional<CacheHit>> AnswerCache::Lookup(const CacheQuestion& question,
                                                    const CallContext& context, std::string& why) {
  StageTimer timer(context, "cache");
  why = "no stored answer";
  const auto failed = [&](const Status& status) {
    LogWarning("answer cache: " + status.message());
    metrics_->Lookup("error");
    why = "the cache failed";
    return std::optional<CacheHit>();
  };
  Result<std::shared_ptr<Shelf>> shelf = ShelfOf(question.snapshot.collection().id);
  if (!shelf.ok()) return failed(shelf.status());
  Result<std::vector<Candidate>> candidates = FindCandidates(question, **shelf, context, why);
  QUARRY_RETURN_IF_ERROR(context.Check());
  if (!candidates.ok()) return failed(candidates.status());
  for (const Candidate& candidate : *candidates) {
    QUARRY_ASSIGN_OR_RETURN(std::optional<CacheHit> hit, Check(question, candidate, **shelf, why));
    if (!hit) continue;
    {
      std::lock_guard lock((*shelf)->mutex);
      (*shelf)->shelf.Touch(candidate.entry->id, clock_.NowMicros());
    }
    metrics_->Lookup(CacheKindName(candidate.kind));
    metrics_->registry
        .GetCounter("quarry_cache_saved_seconds_total", "Time that making the answers took")
        .Increment(static_cast<double>(candidate.entry->cost_micros) / 1e6);
    return hit;
  }
  return std::optional<CacheHit>();
}

Result<std::vector<AnswerCache::Candidate>> AnswerCache::FindCandidates(
    const CacheQuestion& question, Shelf& shelf, const CallContext& context, std::string& why) {
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
  if (equal != nullptr) candidates.push_back({.entry = std::move(equal)});
  // An answer to the same question that is no longer true is not made up for by another's.
  if (!candidates.empty()) return candidates;
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
      why = "similar question not served: " + gate.reason;
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
  if (now - entry.created_micros >= int64_t{options_.ttl_hours} * kMicrosPerHour ||
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
  if (ContextHash(*context) != entry.context_hash) return refuse("other passages are found", false);
  std::set<ChunkId> found = FoundIn(*context);
  if (again.text != question.query.text) {
    QUARRY_ASSIGN_OR_RETURN(const Context asked, question.make_context(question.query));
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
  return std::optional(CacheHit{*std::move(answer)});
}

Result<std::vector<float>> AnswerCache::Embed(const index::Snapshot& snapshot,
                                              const std::string& text, const CallContext& context) {
  if (!snapshot.generation()) return std::vector<float>();
  const index::StoredGeneration& generation = *snapshot.generation();
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          embedders_.Get(generation.space, generation.embedder_kind,
                                         [&] { return snapshot.ReadEmbedderBlob(); }));
  const std::string texts[] = {text};
  QUARRY_ASSIGN_OR_RETURN(EmbeddingMatrix vectors,
                          embedder->Embed(texts, model::EmbeddingRole::kQuery, context));
  return std::move(vectors.values);
}

void AnswerCache::Store(const CacheQuestion& question, const Answer& answer, uint64_t cost_micros) {
  metrics_->Lookup("miss");
  if (read_only_) return;
  if (const std::string why = WhyNotStored(answer, cost_micros, options_); !why.empty()) {
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
  if (options_.semantic && verifier_ != nullptr) {
    // Without a vector it serves level (i) all the same.
    Result<std::vector<float>> vector =
        Embed(question.snapshot, question.query.text, CallContext());
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
  const auto write = [this, shelf, entry, gone = std::move(gone), cleared] {
    const auto there = [&] {
      std::lock_guard lock(shelf->mutex);
      const CacheEntry found = shelf->shelf.Find(entry->scope, entry->form);
      return shelf->cleared == cleared && found != nullptr && found->id == entry->id;
    };
    if (!gone.empty()) {
      if (const Status removed = shelf->table.Remove(gone); !removed.ok()) {
        LogWarning("answer cache: " + removed.message());
      }
    }
    if (!there()) return;
    const Result<bool> added = shelf->table.Add(*entry);
    if (!added.ok()) LogWarning("answer cache: " + added.status().message());
    bool undo = false;
    uint64_t bytes = 0;
    {
      std::lock_guard lock(shelf->mutex);
      const bool written = added.ok() && *added;
      undo = written && shelf->cleared != cleared;
      written ? shelf->shelf.MarkStored(entry->id) : shelf->shelf.Drop(entry->id);
      bytes = shelf->shelf.bytes();
    }
    const CacheEntryId ids[] = {entry->id};
    if (undo) shelf->table.Remove(ids).IgnoreError();  // cleared meanwhile; tried once
    metrics_->registry.GetGauge("quarry_cache_bytes", "Stored answers in memory")
        .Set(static_cast<double>(bytes));
  };
  if (writer_->TrySubmit(write).ok()) return;
  // So many at once that the disk does not follow: this one is not kept.
  std::lock_guard lock(shelf->mutex);
  shelf->shelf.Drop(id);
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
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Shelf> shelf, ShelfOf(collection));
  {
    std::lock_guard lock(shelf->mutex);
    for (const CacheEntry& entry : shelf->shelf.All()) shelf->shelf.Drop(entry->id);
    ++shelf->cleared;
  }
  return shelf->table.Clear();
}

Result<std::vector<CacheEntry>> AnswerCache::Entries(CollectionId collection) {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Shelf> shelf, ShelfOf(collection));
  if (!read_only_) {
    std::lock_guard lock(shelf->mutex);
    return shelf->shelf.All();
  }
  std::vector<CacheEntry> entries;
  QUARRY_RETURN_IF_ERROR(shelf->table.ForEach([&](index::StoredCacheEntry entry) {
    entries.push_back(std::make_shared<const index::StoredCacheEntry>(std::move(entry)));
    return true;
  }));
  return entries;
}

std::optional<CacheTuning> AnswerCache::OpenTuning(const index::Snapshot& snapshot, Shelf& shelf,
                                                   std::string& why) {
  const auto closed = [&](std::string reason) {
    why = std::move(reason);
    return std::optional<CacheTuning>();
  };
  if (!options_.semantic || verifier_ == nullptr) return closed("closed by the configuration");
  if (!snapshot.generation()) return closed("closed: the collection has no vectors");
  std::string bytes;
  {
    std::lock_guard lock(shelf.mutex);
    if (!shelf.tuning) {
      Result<std::string> read = shelf.table.Tuning();
      if (!read.ok()) return closed("closed: " + read.status().message());
      shelf.tuning = *std::move(read);
    }
    bytes = *shelf.tuning;
  }
  if (bytes.empty()) return closed("closed: quarry cache tune has not run");
  Result<CacheTuning> tuning = DecodeTuning(bytes);
  if (!tuning.ok()) return closed("closed: " + tuning.status().message());
  if (!tuning->holds) return closed("closed: tuning found no threshold that keeps the bound");
  const Result<std::string> verifier = verifier_->Fingerprint();
  if (!verifier.ok()) return closed("closed: " + verifier.status().message());
  if (tuning->fingerprint !=
      TuningFingerprint(*verifier, snapshot.generation()->space.fingerprint)) {
    return closed("closed: verifier or embedder is another than was tuned");
  }
  return *std::move(tuning);
}

Result<CacheStats> AnswerCache::Stats(const index::Snapshot& snapshot) {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Shelf> shelf, ShelfOf(snapshot.collection().id));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<CacheEntry> entries, Entries(snapshot.collection().id));
  CacheStats stats;
  stats.entries = entries.size();
  CacheShelf sizes(UINT64_MAX, UINT64_MAX);
  for (const CacheEntry& entry : entries) {
    stats.hits += entry->hits;
    stats.saved_micros += entry->hits * entry->cost_micros;
    sizes.Put(entry, true);
  }
  stats.bytes = sizes.bytes();
  stats.tuning = OpenTuning(snapshot, *shelf, stats.semantic_state);
  stats.semantic_open = stats.tuning.has_value();
  if (stats.semantic_open) stats.semantic_state = "open";
  return stats;
}

Result<CacheTuning> AnswerCache::Tune(const index::Snapshot& snapshot,
                                      const std::vector<QuestionPair>& pairs, double bound,
                                      const CallContext& context) {
  if (verifier_ == nullptr) return FailedPreconditionError("cache: there is no verifier to tune");
  if (!snapshot.generation()) {
    return FailedPreconditionError("cache: collection \"" + snapshot.collection().name +
                                   "\" has no vectors, by which similar questions are found");
  }
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Shelf> shelf, ShelfOf(snapshot.collection().id));
  std::vector<double> similarities;
  for (const QuestionPair& pair : pairs) {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<float> a, Embed(snapshot, pair.a, context));
    QUARRY_ASSIGN_OR_RETURN(const std::vector<float> b, Embed(snapshot, pair.b, context));
    similarities.push_back(InnerProduct(a, b));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::vector<ScoredPair> scored,
                          ScorePairs(pairs, similarities, *verifier_, context));
  QUARRY_ASSIGN_OR_RETURN(const std::string verifier, verifier_->Fingerprint());
  CacheTuning tuning = retrieval::Tune(scored, bound);
  tuning.fingerprint = TuningFingerprint(verifier, snapshot.generation()->space.fingerprint);
  tuning.micros = clock_.NowMicros();
  QUARRY_RETURN_IF_ERROR(shelf->table.SetTuning(EncodeTuning(tuning)));
  std::lock_guard lock(shelf->mutex);
  shelf->tuning.reset();
  return tuning;
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
