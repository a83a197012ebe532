#pragma once

// From a question to the terms that the lexical leg searches.

#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"

namespace quarry::retrieval {

// The analyzer's terms of `question` without the words that only make it a question ("what",
// "which", "did", "than": the Snowball English stop list), unless nothing else is left: those words
// are in the index, and "The Who" finds the band. A repeated term stays repeated.
std::vector<std::string> QueryTerms(const Analyzer& analyzer, std::string_view question);

}  // namespace quarry::retrieval
