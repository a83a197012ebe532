#pragma once

// Judged questions as pairs that an embedder is learnt from (ingest/learning_pairs.h).

#include <vector>

#include "base/analyzer.h"
#include "eval/tuning.h"
#include "index/snapshot.h"
#include "model/learnt_embedder.h"

namespace quarry::eval {

// Each question with its relevant documents that there are, the most relevant first, at most five: of a
// document the chunk that shares most terms with the question, under the document's title.
Result<std::vector<model::LearningPair>> PairsOf(const JudgedQuestions& questions,
                                                 const index::Snapshot& snapshot,
                                                 const Analyzer& analyzer);

}  // namespace quarry::eval
