#include "retrieval/question_gate.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace quarry::retrieval {
namespace {

using Words = std::vector<std::string>;

std::string JoinedWords(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text.empty() ? "none" : text;
}

struct Alignment {
  size_t common = 0;  // longest common subsequence
  size_t gaps = 0;    // stretches where one or both differ
};

// Questions are short: quadratic is enough, and a longer text is not compared at all.
constexpr size_t kMaxWords = 256;

Alignment Align(const Words& a, const Words& b) {
  std::vector<std::vector<uint16_t>> best(a.size() + 1, std::vector<uint16_t>(b.size() + 1));
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      best[i][j] = a[i] == b[j] ? static_cast<uint16_t>(best[i + 1][j + 1] + 1)
                                : std::max(best[i + 1][j], best[i][j + 1]);
    }
  }
  Alignment alignment{.common = best[0][0]};
  bool in_gap = false;
  for (size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      in_gap = false;
      ++i;
      ++j;
      continue;
    }
    if (!in_gap) ++alignment.gaps;
    in_gap = true;
    if (j == b.size() || (i < a.size() && best[i + 1][j] >= best[i][j + 1])) {
      ++i;
    } else {
      ++j;
    }
  }
  return alignment;
}

GateVerdict Closed(std::string reason) { return {.open = false, .reason = std::move(reason)}; }

}  // namespace

GateVerdict CompareQuestions(const QuestionFacts& asked, const QuestionFacts& stored) {
  for (size_t kind = 0; kind < kFactKinds; ++kind) {
    if (asked.facts[kind] == stored.facts[kind]) continue;
    return Closed(std::string(FactName(static_cast<FactKind>(kind))) + ": " +
                  JoinedWords(asked.facts[kind]) + " / " + JoinedWords(stored.facts[kind]));
  }
  const Words& a = asked.content;
  const Words& b = stored.content;
  if (a.empty() || b.empty()) return Closed("content: " + JoinedWords(a) + " / " + JoinedWords(b));
  if (a == b) return {.open = true, .reason = ""};
  if (a.size() > kMaxWords || b.size() > kMaxWords) return Closed("too long to compare");
  Words sorted_a = a;
  Words sorted_b = b;
  std::sort(sorted_a.begin(), sorted_a.end());
  std::sort(sorted_b.begin(), sorted_b.end());
  if (sorted_a == sorted_b) return Closed("order: " + JoinedWords(a) + " / " + JoinedWords(b));
  const Alignment alignment = Align(a, b);
  const double share =
      static_cast<double>(alignment.common) / static_cast<double>(std::max(a.size(), b.size()));
  if (alignment.gaps == 1 || share >= kNearlySame) {
    return Closed("nearly the same words: " + JoinedWords(a) + " / " + JoinedWords(b));
  }
  return {.open = true, .reason = ""};
}

}  // namespace quarry::retrieval
