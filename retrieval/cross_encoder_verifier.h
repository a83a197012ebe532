#pragma once

// CrossEncoderVerifier: a cross-encoder folder (model/cross_encoder.h) that reads both questions at
// once, as one trained on duplicate questions does (quora-*, stsb-*). The score is the lower of those
// of both orders.

#include <memory>
#include <string>

#include "model/cross_encoder.h"
#include "retrieval/question_verifier.h"

namespace quarry::retrieval {

class CrossEncoderVerifier final : public QuestionVerifier {
 public:
  // The model is opened when it is first needed.
  explicit CrossEncoderVerifier(const std::string& folder) : folder_(folder) {}

  Result<std::string> Fingerprint() const override;
  Result<double> Score(const std::string& asked, const std::string& stored, double similarity,
                       const CallContext& context) const override;

 private:
  mutable model::CrossEncoderFolder folder_;
};

}  // namespace quarry::retrieval
