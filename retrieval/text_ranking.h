#pragma once

// How well given texts answer a question, without a model: the parts of hybrid search, over these
// texts instead of a collection.
//
//   score = (1 - w) * lexical + w * dense
//   lexical  BM25 with the document frequencies of these texts, as a share of what a text could reach
//            that holds each of the question's terms very often: 0 to 1
//   dense    the cosine of question and text, not below 0; without an embedder w is 0
//
// Unlike the lists of a search nothing is scaled by the best: a text that answers nothing stays low.

#include <span>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/call_context.h"
#include "base/status.h"
#include "model/embedder.h"

namespace quarry::retrieval {

// One score per text, from 0 to 1. `embedder` may be null. Pure. Errors: those of the embedder and
// of the context.
Result<std::vector<double>> ScoreTexts(const std::string& question,
                                       std::span<const std::string> texts, const Analyzer& analyzer,
                                       const model::Embedder* embedder, double dense_weight,
                                       const CallContext& context);

}  // namespace quarry::retrieval
