#pragma once

// {"expression"}: its exact value (calculator.h), as a passage that can be cited.

#include <memory>

#include "generation/tool.h"

namespace quarry::generation {

std::unique_ptr<Tool> MakeCalculateTool();

}  // namespace quarry::generation
