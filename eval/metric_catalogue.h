#pragma once

// Every figure that a run is measured by, in the order in which reports show them. Names are stable:
// gates, files and programs use them. docs/evaluation.md has the formulas.

#include <span>
#include <string_view>

namespace quarry::eval {

struct Metric {
  const char* name;
  const char* description;  // one line
  bool higher_is_better = true;
  bool is_binary = false;  // of a single case and repeat
  bool needs_judge = false;
  enum class Unit { kShare, kMilliseconds, kTokens, kMoney, kWords } unit = Unit::kShare;
};

std::span<const Metric> Metrics();
// nullptr where there is none of that name.
const Metric* FindMetric(std::string_view name);

}  // namespace quarry::eval
