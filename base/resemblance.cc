#include "base/resemblance.h"

#include <algorithm>

#include "base/hash.h"

namespace quarry {
namespace {

constexpr size_t kShingleTerms = 5;

}  // namespace

std::vector<uint64_t> ShingleHashes(const Analyzer& analyzer, std::string_view text) {
  const std::vector<Token> tokens = analyzer.Tokenize(text);
  std::vector<uint64_t> shingles;
  for (size_t begin = 0; begin < tokens.size(); ++begin) {
    if (begin > 0 && begin + kShingleTerms > tokens.size()) break;
    uint64_t hash = 0;
    for (size_t i = begin; i < std::min(begin + kShingleTerms, tokens.size()); ++i) {
      hash = HashCombine(hash, Hash64(tokens[i].term));
    }
    shingles.push_back(hash);
  }
  std::sort(shingles.begin(), shingles.end());
  shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
  return shingles;
}

double Resemblance(size_t both, size_t a, size_t b) {
  const size_t either = a + b - both;
  return either == 0 ? 0 : static_cast<double>(both) / static_cast<double>(either);
}

double Resemblance(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  size_t both = 0;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    if (*x == *y) {
      ++both;
      ++x;
      ++y;
    } else {
      ++(*x < *y ? x : y);
    }
  }
  return Resemblance(both, a.size(), b.size());
}

}  // namespace quarry
