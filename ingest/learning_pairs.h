#pragma once

// Judged questions that an embedder is learnt from beside the texts of its collection, as a file of lines:
//
//   {"query": "...", "text": "..."}     a question, and a passage that answers it
//
// Any thread.

#include <string>
#include <vector>

#include "base/status.h"
#include "model/learnt_embedder.h"

namespace quarry::ingest {

// Blank lines are skipped. Errors name file and line: kNotFound, kInvalidArgument, kResourceExhausted over
// 256 MiB.
Result<std::vector<model::LearningPair>> ReadLearningPairs(const std::string& path);

// Whole or not at all; what was there is replaced.
Status WriteLearningPairs(const std::vector<model::LearningPair>& pairs, const std::string& path);

}  // namespace quarry::ingest
