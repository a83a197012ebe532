#include "retrieval/pair_classifier.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "base/text.h"

namespace quarry::retrieval {
namespace {

// In the order of PairFeatures.
constexpr PairFeatures kWeights = {-4.698, -2.668, 2.610, 8.287, -2.520, -1.286, 1.521, -0.212};
constexpr const char* kFingerprint = "pairs:1";

using Words = std::vector<std::string>;

size_t CommonSubsequence(const Words& a, const Words& b) {
  std::vector<size_t> best(b.size() + 1);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = 0;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t above = best[j + 1];
      best[j + 1] = a[i] == b[j] ? diagonal + 1 : std::max(above, best[j]);
      diagonal = above;
    }
  }
  return best.back();
}

std::set<std::string> CharacterPairs(std::string_view question) {
  const std::string folded = Fold(question);
  std::set<std::string> pairs;
  char32_t last = ' ';
  for (size_t at = 0; at < folded.size();) {
    const char32_t c = NextCodePoint(folded, at);
    if (c == ' ' && last == ' ') continue;
    std::string pair;
    AppendCodePoint(pair, last);
    AppendCodePoint(pair, c);
    pairs.insert(std::move(pair));
    last = c;
  }
  return pairs;
}

template <typename T>
size_t Common(const std::set<T>& a, const std::set<T>& b) {
  return static_cast<size_t>(
      std::count_if(a.begin(), a.end(), [&](const T& value) { return b.contains(value); }));
}

double Share(size_t part, size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Longer texts are no questions; what comes after is not read.
constexpr size_t kMaxBytes = 2048;

}  // namespace

PairFeatures FeaturesOf(const std::string& a, const std::string& b, double similarity) {
  const std::string_view first = TruncateUtf8(a, kMaxBytes);
  const std::string_view second = TruncateUtf8(b, kMaxBytes);
  const QuestionFacts facts_a = FactsOf(first);
  const QuestionFacts facts_b = FactsOf(second);
  const std::set<std::string> words_a(facts_a.content.begin(), facts_a.content.end());
  const std::set<std::string> words_b(facts_b.content.begin(), facts_b.content.end());
  const size_t common = Common(words_a, words_b);
  const std::set<std::string> pairs_a = CharacterPairs(first);
  const std::set<std::string> pairs_b = CharacterPairs(second);
  const size_t shorter = std::min(facts_a.content.size(), facts_b.content.size());
  const size_t longer = std::max(facts_a.content.size(), facts_b.content.size());
  return {1,
          Share(common, words_a.size() + words_b.size() - common),
          Share(common, std::min(words_a.size(), words_b.size())),
          Share(CommonSubsequence(facts_a.content, facts_b.content), longer),
          Share(2 * Common(pairs_a, pairs_b), pairs_a.size() + pairs_b.size()),
          Share(shorter, longer),
          std::clamp(similarity, 0.0, 1.0),
          facts_a.facts == facts_b.facts ? 1.0 : 0.0};
}

Result<std::string> PairClassifier::Fingerprint() const { return std::string(kFingerprint); }

Result<double> PairClassifier::Score(const std::string& asked, const std::string& stored,
                                     double similarity, const CallContext& context) const {
  QUARRY_RETURN_IF_ERROR(context.Check());
  const PairFeatures features = FeaturesOf(asked, stored, similarity);
  double sum = 0;
  for (size_t i = 0; i < kPairFeatures; ++i) sum += kWeights[i] * features[i];
  return 1 / (1 + std::exp(-sum));
}

}  // namespace quarry::retrieval
