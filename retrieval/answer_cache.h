#pragma once

// AnswerCache: answers that were made before, served again where that is safe. docs/cache.md.
//
// A stored answer is served when all of these hold (settled once, checked on every hit):
//   * the same scope: cache_scope.h;
//   * the same question: its normal form is equal (level i), or, where tuning has opened level (ii), the
//     gate lets it through and the verifier's score reaches the tuned threshold;
//   * it is still true: retrieval, run now for the stored question, gives the passages that it was made
//     from, with the same words in the same places;
//   * it is about this: every chunk that it cites is among what retrieval gives for the new question,
//     on behalf of who asks;
//   * it is not older than the time to live, and its entry still stands in the store.
//
// Entries are held in memory (CacheShelf) and kept in the store (index::CacheTable) by a thread of its
// own: nobody who asks waits for the disk. An entry whose documents change before it is on disk is
// dropped. On a store that is open for reading only, entries are read from disk and none is made.
//
// Thread-safe.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/answer.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "index/index.h"
#include "model/embedder_cache.h"
#include "retrieval/cache_options.h"
#include "retrieval/cache_shelf.h"
#include "retrieval/cache_tuning.h"
#include "retrieval/question_normaliser.h"
#include "retrieval/question_verifier.h"

namespace quarry::retrieval {

// A question to the cache.
struct CacheQuestion {
  const Query& query;
  const index::Snapshot& snapshot;
  std::string scope;  // CacheScope
  NormalisedQuestion normalised;
  // The passages that an answer to a query would be made from; those left out are in `dropped`.
  std::function<Result<Context>(const Query&)> make_context;
};

// kSame: the same question, spelling apart.
enum class CacheLevels : uint8_t { kSame, kAll };

struct CacheHit {
  Answer answer;             // with `cache` filled in
  uint64_t cost_micros = 0;  // that making it took
};

// What `quarry cache ls` shows.
struct CacheStats {
  uint64_t entries = 0;
  uint64_t bytes = 0;
  uint64_t hits = 0;          // of the entries that there are
  uint64_t saved_micros = 0;  // by these hits
  bool semantic_open = false;
  std::string semantic_state;  // "served", or "not served: " and why
  std::optional<CacheTuning> tuning;
};

class AnswerCache {
 public:
  // All must outlive the cache. `verifier` may be null: level (ii) is closed. `read_only` as the index
  // was opened.
  AnswerCache(index::Index& index, model::EmbedderCache& embedders,
              const QuestionVerifier* verifier, CacheOptions options, bool read_only,
              const Clock& clock, MetricsRegistry& metrics);
  // Writes what is pending.
  ~AnswerCache();
  AnswerCache(const AnswerCache&) = delete;
  AnswerCache& operator=(const AnswerCache&) = delete;

  // The stored answer that serves; nullopt with `why` set if there is none, else "". Errors: those of retrieval
  // and of the context; where the store or the verifier fails, that is a miss.
  // `levels`: whether answers to other questions of the same meaning are looked at too.
  Result<std::optional<CacheHit>> Lookup(const CacheQuestion& question, const CallContext& context,
                                         std::string& why, CacheLevels levels = CacheLevels::kAll);

  // The same, without counting it as a hit.
  Result<std::optional<CacheHit>> Find(const CacheQuestion& question, const CallContext& context,
                                       std::string& why, CacheLevels levels = CacheLevels::kAll);

  // To be told of every answer that was made. Stores it, made for `question` in `cost_micros`, unless
  // it must not be: it abstains, is unsupported, cites nothing, carries a note, or was cheaper than
  // options.min_cost_millis. An answer that abstains or is unsupported takes out what is stored for the
  // same question.
  void Store(const CacheQuestion& question, const Answer& answer, uint64_t cost_micros);

  // Takes an entry out (a reader did not like it).
  void Evict(CollectionId collection, CacheEntryId id);
  Status Clear(CollectionId collection);

  Result<std::vector<CacheEntry>> Entries(CollectionId collection);
  Result<CacheStats> Stats(const index::Snapshot& snapshot);

  // Fits the verifier on labelled pairs, with vectors of the snapshot's embedder, and records what was
  // found: level (ii) opens where the bound holds, and closes where not. kFailedPrecondition without a
  // verifier or without vectors.
  Result<CacheTuning> Tune(const index::Snapshot& snapshot, const std::vector<QuestionPair>& pairs,
                           double bound, const CallContext& context);

  // The question's vector in the space of the snapshot; empty where that has none.
  Result<std::vector<float>> Embed(const index::Snapshot& snapshot, const std::string& text,
                                   const CallContext& context);

  // Waits until what was stored is on disk. For tests and for closing.
  void Flush();

  const CacheOptions& options() const { return options_; }
  const QuestionVerifier* verifier() const { return verifier_; }

 private:
  struct Shelf;      // of one collection
  struct Candidate;  // an entry that may serve
  struct CacheMetrics;

  // Without its entries; a read_only cache has none in memory. May load the collection.
  Result<std::shared_ptr<Shelf>> OpenShelf(CollectionId collection);
  // With them. One caller loads them, others of the same collection wait.
  Result<std::shared_ptr<Shelf>> ShelfOf(CollectionId collection);
  Status Load(Shelf& shelf);
  void EvictEqual(const CacheQuestion& question);
  Result<std::vector<Candidate>> FindCandidates(const CacheQuestion& question, Shelf& shelf,
                                                const CallContext& context, std::string& why,
                                                CacheLevels levels);
  Result<std::vector<Candidate>> FindSimilar(const CacheQuestion& question, Shelf& shelf,
                                             const CallContext& context, std::string& why);
  Result<std::optional<CacheHit>> Check(const CacheQuestion& question, const Candidate& candidate,
                                        Shelf& shelf, std::string& why);
  // The tuning that opens level (ii) on this snapshot; otherwise `why` says why it is closed.
  std::optional<CacheTuning> OpenTuning(const index::Snapshot& snapshot, Shelf& shelf,
                                        std::string& why);
  void Persist(const std::shared_ptr<Shelf>& shelf, CacheEntry entry,
               std::vector<CacheEntryId> gone);
  void SaveTouched();

  index::Index& index_;
  model::EmbedderCache& embedders_;
  const QuestionVerifier* const verifier_;
  const CacheOptions options_;
  const bool read_only_;
  const Clock& clock_;
  const std::unique_ptr<CacheMetrics> metrics_;

  // Never held while a collection is loaded: that can take minutes, and the others go on.
  std::mutex mutex_;
  std::map<CollectionId, std::shared_ptr<Shelf>> shelves_;  // guarded by mutex_
  std::unique_ptr<ThreadPool> writer_;                      // one thread; null when read_only_
};

}  // namespace quarry::retrieval
