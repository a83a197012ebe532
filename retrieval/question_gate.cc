#include "retrieval/question_gate.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"

namespace quarry::retrieval {
namespace {

using Words = std::vector<std::string>;

std::string JoinedWords(const Words& words) { return words.empty() ? "none" : Join(words, " "); }

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

// A stretch that both have.
struct SharedRun {
  size_t a = 0;  // where it begins in each
  size_t b = 0;
  size_t length = 0;
};

// The longest first, of equal ones the first; no word is in two of them.
std::vector<SharedRun> FindSharedRuns(const Words& a, const Words& b) {
  std::vector<SharedRun> runs;
  std::vector<bool> in_a(a.size());
  std::vector<bool> in_b(b.size());
  std::vector<std::vector<uint16_t>> lengths(a.size() + 1, std::vector<uint16_t>(b.size() + 1));
  while (true) {
    SharedRun longest;
    for (size_t i = a.size(); i-- > 0;) {
      for (size_t j = b.size(); j-- > 0;) {
        const bool same = !in_a[i] && !in_b[j] && a[i] == b[j];
        lengths[i][j] = same ? static_cast<uint16_t>(lengths[i + 1][j + 1] + 1) : uint16_t{0};
        if (lengths[i][j] >= std::max<size_t>(longest.length, 1)) longest = {i, j, lengths[i][j]};
      }
    }
    if (longest.length == 0) return runs;
    std::fill_n(in_a.begin() + static_cast<ptrdiff_t>(longest.a), longest.length, true);
    std::fill_n(in_b.begin() + static_cast<ptrdiff_t>(longest.b), longest.length, true);
    runs.push_back(longest);
  }
}

// Of characters one alone is no word.
bool IsWords(const SharedRun& run, const Words& a) {
  return run.length > 1 || !BeginsWithCjk(a[run.a]);
}

// Two stretches stand the other way round, and what is between them is said in other words: who does
// it and to whom it is done have changed places.
bool HasExchanged(const Words& a, const Words& b, const std::vector<SharedRun>& runs) {
  std::vector<bool> shared_a(a.size());
  std::vector<bool> shared_b(b.size());
  for (const SharedRun& run : runs) {
    std::fill_n(shared_a.begin() + static_cast<ptrdiff_t>(run.a), run.length, true);
    std::fill_n(shared_b.begin() + static_cast<ptrdiff_t>(run.b), run.length, true);
  }
  const auto has_own = [](const std::vector<bool>& shared, size_t begin, size_t end) {
    return std::find(shared.begin() + static_cast<ptrdiff_t>(begin),
                     shared.begin() + static_cast<ptrdiff_t>(end),
                     false) != shared.begin() + static_cast<ptrdiff_t>(end);
  };
  for (const SharedRun& x : runs) {
    for (const SharedRun& y : runs) {
      if (x.a >= y.a || x.b <= y.b || !IsWords(x, a) || !IsWords(y, a)) continue;
      if (2 * (x.length + y.length) < std::max(a.size(), b.size())) continue;
      if (has_own(shared_a, x.a + x.length, y.a) && has_own(shared_b, y.b + y.length, x.b)) {
        return true;
      }
    }
  }
  return false;
}

// In Chinese what narrows a thing stands before it: 欧洲水塔, 烟台的校车. So two questions about one
// thing are two where before it stands what the other does not have at all.
bool IsNarrowed(const Words& a, const Words& b, const SharedRun& thing) {
  if (thing.length < 2 || (thing.a == 0 && thing.b == 0)) return false;
  const auto has = [](const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  for (size_t i = 0; i < thing.a; ++i) {
    if (has(b, a[i])) return false;
  }
  for (size_t i = 0; i < thing.b; ++i) {
    if (has(a, b[i])) return false;
  }
  return true;
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
  const std::vector<SharedRun> runs = FindSharedRuns(a, b);
  if (HasExchanged(a, b, runs)) {
    return Closed("order: " + JoinedWords(a) + " / " + JoinedWords(b));
  }
  // The language is the same: it is a fact.
  const bool is_chinese = asked.of(FactKind::kLanguage) == Words{"zh"};
  if (is_chinese && !runs.empty() && IsNarrowed(a, b, runs[0])) {
    return Closed("narrower: " + JoinedWords(a) + " / " + JoinedWords(b));
  }
  return {.open = true, .reason = ""};
}

}  // namespace quarry::retrieval
