#pragma once

// Reranker: question and passage -> how well the passage answers it. Reads both together, so it judges
// better than two vectors do, and costs a model's run per passage: for the best few of a search.
// Implementation: CrossEncoder (cross_encoder.h).

#include <span>
#include <string>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"

namespace quarry::model {

// Thread-safe.
class Reranker {
 public:
  virtual ~Reranker() = default;

  // Changes whenever any score would.
  virtual const std::string& fingerprint() const = 0;

  // One score per text, from 0 to 1, more being better. Scores of different rerankers do not compare.
  virtual Result<std::vector<float>> Score(const std::string& question,
                                           std::span<const std::string> texts,
                                           const CallContext& context) const = 0;
};

}  // namespace quarry::model
