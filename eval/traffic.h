#pragma once

// Live traffic: a sample of the answers that were given, judged, by slice and period, and whether a
// slice has fallen.
//
// The sample is drawn by a hash of the answer's id and a seed: the same answers every time, whatever
// came since. An answer's score is the share of its claims that its passages carry; one that nobody
// could judge scores 0 and counts against coverage; refusals are counted apart. A slice has fallen
// when the newest period lies below those before it by more than chance explains. Pure but for the
// judge; thread-safe.

#include <cstdint>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "eval/judge.h"
#include "eval/statistics.h"

namespace quarry::eval {

struct TrafficAnswer {
  std::string id;
  int64_t time_micros = 0;          // since 1970
  std::vector<std::string> slices;  // "lang=zh", "collection=manuals", "cache=hit"
  JudgedCase judged;
  bool declined = false;
};

// Whether an answer is in a sample of this share.
bool InSample(const std::string& id, double share, uint64_t seed);

struct TrafficOptions {
  int64_t period_micros = 24LL * 3600 * 1'000'000;
  uint32_t least_answers = 30;  // of a period, below which it raises no alert
  double noticeable = 0.03;     // a fall below this is none
};

struct TrafficPeriod {
  int64_t begin_micros = 0;
  uint64_t answers = 0;  // judged ones and unjudged ones, without refusals
  uint64_t unjudged = 0;
  uint64_t declined = 0;
  Estimate carried;  // mean score; nothing where there are no answers
};

struct TrafficSlice {
  std::string name;                    // "all" first, then by name
  std::vector<TrafficPeriod> periods;  // oldest first; some may hold refusals only
  Estimate change;                     // newest period less all before it
  bool fell = false;
};

// Of answers that were sampled, in any order. Errors: those of the judge that end a run (kCancelled,
// kDeadlineExceeded of the call, kResourceExhausted).
Result<std::vector<TrafficSlice>> JudgeTraffic(const std::vector<TrafficAnswer>& answers,
                                               const Judge& judge, const TrafficOptions& options,
                                               const CallContext& context);

// quarry_traffic_carried{slice}, quarry_traffic_answers{slice} of the newest period with answers, and
// quarry_traffic_fell{slice}: 1 is an alert.
void ShowTraffic(const std::vector<TrafficSlice>& slices, MetricsRegistry& metrics);

}  // namespace quarry::eval
