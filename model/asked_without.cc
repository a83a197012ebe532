#include "model/asked_without.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/word_lists.h"
#include "model/answer_kind.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr std::string_view kMayWithout[] = {"can",  "may", "could", "is",   "are",   "will",
                                            "does", "do",  "would", "must", "should"};
constexpr std::string_view kNeeding[] = {"need",     "needs",        "needed",      "require",
                                         "requires", "required",     "requirement", "requirements",
                                         "must",     "prerequisite", "necessary",   "mandatory"};
constexpr std::string_view kNeedingChinese[] = {"需", "须", "須",   "必",   "要求",
                                                "凭", "憑", "方可", "才能", "才可"};
// What may be done: behind what is left out.
constexpr std::string_view kMayChinese[] = {"能", "可以", "可否", "行"};
// Behind a denial these make it one of what may be: 不能进吗.
constexpr std::string_view kDeniedMay[] = {"能", "可", "得", "会", "會", "是", "要", "需",
                                           "须", "須", "应", "應", "准", "允", "许", "許"};
constexpr std::string_view kWithoutEnglish = "without";
constexpr std::string_view kHaveNot[] = {"没有", "沒有"};

std::optional<ByteRange> WithoutInEnglish(std::string_view text) {
  const std::vector<Word> words = Words(text);
  if (words.empty() || !IsOneOf(AsciiLower(words[0].text), kMayWithout)) return std::nullopt;
  const auto is_without = [](const Word& word) { return AsciiLower(word.text) == kWithoutEnglish; };
  const auto found = std::ranges::find_if(words, is_without);
  if (found == words.end()) return std::nullopt;
  const size_t begin = static_cast<size_t>(found->text.begin() - text.begin());
  const ByteRange range{begin, begin + found->text.size()};
  std::string others(text);
  others.erase(range.begin, range.end - range.begin);
  if (IsNegated(others)) return std::nullopt;
  return range;
}

std::optional<ByteRange> WithoutInChinese(std::string_view question, std::string_view text) {
  if (question.find("吗") == question.npos && question.find("嗎") == question.npos)
    return std::nullopt;
  std::optional<ByteRange> found;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    NextCodePoint(text, at);
    if (!DeniesAt(text, begin)) continue;
    if (found) return std::nullopt;
    size_t end = at;
    for (const std::string_view words : kHaveNot) {
      if (text.substr(begin).starts_with(words)) end = begin + words.size();
    }
    found = ByteRange{begin, end};
  }
  if (!found) return std::nullopt;
  const std::string_view behind = text.substr(found->end);
  if (StartsWithAny(behind, kDeniedMay) || !ContainsAny(behind, kMayChinese)) return std::nullopt;
  return found;
}

}  // namespace

std::optional<ByteRange> FindAskedWithout(std::string_view question, std::string_view text) {
  if (const std::optional<ByteRange> found = WithoutInEnglish(text)) return found;
  return WithoutInChinese(question, text);
}

bool SaysNeeded(std::string_view sentence) {
  return ContainsAny(sentence, kNeedingChinese) ||
         std::ranges::any_of(Words(sentence), [](const Word& word) {
           return IsOneOf(AsciiLower(word.text), kNeeding);
         });
}

}  // namespace quarry::model
