#include "retrieval/rerank.h"

#include <algorithm>

namespace quarry::retrieval {

Status Rerank(const std::string& question, Snapshots snapshots, const model::Reranker& reranker,
              const RerankOptions& options, const CallContext& context,
              std::vector<RankedHit>& hits) {
  StageTimer timer(context, "retrieve.rerank");
  const size_t read = std::min<size_t>(hits.size(), options.candidates);
  std::vector<std::string> texts;
  for (size_t i = 0; i < read; ++i) {
    QUARRY_ASSIGN_OR_RETURN(const Passage passage,
                            snapshots[hits[i].collection]->ReadPassage(hits[i].row));
    texts.push_back(IndexedText(passage.title, passage.chunk));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::vector<float> scores,
                          reranker.Score(question, texts, context));
  for (size_t i = 0; i < hits.size(); ++i) {
    hits[i].hit.score = i < read ? scores[i] : 0.0;
    hits[i].steps.push_back(
        {.stage = ScoreStep::Stage::kRerank, .score = hits[i].hit.score, .judged = i < read});
  }
  std::stable_sort(hits.begin(), hits.end(), [](const RankedHit& a, const RankedHit& b) {
    return a.hit.score > b.hit.score;
  });
  for (size_t i = 0; i < hits.size(); ++i) hits[i].steps.back().rank = static_cast<uint32_t>(i + 1);
  return OkStatus();
}

}  // namespace quarry::retrieval
