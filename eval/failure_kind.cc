#include "eval/failure_kind.h"

#include "base/status.h"

namespace quarry::eval {

const char* FailureName(FailureKind kind) {
  switch (kind) {
    case FailureKind::kInfraError:
      return "infra error";
    case FailureKind::kCacheFalseHit:
      return "cache false hit";
    case FailureKind::kShouldHaveRefused:
      return "should have refused";
    case FailureKind::kOverRefusal:
      return "over-refusal";
    case FailureKind::kCorpusGap:
      return "corpus gap";
    case FailureKind::kSourceWrong:
      return "source wrong";
    case FailureKind::kRetrievalMiss:
      return "retrieval miss";
    case FailureKind::kRanking:
      return "ranking";
    case FailureKind::kContextTruncation:
      return "context truncation";
    case FailureKind::kUnfaithful:
      return "unfaithful";
    case FailureKind::kDistracted:
      return "distracted";
    case FailureKind::kOmission:
      return "omission";
    case FailureKind::kCitationError:
      return "citation error";
    case FailureKind::kFormat:
      return "format";
    case FailureKind::kUnknown:
      return "unknown";
  }
  Fatal(__FILE__, __LINE__, "unknown FailureKind");
}

}  // namespace quarry::eval
