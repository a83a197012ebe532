#include "eval/gate_spec.h"

#include "base/numbers.h"
#include "eval/metric_catalogue.h"

namespace quarry::eval {
namespace {

std::string GateValue(double value) { return FormatSignificant(value, 6); }

constexpr Gate::Kind kGateKinds[] = {
    Gate::Kind::kMin,     Gate::Kind::kMax,      Gate::Kind::kNoRegression, Gate::Kind::kMustPass,
    Gate::Kind::kMaxCost, Gate::Kind::kMaxP95Ms, Gate::Kind::kMaxFalseHit};

}  // namespace

std::optional<Gate::Kind> FindGateKind(std::string_view name) {
  for (const Gate::Kind kind : kGateKinds) {
    if (name == GateKindName(kind)) return kind;
  }
  return std::nullopt;
}

const char* GateKindName(Gate::Kind kind) {
  switch (kind) {
    case Gate::Kind::kMin:
      return "min";
    case Gate::Kind::kMax:
      return "max";
    case Gate::Kind::kNoRegression:
      return "no_regression";
    case Gate::Kind::kMustPass:
      return "must_pass";
    case Gate::Kind::kMaxCost:
      return "max_cost";
    case Gate::Kind::kMaxP95Ms:
      return "max_p95_ms";
    case Gate::Kind::kMaxFalseHit:
      return "max_false_hit";
  }
  Fatal(__FILE__, __LINE__, "unknown Gate::Kind");
}

std::string Describe(const Gate& gate) {
  const std::string name = GateKindName(gate.kind);
  switch (gate.kind) {
    case Gate::Kind::kMin:
      return name + " " + gate.metric + " >= " + GateValue(gate.value) + Place(gate.slice);
    case Gate::Kind::kMax:
      return name + " " + gate.metric + " <= " + GateValue(gate.value) + Place(gate.slice);
    case Gate::Kind::kNoRegression:
      return name + " " + gate.metric + ", margin " + GateValue(gate.value);
    case Gate::Kind::kMustPass:
      return name + " " + gate.tag;
    default:
      return name + " " + GateValue(gate.value);
  }
}

Status ValidateGate(const Gate& gate) {
  const std::string name = GateKindName(gate.kind);
  const bool has_metric = gate.kind == Gate::Kind::kMin || gate.kind == Gate::Kind::kMax ||
                          gate.kind == Gate::Kind::kNoRegression;
  if (!has_metric) {
    const bool is_share = gate.kind == Gate::Kind::kMaxFalseHit;
    if (gate.value >= 0 && (!is_share || gate.value <= 1)) return OkStatus();
    return InvalidArgumentError(name + ": expected a " +
                                (is_share ? "share from 0 to 1" : "number from 0") + ", got " +
                                GateValue(gate.value));
  }
  const Metric* metric = FindMetric(gate.metric);
  if (metric == nullptr) {
    return InvalidArgumentError(name + ": no metric \"" + gate.metric +
                                "\"; docs/evaluation.md lists them");
  }
  if (gate.kind == Gate::Kind::kMin && !metric->higher_is_better) {
    return InvalidArgumentError("min: of " + gate.metric + " less is better; expected max");
  }
  if (gate.kind == Gate::Kind::kMax && metric->higher_is_better) {
    return InvalidArgumentError("max: of " + gate.metric + " more is better; expected min");
  }
  const bool is_share = metric->unit == Metric::Unit::kShare;
  if (gate.value < 0 || (is_share && gate.value > 1)) {
    return InvalidArgumentError(name + ": " + gate.metric + ": expected a " +
                                (is_share ? "share from 0 to 1" : "number from 0") + ", got " +
                                GateValue(gate.value));
  }
  return OkStatus();
}

}  // namespace quarry::eval
