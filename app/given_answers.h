#pragma once

// The answers that a server gave and what readers thought of them, as they stand in its store
// (ObjectKind::kAnswer, kFeedback), read for evaluation: samples of live traffic, and rows to learn
// from.
//
// An answer is read only while everything that it was made from still stands; its passages are read
// from the documents. What is damaged hides nothing else: it is left out, and `damaged` names it.

#include <map>
#include <string>
#include <vector>

#include "eval/feedback_export.h"
#include "eval/traffic.h"
#include "index/index.h"

namespace quarry::app {

struct GivenTraffic {
  std::vector<eval::TrafficAnswer> answers;  // oldest first
  std::map<std::string, uint64_t> left_out;  // by reason
  std::vector<Status> damaged;               // each names its object
};
// Those of the sample (eval::InSample), given since `since_micros`.
Result<GivenTraffic> ReadTraffic(index::Index& index, double share, uint64_t seed,
                                 int64_t since_micros);

struct GivenFeedback {
  std::vector<eval::RatedAnswer> rated;
  std::vector<eval::ComparedAnswers> compared;
  std::map<std::string, uint64_t> left_out;
  std::vector<Status> damaged;
};
Result<GivenFeedback> ReadFeedback(index::Index& index);

}  // namespace quarry::app
