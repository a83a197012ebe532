#pragma once

// Where the uncertainty of a mean over questions comes from: which questions were asked, asking each
// again, and judging each answer again. A nested design; the parts by the method of moments
// (Searle, Casella, McCulloch: "Variance Components", 1992, chapter 3.6). Pure.

#include <optional>
#include <span>
#include <string>

namespace quarry::eval {

// Of one metric on one case.
struct CaseSpread {
  double mean = 0;
  double repeats = 0;     // sample variance of its answers, each the mean over its judgements
  double judgements = 0;  // mean over the answers of the sample variance over the judgements
};

// Parts of the variance of the mean; they add up to it, apart from what is set to 0 because chance
// made it negative.
struct VarianceSplit {
  std::string metric;
  double question = 0;           // also whatever was not measured
  std::optional<double> repeat;  // nullopt: asked once
  std::optional<double> judge;   // nullopt: judged once

  double total() const { return question + repeat.value_or(0) + judge.value_or(0); }
};

// `repeats` answers of each case, `judgements` of each answer. nullopt where neither is above 1, or for
// fewer than two cases.
std::optional<VarianceSplit> SplitVariance(std::string metric, std::span<const CaseSpread> cases,
                                           double repeats, double judgements);

}  // namespace quarry::eval
