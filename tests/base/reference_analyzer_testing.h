#pragma once

// A slow, plain statement of the analyzer's grammar, the oracle of its fast paths.

#include <string_view>
#include <vector>

#include "base/analyzer.h"

namespace quarry {

std::vector<Token> ReferenceTokens(std::string_view text, const AnalyzerOptions& options);

}  // namespace quarry
