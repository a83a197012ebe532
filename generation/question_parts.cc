#include "generation/question_parts.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/follow_up_words.h"

namespace quarry::generation {
namespace {

// Who asks more at once, or at greater length, tells a story.
constexpr size_t kMostParts = 3;
constexpr size_t kMostBytesOfParts = 600;

constexpr std::string_view kPartAsking = "who|whom|whose|what|which|when|where|why|how";
// Of those the words that also begin a clause about what stands before them.
constexpr std::string_view kPartRelatives = "who|whom|what|which|when|where";
constexpr std::string_view kPartPrepositions = "by|from|to|for|in|at|on|since|until|of|with|under";
constexpr std::string_view kPartAuxiliaries =
    "is|are|was|were|do|does|did|can|could|must|may|might|should|will|would|shall|has|have|had";
// These open a question before any subject; the others also go on with a sentence: "and is the heaviest".
constexpr std::string_view kPartOpeners = "do|does|did|can|must|may|should|will";
constexpr std::string_view kPartBeing = "is|are|was|were|has|have";
constexpr std::string_view kPartDegrees =
    "many|much|long|often|old|far|high|tall|big|large|small|deep|heavy|fast|hot|cold|warm|wide|"
    "thick|"
    "soon|late|early|strong|to";
constexpr std::string_view kPartSubjects =
    "it|they|he|she|there|this|that|these|those|one|i|we|you|the|a|an|my|our|your|his|her|its|"
    "their";
constexpr size_t kWordsOfWhat = 3;  // "and which above?" shares the verb of what stands before it
constexpr size_t kWordsOfQuestion = 3;  // "what time and where ...": that of what stands behind it

// What they stand for is named behind them where nothing is before.
constexpr std::string_view kPartPronouns = "it|they|them|he|him|she|its|their|his";
constexpr size_t kWordsWithPronoun = 1;  // "how much does it cost"

// Whether a part says hardly more than a pronoun, and what that stands for is said behind it, if at all: "How much
// does it cost and how heavy is the Merle?"
bool SpeaksAheadInEnglish(std::string_view part) {
  bool has_pronoun = false;
  size_t others = 0;
  for (const follow_up::Word& word : follow_up::WordsOf(part)) {
    const auto is = [&](std::string_view list) { return follow_up::IsOneOf(word.folded, list); };
    if (is(kPartPronouns)) {
      has_pronoun = true;
    } else if (!is(kPartAsking) && !is(kPartAuxiliaries) && !is(kPartDegrees) &&
               !is(kPartSubjects) && !is(kPartPrepositions)) {
      ++others;
    }
  }
  return has_pronoun && others <= kWordsWithPronoun;
}

// An English question being divided.
class EnglishQuestionParts {
 public:
  explicit EnglishQuestionParts(std::string_view question)
      : text_(question), words_(follow_up::WordsOf(question)) {}

  std::vector<std::string> Divide() const {
    std::vector<std::string> parts;
    size_t begin = 0;
    for (size_t i = 2; i < words_.size(); ++i) {
      if (i < begin + 2) continue;
      const size_t next = NextPart(begin, i);
      if (next == kNone) continue;
      parts.push_back(Part(begin, i));
      begin = next;
    }
    if (!parts.empty()) parts.push_back(Part(begin, words_.size()));
    return parts;
  }

 private:
  static constexpr size_t kNone = std::string_view::npos;

  std::string Part(size_t begin, size_t end) const {
    const size_t first = words_[begin].begin;
    return std::string(text_.substr(first, words_[end - 1].end - first)) + "?";
  }

  // What stands between word i and the one before.
  std::string_view Between(size_t i) const {
    return text_.substr(words_[i - 1].end, words_[i].begin - words_[i - 1].end);
  }

  // Where the next part begins if the one from `begin` on ends before word i.
  size_t NextPart(size_t begin, size_t i) const {
    const bool is_ended = Between(i).find('?') != kNone;
    const bool is_joined = words_[i].folded == "and";
    const bool is_marked = is_ended || is_joined || Between(i).find(';') != kNone;
    const bool is_listed = Between(i).find(',') != kNone && IsOfList(begin, i);
    if (!is_marked && !is_listed) return kNone;
    const size_t next = is_joined ? i + 1 : i;
    if (next >= words_.size() || !Asks(begin, i)) return kNone;
    const size_t asking = AskingWord(next);
    if (asking == kNone) {
      const bool opens = is_ended && follow_up::IsOneOf(words_[next].folded, kPartAuxiliaries);
      return opens ? next : kNone;
    }
    if (!is_marked && MayBeRelative(asking)) return kNone;
    const bool is_coordinated = !is_ended && Between(i).find(';') == kNone;
    if (is_coordinated && SharesVerb(begin, i, words_[asking].folded)) return kNone;
    return !is_ended && IsRelative(begin, i, words_[asking].folded) ? kNone : next;
  }

  // "Mary Hale, who led the board": behind a comma it asks only before an auxiliary.
  bool MayBeRelative(size_t asking) const {
    return follow_up::IsOneOf(words_[asking].folded, "who|whom|which|when|where") &&
           (asking + 1 >= words_.size() ||
            !follow_up::IsOneOf(words_[asking + 1].folded, kPartAuxiliaries));
  }

  // Whether what stands from `begin` on before word i has the verb of the question behind it, which opens with
  // `next_asking`: "how much and how often is it due?"; but "how many pumps failed and who repaired them?"
  bool SharesVerb(size_t begin, size_t i, std::string_view next_asking) const {
    if (i - begin < kWordsOfQuestion) return true;
    const std::string_view second = words_[begin + 1].folded;
    const bool is_how = words_[begin].folded == "how";
    const bool is_led = follow_up::IsOneOf(words_[begin].folded, kPartPrepositions) &&
                        follow_up::IsOneOf(second, kPartAsking);
    if ((!is_how && !is_led) || second == "to") return false;
    for (size_t word = begin; word < i; ++word) {
      if (follow_up::IsOneOf(words_[word].folded, kPartAuxiliaries)) return false;
    }
    const bool may_be_subject = is_how && follow_up::IsOneOf(second, "many|much") &&
                                i - begin > kWordsOfQuestion && next_asking != "how";
    return !may_be_subject;
  }

  // Whether a comma before word i stands in a list of questions: "what does it cost, how long is it valid, and who ..".
  bool IsOfList(size_t begin, size_t i) const {
    const bool opens =
        AskingWord(begin) != kNone || follow_up::IsOneOf(words_[begin].folded, kPartAuxiliaries);
    if (!opens) return false;
    for (size_t last = i + 1; last + 1 < words_.size(); ++last) {
      if (words_[last].folded == "and" && AskingWord(last + 1) != kNone) return true;
    }
    return false;
  }

  bool Asks(size_t begin, size_t end) const {
    if (follow_up::IsOneOf(words_[begin].folded, kPartAuxiliaries)) return true;
    for (size_t i = begin; i < end; ++i) {
      if (follow_up::IsOneOf(words_[i].folded, kPartAsking)) return true;
    }
    return false;
  }

  // Whether the word, which opens the next part, stands within the part before it: "drivers who .. and who ..".
  bool IsRelative(size_t begin, size_t end, std::string_view word) const {
    if (!follow_up::IsOneOf(word, kPartRelatives)) return false;
    const bool is_led = follow_up::IsOneOf(words_[begin].folded, kPartPrepositions);
    for (size_t i = begin + (is_led ? 2 : 1); i < end; ++i) {
      if (words_[i].folded == word) return true;
    }
    return false;
  }

  // The word that asks in a question that opens at word `at`.
  size_t AskingWord(size_t at) const {
    size_t asking = at;
    if (follow_up::IsOneOf(words_[at].folded, kPartPrepositions) && at + 1 < words_.size() &&
        follow_up::IsOneOf(words_[at + 1].folded, kPartAsking)) {
      ++asking;
    }
    const std::string_view word = words_[asking].folded;
    const bool is_last = asking + 1 == words_.size() || Between(asking + 1).find('?') != kNone;
    const std::string_view next = is_last ? "" : std::string_view(words_[asking + 1].folded);
    bool asks = false;
    if (follow_up::IsOneOf(word, "who|whom")) {
      asks = true;
    } else if (follow_up::IsOneOf(word, "what|which")) {
      asks = asking + kWordsOfWhat <= words_.size();
    } else if (follow_up::IsOneOf(word, "when|where|why")) {
      asks = is_last || follow_up::IsOneOf(next, kPartAuxiliaries);
    } else if (word == "how") {
      asks = is_last || follow_up::IsOneOf(next, kPartAuxiliaries) ||
             follow_up::IsOneOf(next, kPartDegrees);
    } else if (follow_up::IsOneOf(word, kPartOpeners)) {
      asks = follow_up::IsOneOf(next, kPartSubjects);
    } else if (follow_up::IsOneOf(word, kPartBeing)) {
      asks = follow_up::IsOneOf(next, "it|they|he|she|there");
    }
    return asks ? asking : kNone;
  }

  const std::string_view text_;
  const std::vector<follow_up::Word> words_;
};

constexpr std::string_view kPartMarks[] = {"，", "；", "？", "。", "！", ",", ";", "?", "!"};
constexpr std::string_view kPartConnectors[] = {"以及", "并且", "並且", "而且",
                                                "另外", "还有", "還有"};
constexpr std::string_view kPartAskingChinese[] = {
    "什么",   "什麼",   "谁",     "誰",     "哪",     "多少",    "多大", "多长", "多長",
    "多高",   "多远",   "多遠",   "多深",   "多宽",   "多寬",    "多厚", "多快", "多久",
    "多重",   "何时",   "何時",   "何地",   "何处",   "何處",    "何人", "为何", "為何",
    "如何",   "怎么",   "怎麼",   "怎样",   "怎樣",   "吗",      "嗎",   "是否", "是不是",
    "能不能", "会不会", "會不會", "有没有", "有沒有", "可不可以"};
// Words that ask about a verb behind them: 何时举行. Those of the second list do only where nothing stands before them.
constexpr std::string_view kPartAdverbs[] = {"何时",     "何時",     "何地",    "为何", "為何",
                                             "为什么",   "為什麼",   "怎么",    "怎麼", "什么时候",
                                             "什麼時候", "什么时间", "什麼時間"};
constexpr std::string_view kPartBare[] = {"谁",   "誰",   "何人", "哪里", "哪裡", "哪儿",
                                          "何处", "何處", "如何", "怎样", "怎樣"};
constexpr std::string_view kPartLeading[] = {"由", "在", "从", "從", "向", "给", "給",
                                             "对", "對", "被", "与", "與", "于", "於"};
// Behind them they need none: 建于何时, 是什么时候.
constexpr std::string_view kPartBeforeObject[] = {"是", "于", "於", "在", "到", "自"};
constexpr std::string_view kPartCounted[] = {"个", "個", "年", "月", "天", "次", "种", "種", "位",
                                             "人", "台", "层", "層", "周", "小", "分", "点", "點",
                                             "号", "號", "家", "条", "條", "岁", "歲", "米"};
// What makes no difference, and what tells when.
constexpr std::string_view kPartAnyBegins[] = {"不管", "无论", "無論", "不论", "不論"};
constexpr std::string_view kPartWhenEnds[] = {"下", "后", "後", "时", "時", "前", "中"};
constexpr std::string_view kPartWhenAsked[] = {"何时", "何時"};

// Behind them a word that asks means any: 任何, 没什么, 无论如何.
constexpr std::string_view kPartBeforeAny[] = {"任",   "没",   "沒",   "没有", "沒有",
                                               "不管", "无论", "無論", "不论", "不論"};
// And before 都: 谁都可以; but 哪些都要, 为什么都.
constexpr std::string_view kPartAnyThing[] = {"什么时候", "什麼時候", "什么", "什麼", "谁",  "誰",
                                              "何时",     "何時",     "何地", "何处", "何處"};
constexpr std::string_view kPartAnyOne[] = {"哪里", "哪裡",   "哪儿",   "哪兒",  "哪个",
                                            "哪個", "哪天",   "哪位",   "哪家",  "哪种",
                                            "哪種", "哪一天", "哪一个", "哪一個"};
// Behind them 几 is some: 最近几年, 十几个; at the beginning also 前几天. The hour is asked for all the same: 码头几点关门.
constexpr std::string_view kPartBeforeSome[] = {
    "这", "這", "那", "近", "过去", "過去", "未来", "未來", "下来", "下來", "好", "十", "没", "沒"};
constexpr std::string_view kPartSomeBegins[] = {"前", "头", "頭"};
constexpr std::string_view kPartOfClock[] = {"点", "點", "号", "號"};

constexpr std::string_view kPartChinesePronouns[] = {"它", "牠", "他", "她"};
constexpr std::string_view kPartOthers[] = {"他人", "他方", "他国", "他國"};
constexpr size_t kCharactersWithPronoun = 8;  // 它由哪家公司制造

// Whether a stretch before a connector has the verb of what stands behind that: 开幕式何时以及在哪里举行.
bool StretchSharesVerb(std::string_view text) {
  std::string_view bare = text;
  size_t size = 0;
  if (follow_up::StartsWithAny(bare, kPartLeading, size)) bare.remove_prefix(size);
  if (std::ranges::find(kPartBare, bare) != std::end(kPartBare)) return true;
  for (const std::string_view adverb : kPartAdverbs) {
    if (bare == adverb) return true;
    if (!text.ends_with(adverb)) continue;
    const std::string_view before = text.substr(0, text.size() - adverb.size());
    if (!EndsWithAny(before, kPartBeforeObject)) return true;
  }
  return false;
}

// Whether the word that asks at the beginning of `rest` means any: 任何人, 谁都可以, 哪怕.
bool MeansAny(std::string_view before, std::string_view rest) {
  if (rest.starts_with("吗") || rest.starts_with("嗎")) return false;
  if (EndsWithAny(before, kPartBeforeAny) || rest.starts_with("哪怕")) return true;
  const auto is_of_all = [&](std::string_view word) {
    return rest.starts_with(word) && rest.substr(word.size()).starts_with("都");
  };
  if (std::ranges::any_of(kPartAnyOne, is_of_all)) return true;
  const bool asks_why = before.ends_with("为") || before.ends_with("為");
  return !asks_why && std::ranges::any_of(kPartAnyThing, is_of_all);
}

// Whether 几, which stands before `counted`, is some: 最近几年.
bool MeansSome(std::string_view before, std::string_view counted) {
  if (StartsWithAny(counted, kPartOfClock)) return false;
  if (before.starts_with("在")) before.remove_prefix(std::string_view("在").size());
  return EndsWithAny(before, kPartBeforeSome) ||
         std::ranges::find(kPartSomeBegins, before) != std::end(kPartSomeBegins);
}

// Whether a stretch between two marks asks something.
bool StretchAsks(std::string_view text) {
  const bool tells_when = EndsWithAny(text, kPartWhenEnds) && !EndsWithAny(text, kPartWhenAsked);
  if (tells_when || StartsWithAny(text, kPartAnyBegins)) return false;
  for (size_t at = 0; at < text.size(); NextCodePoint(text, at)) {
    const std::string_view rest = text.substr(at);
    const std::string_view before = text.substr(0, at);
    if (StartsWithAny(rest, kPartAskingChinese) && !MeansAny(before, rest)) return true;
    for (const std::string_view some : {std::string_view("几"), std::string_view("幾")}) {
      if (!rest.starts_with(some)) continue;
      const std::string_view counted = rest.substr(some.size());
      if (StartsWithAny(counted, kPartCounted) && !MeansSome(before, counted)) return true;
    }
  }
  return false;
}

// The stretches between marks, and from words on that join, without both.
std::vector<std::string_view> StretchesOf(std::string_view text) {
  std::vector<std::string_view> stretches;
  size_t begin = 0;
  const auto end_at = [&](size_t end) {
    const std::string_view stretch = Trim(text.substr(begin, end - begin));
    if (!stretch.empty()) stretches.push_back(stretch);
  };
  const auto size_of = [&](size_t at, std::span<const std::string_view> list) {
    size_t size = 0;
    return follow_up::StartsWithAny(text.substr(at), list, size) ? size : 0;
  };
  for (size_t at = 0; at < text.size();) {
    // "1,180" is one number.
    const bool is_in_number = text[at] == ',' && at + 1 < text.size() && IsAsciiDigit(text[at + 1]);
    size_t size = is_in_number ? 0 : size_of(at, kPartMarks);
    if (size == 0) {
      size = size_of(at, kPartConnectors);
      if (size > 0 && StretchSharesVerb(Trim(text.substr(begin, at - begin)))) size = 0;
    }
    if (size == 0) {
      NextCodePoint(text, at);
      continue;
    }
    end_at(at);
    at += size;
    begin = at;
  }
  end_at(text.size());
  return stretches;
}

// What asks nothing belongs to what is asked behind it.
std::vector<std::string> DivideChinese(std::string_view question) {
  std::vector<std::string> parts;
  std::string told;
  for (const std::string_view stretch : StretchesOf(question)) {
    if (!told.empty()) told += "，";
    told += stretch;
    if (!StretchAsks(stretch)) continue;
    parts.push_back(std::move(told) + "？");
    told.clear();
  }
  if (!told.empty() && !parts.empty()) {
    std::string& last = parts.back();
    last = follow_up::WithoutEnd(last) + "，" + told + "？";
  }
  return parts;
}

// 它多少钱，摩托艇梅尔有多重？ 谁造了它，...
bool SpeaksAheadInChinese(std::string_view part) {
  const std::string said = follow_up::WithoutEnd(part);
  const bool begins =
      StartsWithAny(said, kPartChinesePronouns) && !StartsWithAny(said, kPartOthers);
  return (begins || said.ends_with("了它")) && CountCodePoints(said) <= kCharactersWithPronoun;
}

}  // namespace

std::vector<QuestionPart> PartsOfQuestion(std::string_view question) {
  if (question.size() > kMostBytesOfParts) return {};
  const bool is_chinese = DetectLanguage(question) == "zh";
  const std::vector<std::string> said =
      is_chinese ? DivideChinese(question) : EnglishQuestionParts(question).Divide();
  if (said.size() < 2 || said.size() > kMostParts) return {};
  if (is_chinese ? SpeaksAheadInChinese(said[0]) : SpeaksAheadInEnglish(said[0])) return {};
  std::vector<QuestionPart> parts;
  std::vector<ConversationTurn> turns;
  for (const std::string& part : said) {
    parts.push_back({.said = part, .standalone = StandAlone(turns, part)});
    turns.push_back({.by_user = true, .text = part});
  }
  return parts;
}

}  // namespace quarry::generation
