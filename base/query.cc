#include "base/query.h"

namespace quarry {

const char* SearchModeName(SearchMode mode) {
  switch (mode) {
    case SearchMode::kHybrid:
      return "hybrid";
    case SearchMode::kDense:
      return "dense";
    case SearchMode::kLexical:
      return "lexical";
  }
  Fatal(__FILE__, __LINE__, "unknown SearchMode");
}

Result<SearchMode> ParseSearchMode(std::string_view name) {
  for (const SearchMode mode : {SearchMode::kHybrid, SearchMode::kDense, SearchMode::kLexical}) {
    if (name == SearchModeName(mode)) return mode;
  }
  return InvalidArgumentError("unknown search mode \"" + std::string(name) +
                              "\"; expected one of hybrid, dense, lexical");
}

}  // namespace quarry
