#include "retrieval/cross_encoder_verifier.h"

#include <algorithm>
#include <vector>

namespace quarry::retrieval {

Result<std::string> CrossEncoderVerifier::Fingerprint() const {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Reranker> reader, folder_.Get());
  return reader->fingerprint();
}

Result<double> CrossEncoderVerifier::Score(const std::string& asked, const std::string& stored,
                                           double, const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Reranker> reader, folder_.Get());
  const std::vector<std::string> one = {stored};
  const std::vector<std::string> other = {asked};
  QUARRY_ASSIGN_OR_RETURN(const std::vector<float> forth, reader->Score(asked, one, context));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<float> back, reader->Score(stored, other, context));
  return std::min(forth[0], back[0]);
}

}  // namespace quarry::retrieval
