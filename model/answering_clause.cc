#include "model/answering_clause.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/ascii.h"
#include "model/answer_weights.h"
#include "model/sentence_ranking.h"

namespace quarry::model {
namespace {

constexpr double kWholeBonus =
    0.1;  // share of the answer that beginning at the sentence's start is worth
// What a reader takes in at a glance: about 25 tokens (CountTokens), of Chinese 40 characters.
constexpr size_t kGlanceBytes = 100;
constexpr size_t kGlanceCharacters = 40;

constexpr std::string_view kJoiningWords[] = {
    "after", "and",    "are",   "as",    "at",      "because", "before", "but",
    "by",    "during", "for",   "from",  "in",      "into",    "is",     "of",
    "on",    "or",     "since", "that",  "through", "to",      "under",  "until",
    "was",   "were",   "when",  "where", "which",   "while",   "who",    "with"};
constexpr std::string_view kMarks[] = {", ", "; ", ": ", "—", "–", "，", "；", "：", "、"};

size_t GlanceFrom(std::string_view sentence, size_t begin, bool chinese) {
  if (!chinese) return std::min(sentence.size(), begin + kGlanceBytes);
  size_t end = begin;
  for (size_t n = 0; n < kGlanceCharacters && end < sentence.size(); ++n)
    NextCodePoint(sentence, end);
  return end;
}

// Within brackets nothing begins that could be read by itself.
bool IsInBrackets(std::string_view before) {
  const auto last = [&](std::string_view ascii, std::string_view wide) {
    const size_t a = before.rfind(ascii);
    const size_t b = before.rfind(wide);
    return std::max(a == before.npos ? 0 : a + 1, b == before.npos ? 0 : b + 1);
  };
  return last("(", "（") > last(")", "）");
}

bool BeginsClause(std::string_view sentence, const ByteRange& word) {
  const std::string_view before = sentence.substr(0, word.begin);
  if (IsInBrackets(before)) return false;
  if (std::ranges::any_of(kMarks, [&](std::string_view mark) { return before.ends_with(mark); }))
    return true;
  return std::ranges::binary_search(kJoiningWords,
                                    sentence.substr(word.begin, word.end - word.begin));
}

}  // namespace

ByteRange AnsweringPart(const PassageReading& reading, const Sentence& sentence) {
  const std::string_view text = reading.TextOf(sentence);
  const bool chinese = IsChineseQuestion(reading.question_text());
  if (GlanceFrom(text, 0, chinese) == text.size()) return {0, text.size()};
  const AnswerWordFinder finder(reading.question_text(), reading.question().kind);
  const std::vector<AnswerWord> words = AnswerWordsOf(reading, sentence, finder);
  std::vector<double> sums = {0};  // of the words before each
  for (const AnswerWord& word : words) {
    const double likeness =
        WeightedSum(word.features, AnswerWeightsFor(reading.question_text()).words);
    sums.push_back(sums.back() + std::exp(likeness));
  }
  size_t best_begin = 0;
  double best = -1;
  size_t end = 0;  // of the words of a glance
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0 && !BeginsClause(text, words[i].range)) continue;
    const size_t begin = i == 0 ? 0 : words[i].range.begin;
    const size_t glance = GlanceFrom(text, begin, chinese);
    while (end < words.size() && words[end].range.end <= glance) ++end;
    const double held = sums[std::max(end, i)] - sums[i] + (i == 0 ? kWholeBonus * sums.back() : 0);
    if (held <= best) continue;
    best = held;
    best_begin = begin;
  }
  return {best_begin, text.size()};
}

}  // namespace quarry::model
