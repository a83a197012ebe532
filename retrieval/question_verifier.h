#pragma once

// QuestionVerifier: says how sure it is that one answer serves two questions which the gate let
// through (level ii of the answer cache). Implementations: PairClassifier (pair_classifier.h),
// CrossEncoderVerifier (cross_encoder_verifier.h). From which score on it is believed is measured on
// labelled pairs, never assumed: cache_tuning.h.

#include <string>

#include "base/call_context.h"
#include "base/status.h"

namespace quarry::retrieval {

// Thread-safe.
class QuestionVerifier {
 public:
  virtual ~QuestionVerifier() = default;

  // Changes whenever any score would. Errors: those of opening its model.
  virtual Result<std::string> Fingerprint() const = 0;

  // Higher is surer. `similarity` is the inner product of the questions' vectors, 0 without any.
  virtual Result<double> Score(const std::string& asked, const std::string& stored,
                               double similarity, const CallContext& context) const = 0;
};

}  // namespace quarry::retrieval
