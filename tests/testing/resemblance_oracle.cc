#include "tests/testing/resemblance_oracle.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

namespace quarry::testing {

double OracleResemblance(const Analyzer& analyzer, const std::string& a, const std::string& b) {
  using Set = std::set<std::vector<std::string>>;
  const auto shingles = [&](const std::string& text) {
    const std::vector<Token> tokens = analyzer.Tokenize(text);
    Set set;
    for (size_t i = 0; i + 5 <= tokens.size(); ++i) {
      std::vector<std::string> terms;
      for (size_t n = i; n < i + 5; ++n) terms.push_back(tokens[n].term);
      set.insert(terms);
    }
    return set;
  };
  const Set one = shingles(a);
  const Set two = shingles(b);
  Set both;
  std::ranges::set_intersection(one, two, std::inserter(both, both.end()));
  return static_cast<double>(both.size()) /
         static_cast<double>(one.size() + two.size() - both.size());
}

}  // namespace quarry::testing
