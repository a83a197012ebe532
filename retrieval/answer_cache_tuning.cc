// Vectors of questions, and whether level (ii) is open.

#include <utility>

#include "retrieval/answer_cache_parts.h"

namespace quarry::retrieval {

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

std::optional<CacheTuning> AnswerCache::OpenTuning(const index::Snapshot& snapshot, Shelf& shelf,
                                                   std::string& why) {
  const auto closed = [&](const std::string& reason) {
    why = "not served: " + reason;
    return std::optional<CacheTuning>();
  };
  if (!options_.semantic || verifier_ == nullptr) return closed("switched off (cache.semantic)");
  if (!snapshot.generation()) return closed("the collection has no vectors");
  std::string bytes;
  {
    std::lock_guard lock(shelf.mutex);
    if (!shelf.tuning) {
      Result<std::string> read = shelf.table.Tuning();
      if (!read.ok()) return closed(read.status().message());
      shelf.tuning = *std::move(read);
    }
    bytes = *shelf.tuning;
  }
  if (bytes.empty()) return closed("quarry cache tune has not run yet");
  Result<CacheTuning> tuning = DecodeTuning(bytes);
  if (!tuning.ok()) return closed(tuning.status().message());
  if (!tuning->holds)
    return closed("quarry cache tune found no score from which wrong answers are rare enough");
  const Result<std::string> verifier = verifier_->Fingerprint();
  if (!verifier.ok()) return closed(verifier.status().message());
  if (tuning->fingerprint !=
      TuningFingerprint(*verifier, snapshot.generation()->space.fingerprint)) {
    return closed("verifier or embedder has changed since quarry cache tune ran");
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
  if (stats.semantic_open) stats.semantic_state = "served";
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

}  // namespace quarry::retrieval
