#pragma once

// What `quarry eval judge-check` prints.

#include <optional>
#include <string>

#include "app/console.h"
#include "eval/judge_run.h"

namespace quarry::app {

std::string JudgeCheckText(const eval::JudgeCheckReport& report,
                           const std::optional<eval::ThresholdTuning>& tuning,
                           const Console& console);
std::string JudgeCheckJson(const eval::JudgeCheckReport& report,
                           const std::optional<eval::ThresholdTuning>& tuning);

}  // namespace quarry::app
