#pragma once

// What the commands over suites print for people. Pure functions.

#include <string>
#include <vector>

#include "app/console.h"
#include "eval/lint.h"
#include "eval/plan.h"
#include "eval/report.h"
#include "eval/sweep.h"

namespace quarry::app {

// Verdict, gates, figures, what changed, slices, and the first `shown` cases that do not pass.
std::string RunReportText(const eval::RunReport& report, uint32_t shown, const Console& console);

struct RunListItem {
  eval::RunManifest manifest;
  uint64_t records = 0;
  eval::HistoryPoint point;
};
std::string RunListText(const std::vector<RunListItem>& items, const Console& console);
std::string RunListJson(const std::vector<RunListItem>& items);

std::string LintText(const eval::LintReport& report, const Console& console);
std::string LintJson(const eval::LintReport& report);
std::string PlanText(const eval::EvalPlan& plan);
std::string PlanJson(const eval::EvalPlan& plan);
std::string SweepReportText(const eval::SweepReport& report, const eval::SweepText& names,
                            const Console& console);

}  // namespace quarry::app
