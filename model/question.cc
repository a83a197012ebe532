#include "model/question.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"

namespace quarry::model {
namespace {

constexpr double kWithDigits = 1.5;
constexpr double kWeak = 0.4;

struct Cue {
  std::string_view text;
  AnswerKind kind;
  bool remove = true;  // false: a word that only looks like a question word
};

// Chinese question words, the longer ones first. They are cut out before the question is analysed:
// pairs of characters that straddle one occur in no passage.
constexpr Cue kChineseCues[] = {
    {"几何", AnswerKind::kAny, false}, {"幾何", AnswerKind::kAny, false},
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
    {"谁", AnswerKind::kPerson},       {"誰", AnswerKind::kPerson},
    {"几", AnswerKind::kNumber},       {"幾", AnswerKind::kNumber},
    {"哪", AnswerKind::kAny},          {"吗", AnswerKind::kAny},
    {"嗎", AnswerKind::kAny},          {"呢", AnswerKind::kAny},
    {"啥", AnswerKind::kAny},
};

// English cues on the folded question, padded by spaces; the first that occurs decides.
constexpr Cue kEnglishCues[] = {
    {" how many ", AnswerKind::kNumber},
    {" how much ", AnswerKind::kNumber},
    {" how old ", AnswerKind::kNumber},
    {" how long ", AnswerKind::kNumber},
    {" how far ", AnswerKind::kNumber},
    {" how high ", AnswerKind::kNumber},
    {" how tall ", AnswerKind::kNumber},
    {" how big ", AnswerKind::kNumber},
    {" how large ", AnswerKind::kNumber},
    {" how often ", AnswerKind::kNumber},
    {" how hot ", AnswerKind::kNumber},
    {" how fast ", AnswerKind::kNumber},
    {" how deep ", AnswerKind::kNumber},
    {" what percentage ", AnswerKind::kNumber},
    {" what percent ", AnswerKind::kNumber},
    {" what number ", AnswerKind::kNumber},
    {" what is the number ", AnswerKind::kNumber},
    {" what year ", AnswerKind::kTime},
    {" which year ", AnswerKind::kTime},
    {" what date ", AnswerKind::kTime},
    {" what day ", AnswerKind::kTime},
    {" what month ", AnswerKind::kTime},
    {" what century ", AnswerKind::kTime},
    {" what decade ", AnswerKind::kTime},
    {" what time ", AnswerKind::kTime},
    {" when ", AnswerKind::kTime},
    {" what country ", AnswerKind::kPlace},
    {" what city ", AnswerKind::kPlace},
    {" which country ", AnswerKind::kPlace},
    {" which city ", AnswerKind::kPlace},
    {" what state ", AnswerKind::kPlace},
    {" where ", AnswerKind::kPlace},
    {" who ", AnswerKind::kPerson},
    {" whom ", AnswerKind::kPerson},
    {" whose ", AnswerKind::kPerson},
    {" why ", AnswerKind::kReason},
};

// Words that ask. They stand in the question's form and seldom in the answer's, so they are no
// terms.
constexpr std::string_view kAskingWords[] = {
    "who",  "whom",  "whose",  "what", "which", "when", "where",  "why",  "how", "many",
    "much", "do",    "does",   "did",  "is",    "are",  "was",    "were", "can", "could",
    "will", "would", "should", "has",  "have",  "had",  "please", "tell"};

// Words that say little of what a sentence is about: joining words, and nouns that name the kind of
// the answer, in whose stead the sentence holds the answer itself ("in what year": "in 1998").
constexpr std::string_view kWeakWords[] = {
    "about",  "after", "all",     "also",       "am",     "among",  "any",   "been",
    "before", "being", "between", "both",       "called", "during", "each",  "from",
    "get",    "give",  "given",   "he",         "her",    "him",    "his",   "i",
    "its",    "just",  "kind",    "me",         "more",   "most",   "my",    "name",
    "named",  "names", "number",  "off",        "one",    "other",  "our",   "out",
    "over",   "own",   "people",  "percentage", "person", "she",    "since", "so",
    "some",   "than",  "them",    "through",    "type",   "types",  "under", "up",
    "use",    "used",  "we",      "while",      "year",   "years",  "you",   "your"};

// Characters that mostly join others: a pair with one of them says little.
constexpr std::string_view kFunctionCharacters =
    "的了是在由被把和与及其之为有于以对从到中上下这那个也都而或";

constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
constexpr std::string_view kNumberWords[] = {
    "one",      "two",     "three",   "four",  "five",   "six",     "seven", "eight", "nine",
    "ten",      "eleven",  "twelve",  "dozen", "twenty", "thirty",  "forty", "fifty", "hundred",
    "thousand", "million", "billion", "half",  "third",  "quarter", "twice", "once",  "majority"};
constexpr std::string_view kReasons[] = {"because",   "due",    "since", "cause",   "caused",
                                         "reason",    "result", "allow", "order",   "so",
                                         "therefore", "led",    "thus",  "prevent", "avoid"};
constexpr std::string_view kChineseReasons[] = {"因为", "由于", "因此", "为了", "所以",
                                                "原因", "導致", "导致", "由於", "因為"};
constexpr std::string_view kChinesePlaces = "省市县区国州镇村路街岛洲港湖山";
constexpr std::string_view kChineseNumerals = "一二三四五六七八九十百千万亿两";

bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAsciiUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsAsciiWord(char c) { return IsAsciiDigit(c) || IsAsciiUpper(c) || (c >= 'a' && c <= 'z'); }
bool IsAscii(char c) { return (c & 0x80) == 0; }

template <size_t n>
bool Among(std::string_view word, const std::string_view (&list)[n]) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// A run of ASCII letters and digits, or of other characters.
struct Word {
  std::string_view text;
  bool first = false;
};

std::vector<Word> Words(std::string_view text) {
  std::vector<Word> words;
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i;
    if (IsAsciiWord(text[i])) {
      while (i < text.size() && IsAsciiWord(text[i])) ++i;
    } else if (!IsAscii(text[i])) {
      while (i < text.size() && !IsAscii(text[i])) ++i;
    } else {
      ++i;
      continue;
    }
    words.push_back({text.substr(begin, i - begin), words.empty()});
  }
  return words;
}

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (IsAsciiUpper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Blanks the Chinese question words out and reports the kind that the first decisive one asks for.
std::string CutChineseCues(std::string_view question, AnswerKind& kind) {
  std::string rest;
  for (size_t i = 0; i < question.size();) {
    const Cue* found = nullptr;
    if (!IsAscii(question[i])) {
      for (const Cue& cue : kChineseCues) {
        if (question.substr(i).starts_with(cue.text)) {
          found = &cue;
          break;
        }
      }
    }
    if (found == nullptr) {
      rest.push_back(question[i++]);
      continue;
    }
    if (found->remove) {
      rest.push_back(' ');
      if (kind == AnswerKind::kAny) kind = found->kind;
    } else {
      rest.append(found->text);
    }
    i += found->text.size();
  }
  return rest;
}

bool HoldsDigit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), IsAsciiDigit);
}

bool HoldsFunctionCharacter(std::string_view term) {
  for (size_t offset = 0; offset < term.size();) {
    const size_t begin = offset;
    if (!IsCjk(NextCodePoint(term, offset))) continue;
    const std::string_view character = term.substr(begin, offset - begin);
    if (kFunctionCharacters.find(character) != std::string_view::npos) return true;
  }
  return false;
}

std::string_view FormOf(const Token& token, std::string_view text) {
  return text.substr(token.begin, token.end - token.begin);
}

QuestionTerm TermOf(const Token& token, std::string_view text) {
  QuestionTerm term;
  term.term = token.term;
  term.begin = token.begin;
  term.end = token.end;
  const bool digit = HoldsDigit(token.term);
  if (digit) {
    term.emphasis = kWithDigits;
  } else if (Among(AsciiLower(FormOf(token, text)), kWeakWords) ||
             HoldsFunctionCharacter(token.term)) {
    term.emphasis = kWeak;
  }
  term.is_name = digit || (token.begin > 0 && IsAsciiUpper(text[token.begin]));
  return term;
}

}  // namespace

Question AnalyseQuestion(std::string_view question, const Analyzer& analyzer) {
  Question result;
  std::string padded = " ";
  for (const Word& word : Words(question)) padded += AsciiLower(word.text) + " ";
  for (const Cue& cue : kEnglishCues) {
    if (padded.find(cue.text) != std::string::npos) {
      result.kind = cue.kind;
      break;
    }
  }
  result.text = CutChineseCues(question, result.kind);
  const std::string& text = result.text;

  std::unordered_map<std::string, uint32_t> numbers;
  uint32_t before = UINT32_MAX;
  uint32_t before_position = 0;
  for (const Token& token : analyzer.Tokenize(text)) {
    if (Among(AsciiLower(FormOf(token, text)), kAskingWords)) continue;
    const auto [found, is_new] =
        numbers.emplace(token.term, static_cast<uint32_t>(result.terms.size()));
    if (is_new) result.terms.push_back(TermOf(token, text));
    if (before != UINT32_MAX && before != found->second && token.position != before_position) {
      result.pairs.emplace_back(before, found->second);
    }
    before = found->second;
    before_position = token.position;
  }
  return result;
}

bool HoldsKind(AnswerKind kind, std::string_view sentence, std::string_view question) {
  const auto holds_character_of = [&](std::string_view set) {
    for (size_t i = 0; i < sentence.size();) {
      const size_t begin = i;
      if (!IsCjk(NextCodePoint(sentence, i))) continue;
      const std::string_view character = sentence.substr(begin, i - begin);
      if (set.find(character) != std::string_view::npos &&
          question.find(character) == std::string_view::npos) {
        return true;
      }
    }
    return false;
  };
  const auto any_new_word = [&](auto&& fits) {
    for (const Word& word : Words(sentence)) {
      if (fits(word) && question.find(word.text) == std::string_view::npos) return true;
    }
    return false;
  };
  switch (kind) {
    case AnswerKind::kAny:
      return false;
    case AnswerKind::kTime:
      return any_new_word([&](const Word& word) {
               return HoldsDigit(word.text) ||
                      (IsAsciiUpper(word.text[0]) && Among(AsciiLower(word.text), kMonths));
             }) ||
             sentence.find("century") != std::string_view::npos ||
             sentence.find("世纪") != std::string_view::npos ||
             sentence.find("年") != std::string_view::npos;
    case AnswerKind::kNumber:
      return any_new_word([&](const Word& word) {
               return HoldsDigit(word.text) || Among(AsciiLower(word.text), kNumberWords);
             }) ||
             holds_character_of(kChineseNumerals);
    case AnswerKind::kPerson:
      // Chinese names have no form of their own: the point of foreign names is all that shows.
      return any_new_word(
                 [](const Word& word) { return !word.first && IsAsciiUpper(word.text[0]); }) ||
             sentence.find("·") != std::string_view::npos;
    case AnswerKind::kPlace:
      return any_new_word(
                 [](const Word& word) { return !word.first && IsAsciiUpper(word.text[0]); }) ||
             holds_character_of(kChinesePlaces);
    case AnswerKind::kReason:
      return any_new_word(
                 [](const Word& word) { return Among(AsciiLower(word.text), kReasons); }) ||
             std::any_of(std::begin(kChineseReasons), std::end(kChineseReasons),
                         [&](std::string_view reason) {
                           return sentence.find(reason) != std::string_view::npos;
                         });
  }
  return false;
}

}  // namespace quarry::model
