#include "retrieval/highlight.h"

#include <algorithm>
#include <set>
#include <string>

#include "base/word_lists.h"

namespace quarry::retrieval {
namespace {

class Matcher {
 public:
  explicit Matcher(const index::LexicalQuery& query) {
    for (const index::QueryTerm& term : query.terms) {
      if (!term.translations.empty()) {
        terms_.insert(term.translations.begin(), term.translations.end());
      } else if (term.prefix) {
        prefixes_.push_back(term.text);
        if (!term.whole.empty()) terms_.insert(term.whole);
      } else {
        terms_.insert(term.text);
      }
    }
  }

  bool Matches(const std::string& term) const {
    return terms_.contains(term) || StartsWithAny(term, prefixes_);
  }

 private:
  std::set<std::string> terms_;
  std::vector<std::string> prefixes_;
};

}  // namespace

std::vector<TextRange> Highlights(const Analyzer& analyzer, const index::LexicalQuery& query,
                                  std::string_view text) {
  const Matcher matcher(query);
  std::vector<TextRange> found;
  for (const Token& token : analyzer.Tokenize(text)) {
    if (matcher.Matches(token.term)) found.push_back({token.begin, token.end});
  }
  // A code stands before its parts, a pair of characters overlaps the next.
  std::ranges::sort(found, {}, &TextRange::begin);
  std::vector<TextRange> joined;
  for (const TextRange& range : found) {
    if (!joined.empty() && range.begin <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, range.end);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

}  // namespace quarry::retrieval
