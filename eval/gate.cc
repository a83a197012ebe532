#include "eval/gate.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "eval/metric_catalogue.h"

namespace quarry::eval {
namespace {

std::string Number(double value) {
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char text[64];
  const auto [end, error] =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::general, 4);
  return error == std::errc() ? std::string(text, end) : "?";
}

std::string Interval(const Estimate& estimate) {
  return Number(estimate.mean) + " [" + Number(estimate.low) + ", " + Number(estimate.high) + "]";
}

class GateKeeper {
 public:
  GateKeeper(const std::vector<Gate>& gates, const GateInput& input)
      : gates_(gates), input_(input) {}

  GateReport Run() {
    report_.invalid = ReasonsInvalid(input_.scores);
    PrepareComparisons();
    for (const Gate& gate : gates_) {
      GateResult result{.gate = gate};
      const Metric* metric = FindMetric(gate.metric);
      if (metric != nullptr && metric->needs_judge && !input_.judge_trusted) {
        result.outcome = GateOutcome::kInconclusive;
        result.detail = "the judge is not trusted";
      } else {
        Decide(result);
      }
      report_.results.push_back(std::move(result));
    }
    return std::move(report_);
  }

 private:
  // Every test of every no_regression gate, corrected together.
  void PrepareComparisons() {
    if (input_.baseline == nullptr) return;
    const std::vector<std::string> slices = SlicesOf(input_.scores);
    for (const Gate& gate : gates_) {
      if (gate.kind != Gate::Kind::kNoRegression) continue;
      const auto add = [&](const std::string& slice) {
        auto delta =
            CompareMetric(*input_.baseline, input_.scores, gate.metric, slice, input_.seed);
        if (delta) deltas_.push_back(*std::move(delta));
      };
      add("");
      for (const std::string& slice : slices) add(slice);
    }
    std::vector<MetricDelta*> pointers;
    for (MetricDelta& delta : deltas_) pointers.push_back(&delta);
    CorrectTogether(std::move(pointers));
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
        return DecideTotal(result, input_.scores.total_cost);
      case Gate::Kind::kMaxP95Ms:
        return DecideTotal(result, input_.card.p95_ms);
      case Gate::Kind::kMaxFalseHit:
        return DecideFalseHits(result);
    }
  }

  void DecideBound(GateResult& result) const {
    const Estimate* estimate = input_.card.Find(result.gate.metric, result.gate.slice);
    if (estimate == nullptr) {
      result.outcome = GateOutcome::kInconclusive;
      result.detail = "no case has it" + Place(result.gate.slice);
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
    if (input_.baseline == nullptr) {
      result.outcome = GateOutcome::kInconclusive;
      result.detail = "there is no baseline";
      return;
    }
    const bool higher_is_better = FindMetric(result.gate.metric)->higher_is_better;
    uint64_t tested = 0;
    uint64_t unclear = 0;
    std::vector<std::string> lost;
    result.outcome = GateOutcome::kInconclusive;
    result.detail = "no case of both runs has it";
    for (const MetricDelta& delta : deltas_) {
      if (delta.metric != result.gate.metric) continue;
      // As gain, so that less is worse.
      const double mean = higher_is_better ? delta.delta.mean : -delta.delta.mean;
      const double low = higher_is_better ? delta.delta.low : -delta.delta.high;
      const double high = higher_is_better ? delta.delta.high : -delta.delta.low;
      const bool holds = low >= -result.gate.value;
      const bool is_lost =
          !holds && ((mean < 0 && delta.is_significant()) || high < -result.gate.value);
      const std::string figures = Interval(delta.delta) + ", p " + Number(delta.adjusted_p);
      if (delta.slice.empty()) {
        result.outcome = holds     ? GateOutcome::kPass
                         : is_lost ? GateOutcome::kFail
                                   : GateOutcome::kInconclusive;
        result.detail = "difference " + figures + ", " + std::to_string(delta.delta.count) +
                        " cases, " + std::to_string(delta.gained) + " better, " +
                        std::to_string(delta.lost) + " worse";
        continue;
      }
      ++tested;
      unclear += !holds && !is_lost ? 1 : 0;
      if (is_lost) lost.push_back(delta.slice + ": " + figures);
    }
    if (!lost.empty()) {
      result.outcome = GateOutcome::kFail;
      for (const std::string& one : lost) result.detail += "; lost on " + one;
    }
    if (unclear > 0) {
      report_.notes.push_back(result.gate.metric + ": " + std::to_string(unclear) + " of " +
                              std::to_string(tested) +
                              " slices have too few cases to tell a loss from chance");
    }
  }

  void DecideMustPass(GateResult& result) const {
    const std::string slice = "tag=" + result.gate.tag;
    uint64_t cases = 0;
    std::string failed;
    uint64_t failures = 0;
    for (const CaseScores& one : input_.scores.cases) {
      if (std::ranges::find(one.slices, slice) == one.slices.end()) continue;
      ++cases;
      if (one.Passes()) continue;
      if (++failures <= 5) failed += (failed.empty() ? "" : ", ") + one.id;
    }
    result.outcome = cases == 0      ? GateOutcome::kInconclusive
                     : failures == 0 ? GateOutcome::kPass
                                     : GateOutcome::kFail;
    result.detail = cases == 0      ? "no case has the tag"
                    : failures == 0 ? std::to_string(cases) + " cases"
                                    : std::to_string(failures) + " of " + std::to_string(cases) +
                                          " do not pass: " + failed + (failures > 5 ? ", ..." : "");
  }

  static void DecideTotal(GateResult& result, double total) {
    result.outcome = total <= result.gate.value ? GateOutcome::kPass : GateOutcome::kFail;
    result.detail = Number(total);
  }

  void DecideFalseHits(GateResult& result) const {
    const Estimate* rate = input_.card.Find("cache.false_hit");
    if (rate == nullptr) {
      result.detail = "no answer came from the cache";
      return;
    }
    // Of few events the bootstrap knows nothing: with none among n the bound is 3 / n.
    const double bound = std::max(rate->high, 3.0 / static_cast<double>(rate->count));
    result.outcome = bound <= result.gate.value      ? GateOutcome::kPass
                     : rate->low > result.gate.value ? GateOutcome::kFail
                                                     : GateOutcome::kInconclusive;
    result.detail = Number(rate->mean) + ", at most " + Number(bound) + ", of " +
                    std::to_string(rate->count) + " hits";
  }

  const std::vector<Gate>& gates_;
  const GateInput& input_;
  std::vector<MetricDelta> deltas_;
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
  const auto share = [](uint64_t count, uint64_t of) {
    return of == 0 ? 0 : static_cast<double>(count) / static_cast<double>(of);
  };
  if (scores.records == 0) reasons.push_back("no case was asked");
  if (scores.records < scores.expected) {
    reasons.push_back("it is not finished: " + std::to_string(scores.records) + " of " +
                      std::to_string(scores.expected) + " answers are there");
  }
  if (share(scores.errors, scores.records) > 1 - kMinCoverage) {
    reasons.push_back(std::to_string(scores.errors) + " of " + std::to_string(scores.records) +
                      " answers are errors; at most 2 % may be");
  }
  if (scores.coverage() < kMinCoverage) {
    reasons.push_back("the judge gave " + std::to_string(scores.judged) + " of " +
                      std::to_string(scores.verdicts) + " verdicts; at least 98 % are needed");
  }
  if (share(scores.judge_errors, scores.records) > 1 - kMinCoverage) {
    reasons.push_back("the judge did not hear " + std::to_string(scores.judge_errors) + " of " +
                      std::to_string(scores.records) + " answers; at most 2 % may be so");
  }
  if (share(scores.missing_spans, scores.spans) > 1 - kMinCoverage) {
    reasons.push_back(std::to_string(scores.missing_spans) + " of " + std::to_string(scores.spans) +
                      " gold spans are not in the corpus; see `quarry eval lint`");
  }
  return reasons;
}

GateReport EvaluateGates(const std::vector<Gate>& gates, const GateInput& input) {
  return GateKeeper(gates, input).Run();
}

}  // namespace quarry::eval
