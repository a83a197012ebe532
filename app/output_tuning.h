#pragma once

// What `quarry tune --from` prints.

#include <string>

#include "app/console.h"
#include "eval/tuning.h"

namespace quarry::app {

std::string LearningText(const eval::LearningReport& report, const std::string& collection,
                         const Console& console);
std::string LearningJson(const eval::LearningReport& report);

}  // namespace quarry::app
