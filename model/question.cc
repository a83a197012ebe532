#include "model/question.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/asserted_value.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr double kWithDigits = 1.5;
constexpr double kWeak = 0.4;
constexpr double kLeftOver = 0.1;      // one Chinese character, beside a question word
constexpr double kWordsOfAPair = 0.5;  // a Chinese word is two characters long, and pairs overlap

struct Cue {
  std::string_view text;
  AnswerKind kind;
  bool remove = true;  // false: a word that only looks like a question word
};

// What is asked of each and of all, and what goes with 多少钱: cut out as question words are. "A和B的分别" are how they
// differ, and 分别 at the end is a verb. Nor are they cut out of 第一共和国 and 部分别墅; but out of 系统一共.
constexpr Cue kChinesePhrases[] = {
    {"第一共", AnswerKind::kAny, false},
    {"唯一共", AnswerKind::kAny, false},
    {"统一共享", AnswerKind::kAny, false},
    {"統一共享", AnswerKind::kAny, false},
    {"一共和国", AnswerKind::kAny, false},
    {"一共和國", AnswerKind::kAny, false},
    {"分别墅", AnswerKind::kAny, false},
    {"分別墅", AnswerKind::kAny, false},
    {"部分别的", AnswerKind::kAny, false},
    {"部分別的", AnswerKind::kAny, false},
    {"的分别", AnswerKind::kAny, false},
    {"的分別", AnswerKind::kAny, false},
    {"分别？", AnswerKind::kAny, false},
    {"分別？", AnswerKind::kAny, false},
    {"分别", AnswerKind::kAny},
    {"分別", AnswerKind::kAny},
    {"一共", AnswerKind::kAny},
    {"总共", AnswerKind::kAny},
    {"總共", AnswerKind::kAny},
    {"需要花多少钱", AnswerKind::kMoney},
    {"需要花多少錢", AnswerKind::kMoney},
    {"要花多少钱", AnswerKind::kMoney},
    {"要花多少錢", AnswerKind::kMoney},
    {"得花多少钱", AnswerKind::kMoney},
    {"得花多少錢", AnswerKind::kMoney},
    {"要多少钱", AnswerKind::kMoney},
    {"要多少錢", AnswerKind::kMoney},
};

// Chinese question words, the longer ones first. They are cut out before the question is analysed:
// pairs of characters that straddle one occur in no passage.
constexpr Cue kChineseCues[] = {
    {"几何", AnswerKind::kAny, false}, {"幾何", AnswerKind::kAny, false},
    {"多少钱", AnswerKind::kMoney},    {"多少錢", AnswerKind::kMoney},
    {"多少元", AnswerKind::kMoney},    {"多少块钱", AnswerKind::kMoney},
    {"多少塊錢", AnswerKind::kMoney},  {"几块钱", AnswerKind::kMoney},
    {"幾塊錢", AnswerKind::kMoney},    {"几元", AnswerKind::kMoney},
    {"什么时候", AnswerKind::kTime},   {"什麼時候", AnswerKind::kTime},
    {"什么时间", AnswerKind::kTime},   {"什麼時間", AnswerKind::kTime},
    {"什么地方", AnswerKind::kPlace},  {"什麼地方", AnswerKind::kPlace},
    {"什么原因", AnswerKind::kReason}, {"什麼原因", AnswerKind::kReason},
    {"为什么", AnswerKind::kReason},   {"為什麼", AnswerKind::kReason},
    {"什么人", AnswerKind::kPerson},   {"什麼人", AnswerKind::kPerson},
    {"哪一年", AnswerKind::kTime},     {"哪一天", AnswerKind::kTime},
    {"哪个人", AnswerKind::kPerson},   {"怎么样", AnswerKind::kAny},
    {"怎麼樣", AnswerKind::kAny},      {"有没有", AnswerKind::kAny},
    {"有沒有", AnswerKind::kAny},      {"是不是", AnswerKind::kAny},
    {"能不能", AnswerKind::kAny},      {"哪一个", AnswerKind::kAny},
    {"哪一個", AnswerKind::kAny},      {"哪几个", AnswerKind::kAny},
    {"哪两个", AnswerKind::kAny},      {"哪一", AnswerKind::kAny},
    {"何时", AnswerKind::kTime},       {"何時", AnswerKind::kTime},
    {"哪年", AnswerKind::kTime},       {"哪天", AnswerKind::kTime},
    {"几年", AnswerKind::kTime},       {"几月", AnswerKind::kTime},
    {"几号", AnswerKind::kTime},       {"几点", AnswerKind::kTime},
    {"何地", AnswerKind::kPlace},      {"何处", AnswerKind::kPlace},
    {"何處", AnswerKind::kPlace},      {"哪里", AnswerKind::kPlace},
    {"哪裡", AnswerKind::kPlace},      {"哪裏", AnswerKind::kPlace},
    {"哪儿", AnswerKind::kPlace},      {"哪兒", AnswerKind::kPlace},
    {"何人", AnswerKind::kPerson},     {"哪位", AnswerKind::kPerson},
    {"为何", AnswerKind::kReason},     {"為何", AnswerKind::kReason},
    {"为啥", AnswerKind::kReason},     {"多少", AnswerKind::kNumber},
    {"多大", AnswerKind::kNumber},     {"多长", AnswerKind::kNumber},
    {"多長", AnswerKind::kNumber},     {"多高", AnswerKind::kNumber},
    {"多远", AnswerKind::kNumber},     {"多遠", AnswerKind::kNumber},
    {"多深", AnswerKind::kNumber},     {"多硬", AnswerKind::kNumber},
    {"多宽", AnswerKind::kNumber},     {"多寬", AnswerKind::kNumber},
    {"多厚", AnswerKind::kNumber},     {"多快", AnswerKind::kNumber},
    {"多久", AnswerKind::kNumber},     {"多重", AnswerKind::kNumber},
    {"几个", AnswerKind::kNumber},     {"幾個", AnswerKind::kNumber},
    {"什么", AnswerKind::kAny},        {"什麼", AnswerKind::kAny},
    {"如何", AnswerKind::kAny},        {"怎么", AnswerKind::kAny},
    {"怎麼", AnswerKind::kAny},        {"怎样", AnswerKind::kAny},
    {"怎樣", AnswerKind::kAny},        {"是否", AnswerKind::kAny},
    {"请问", AnswerKind::kAny},        {"請問", AnswerKind::kAny},
    {"哪些", AnswerKind::kAny},        {"哪个", AnswerKind::kAny},
    {"哪個", AnswerKind::kAny},        {"哪种", AnswerKind::kAny},
    {"哪種", AnswerKind::kAny},        {"有何", AnswerKind::kAny},
    {"几天", AnswerKind::kNumber},     {"几次", AnswerKind::kNumber},
    {"几种", AnswerKind::kNumber},     {"几位", AnswerKind::kNumber},
    {"几人", AnswerKind::kNumber},     {"几台", AnswerKind::kNumber},
    {"几层", AnswerKind::kNumber},     {"几周", AnswerKind::kNumber},
    {"几小时", AnswerKind::kNumber},   {"几分钟", AnswerKind::kNumber},
    {"谁", AnswerKind::kPerson},       {"誰", AnswerKind::kPerson},
    {"几", AnswerKind::kNumber},       {"幾", AnswerKind::kNumber},
    {"哪", AnswerKind::kAny},          {"吗", AnswerKind::kAny},
    {"嗎", AnswerKind::kAny},          {"呢", AnswerKind::kAny},
    {"啥", AnswerKind::kAny},
};

// English question words, the longer ones first.
constexpr Cue kEnglishCues[] = {
    {"how many ", AnswerKind::kNumber},
    {"how much ", AnswerKind::kNumber},
    {"how old ", AnswerKind::kNumber},
    {"how long ", AnswerKind::kNumber},
    {"how far ", AnswerKind::kNumber},
    {"how high ", AnswerKind::kNumber},
    {"how tall ", AnswerKind::kNumber},
    {"how big ", AnswerKind::kNumber},
    {"how large ", AnswerKind::kNumber},
    {"how often ", AnswerKind::kNumber},
    {"how hot ", AnswerKind::kNumber},
    {"how fast ", AnswerKind::kNumber},
    {"how deep ", AnswerKind::kNumber},
    {"how heavy ", AnswerKind::kNumber},
    {"what percentage ", AnswerKind::kNumber},
    {"what percent ", AnswerKind::kNumber},
    {"what number ", AnswerKind::kNumber},
    {"what is the number ", AnswerKind::kNumber},
    {"what year ", AnswerKind::kTime},
    {"which year ", AnswerKind::kTime},
    {"what date ", AnswerKind::kTime},
    {"what day ", AnswerKind::kTime},
    {"which day ", AnswerKind::kTime},
    {"what month ", AnswerKind::kTime},
    {"which month ", AnswerKind::kTime},
    {"what century ", AnswerKind::kTime},
    {"what decade ", AnswerKind::kTime},
    {"what time ", AnswerKind::kTime},
    {"what country ", AnswerKind::kPlace},
    {"what city ", AnswerKind::kPlace},
    {"which country ", AnswerKind::kPlace},
    {"which city ", AnswerKind::kPlace},
    {"what state ", AnswerKind::kPlace},
    {"where ", AnswerKind::kPlace},
    {"who ", AnswerKind::kPerson},
    {"whom ", AnswerKind::kPerson},
    {"whose ", AnswerKind::kPerson},
    {"why ", AnswerKind::kReason},
    {"what ", AnswerKind::kAny},
    {"which ", AnswerKind::kAny},
    {"how ", AnswerKind::kAny},
};

// What the cues begin with, one behind the other: most words and characters begin none.
template <size_t kCues>
std::string FirstCharacters(const Cue (&cues)[kCues]) {
  std::string characters;
  for (const Cue& cue : cues) {
    size_t end = 0;
    NextCodePoint(cue.text, end);
    characters += cue.text.substr(0, end);
  }
  return characters;
}

// The kind that the first question word of `folded` asks for: lower-case words, each with a space
// behind it. "When" is one only if there is no other: "what happens when the pump stops".
AnswerKind EnglishKind(std::string_view folded) {
  static const std::string first_characters = FirstCharacters(kEnglishCues);
  bool when = false;
  for (size_t begin = 0; begin < folded.size(); begin = folded.find(' ', begin) + 1) {
    const std::string_view rest = folded.substr(begin);
    if (first_characters.find(rest.front()) == first_characters.npos) continue;
    if (rest.starts_with("when ")) when = true;
    for (const Cue& cue : kEnglishCues) {
      if (rest.starts_with(cue.text)) return cue.kind;
    }
  }
  return when ? AnswerKind::kTime : AnswerKind::kAny;
}

// Of "what time" and "which city" the second word: it names the kind of the answer, in whose stead the sentence holds
// the answer itself. Empty where no such words stand in `text`, of which `words` are.
ByteRange KindWord(const std::vector<Word>& words, std::string_view text) {
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string asking = AsciiLower(words[i - 1].text);
    if (asking != "what" && asking != "which") continue;
    const std::string both = asking + ' ' + AsciiLower(words[i].text) + ' ';
    if (std::ranges::none_of(kEnglishCues, [&](const Cue& cue) { return cue.text == both; }))
      continue;
    const auto begin = static_cast<size_t>(words[i].text.data() - text.data());
    return {begin, begin + words[i].text.size()};
  }
  return {};
}

// "How much does it cost", "what does it cost": `folded` as for EnglishKind, which gave `kind`.
bool AsksForMoney(AnswerKind kind, std::string_view folded) {
  const auto holds = [&](std::string_view words) { return folded.find(words) != folded.npos; };
  // Not before a noun, which it counts: "how much paid leave", "how much time is there to pay".
  constexpr std::string_view kHowMuch = "how much ";
  constexpr std::string_view kBehindHowMuch[] = {
      "money", "do",  "does",  "did", "is",   "are",    "was", "were", "has", "have", "had", "will",
      "would", "can", "could", "may", "must", "should", "to",  "i",    "we",  "you",  "they"};
  if (const size_t at = folded.find(kHowMuch); kind == AnswerKind::kNumber && at != folded.npos) {
    const std::string_view behind = folded.substr(at + kHowMuch.size());
    if (!IsOneOf(behind.substr(0, behind.find(' ')), kBehindHowMuch)) return false;
    return holds(" cost ") || holds(" costs ") || holds(" money ") || holds(" pay ") ||
           holds(" paid ") || holds(" charge ") || holds(" charged ");
  }
  constexpr std::string_view kBeginnings[] = {"what do ", "what does ", "what did ", "what would ",
                                              "what will "};
  return kind == AnswerKind::kAny && holds(" cost ") && StartsWithAny(folded, kBeginnings);
}

// Words that ask. They stand in the question's form and seldom in the answer's, so they are no
// terms.
constexpr std::string_view kAskingWords[] = {
    "who",  "whom",  "whose",  "what", "which", "when", "where",  "why",  "how", "many",
    "much", "do",    "does",   "did",  "is",    "are",  "was",    "were", "can", "could",
    "will", "would", "should", "has",  "have",  "had",  "please", "tell"};

// Words that say little of what a sentence is about: joining words, and nouns that name the kind of
// the answer, in whose stead the sentence holds the answer itself ("in what year": "in 1998").
constexpr std::string_view kWeakWords[] = {
    "about", "after",   "all",  "also",    "am",         "among",  "any",   "been",  "before",
    "being", "between", "both", "called",  "during",     "each",   "from",  "get",   "give",
    "given", "he",      "her",  "him",     "his",        "i",      "its",   "just",  "kind",
    "more",  "most",    "name", "named",   "names",      "number", "off",   "one",   "other",
    "out",   "over",    "own",  "people",  "percentage", "person", "she",   "since", "so",
    "some",  "than",    "them", "through", "type",       "types",  "under", "up",    "use",
    "used",  "while",   "year", "years"};

// Characters that mostly join others: a pair with one of them says little.
constexpr std::string_view kFunctionCharacters =
    "的了是有在由被把和与及其之为有于以对从到中上下这那个也都而或每";

// Two of these never mean the same.
constexpr std::string_view kCountingWords[] = {"first", "second", "third", "fourth", "fifth",
                                               "two",   "three",  "four",  "five",   "six",
                                               "seven", "eight",  "nine",  "ten"};

// What is done at a place says little where the place is asked for: "where does she work", 在哪里工作. The last words.
constexpr std::string_view kDoneAtPlace[] = {"work", "works", "working", "based"};
constexpr std::string_view kChineseDoneAtPlace[] = {"工作", "上班", "办公", "辦公"};

// How many bytes of `rest`, which stands behind a word that asks for a place, say what is done there and no more.
size_t EndOfDoneAtPlace(std::string_view rest) {
  for (const std::string_view done : kChineseDoneAtPlace) {
    if (!rest.starts_with(done)) continue;
    size_t at = done.size();
    const bool goes_on = at < rest.size() && IsCjk(NextCodePoint(rest, at));
    if (!goes_on) return done.size();
  }
  return 0;
}

// The cue that `rest` begins with; nullptr where it begins with none.
const Cue* ChineseCueAt(std::string_view rest) {
  static const std::string first_characters =
      FirstCharacters(kChinesePhrases) + FirstCharacters(kChineseCues);
  size_t end = 0;
  NextCodePoint(rest, end);
  if (first_characters.find(rest.substr(0, end)) == first_characters.npos) return nullptr;
  const auto stands_here = [&](const Cue& cue) { return rest.starts_with(cue.text); };
  const Cue* const phrase = std::ranges::find_if(kChinesePhrases, stands_here);
  if (phrase != std::end(kChinesePhrases)) return phrase;
  const Cue* const word = std::ranges::find_if(kChineseCues, stands_here);
  return word != std::end(kChineseCues) ? word : nullptr;
}

// Blanks the Chinese question words out and reports the kind that the first decisive one asks for.
std::string CutChineseCues(std::string_view question, AnswerKind& kind) {
  std::string rest;
  for (size_t i = 0; i < question.size();) {
    const Cue* const found = IsAscii(question[i]) ? nullptr : ChineseCueAt(question.substr(i));
    if (found == nullptr) {
      const size_t begin = i;
      NextCodePoint(question, i);
      rest += question.substr(begin, i - begin);
      continue;
    }
    if (found->remove) {
      // "日志在哪里": where it is, is what is asked.
      if (found->kind == AnswerKind::kPlace && rest.ends_with("在"))
        rest.resize(rest.size() - std::string_view("在").size());
      rest.push_back(' ');
      if (kind == AnswerKind::kAny) kind = found->kind;
    } else {
      rest.append(found->text);
    }
    i += found->text.size();
    if (found->kind == AnswerKind::kPlace) i += EndOfDoneAtPlace(question.substr(i));
  }
  return rest;
}

// "产假和婚假分别": what is asked of each. Blanks what joins them, for no passage need say it so.
std::string WithoutJoiners(std::string_view text) {
  constexpr std::string_view kJoiners = "和与與及跟";
  std::string parted;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    NextCodePoint(text, at);
    const std::string_view character = text.substr(begin, at - begin);
    const bool is_inside =
        begin > 0 && at < text.size() && !IsAscii(text[begin - 1]) && !IsAscii(text[at]);
    const bool joins =
        is_inside && !IsAscii(character[0]) && kJoiners.find(character) != std::string_view::npos;
    if (joins) {
      parted += ' ';
    } else {
      parted += character;
    }
  }
  return parted;
}

bool AsksOfEach(std::string_view question) {
  return question.find("分别") != question.npos || question.find("分別") != question.npos;
}

// "怎么删除一个文档": behind a verb 一个 is "a" and counts nothing. Not 一个月, nor 下一个版本.
std::string WithoutChineseArticles(std::string_view text) {
  constexpr std::string_view kArticles[] = {"一个", "一份", "一篇", "一台", "一张",
                                            "一項", "一项", "一條", "一条", "一個"};
  constexpr std::string_view kVerbEnds =
      "除加建传傳开開闭閉装裝改置找查看用做写寫删刪换換买買借请請交订訂消动動止有要送";
  constexpr std::string_view kCountedBehind = "月小星季工人周钟鐘世学學半多款件目体體";
  std::string without;
  for (size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const size_t begin = at;
    NextCodePoint(text, at);
    const auto article = std::ranges::find_if(
        kArticles, [&](std::string_view one) { return rest.starts_with(one); });
    if (article != std::end(kArticles)) {
      const std::string_view behind = rest.substr(article->size());
      size_t next = 0;
      const bool goes_on = !behind.empty() && IsCjk(NextCodePoint(behind, next));
      const bool is_counted =
          !goes_on || kCountedBehind.find(behind.substr(0, next)) != std::string_view::npos;
      constexpr size_t kCharacter = 3;  // bytes
      const size_t before = begin - std::min(begin, kCharacter);
      const bool is_behind_verb =
          begin >= kCharacter &&
          kVerbEnds.find(text.substr(before, kCharacter)) != std::string_view::npos;
      if (is_behind_verb && !is_counted) {
        at = begin + article->size();
        continue;
      }
    }
    without += text.substr(begin, at - begin);
  }
  return without;
}

std::string CutAskingWords(std::string_view question, AnswerKind& kind) {
  std::string text = CutChineseCues(WithoutChineseArticles(question), kind);
  if (AsksOfEach(question) && !AsksOfEach(text)) return WithoutJoiners(text);
  return text;
}

std::string_view FormOf(const Token& token, std::string_view text) {
  return text.substr(token.begin, token.end - token.begin);
}

// Titles and quotations.
constexpr std::pair<std::string_view, std::string_view> kQuotes[] = {
    {"《", "》"}, {"「", "」"}, {"“", "”"}, {"\"", "\""}};

std::vector<ByteRange> QuotedRanges(std::string_view text) {
  std::vector<ByteRange> ranges;
  for (const auto& [open, close] : kQuotes) {
    for (size_t begin = text.find(open); begin != text.npos;) {
      const size_t end = text.find(close, begin + open.size());
      if (end == text.npos) break;
      ranges.push_back({begin, end});
      begin = text.find(open, end + close.size());
    }
  }
  return ranges;
}

// What cutting a question word out leaves of the pair beside it: passages are analysed in pairs.
bool IsOneChineseCharacter(std::string_view term) {
  size_t end = 0;
  return IsCjk(NextCodePoint(term, end)) && end == term.size();
}

// Of [begin, end): "iPhone" and "MongoDB" hold one wherever they stand.
bool HoldsCapital(std::string_view text, size_t begin, size_t end) {
  return begin < end && std::ranges::any_of(text.substr(begin, end - begin), IsAsciiUpper);
}

// "How do I ...", "if we ...": who asks is no part of what is asked; "Charles I" is.
bool NamesAsker(const Token& token, std::string_view text) {
  constexpr std::string_view kAskers[] = {"me", "my", "our", "we", "you", "your"};
  constexpr std::string_view kBeforeI[] = {"after", "and",  "as",    "because", "before",
                                           "if",    "once", "that",  "to",      "unless",
                                           "until", "when", "while", "whether"};
  const std::string form = AsciiLower(FormOf(token, text));
  if (form != "i") return IsOneOf(form, kAskers);
  size_t end = token.begin;
  while (end > 0 && IsAscii(text[end - 1]) && !IsAsciiAlphanumeric(text[end - 1])) --end;
  size_t begin = end;
  while (begin > 0 && IsAsciiLetter(text[begin - 1])) --begin;
  const std::string before = AsciiLower(text.substr(begin, end - begin));
  return end == 0 || IsAskingWord(before) || IsOneOf(before, kBeforeI);
}

QuestionTerm TermOf(const Token& token, std::string_view text,
                    const std::vector<ByteRange>& quoted) {
  QuestionTerm term;
  term.term = token.term;
  term.begin = token.begin;
  term.end = token.end;
  term.has_digit = HoldsAsciiDigit(token.term);
  const bool is_weak = IsOneOf(AsciiLower(FormOf(token, text)), kWeakWords);
  if (term.has_digit) {
    term.emphasis = kWithDigits;
  } else if (is_weak || HoldsCharacterOf(kFunctionCharacters, token.term)) {
    term.emphasis = kWeak;
  } else if (IsOneChineseCharacter(token.term)) {
    term.emphasis = kLeftOver;
  }
  term.is_name = term.has_digit ||
                 (HoldsCapital(text, std::max<size_t>(token.begin, 1), token.end) && !is_weak) ||
                 IsOneOf(AsciiLower(FormOf(token, text)), kCountingWords) ||
                 std::ranges::any_of(quoted, [&](const ByteRange& range) {
                   return range.begin < token.begin && token.end <= range.end;
                 });
  return term;
}

std::string FoldedWords(std::string_view question) {
  std::string folded;
  for (const Word& word : Words(question)) folded += AsciiLower(word.text) + " ";
  return folded;
}

AnswerKind EnglishKindOf(const std::string& folded) {
  const AnswerKind kind = EnglishKind(folded);
  return AsksForMoney(kind, folded) ? AnswerKind::kMoney : kind;
}

}  // namespace

AnswerKind KindAsked(std::string_view question) {
  AnswerKind kind = EnglishKindOf(FoldedWords(question));
  CutAskingWords(question, kind);
  return kind;
}

bool IsCountingWord(std::string_view word) { return IsOneOf(word, kCountingWords); }

std::string WithoutAskingWords(std::string_view question) {
  AnswerKind kind = AnswerKind::kAny;
  return CutAskingWords(question, kind);
}

bool IsAskingWord(std::string_view word) { return IsOneOf(AsciiLower(word), kAskingWords); }

bool SaysLittle(std::string_view word) {
  return IsAskingWord(word) || IsOneOf(AsciiLower(word), kWeakWords);
}

Question AnalyseQuestion(std::string_view question, const Analyzer& analyzer) {
  Question result;
  const std::string folded = FoldedWords(question);
  result.kind = EnglishKindOf(folded);
  result.text = CutAskingWords(question, result.kind);
  const std::string& text = result.text;

  // What tells why something is not so need not say again that it is not.
  result.negated = result.kind != AnswerKind::kReason && IsNegated(text);
  const std::vector<ByteRange> quoted = QuotedRanges(text);
  const std::vector<Word> words = Words(text);
  const bool ends_with_done = result.kind == AnswerKind::kPlace && folded.starts_with("where ") &&
                              !words.empty() &&
                              IsOneOf(AsciiLower(words.back().text), kDoneAtPlace);
  const size_t done_begin =
      ends_with_done ? static_cast<size_t>(words.back().text.data() - text.data()) : text.size();
  const size_t value_begin =
      result.kind == AnswerKind::kAny ? AssertedValueBegin(question, text) : text.size();
  const ByteRange kind_word = KindWord(words, text);
  std::unordered_map<std::string, uint32_t> numbers;
  std::unordered_map<uint32_t, uint32_t> at_position;  // how many terms stand there
  std::vector<uint32_t> positions;                     // by term
  uint32_t before = UINT32_MAX;
  uint32_t before_position = 0;
  for (const Token& token : analyzer.Tokenize(text)) {
    if (IsAskingWord(FormOf(token, text)) || NamesAsker(token, text)) continue;
    const auto [found, is_new] =
        numbers.emplace(token.term, static_cast<uint32_t>(result.terms.size()));
    if (is_new) {
      result.terms.push_back(TermOf(token, text, quoted));
      QuestionTerm& term = result.terms.back();
      if (term.has_digit && token.begin >= value_begin) {
        term.emphasis = kWeak;
        term.is_name = false;
      }
      const bool names_kind = kind_word.begin <= token.begin && token.end <= kind_word.end;
      if (token.begin >= done_begin || names_kind) term.emphasis = kWeak;
      ++at_position[token.position];
      positions.push_back(token.position);
    }
    if (before != UINT32_MAX && before != found->second && token.position != before_position) {
      result.pairs.emplace_back(before, found->second);
    }
    before = found->second;
    before_position = token.position;
  }
  for (size_t i = 0; i < result.terms.size(); ++i) {
    QuestionTerm& term = result.terms[i];
    const double share = 1.0 / at_position[positions[i]];
    term.emphasis *= share;
    result.words += BeginsWithCjk(term.term) ? kWordsOfAPair : share;
  }
  return result;
}

}  // namespace quarry::model
