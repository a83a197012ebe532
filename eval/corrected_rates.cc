#include "eval/corrected_rates.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "eval/scorecard.h"
#include "eval/statistics.h"

namespace quarry::eval {
namespace {

// Claims, and what each is of: those of one case, or of cases that are not independent, are right or wrong
// together.
struct Tally {
  std::vector<double> carried;  // by the judge, 0 or 1
  std::vector<std::string> carried_of;
  std::vector<double> asked;  // 0: known not to be carried
  std::vector<std::string> asked_of;

  void Add(const Judgement& judgement, const std::string& of) {
    if (judgement.verdict == ClaimVerdict::kUnjudged) return;
    carried.push_back(IsEntailed(judgement) ? 1 : 0);
    carried_of.push_back(of);
    asked.push_back(1);
    asked_of.push_back(of);
  }
  void AddKnown(const std::string& of) {
    asked.push_back(0);
    asked_of.push_back(of);
  }
};

// A rate among the `share` of all in which it may be other than 0, as a rate of all, which are worth `all`
// independent claims: the product's variance is that of both.
Estimate OfAll(Estimate rate, double share, double all) {
  const double error = NormalQuantile(0.975) * rate.mean * std::sqrt(share * (1 - share) / all);
  const double mean = share * rate.mean;
  rate.low = std::max(0.0, mean - std::hypot(share * (rate.mean - rate.low), error));
  rate.high = std::min(1.0, mean + std::hypot(share * (rate.high - rate.mean), error));
  rate.mean = mean;
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
    const std::string of =
        record.asked.cluster.empty() ? "case " + record.case_id : record.asked.cluster;
    for (size_t i = 0; i < matrix.citations.size(); ++i) {
      if (matrix.answer[i].citations.empty()) {
        cited.AddKnown(of);
      } else {
        cited.Add(matrix.citations[i].together, of);
      }
    }
    if (matrix.reference.empty()) continue;
    for (const Judgement& judgement : matrix.reference_by_answer) said.Add(judgement, of);
    for (const Judgement& judgement : matrix.answer_by_reference) expected.Add(judgement, of);
  }
  std::vector<CorrectedRate> rates;
  const auto add = [&](const char* metric, const char* of, const Tally& tally) {
    if (tally.carried.empty()) return;
    const double positive = Mean(tally.carried);
    const double share = Mean(tally.asked);
    const double total = CountEffective(tally.carried, ClusterNumbers(tally.carried_of));
    const double all = CountEffective(tally.asked, ClusterNumbers(tally.asked_of));
    CorrectedRate rate{
        .metric = metric,
        .of = of,
        .method = "judge-check",
        .reported = positive * share,
        .corrected = OfAll(RoganGladen(calibration, positive * total, total), share, all)};
    rate.corrected.count = tally.asked.size();
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
