#pragma once

// How far a judge can be believed: its verdicts beside those of people.
//
// A row is one claim that people have labelled. A claim without a verdict agrees with nobody: it
// stays in every denominator, so that a judge gains nothing by keeping silent. Intervals are
// percentiles of the bootstrap over groups (rows of one document are drawn together), 95 %, seeded and
// expanded for few groups (statistics.h); of one group they are all that can be.
//
// Pure functions; thread-safe.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/judge.h"
#include "eval/statistics.h"

namespace quarry::eval {

struct LabelledVerdict {
  std::string set;
  std::string language;
  std::string group;            // of what belongs together; "" = the row alone
  bool carried = false;         // as people say
  std::optional<bool> verdict;  // of the judge; nullopt = it gave none
  double score = 0;  // the judge's, larger = rather carried; of one without scores 0 or 1
};

// Counts of rows by label and verdict.
struct VerdictCounts {
  double true_positive = 0;
  double false_negative = 0;
  double false_positive = 0;
  double true_negative = 0;
  double unjudged_positive = 0;
  double unjudged_negative = 0;

  double all() const;
  double Accuracy() const;
  // Cohen's kappa (1960), where the judge's silence is a third verdict that no label equals. 0
  // where chance alone explains all agreement.
  double Kappa() const;
  double Sensitivity() const;  // of carried claims, how many it calls so; 0 of none
  double Specificity() const;  // of the others, how many it does not call carried; 0 of none
};

struct JudgeAgreement {
  std::string set;       // "" = all
  std::string language;  // "" = all
  uint64_t rows = 0;
  uint64_t groups = 0;
  uint64_t unjudged = 0;
  VerdictCounts counts;
  Estimate accuracy;
  Estimate kappa;
  Estimate sensitivity;
  Estimate specificity;
  Estimate auc;  // area under the curve of the scores; 0.5 where one of both labels is missing
};

// Over these rows.
JudgeAgreement MeasureAgreement(std::span<const LabelledVerdict> rows, uint32_t samples = 1000,
                                uint64_t seed = 42);
// Of each set and language, in their order, and of all. The kappa of all is over rows of several
// sets, whose shares of carried claims differ: read the sets.
std::vector<JudgeAgreement> AgreementBySet(std::span<const LabelledVerdict> rows,
                                           uint32_t samples = 1000, uint64_t seed = 42);

// A judge that was asked the same several times.
struct JudgeRepeats {
  uint32_t repeats = 0;
  uint64_t rows = 0;
  Estimate same;  // rows of which it said the same every time; silence is a verdict of its own
  // Of the variance of a single verdict (carried or not), the share that comes from asking again;
  // the rest lies between the claims.
  double variance_share = 0;
};
// `verdicts`: of each repeat one per row, in the same order. REQUIRES: two repeats or more, as long
// as each other.
JudgeRepeats MeasureRepeats(std::span<const std::vector<std::optional<bool>>> verdicts,
                            uint32_t samples = 1000, uint64_t seed = 42);

// Below, a judge is not trusted: gates use metrics that need no judge (docs/evaluation.md).
inline constexpr double kTrustedKappa = 0.6;

// Two answers that people have compared.
struct LabelledPair {
  std::string set;
  std::string language;
  std::string group;
  Preference label = Preference::kTie;
  PairJudgement judgement;
  uint64_t first_bytes = 0;  // of the answers
  uint64_t second_bytes = 0;
};

struct PairAgreement {
  std::string set;
  std::string language;
  uint64_t rows = 0;
  uint64_t unjudged = 0;
  uint64_t ties = 0;          // the judge's, which agree with a label that is one only
  Estimate accuracy;          // of both orders together
  Estimate swap_consistency;  // both orders name the same answer, or both a tie
  Estimate first_shown;       // of the single calls that name one: the answer that was shown first
  Estimate longer;            // of the pairs that name one: the longer answer
  Estimate longer_label;      // the same, as people say
};
PairAgreement MeasurePairs(std::span<const LabelledPair> rows, uint32_t samples = 1000,
                           uint64_t seed = 42);
std::vector<PairAgreement> PairsBySet(std::span<const LabelledPair> rows, uint32_t samples = 1000,
                                      uint64_t seed = 42);

}  // namespace quarry::eval
