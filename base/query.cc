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

const char* StageName(ScoreStep::Stage stage) {
  switch (stage) {
    case ScoreStep::Stage::kFusion:
      return "fusion";
    case ScoreStep::Stage::kHops:
      return "hops";
    case ScoreStep::Stage::kRerank:
      return "rerank";
    case ScoreStep::Stage::kRecency:
      return "recency";
    case ScoreStep::Stage::kDiversity:
      return "diversity";
  }
  Fatal(__FILE__, __LINE__, "unknown Stage");
}

}  // namespace quarry
