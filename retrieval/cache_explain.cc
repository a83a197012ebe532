#include "retrieval/cache_explain.h"

#include <algorithm>
#include <utility>

#include "retrieval/answer_cache_parts.h"
#include "retrieval/question_gate.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kNeighbours = 5;

}  // namespace

Result<CacheExplanation> ExplainCache(AnswerCache& cache, const CacheQuestion& question,
                                      const CallContext& context) {
  CacheExplanation explanation;
  explanation.form = question.normalised.text;
  explanation.of_the_day = AsksForNow(question.normalised);
  QUARRY_ASSIGN_OR_RETURN(const CacheStats stats, cache.Stats(question.snapshot));
  explanation.semantic_state = stats.semantic_state;
  if (!explanation.of_the_day) {
    QUARRY_ASSIGN_OR_RETURN(const std::optional<CacheHit> hit,
                            cache.Find(question, context, explanation.why));
    explanation.hit = hit.has_value();
    if (hit) explanation.report = hit->answer.cache;
  }
  QUARRY_ASSIGN_OR_RETURN(const std::vector<CacheEntry> entries,
                          cache.Entries(question.snapshot.collection().id));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<float> vector,
                          cache.Embed(question.snapshot, question.query.text, context));
  std::vector<CacheNeighbour>& neighbours = explanation.neighbours;
  for (const CacheEntry& entry : entries) {
    if (entry->scope != question.scope) continue;
    neighbours.push_back({.entry = entry,
                          .similarity = InnerProduct(vector, entry->vector),
                          .equal = entry->form == explanation.form,
                          .gate = ""});
  }
  std::stable_sort(neighbours.begin(), neighbours.end(),
                   [](const CacheNeighbour& a, const CacheNeighbour& b) {
                     return std::pair(a.equal, a.similarity) > std::pair(b.equal, b.similarity);
                   });
  if (neighbours.size() > kNeighbours) neighbours.resize(kNeighbours);
  const QuestionFacts facts = FactsOf(question.query.text);
  for (CacheNeighbour& neighbour : neighbours) {
    const GateVerdict gate = CompareQuestions(facts, FactsOf(neighbour.entry->question));
    neighbour.gate = gate.reason;
    if (!gate.open || cache.verifier() == nullptr) continue;
    QUARRY_ASSIGN_OR_RETURN(neighbour.score,
                            cache.verifier()->Score(question.query.text, neighbour.entry->question,
                                                    neighbour.similarity, context));
  }
  return explanation;
}

}  // namespace quarry::retrieval
