#pragma once

// Gates: what a run must keep to be let through.
//
//   min            the metric's lower bound is not below `value`: it fails where even the upper
//                  bound is, and is inconclusive between
//   max            the same for a metric of which less is better
//   no_regression  the paired gain over the baseline is surely no worse than -`value`, of six clusters of
//                  cases or more: a run that is equal to its baseline passes; it fails
//                  where a loss beyond that is significant among all that is tested (regression.h),
//                  and is inconclusive else. Every slice is tested too: one that lost so fails the
//                  gate, whatever the whole gained
//   must_pass      every case with the tag passes
//   max_cost       of the whole run and its judge, by the configured prices; inconclusive without
//   max_p95_ms     95th percentile of the latencies
//   max_false_hit  share of cache hits that are wrong, upper bound; inconclusive without hits, or with
//                  such of which it is not known

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::eval {

struct Gate {
  enum class Kind : uint8_t {
    kMin,
    kMax,
    kNoRegression,
    kMustPass,
    kMaxCost,
    kMaxP95Ms,
    kMaxFalseHit,
  };
  Kind kind = Kind::kMin;
  std::string metric;  // kMin, kMax, kNoRegression
  std::string slice;   // kMin, kMax; "" = all
  std::string tag;     // kMustPass
  double value = 0;    // bound; of kNoRegression the margin, from 0
};
// " on zh", of a gate's slice; nothing for all cases.
inline std::string Place(const std::string& slice) { return slice.empty() ? "" : " on " + slice; }

// The slice of cases that a gate looks at; "" = all.
inline std::string SliceOf(const Gate& gate) {
  return gate.kind == Gate::Kind::kMustPass ? "tag=" + gate.tag : gate.slice;
}

const char* GateKindName(Gate::Kind kind);  // "no_regression"
std::optional<Gate::Kind> FindGateKind(std::string_view name);
std::string Describe(const Gate& gate);  // "min pass >= 0.8 on lang=zh"
// kInvalidArgument: no such metric, or one of the other direction; a bound that cannot be one, such
// as a share of 20.
Status ValidateGate(const Gate& gate);

}  // namespace quarry::eval
