#include "eval/judge.h"

namespace quarry::eval {

const char* ClaimVerdictName(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::kEntailed:
      return "entailed";
    case ClaimVerdict::kContradicted:
      return "contradicted";
    case ClaimVerdict::kNeutral:
      return "neutral";
    case ClaimVerdict::kUnjudged:
      return "unjudged";
  }
  Fatal(__FILE__, __LINE__, "unknown ClaimVerdict");
}

Result<ClaimVerdict> ParseClaimVerdict(std::string_view name) {
  for (const ClaimVerdict verdict : {ClaimVerdict::kEntailed, ClaimVerdict::kContradicted,
                                     ClaimVerdict::kNeutral, ClaimVerdict::kUnjudged}) {
    if (name == ClaimVerdictName(verdict)) return verdict;
  }
  return InvalidArgumentError("expected entailed, contradicted, neutral or unjudged, found \"" +
                              std::string(name) + "\"");
}

}  // namespace quarry::eval
