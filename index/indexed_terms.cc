#include "index/indexed_terms.h"

#include <utility>

namespace quarry::index {

std::vector<TermFrequency> IndexedTerms(const Analyzer& analyzer, std::string_view title,
                                        const Chunk& chunk, uint32_t title_weight) {
  std::vector<Token> tokens = analyzer.Tokenize(IndexedText(title, chunk));
  if (title_weight > 1) {
    const std::vector<Token> of_title = analyzer.Tokenize(title);
    for (uint32_t i = 1; i < title_weight; ++i) {
      tokens.insert(tokens.end(), of_title.begin(), of_title.end());
    }
  }
  return CountTerms(std::move(tokens));
}

}  // namespace quarry::index
