#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/analyzer.h"

namespace quarry::eval {

// The terms of a text, each once.
inline std::set<std::string> DistinctTerms(std::string_view text, const Analyzer& analyzer) {
  std::set<std::string> terms;
  for (Token& token : analyzer.Tokenize(text)) terms.insert(std::move(token.term));
  return terms;
}

}  // namespace quarry::eval
