#include "eval/corrected_rates.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace quarry::eval {
namespace {

struct Tally {
  uint64_t positive = 0;
  uint64_t total = 0;
  uint64_t known_negative = 0;  // not asked of the judge

  void Add(const Judgement& judgement) {
    if (judgement.verdict == ClaimVerdict::kUnjudged) return;
    ++total;
    positive += judgement.verdict == ClaimVerdict::kEntailed ? 1 : 0;
  }
};

// A rate among the `share` of `all` in which it may be other than 0, as a rate of all: the product's variance is
// that of both.
Estimate OfAll(Estimate rate, double share, uint64_t all) {
  const double error =
      NormalQuantile(0.975) * rate.mean * std::sqrt(share * (1 - share) / static_cast<double>(all));
  const double mean = share * rate.mean;
  rate.low = std::max(0.0, mean - std::hypot(share * (rate.mean - rate.low), error));
  rate.high = std::min(1.0, mean + std::hypot(share * (rate.high - rate.mean), error));
  rate.mean = mean;
  rate.count = all;
  return rate;
}

}  // namespace

std::vector<CorrectedRate> CorrectRates(const Run& run, const JudgeCalibration& calibration) {
  Tally cited;
  Tally said;
  Tally expected;
  for (const RunRecord& record : run.records) {
    // Another answer to the same question says little that is new.
    if (!record.matrix || record.abstained || record.repeat > 0) continue;
    const ClaimMatrix& matrix = *record.matrix;
    for (size_t i = 0; i < matrix.citations.size(); ++i) {
      if (matrix.answer[i].citations.empty()) {
        ++cited.known_negative;
      } else {
        cited.Add(matrix.citations[i].together);
      }
    }
    if (matrix.reference.empty()) continue;
    for (const Judgement& judgement : matrix.reference_by_answer) said.Add(judgement);
    for (const Judgement& judgement : matrix.answer_by_reference) expected.Add(judgement);
  }
  std::vector<CorrectedRate> rates;
  const auto add = [&](const char* metric, const char* of, const Tally& tally) {
    if (tally.total == 0) return;
    const uint64_t all = tally.total + tally.known_negative;
    CorrectedRate rate{.metric = metric,
                       .of = of,
                       .method = "judge-check",
                       .reported = Share(tally.positive, all),
                       .corrected = OfAll(RoganGladen(calibration, tally.positive, tally.total),
                                          Share(tally.total, all), all)};
    rates.push_back(std::move(rate));
  };
  add("citation.recall", "claims", cited);
  add("answer.recall", "facts", said);
  add("answer.precision", "claims", expected);
  return rates;
}

Result<CorrectedRate> CorrectPass(const RunScores& scores, const std::vector<CaseLabel>& labels) {
  std::map<std::string, double> label_of;
  for (const CaseLabel& label : labels) label_of[label.id] = label.right ? 1 : 0;
  std::vector<LabelledScore> labelled;
  std::vector<double> unlabelled;
  double sum = 0;
  for (const CaseScores& one : scores.cases) {
    const auto pass = one.values.find("pass");
    if (pass == one.values.end()) continue;
    sum += pass->second;
    const auto label = label_of.find(one.id);
    if (label == label_of.end()) {
      unlabelled.push_back(pass->second);
      continue;
    }
    labelled.push_back({label->second, pass->second});
    label_of.erase(label);
  }
  if (!label_of.empty()) {
    return InvalidArgumentError("labels: the run says nothing of case \"" +
                                label_of.begin()->first + "\"");
  }
  CorrectedRate rate{.metric = "pass",
                     .of = "cases",
                     .method = std::to_string(labelled.size()) + " labels of people",
                     .corrected = PredictionPoweredMean(labelled, unlabelled)};
  rate.corrected.count = labelled.size() + unlabelled.size();
  rate.reported = sum / static_cast<double>(std::max<uint64_t>(rate.corrected.count, 1));
  return rate;
}

}  // namespace quarry::eval
