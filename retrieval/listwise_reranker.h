#pragma once

// ListwiseReranker: a chat model that is shown passages together and says their order (Sun et al., "Is
// ChatGPT good at search? Investigating large language models as re-ranking agents", 2023). The score
// of the r-th of n is 1 - (r - 1) / n: of one list alone.

#include "model/reranker.h"
#include "retrieval/query_model.h"

namespace quarry::retrieval {

// Thread-safe.
class ListwiseReranker final : public model::Reranker {
 public:
  // `model` must outlive it.
  explicit ListwiseReranker(const QueryModel& model) : model_(model) {}

  const std::string& fingerprint() const override { return model_.fingerprint(); }
  // One call, however many texts. Errors: those of QueryModel::Rank.
  Result<std::vector<float>> Score(const std::string& question, std::span<const std::string> texts,
                                   const CallContext& context) const override {
    std::vector<float> scores(texts.size());
    if (texts.empty()) return scores;
    QUARRY_ASSIGN_OR_RETURN(const std::vector<size_t> order, model_.Rank(question, texts, context));
    for (size_t i = 0; i < order.size(); ++i) {
      scores[order[i]] = 1.0f - static_cast<float>(i) / static_cast<float>(order.size());
    }
    return scores;
  }

 private:
  const QueryModel& model_;
};

}  // namespace quarry::retrieval
