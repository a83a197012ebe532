#pragma once

// The tool that sums up a document. It sees what the answer's question may see.

#include <memory>

#include "base/analyzer.h"
#include "generation/tool.h"

namespace quarry::generation {

// {"document", "focus"}: the sentences that together say most of a document (summary.h), and the passages
// that they stand in. No model is called: the one that asked makes its text of them, and that is
// checked against the passages as any other. `analyzer` outlives it.
std::unique_ptr<Tool> MakeSummaryTool(const Analyzer& analyzer);

}  // namespace quarry::generation
