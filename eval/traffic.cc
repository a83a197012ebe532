#include "eval/traffic.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/hash.h"

namespace quarry::eval {
namespace {

struct Scored {
  int64_t period = 0;
  double carried = 0;
  bool unjudged = false;
  bool declined = false;
  uint32_t cluster = 0;  // answers to one question are not independent
};

// The share of its claims that a passage carries.
double CarriedShare(const ClaimMatrix& matrix, bool& unjudged) {
  if (matrix.answer.empty()) return 0;
  double carried = 0;
  for (const std::vector<Judgement>& row : matrix.answer_by_passage) {
    const auto has = [&](ClaimVerdict verdict) {
      return std::ranges::any_of(row, [&](const Judgement& one) { return one.verdict == verdict; });
    };
    if (has(ClaimVerdict::kEntailed)) {
      carried += 1;
    } else if (has(ClaimVerdict::kUnjudged)) {
      unjudged = true;
    }
  }
  return carried / static_cast<double>(matrix.answer.size());
}

Estimate MeanOf(const std::vector<const Scored*>& scored) {
  std::vector<double> values;
  std::vector<uint32_t> clusters;
  for (const Scored* one : scored) {
    values.push_back(one->carried);
    clusters.push_back(one->cluster);
  }
  return EstimateMean(values, clusters);
}

// Of two independent means: the variances of both intervals add up.
Estimate Difference(const Estimate& a, const Estimate& b) {
  const double mean = a.mean - b.mean;
  const auto side = [](double one, double other) { return std::sqrt(one * one + other * other); };
  return {.mean = mean,
          .low = mean - side(a.mean - a.low, b.high - b.mean),
          .high = mean + side(a.high - a.mean, b.mean - b.low)};
}

TrafficSlice Summarise(const std::string& name, const std::vector<Scored>& scored,
                       const TrafficOptions& options) {
  TrafficSlice slice{.name = name};
  std::map<int64_t, std::vector<const Scored*>> periods;
  for (const Scored& one : scored) periods[one.period].push_back(&one);
  std::vector<const Scored*> before;
  std::vector<const Scored*> newest;
  for (const auto& [number, members] : periods) {
    TrafficPeriod period{.begin_micros = number * options.period_micros};
    std::vector<const Scored*> answered;
    for (const Scored* one : members) {
      period.declined += one->declined ? 1 : 0;
      period.unjudged += one->unjudged ? 1 : 0;
      if (!one->declined) answered.push_back(one);
    }
    period.answers = answered.size();
    if (!answered.empty()) {
      period.carried = MeanOf(answered);
      before.insert(before.end(), newest.begin(), newest.end());
      newest = std::move(answered);
    }
    slice.periods.push_back(period);
  }
  if (newest.size() < options.least_answers || before.size() < options.least_answers) return slice;
  slice.change = Difference(MeanOf(newest), MeanOf(before));
  slice.fell = slice.change.high < 0 && slice.change.mean <= -options.noticeable;
  return slice;
}

}  // namespace

bool InSample(const std::string& id, double share, uint64_t seed) {
  return static_cast<double>(Hash64(id, seed) >> 11) * 0x1.0p-53 < share;
}

Result<std::vector<TrafficSlice>> JudgeTraffic(const std::vector<TrafficAnswer>& answers,
                                               const Judge& judge, const TrafficOptions& options,
                                               const CallContext& context) {
  std::map<std::string, std::vector<Scored>> slices;
  std::map<std::string, uint32_t> questions;
  for (const TrafficAnswer& answer : answers) {
    Scored scored{.period = answer.time_micros / options.period_micros,
                  .declined = answer.declined};
    scored.cluster =
        questions.emplace(answer.judged.question, static_cast<uint32_t>(questions.size()))
            .first->second;
    if (!answer.declined) {
      const Result<ClaimMatrix> matrix = judge.JudgeAnswer(answer.judged, context);
      QUARRY_RETURN_IF_ERROR(context.Check());
      if (matrix.ok()) {
        scored.carried = CarriedShare(*matrix, scored.unjudged);
      } else if (matrix.status().code() == Code::kResourceExhausted) {
        return matrix.status();
      } else {
        scored.unjudged = true;
      }
    }
    slices[""].push_back(scored);
    for (const std::string& slice : answer.slices) slices[slice].push_back(scored);
  }
  std::vector<TrafficSlice> summaries;
  for (const auto& [name, scored] : slices) {
    summaries.push_back(Summarise(name.empty() ? "all" : name, scored, options));
  }
  return summaries;
}

void ShowTraffic(const std::vector<TrafficSlice>& slices, MetricsRegistry& metrics) {
  for (const TrafficSlice& slice : slices) {
    // A day of refusals only says nothing of what answers carry.
    const auto found = std::find_if(slice.periods.rbegin(), slice.periods.rend(),
                                    [](const TrafficPeriod& period) { return period.answers > 0; });
    if (found == slice.periods.rend()) continue;
    const MetricLabels labels = {{"slice", slice.name}};
    const TrafficPeriod& newest = *found;
    metrics
        .GetGauge("quarry_traffic_carried",
                  "Share of the claims of sampled answers that their passages carry", labels)
        .Set(newest.carried.mean);
    metrics
        .GetGauge("quarry_traffic_answers", "Sampled answers of the newest period that has any",
                  labels)
        .Set(static_cast<double>(newest.answers));
    metrics.GetGauge("quarry_traffic_fell", "1: the slice has fallen", labels)
        .Set(slice.fell ? 1 : 0);
  }
}

}  // namespace quarry::eval
