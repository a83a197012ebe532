#pragma once

// Where the words of a search stand in a text: by the analyzer, so that "valves" is marked for "valve"
// and 水库 for 水庫. Pure.

#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/answer.h"
#include "index/lexical_query.h"

namespace quarry::retrieval {

// The bytes of `text` that terms of `query` match: in order, neither overlapping nor touching.
std::vector<TextRange> Highlights(const Analyzer& analyzer, const index::LexicalQuery& query,
                                  std::string_view text);

}  // namespace quarry::retrieval
