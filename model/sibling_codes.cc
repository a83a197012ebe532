#include "model/sibling_codes.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/number_reading.h"
#include "model/range_cues.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr size_t kMostBeforeTopic = 4;  // words before what a sentence begins with
constexpr size_t kCharactersOfWord = 2;

// What sets things beside one another. Beginnings of words, whole words, Chinese.
constexpr std::string_view kRelatingStems[] = {
    "unlike",     "versus",  "instead", "except",     "replac", "supersed",   "successor",
    "succeed",    "predece", "compar",  "compatib",   "upgrad", "interchang", "similar",
    "alternativ", "besides", "differ",  "equivalent", "identic"};
constexpr std::string_view kRelatingWords[] = {"than", "like", "vs", "same"};
constexpr std::string_view kRelatingChinese[] = {
    "替代", "取代", "代替", "替换", "后继", "前身", "升级", "相比", "相较", "不同",
    "区别", "兼容", "通用", "互换", "相同", "一样", "类似", "除",   "比它", "比其"};
// In a question only.
constexpr std::string_view kAskingBesideStems[] = {"newer", "older",  "next", "other",
                                                   "anoth", "series", "else"};
constexpr std::string_view kAskingBesidePhrases[] = {
    "which model", "what model", "which version", "which type", "哪个型号", "哪款",
    "哪些型号",    "哪种型号",   "什么型号",      "系列",       "其他",     "其它",
    "别的",        "另",         "下一代",        "上一代",     "新款"};
// Before what a sentence does not speak of, though it begins so: "with the HY-400 it ...".
constexpr std::string_view kBeforeOthers[] = {
    "as",    "to",      "from",    "with", "by",  "into", "after", "before", "since", "until",
    "about", "without", "against", "not",  "no",  "but",  "and",   "or",     "all",   "each",
    "every", "both",    "any",     "it",   "its", "they", "their", "this",   "these", "that",
    "is",    "are",     "was",     "were", "has", "have", "can",   "must",   "may",   "will"};
constexpr std::string_view kChineseBeforeOthers[] = {
    "与", "和", "跟", "同", "像", "从", "至", "到", "由", "被", "把", "将", "向",   "它",  "其",
    "该", "本", "此", "用", "接", "比", "及", "或", "不", "是", "为", "有", "支持", "符合"};
constexpr std::string_view kArticles[] = {"the", "a", "an", "our", "model", "type"};
constexpr std::string_view kTopicBehind[] = {"for", "of"};
// Behind a code and before what bounds it, P6级及以上. Of text that was evened.
constexpr std::string_view kRanksBehindCode[] = {"级", "档", "檔", "型", "号"};
// Of an order of codes, beside the bounds of numbers.
constexpr std::string_view kOpenBehindCode[] = {
    "and higher", "or higher", "and up",    "and upwards", "or upwards", "upwards",
    "and later",  "or later",  "and newer", "or newer",    "and lower",  "or lower",
    "及更高",     "或更高",    "及更低",    "或更低",      "起"};
constexpr std::string_view kNotOpenBehind[] = {"重", "动", "動", "升", "吊",
                                               "飞", "飛", "火", "泡", " to "};
constexpr std::string_view kTopicClauseMarks[] = {"，", "；", "：", "、", ",", ";", ":"};

bool HoldsStem(const std::vector<Word>& words, std::span<const std::string_view> stems) {
  return std::ranges::any_of(words,
                             [&](const Word& word) { return StartsWithAny(word.text, stems); });
}

bool HoldsWord(const std::vector<Word>& words, std::span<const std::string_view> list) {
  return std::ranges::any_of(
      words, [&](const Word& word) { return std::ranges::find(list, word.text) != list.end(); });
}

// `folded` text.
bool SetsBeside(std::string_view folded) {
  const std::vector<Word> words = Words(folded);
  return HoldsStem(words, kRelatingStems) || HoldsWord(words, kRelatingWords) ||
         ContainsAny(folded, kRelatingChinese);
}

// Whether a sentence or clause that begins with `before` speaks of what stands behind.
bool BeginsTopic(std::string_view before) {
  const std::string folded = Fold(before);
  const std::vector<Word> words = Words(folded);
  size_t count = 0;
  for (const Word& word : words) {
    count += IsAscii(word.text[0])
                 ? size_t{1}
                 : (CountCodePoints(word.text) + kCharactersOfWord - 1) / kCharactersOfWord;
  }
  return count <= kMostBeforeTopic && !HoldsWord(words, kBeforeOthers) &&
         !ContainsAny(folded, kChineseBeforeOthers);
}

// Behind the last mark that ends a clause.
std::string_view LastClause(std::string_view before) {
  size_t begin = 0;
  for (const std::string_view mark : kTopicClauseMarks) {
    const size_t at = before.rfind(mark);
    if (at != before.npos) begin = std::max(begin, at + mark.size());
  }
  return before.substr(begin);
}

// "12 l are needed for the", "the oil of".
bool EndsBeforeTopic(std::string_view before) {
  const std::string folded = Fold(before);
  std::vector<Word> words = Words(folded);
  while (!words.empty() && IsOneOf(words.back().text, kArticles)) words.pop_back();
  return !words.empty() && IsOneOf(words.back().text, kTopicBehind);
}

// Whether what stands behind a code, which ends at byte `at`, makes it the least or the greatest of several: "G5 and
// higher", P6级起; not HX-400起重机.
bool IsOpenBehind(std::string_view even, size_t at) {
  for (const std::string_view rank : kRanksBehindCode) {
    if (even.substr(at).starts_with(rank)) at += rank.size();
  }
  size_t end = 0;
  if (CueBehind(even, at, end) != nullptr) return true;
  const std::string_view behind = TrimBlanks(even.substr(at));
  return std::ranges::any_of(kOpenBehindCode, [&](std::string_view cue) {
    if (!behind.starts_with(cue)) return false;
    const std::string_view rest = behind.substr(cue.size());
    const bool is_other_word = IsAscii(cue[0]) && !rest.empty() && IsAsciiLetter(rest[0]);
    return !is_other_word && !StartsWithAny(rest, kNotOpenBehind);
  });
}

// Whether one of the places is the end of a range of codes: "HY-200 to HY-400", "HY-200 and above", "over DN250".
bool StatesRange(std::string_view text, std::span<const AskedCodes::Place> places) {
  const std::string even = EvenForNumbers(text);
  for (size_t i = 0; i < places.size(); ++i) {
    const ByteRange& range = places[i].range;
    const std::string_view name = text.substr(range.begin, range.end - range.begin);
    const bool is_joined = CodesNamed(name).size() > 1 && name.find('/') == name.npos;
    size_t begin = 0;
    if (is_joined || IsOpenBehind(even, range.end) ||
        CueBefore(even, range.begin, begin) != nullptr) {
      return true;
    }
    if (i + 1 == places.size() || places[i + 1].range.begin < range.end) continue;
    const std::string_view between =
        TrimBlanks(std::string_view(even).substr(range.end, places[i + 1].range.begin - range.end));
    if (JoinsEnds(between) || between == "through") return true;
  }
  return false;
}

}  // namespace

bool AsksBesideCodes(std::string_view question) {
  const std::string folded = Fold(question);
  return SetsBeside(folded) || HoldsStem(Words(folded), kAskingBesideStems) ||
         ContainsAny(folded, kAskingBesidePhrases);
}

CodesAbove CodesAboveOf(std::string_view title, const std::vector<std::string>& headings,
                        const AskedCodes& codes, const Analyzer& analyzer) {
  CodesAbove above;
  const auto read = [&](std::string_view text, bool is_title) {
    bool names_asked = false;
    std::optional<AskedCodes::Kin> sibling;
    for (const AskedCodes::Place& place : codes.PlacesIn(text, analyzer.Tokenize(text))) {
      names_asked = names_asked || place.is_asked;
      if (!sibling) sibling = place.sibling;
    }
    if (names_asked && !sibling) above.is_asked = true;
    if (is_title || !sibling || SetsBeside(Fold(text))) return;
    above.sibling = names_asked ? std::nullopt : sibling;  // of the heading nearest to the sentence
  };
  read(title, true);
  for (const std::string& heading : headings) read(heading, false);
  if (above.is_asked) above.sibling.reset();
  return above;
}

std::optional<AskedCodes::Kin> SiblingSpokenOf(std::string_view text, ByteRange sentence,
                                               bool is_row,
                                               const std::vector<AskedCodes::Place>& places,
                                               const CodesAbove& above) {
  if (above.is_asked) return std::nullopt;
  std::vector<AskedCodes::Place> own;  // by bytes of the sentence
  bool follows_asked = false;
  for (const AskedCodes::Place& place : places) {
    if (place.range.begin >= sentence.end) break;
    if (place.range.begin < sentence.begin) {
      follows_asked = follows_asked || place.is_asked;
      continue;
    }
    if (place.is_asked) return std::nullopt;
    own.push_back(place);
    own.back().range.begin -= sentence.begin;
    own.back().range.end -= sentence.begin;
  }
  if (own.empty()) return above.sibling;
  const std::string_view said = text.substr(sentence.begin, sentence.end - sentence.begin);
  if (StatesRange(said, own)) return std::nullopt;
  if (is_row) return own[0].range.begin < said.find("; ") ? own[0].sibling : std::nullopt;
  if (SetsBeside(Fold(said))) return std::nullopt;
  if (EndsWithQuestionMark(said)) return own[0].sibling;
  const std::string_view before = said.substr(0, own[0].range.begin);
  const std::string_view behind = said.substr(std::min(own[0].range.end, said.size()));
  const bool is_topic = BeginsTopic(before) ||
                        (!follows_asked && (BeginsTopic(LastClause(before)) ||
                                            EndsBeforeTopic(before) || behind.starts_with("的")));
  return is_topic ? own[0].sibling : std::nullopt;
}

}  // namespace quarry::model
