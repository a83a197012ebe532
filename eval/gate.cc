#include "eval/gate.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/numbers.h"
#include "eval/metric_catalogue.h"
#include "eval/regression.h"

namespace quarry::eval {
namespace {

std::string Number(double value) { return FormatSignificant(value, 4); }

std::string Interval(const Estimate& estimate) {
  return Number(estimate.mean) + " [" + Number(estimate.low) + ", " + Number(estimate.high) + "]";
}

// Why a baseline cannot be compared with.
std::vector<std::string> ReasonsNoBaseline(const RunScores& baseline, const RunScores& run) {
  std::vector<std::string> reasons = ReasonsInvalid(baseline);
  if (baseline.suite != run.suite) {
    reasons.push_back("is a run of the suite \"" + baseline.suite + "\", not of \"" + run.suite +
                      "\"");
  }
  return reasons;
}

// Of the baseline's cases, those that the run was asked as well, as they were.
struct ComparedCases {
  uint64_t count = 0;
  uint64_t judged = 0;  // of those a judge says whether they pass
  double share = 1;     // of the baseline's
};
ComparedCases CompareCases(const RunScores& baseline, const RunScores& run) {
  std::unordered_map<std::string, uint64_t> asked;
  for (const CaseScores& one : run.cases) asked[one.id] = one.question_hash;
  ComparedCases compared;
  for (const CaseScores& one : baseline.cases) {
    const auto found = asked.find(one.id);
    if (found == asked.end() || found->second != one.question_hash) continue;
    ++compared.count;
    compared.judged += one.pass_is_judged ? 1 : 0;
  }
  if (!baseline.cases.empty()) compared.share = Share(compared.count, baseline.cases.size());
  return compared;
}

class GateKeeper {
 public:
  GateKeeper(const std::vector<Gate>& gates, const GateInput& input)
      : gates_(gates), input_(input) {}

  GateReport Run() {
    report_.invalid = ReasonsInvalid(input_.scores);
    TestLosses();
    for (const Gate& gate : gates_) {
      GateResult result{.gate = gate};
      const Metric* metric = FindMetric(gate.metric);
      if (metric != nullptr && metric->needs_judge && !input_.judge_trusted) {
        result.outcome = GateOutcome::kInconclusive;
        result.detail = "the judge is not trusted";
      } else if (const std::string unknown = ReasonPassIsUnknown(gate); !unknown.empty()) {
        result.outcome = GateOutcome::kInconclusive;
        result.detail = unknown;
      } else {
        Decide(result);
      }
      report_.results.push_back(std::move(result));
    }
    return std::move(report_);
  }

 private:
  // Whether a case passes is a judge's word where the case has no check of its own, and nobody's where there is
  // no judge, or he is not trusted. Such cases are not left out of a mean in silence: those of them that
  // declined are known to fail.
  std::string ReasonPassIsUnknown(const Gate& gate) const {
    if (gate.metric != "pass") return "";
    uint64_t cases = 0;
    uint64_t unknown = 0;
    for (const CaseScores& one : input_.scores.cases) {
      if (!one.IsIn(gate.slice)) continue;
      ++cases;
      unknown += one.values.contains("pass") ? 0 : 1;
    }
    if (static_cast<double>(cases - unknown) >= kMinCoverage * static_cast<double>(cases))
      return "";
    return (input_.judge_trusted ? "nothing says of "
                                 : "the judge is not trusted, and alone says of ") +
           std::to_string(unknown) + " of " + std::to_string(cases) + " cases whether they pass";
  }

  // Every test of every no_regression gate, corrected together.
  void TestLosses() {
    std::vector<LossMargin> margins;
    for (const Gate& gate : gates_) {
      if (gate.kind != Gate::Kind::kNoRegression) continue;
      margins.push_back({gate.metric, gate.value});
    }
    if (margins.empty() || input_.baseline == nullptr) return;
    for (const std::string& reason : ReasonsNoBaseline(*input_.baseline, input_.scores)) {
      report_.invalid.push_back("the baseline: " + reason);
    }
    losses_ = TestForLosses(*input_.baseline, input_.scores, margins, input_.seed);
    compared_ = CompareCases(*input_.baseline, input_.scores);
  }

  void Decide(GateResult& result) {
    switch (result.gate.kind) {
      case Gate::Kind::kMin:
      case Gate::Kind::kMax:
        return DecideBound(result);
      case Gate::Kind::kNoRegression:
        return DecideRegression(result);
      case Gate::Kind::kMustPass:
        return DecideMustPass(result);
      case Gate::Kind::kMaxCost:
        return DecideCost(result);
      case Gate::Kind::kMaxP95Ms:
        return DecideTotal(result, input_.card.p95_ms);
      case Gate::Kind::kMaxFalseHit:
        return DecideFalseHits(result);
    }
  }

  void DecideBound(GateResult& result) const {
    // Not from the scorecard, which shows not every slice.
    const std::string& slice = result.gate.slice;
    const auto cases = static_cast<uint64_t>(std::ranges::count_if(
        input_.scores.cases, [&](const CaseScores& one) { return one.IsIn(slice); }));
    const std::optional<Estimate> estimate =
        EstimateMetric(input_.scores, *FindMetric(result.gate.metric), input_.seed, slice);
    if (!estimate || (!slice.empty() && cases < kMinSliceCases)) {
      result.outcome = GateOutcome::kInconclusive;
      const std::string count = std::to_string(cases) + (cases == 1 ? " case" : " cases");
      result.detail = !estimate ? "no case has it" + Place(slice)
                                : count + Place(slice) + ": fewer than " +
                                      std::to_string(kMinSliceCases) + " decide nothing";
      return;
    }
    const bool is_min = result.gate.kind == Gate::Kind::kMin;
    const double value = result.gate.value;
    const bool surely = is_min ? estimate->low >= value : estimate->high <= value;
    const bool surely_not = is_min ? estimate->high < value : estimate->low > value;
    result.outcome = surely       ? GateOutcome::kPass
                     : surely_not ? GateOutcome::kFail
                                  : GateOutcome::kInconclusive;
    result.detail = Interval(*estimate) + ", " + std::to_string(estimate->count) + " cases";
  }

  void DecideRegression(GateResult& result) {
    result.outcome = GateOutcome::kInconclusive;
    if (input_.baseline == nullptr) {
      result.detail = "there is no baseline";
      return;
    }
    if (input_.baseline->judge != input_.scores.judge) {
      if (FindMetric(result.gate.metric)->needs_judge) {
        result.detail = "the baseline was judged by another judge";
        return;
      }
      if (result.gate.metric == "pass" &&
          Share(compared_.judged, compared_.count) > 1 - kMinCoverage) {
        result.detail = "the baseline was judged by another judge, and a judge says of " +
                        std::to_string(compared_.judged) + " of " +
                        std::to_string(compared_.count) + " cases whether they pass";
        return;
      }
    }
    result.detail = "no case of both runs has it";
    std::string lost;
    std::string suspects;
    std::string unclear;
    for (const LossTestResult& loss : losses_) {
      if (loss.metric != result.gate.metric) continue;
      const std::string figures = Interval(loss.gain) + ", p " + Number(loss.adjusted_p);
      if (loss.slice.empty()) {
        result.outcome = loss.verdict == LossVerdict::kHolds  ? GateOutcome::kPass
                         : loss.verdict == LossVerdict::kLost ? GateOutcome::kFail
                                                              : GateOutcome::kInconclusive;
        result.detail = "gain " + figures + ", " + std::to_string(loss.gain.count) + " cases, " +
                        std::to_string(loss.gained) + " better, " + std::to_string(loss.lost) +
                        " worse";
        if (!CanBeSignificant(loss.gain.clusters)) {
          result.detail += "; " + std::to_string(loss.gain.clusters) +
                           " clusters of cases are too few to tell a loss from chance";
        }
        continue;
      }
      if (loss.verdict == LossVerdict::kLost) {
        lost += "; lost on " + loss.slice + ": " + figures;
      } else if (loss.verdict == LossVerdict::kSuspect) {
        suspects += "; perhaps lost on " + loss.slice + ": " + Interval(loss.gain) + ", p " +
                    Number(loss.p) + " by itself";
      } else if (loss.verdict != LossVerdict::kHolds && loss.gain.mean < -result.gate.value) {
        unclear += (unclear.empty() ? "" : ", ") + loss.slice + " (" + Number(loss.gain.mean) +
                   " of " + std::to_string(loss.gain.count) + ")";
      }
    }
    result.detail += lost + suspects;
    if (!lost.empty()) {
      result.outcome = GateOutcome::kFail;
    } else if (result.outcome == GateOutcome::kPass &&
               (!suspects.empty() || compared_.share < kMinCoverage)) {
      result.outcome = GateOutcome::kInconclusive;
    }
    if (compared_.share < kMinCoverage) {
      result.detail += "; only " + Number(100 * compared_.share) +
                       " % of the baseline's cases were asked again as they were";
    }
    if (!unclear.empty()) {
      report_.notes.push_back(result.gate.metric +
                              " fell, with too few cases to tell a loss from " + "chance, on " +
                              unclear);
    }
  }

  void DecideMustPass(GateResult& result) const {
    const std::string slice = "tag=" + result.gate.tag;
    uint64_t cases = 0;
    std::string failed;
    uint64_t failures = 0;
    uint64_t unknown = 0;  // nothing says whether it passes
    for (const CaseScores& one : input_.scores.cases) {
      if (!one.IsIn(slice)) continue;
      ++cases;
      if (one.Passes()) continue;
      if (!one.values.contains("pass")) {
        ++unknown;
        continue;
      }
      if (++failures <= 5) failed += (failed.empty() ? "" : ", ") + one.id;
    }
    const std::string of_all = " of " + std::to_string(cases);
    if (failures > 0) {
      result.outcome = GateOutcome::kFail;
      result.detail = std::to_string(failures) + of_all + " do not pass: " + failed +
                      (failures > 5 ? ", ..." : "");
    } else if (cases == 0) {
      result.outcome = GateOutcome::kInconclusive;
      result.detail = "no case has the tag";
    } else if (unknown > 0) {
      result.outcome = GateOutcome::kInconclusive;
      result.detail =
          "nothing says of " + std::to_string(unknown) + of_all + " cases whether they pass";
    } else {
      result.outcome = GateOutcome::kPass;
      result.detail = std::to_string(cases) + " cases";
    }
  }

  static void DecideTotal(GateResult& result, double total) {
    result.outcome = total <= result.gate.value ? GateOutcome::kPass : GateOutcome::kFail;
    result.detail = Number(total);
  }

  void DecideCost(GateResult& result) const {
    const double cost = input_.scores.total_cost + input_.scores.judge_cost;
    if (cost > 0) return DecideTotal(result, cost);
    result.outcome = GateOutcome::kInconclusive;
    result.detail = "nothing that was asked has a price (chat.prices)";
  }

  void DecideFalseHits(GateResult& result) const {
    result.outcome = GateOutcome::kInconclusive;
    uint64_t served = 0;
    uint64_t unknown = 0;  // nothing says whether they are right
    for (const CaseScores& one : input_.scores.cases) {
      const auto hit = one.values.find("cache.hit");
      if (hit == one.values.end() || hit->second == 0) continue;
      ++served;
      unknown += one.values.contains("cache.false_hit") ? 0 : 1;
    }
    const Estimate* rate = input_.card.Find("cache.false_hit");
    if (served == 0) {
      result.detail = input_.card.Find("cache.hit") != nullptr ? "no answer came from the cache"
                                                               : "the cache was left out (--cache)";
      return;
    }
    if (unknown > 0 || rate == nullptr) {
      result.detail = "nothing says of " + std::to_string(unknown) + " of " +
                      std::to_string(served) + " answers from the cache whether they are right";
      return;
    }
    result.outcome = rate->high <= result.gate.value ? GateOutcome::kPass
                     : rate->low > result.gate.value ? GateOutcome::kFail
                                                     : GateOutcome::kInconclusive;
    result.detail = Number(rate->mean) + ", at most " + Number(rate->high) + ", of " +
                    std::to_string(rate->count) + " hits";
  }

  const std::vector<Gate>& gates_;
  const GateInput& input_;
  std::vector<LossTestResult> losses_;
  ComparedCases compared_;
  GateReport report_;
};

}  // namespace

const char* GateOutcomeName(GateOutcome outcome) {
  switch (outcome) {
    case GateOutcome::kPass:
      return "pass";
    case GateOutcome::kFail:
      return "FAIL";
    case GateOutcome::kInconclusive:
      return "inconclusive";
  }
  Fatal(__FILE__, __LINE__, "unknown GateOutcome");
}

int GateReport::exit_code() const {
  if (!invalid.empty()) return 3;
  int code = 0;
  for (const GateResult& result : results) {
    if (result.outcome == GateOutcome::kFail) return 1;
    if (result.outcome == GateOutcome::kInconclusive) code = 4;
  }
  return code;
}

std::vector<std::string> ReasonsInvalid(const RunScores& scores) {
  std::vector<std::string> reasons;
  if (scores.records == 0) reasons.push_back("no case was asked");
  if (scores.records < scores.expected) {
    reasons.push_back("it is not finished: " + std::to_string(scores.records) + " of " +
                      std::to_string(scores.expected) + " answers are there");
  }
  if (Share(scores.errors, scores.records) > 1 - kMinCoverage) {
    reasons.push_back(std::to_string(scores.errors) + " of " + std::to_string(scores.records) +
                      " answers are errors; at most 2 % may be");
  }
  if (scores.coverage() < kMinCoverage) {
    reasons.push_back("the judge gave " + std::to_string(scores.judged) + " of " +
                      std::to_string(scores.verdicts) + " verdicts; at least 98 % are needed");
  }
  if (Share(scores.judge_errors, scores.records) > 1 - kMinCoverage) {
    reasons.push_back("the judge did not hear " + std::to_string(scores.judge_errors) + " of " +
                      std::to_string(scores.records) + " answers; at most 2 % may be so");
  }
  if (Share(scores.missing_gold.size(), scores.gold) > 1 - kMinCoverage) {
    reasons.push_back(std::to_string(scores.missing_gold.size()) + " of " +
                      std::to_string(scores.gold) +
                      " gold spans and documents are not in the corpus; see `quarry eval lint`");
  }
  return reasons;
}

GateReport EvaluateGates(const std::vector<Gate>& gates, const GateInput& input) {
  return GateKeeper(gates, input).Run();
}

}  // namespace quarry::eval
