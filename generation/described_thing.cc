#include "generation/described_thing.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/word_lists.h"
#include "generation/english_phrases.h"
#include "generation/follow_up_words.h"
#include "model/answer_kind.h"

namespace quarry::generation {
namespace {

constexpr std::string_view kRelatives = "that|which|who|whom|whose";
constexpr size_t kMostNounWords = 3;  // "drinking water pump"
constexpr std::string_view kFates = "happen|happened|become|became";
// Before 的; what is shorter names a thing or says whose it is: 公司的.
constexpr size_t kLeastDescribingCharacters = 5;

// "What happened to", "what has become of": all before the word `begin`.
bool AsksEnglishFate(const std::vector<follow_up::Word>& words, size_t begin) {
  if (begin < 2 || !follow_up::IsOneOf(words[begin - 2].folded, kFates)) return false;
  return std::all_of(words.begin(), words.begin() + static_cast<ptrdiff_t>(begin) - 2,
                     [](const follow_up::Word& word) { return follow_up::IsFunctionWord(word); });
}

// "When was the ...", whose verb stands at the end; not "What are the ...", which asks for what is described.
bool VerbStandsLast(const std::vector<follow_up::Word>& words, size_t begin) {
  return begin > 0 && follow_up::IsOneOf(words[begin - 1].folded, follow_up::kAuxiliaries) &&
         follow_up::IsOneOf(words[0].folded, "when|where|why|how|since|until");
}

std::optional<DescribedThing> EnglishDescribed(std::string_view asked) {
  const std::vector<follow_up::Word> words = follow_up::WordsOf(asked);
  for (size_t i = 2; i + 1 < words.size(); ++i) {
    if (!follow_up::IsOneOf(words[i].folded, kRelatives) || words[i - 1].ends) continue;
    // Back to the article, over the noun and what stands before it.
    size_t begin = i - 1;
    const size_t first = i > kMostNounWords + 1 ? i - kMostNounWords - 1 : 0;
    while (begin > first && !follow_up::IsFunctionWord(words[begin])) --begin;
    if (begin == i - 1 || begin == 0 || words[begin].folded != "the") continue;
    size_t end = i + 1;
    while (end + 1 < words.size() && !words[end].ends) ++end;
    DescribedThing thing;
    thing.description = {words[begin].begin, words[end].end};
    thing.noun = {words[begin + 1].begin, words[i - 1].end};
    const std::string& noun = words[i - 1].folded;
    thing.is_person =
        follow_up::IsOneOf(noun, "person|man|woman|employee") || model::NamesOffice(noun);
    const bool is_last = end + 1 == words.size();
    if (is_last && VerbStandsLast(words, begin)) thing.verb = {words[end].begin, words[end].end};
    thing.asks_fate = is_last && AsksEnglishFate(words, begin);
    return thing;
  }
  return std::nullopt;
}

// 阀门后来 了: a noun, when, and nothing else.
bool AsksChineseFate(std::string_view behind) {
  constexpr std::string_view kWhen[] = {"后来", "後來", "现在", "現在",
                                        "目前", "如今", "最后", "最後"};
  constexpr std::string_view kParticles[] = {" ", "了", "？", "?", "。"};
  constexpr size_t kMostNounCharacters = 6;
  for (const std::string_view when : kWhen) {
    const size_t at = behind.find(when);
    if (at == behind.npos || at == 0 || CountCodePoints(behind.substr(0, at)) > kMostNounCharacters)
      continue;
    std::string_view rest = behind.substr(at + when.size());
    while (RemoveAnyPrefix(rest, kParticles)) {
    }
    if (rest.empty()) return true;
  }
  return false;
}

// 人, 人员, 工程师; not 人数.
bool BeginsWithPerson(std::string_view behind) {
  constexpr std::string_view kPersons[] = {"人", "员工", "員工", "同事"};
  constexpr std::string_view kOthers[] = {"人数", "人數", "人口", "人工", "人力", "人均", "人民"};
  constexpr size_t kMostOfficeBytes = 9;  // three characters
  if (StartsWithAny(behind, kOthers)) return false;
  if (StartsWithAny(behind, kPersons)) return true;
  const std::string_view noun = TruncateUtf8(behind, kMostOfficeBytes);
  size_t first = 0;
  if (!noun.empty()) NextCodePoint(noun, first);
  return model::NamesOffice(noun) && !model::NamesOffice(noun.substr(0, first));  // not 长度
}

// Whether a word that asks was taken out of the text: 是 的妻子 of 是谁的妻子. Others write a space beside Latin letters.
bool HasGap(std::string_view text) {
  if (text.ends_with(' ')) return true;
  for (size_t at = text.find(' ', 1); at != text.npos; at = text.find(' ', at + 1)) {
    if (!IsAscii(text[at - 1]) && !IsAscii(text[at + 1])) return true;
  }
  return false;
}

std::optional<DescribedThing> ChineseDescribed(std::string_view asked) {
  constexpr std::string_view kOf = "的";
  constexpr std::string_view kMarks[] = {"，", "。", "？", "；", "、", "：", ",", ";", "?"};
  size_t begin = 0;
  for (size_t at = 0; at < asked.size();) {
    const std::string_view rest = asked.substr(at);
    const std::string_view before = asked.substr(begin, at - begin);
    if (StartsWithAny(rest, kMarks)) {
      NextCodePoint(asked, at);
      begin = at;
    } else if (rest.starts_with(kOf) && CountCodePoints(before) >= kLeastDescribingCharacters) {
      if (HasGap(before)) return std::nullopt;
      DescribedThing thing;
      thing.description = {begin, at};
      const std::string_view behind = rest.substr(kOf.size());
      thing.is_person = BeginsWithPerson(behind);
      thing.asks_fate = AsksChineseFate(behind);
      return thing;
    } else {
      NextCodePoint(asked, at);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<DescribedThing> FindDescribedThing(std::string_view asked) {
  return DetectLanguage(asked) == "zh" ? ChineseDescribed(asked) : EnglishDescribed(asked);
}

}  // namespace quarry::generation
