#pragma once

// What `quarry eval advise` prints.

#include <string>
#include <vector>

#include "app/console.h"
#include "eval/advice.h"
#include "eval/run.h"

namespace quarry::app {

std::string AdviceReportText(const eval::AdviceReport& report,
                             const std::vector<eval::RunRecord>& labelled, const Console& console);
std::string AdviceJson(const eval::AdviceReport& report,
                       const std::vector<eval::RunRecord>& labelled);

}  // namespace quarry::app
