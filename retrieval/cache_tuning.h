#pragma once

// Tuning: from which score on a verifier is believed, such that the rate of false hits stays below a
// bound; measured on labelled pairs, half of them to fit, half to report. Until it has shown that the
// bound holds, level (ii) of the answer cache is closed.
//
// A *hit* is a pair that level (ii) would serve: not equal by its normal form, let through by the gate,
// and scored at least the threshold. The false-hit rate is false hits / hits, at the prior of the pairs
// given (how many of them are labelled the same). Its upper bound is that of Clopper and Pearson ("The use of confidence or
// fiducial limits illustrated in the case of the binomial", 1934), one-sided, 95 %.
//
// Pure but for the verifier.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "retrieval/question_pairs.h"
#include "retrieval/question_verifier.h"

namespace quarry::retrieval {

// A pair after the gate and the verifier.
struct ScoredPair {
  double score = 0;
  bool open = false;   // the gate let it through
  bool equal = false;  // level (i) serves it already
  bool same = false;   // as people have labelled it
};

struct HitRates {
  uint64_t hits = 0;
  uint64_t false_hits = 0;
  uint64_t same = 0;  // pairs that are labelled the same
  double false_hit_rate = 0;
  double upper_bound = 1;  // of the false-hit rate, 95 %
  double hit_rate = 0;     // share of the pairs labelled the same that are hits
};
bool operator==(const HitRates& a, const HitRates& b);

struct CacheTuning {
  bool holds = false;       // whether level (ii) may open
  double bound = 0.01;      // of the false-hit rate
  double threshold = 0;     // of the verifier's score
  std::string fingerprint;  // of what was measured: TuningFingerprint
  uint64_t pairs = 0;
  HitRates fitted;     // on the half that the threshold was fitted on
  HitRates reported;   // on the other half
  int64_t micros = 0;  // when

  friend bool operator==(const CacheTuning&, const CacheTuning&) = default;
};

// What a tuning speaks of: verifier, embedding space, normal form and gate. Another one proves nothing.
std::string TuningFingerprint(const std::string& verifier, const std::string& space);

// Of those that score at least `threshold`.
HitRates RatesAt(const std::vector<ScoredPair>& pairs, double threshold);

// The upper end of the one-sided 95 % interval of a share, `events` of `trials`. 1 for no trial.
double UpperBound(uint64_t events, uint64_t trials);

// Fits on the even pairs the lowest threshold whose upper bound is within `bound`, and whose rate within
// a quarter of it, and holds it against the odd ones: the bound must hold there. The order of the pairs decides the halves: shuffle files that are sorted.
CacheTuning Tune(const std::vector<ScoredPair>& pairs, double bound);

// Gate and verifier on every pair. `similarities` is empty or has one value per pair.
Result<std::vector<ScoredPair>> ScorePairs(const std::vector<QuestionPair>& pairs,
                                           const std::vector<double>& similarities,
                                           const QuestionVerifier& verifier,
                                           const CallContext& context);

// As CacheTable keeps it.
std::string EncodeTuning(const CacheTuning& tuning);
Result<CacheTuning> DecodeTuning(std::string_view bytes);

}  // namespace quarry::retrieval
