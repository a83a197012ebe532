#include "model/asked_place.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr std::string_view kPlaceAskers[] = {"who", "whom", "what", "which", "whose", "how"};
// Ask for what is told beside verb and objects: "when was it built" is "it was built in 1900".
constexpr std::string_view kPlaceAdverbs[] = {"when", "where"};
constexpr std::string_view kPlaceDo[] = {"do", "does", "did"};
constexpr std::string_view kPlaceBe[] = {"is", "are", "was", "were"};
// Before the subject as before a verb: "what can kill it", "what can it kill".
constexpr std::string_view kPlaceAuxiliaries[] = {"can",  "could", "will",   "would", "has",
                                                  "have", "had",   "should", "may",   "must"};
constexpr std::string_view kPlaceCounted[] = {"many", "much"};
constexpr std::string_view kPlaceTimes[] = {"year",    "date",   "day", "month",
                                            "century", "decade", "time"};
constexpr std::string_view kPlacePrepositions[] = {"in", "by",   "to",   "for",   "from",  "of",
                                                   "at", "with", "into", "under", "about", "on"};
// Ask whether something is so, or ask politely, or for no thing that has a place.
constexpr std::string_view kPlacelessChinese[] = {"吗",     "嗎",     "呢",     "是否", "有没有",
                                                  "有沒有", "是不是", "能不能", "请问", "請問",
                                                  "为什",   "為什",   "为何",   "為何", "为啥"};

std::optional<size_t> EnglishPlace(std::string_view question) {
  const std::vector<Word> words = Words(question);
  std::vector<std::string> lower;
  for (const Word& word : words) lower.push_back(AsciiLower(word.text));
  const auto is = [&](size_t i, const auto& list) {
    return i < lower.size() && IsOneOf(lower[i], list);
  };
  size_t asks = 0;
  while (asks < lower.size() && !is(asks, kPlaceAskers) && !is(asks, kPlaceAdverbs)) ++asks;
  if (asks == lower.size()) return std::nullopt;
  const size_t end = question.size();
  const size_t here = static_cast<size_t>(words[asks].text.data() - question.data());
  if (is(asks, kPlaceAdverbs)) return end;
  if (lower[asks] == "how" && !is(asks + 1, kPlaceCounted)) return end;
  if (asks == 1 && is(0, kPlacePrepositions)) return end;  // "in what country is"
  for (size_t i = asks + 1; i < lower.size(); ++i) {
    if (is(i, kPlaceDo)) return end;
  }
  if (asks > 0 && is(asks - 1, kPlacePrepositions)) return here;
  if (is(lower.size() - 1, kPlacePrepositions)) return end;  // "what city does it lie in"
  if (is(asks + 1, kPlaceTimes)) return end;                 // "what year was it built"
  if (is(asks + 1, kPlaceBe) || is(asks + 1, kPlaceAuxiliaries)) return std::nullopt;
  return here;
}

}  // namespace

std::optional<size_t> AskedPlace(std::string_view question, std::string_view text) {
  if (!IsMostlyCjk(question)) return EnglishPlace(question);
  size_t ahead = 0;
  for (const std::string_view polite : {"请问", "請問"}) {
    if (question.starts_with(polite) && text.starts_with(' ')) {
      question.remove_prefix(polite.size());
      text.remove_prefix(1);
      ahead = 1;
    }
  }
  // The first word that only asks was taken out where they differ.
  const auto [asks, blank] = std::ranges::mismatch(question, text);
  if (asks == question.end()) return std::nullopt;
  const size_t at = static_cast<size_t>(asks - question.begin());
  if (StartsWithAny(question.substr(at), kPlacelessChinese)) return std::nullopt;
  return ahead + at;
}

}  // namespace quarry::model
