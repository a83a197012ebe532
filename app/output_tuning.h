#pragma once

// What `quarry tune --from` prints.

#include <string>

#include "app/console.h"
#include "eval/tuning.h"

namespace quarry::app {

// `pairs`: the file that those of the report were written to.
std::string LearningText(const eval::LearningReport& report, const std::string& collection,
                         const std::string& pairs, const Console& console);
std::string LearningJson(const eval::LearningReport& report);

}  // namespace quarry::app
