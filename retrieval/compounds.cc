#include "retrieval/compounds.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/compound_words.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kShortestToHalve = 4;  // letters of one to be halved
constexpr size_t kLongestToHalve = 32;
constexpr size_t kShortestHalf = 2;
constexpr size_t kMostJoined = 128;  // pairs of a text
constexpr size_t kMostHalved = 8;    // words of a question
constexpr double kHalfWeight = 0.5;  // both together count as the word would

// The one term of a word; "" of one that has another number of them.
std::string TermOf(std::string_view word, const Analyzer& analyzer) {
  std::vector<Token> tokens = analyzer.Tokenize(word);
  return tokens.size() == 1 ? std::move(tokens[0].term) : std::string();
}

std::vector<std::string> HalvesOf(std::string_view word, Snapshots snapshots,
                                  const Analyzer& analyzer) {
  uint64_t most = 0;
  std::vector<std::string> halves;
  for (size_t at = kShortestHalf; at + kShortestHalf <= word.size(); ++at) {
    const std::string a = TermOf(word.substr(0, at), analyzer);
    const uint64_t of_a = a.empty() ? 0 : DocumentFrequency(a, snapshots);
    if (of_a <= most) continue;
    const std::string b = TermOf(word.substr(at), analyzer);
    const uint64_t both = b.empty() ? 0 : std::min(of_a, DocumentFrequency(b, snapshots));
    if (both <= most) continue;
    most = both;
    halves = {a, b};
  }
  return halves;
}

}  // namespace

std::vector<index::QueryTerm> CompoundTerms(std::string_view text,
                                            std::span<const index::QueryTerm> terms,
                                            Snapshots snapshots, const Analyzer& analyzer) {
  std::vector<index::QueryTerm> added;
  const auto add = [&](std::string term, double weight) {
    const auto has = [&](const auto& known) {
      return std::ranges::find(known, term, &index::QueryTerm::text) != known.end();
    };
    if (!has(terms) && !has(added)) added.emplace_back(std::move(term)).weight = weight;
  };
  size_t joined = 0;
  for (const WordPair& pair : WordPairs(text)) {
    if (++joined > kMostJoined) break;
    for (std::string& term : JoinedTerms(pair, text, analyzer)) {
      if (DocumentFrequency(term, snapshots) > 0) add(std::move(term), 1);
    }
  }
  size_t halved = 0;
  for (const Token& token : analyzer.Tokenize(text)) {
    const std::string word = AsciiLower(text.substr(token.begin, token.end - token.begin));
    const bool may_be_two = word.size() >= kShortestToHalve && word.size() <= kLongestToHalve &&
                            std::ranges::all_of(word, IsAsciiLetter);
    if (!may_be_two || DocumentFrequency(token.term, snapshots) > 0) continue;
    if (++halved > kMostHalved) break;
    for (std::string& half : HalvesOf(word, snapshots, analyzer)) add(std::move(half), kHalfWeight);
  }
  return added;
}

}  // namespace quarry::retrieval
