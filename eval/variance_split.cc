#include "eval/variance_split.h"

#include <algorithm>
#include <utility>

namespace quarry::eval {

std::optional<VarianceSplit> SplitVariance(std::string metric, std::span<const CaseSpread> cases,
                                           double repeats, double judgements) {
  if (cases.size() < 2 || (repeats <= 1 && judgements <= 1)) return std::nullopt;
  const auto n = static_cast<double>(cases.size());
  double mean = 0;
  double between_answers = 0;
  double of_judge = 0;
  for (const CaseSpread& one : cases) {
    mean += one.mean / n;
    between_answers += one.repeats / n;
    of_judge += one.judgements / n;
  }
  double between_cases = 0;
  for (const CaseSpread& one : cases) {
    between_cases += (one.mean - mean) * (one.mean - mean) / (n - 1);
  }
  // An answer's mean varies by of_judge / judgements beside what the answers themselves do, a case's
  // by all of that / repeats.
  const double judge_part = of_judge / judgements / repeats;
  const double repeat_part = std::max(0.0, between_answers - of_judge / judgements) / repeats;
  VarianceSplit split{.metric = std::move(metric),
                      .question = std::max(0.0, between_cases - repeat_part - judge_part) / n};
  if (repeats > 1) split.repeat = repeat_part / n;
  if (judgements > 1) split.judge = judge_part / n;
  return split;
}

}  // namespace quarry::eval
