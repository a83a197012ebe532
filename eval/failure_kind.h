#pragma once

// The causes that a failed case is attributed to (attribution.h), in the order of the rules.

#include <cstdint>

namespace quarry::eval {

enum class FailureKind : uint8_t {
  kInfraError,         // nothing was answered, or nobody could judge it
  kCacheFalseHit,      // a stored answer that made anew is right
  kShouldHaveRefused,  // answered what the corpus does not say
  kOverRefusal,        // declined what the prompt says
  kCorpusGap,          // the gold passage is not in the index
  kSourceWrong,        // a gold document itself says what was answered
  kRetrievalMiss,      // the gold passage is not among the candidates
  kRanking,            // among the candidates, behind k
  kContextTruncation,  // within k, not in the prompt
  kUnfaithful,         // says what no passage of the prompt says
  kDistracted,         // says what only a passage says that does not answer
  kOmission,           // leaves out what stands in the prompt
  kCitationError,      // right, and cites a passage that does not carry it
  kFormat,             // right, and not in the form that was asked for
  kUnknown,            // nothing tells where the answer stands
};
const char* FailureName(FailureKind kind);  // "retrieval miss"

}  // namespace quarry::eval
