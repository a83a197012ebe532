#include "model/answering_clause.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/answer_kind.h"
#include "model/answer_weights.h"
#include "model/section_answer.h"
#include "model/sentence_ranking.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

// So much of a text from a place on, in bytes or, of Chinese, in characters.
struct Stretch {
  size_t bytes = 0;
  size_t characters = 0;
};
// What a reader takes in at once, about 25 tokens (CountTokens), and what a short answer has room for, about 60.
constexpr Stretch kGlance{100, 40};
constexpr Stretch kQuote{240, 90};
// Beside the answer at a glance: what the answer within a quote is worth, and beginning with the sentence, so that for
// next to nothing nothing is cut.
constexpr double kQuoteShare = 0.5;
constexpr double kWholeBonus = 0.02;

constexpr std::string_view kJoiningWords[] = {
    "after", "and",    "are",   "as",    "at",      "because", "before", "but",
    "by",    "during", "for",   "from",  "in",      "into",    "is",     "of",
    "on",    "or",     "since", "that",  "through", "to",      "under",  "until",
    "was",   "were",   "when",  "where", "which",   "while",   "who",    "with"};
constexpr std::string_view kMarks[] = {", ", "; ", ": ", "，", "；", "：", "、"};
constexpr std::string_view kDashes[] = {"—", "–"};
// Behind them a sentence begins anew: what was denied before is none of what follows.
constexpr std::string_view kAnew[] = {"; ",      ", but",      ", and ",   ", so ",
                                      ", while", ", although", ", though", "；",
                                      "，但",    "，而",       "，不过",   "，不過"};
// Denials beyond those that IsNegated knows.
constexpr std::string_view kDenyingChinese[] = {"并非", "並非", "绝非", "絕非", "决非", "勿"};
// What the rest of a clause holds but for, or only under: "unless the valve is closed, ...".
constexpr std::string_view kExceptions[] = {"unless", "except", "excepting", "excluding"};
constexpr std::string_view kOnlyIf[] = {"if", "when", "where", "while", "after", "before", "with"};
constexpr std::string_view kChineseExceptions[] = {"除非", "除了", "除外", "只有"};
constexpr std::string_view kExceptionEnds[] = {"以外", "之外", "外，", "外,"};
// Words for something named before: at the beginning of a quote they point at nothing.
constexpr std::string_view kPronouns[] = {"he",    "her",  "him",   "his",  "it",   "its",  "she",
                                          "their", "them", "these", "they", "this", "those"};
constexpr size_t kPronounWithinWords = 3;
constexpr size_t kPronounWithinCharacters = 4;
constexpr std::string_view kChinesePronouns = "其它他她牠该該此这這";
// Words that hold one of them and stand for nothing.
constexpr std::string_view kNoPronouns[] = {"其他", "其它", "其中", "其实", "其實", "其余",
                                            "其餘", "其次", "因此", "此外", "如此", "从此",
                                            "從此", "应该", "應該", "吉他", "尤其"};

size_t EndOf(const Stretch& stretch, std::string_view sentence, size_t begin, bool chinese) {
  if (!chinese) return std::min(sentence.size(), begin + stretch.bytes);
  size_t end = begin;
  for (size_t n = 0; n < stretch.characters && end < sentence.size(); ++n)
    NextCodePoint(sentence, end);
  return end;
}

// Tells of places in a text, each behind the last, whether they stand in brackets: within them nothing begins that
// could be read by itself.
class BracketReader {
 public:
  explicit BracketReader(std::string_view text) : text_(text) {}
  bool IsInBrackets(size_t place) {
    for (; at_ < place; ++at_) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with('(') || rest.starts_with("（")) is_in_ = true;
      if (rest.starts_with(')') || rest.starts_with("）")) is_in_ = false;
    }
    return is_in_;
  }

 private:
  const std::string_view text_;
  size_t at_ = 0;
  bool is_in_ = false;
};

// A mark that joins numbers is none: "10–20", "第1、2台", "10, 20 or 30". Nor is a dash behind a number.
bool IsBehindMark(std::string_view before, bool is_number) {
  const auto parts = [&](bool always) {
    return [=](std::string_view mark) {
      if (!before.ends_with(mark) || before.size() == mark.size()) return false;
      return always || !IsAsciiDigit(before[before.size() - mark.size() - 1]);
    };
  };
  return std::ranges::any_of(kMarks, parts(!is_number)) ||
         std::ranges::any_of(kDashes, parts(false));
}

bool BeginsClause(std::string_view sentence, const ByteRange& word, bool behind_marks_only) {
  const std::string_view before = sentence.substr(0, word.begin);
  const std::string_view behind = sentence.substr(word.end);
  if (IsBehindMark(before, IsAsciiDigit(sentence[word.begin]))) return true;
  if (behind_marks_only) return false;
  // Not the "of" of "state-of-the-art", nor the "or" of "and/or".
  const bool stands_alone = (before.ends_with(' ') || before.ends_with('\n')) &&
                            (behind.starts_with(' ') || behind.starts_with('\n'));
  return stands_alone && std::ranges::binary_search(
                             kJoiningWords, sentence.substr(word.begin, word.end - word.begin));
}

// Whether `before`, left out, would take a denial of what is quoted with it.
bool Denies(std::string_view before) {
  return IsNegated(AsciiLower(before)) ||  // "must NOT"
         ContainsAny(before, kDenyingChinese);
}

// Whether `before`, left out, would take with it what the rest holds but for, or only under: a rule is not
// quoted without its exception.
bool Limits(std::string_view before) {
  const std::string lower = AsciiLower(before);
  std::string_view last;
  for (const Word& word : Words(lower)) {
    if (IsOneOf(word.text, kExceptions) || (last == "only" && IsOneOf(word.text, kOnlyIf)))
      return true;
    last = word.text;
  }
  if (ContainsAny(before, kChineseExceptions)) return true;
  // "除节假日外，"
  const size_t apart = before.find("除");
  if (apart != before.npos && ContainsAny(before.substr(apart), kExceptionEnds)) return true;
  const size_t only = before.find("仅");
  return only != before.npos && !before.substr(0, only).ends_with("不");  // 不仅 limits nothing
}

// Whether a pronoun stands among the first words of `text`.
bool BeginsWithPronoun(std::string_view text) {
  const std::string beginning = AsciiLower(text.substr(0, EndOf(kGlance, text, 0, false)));
  size_t words = 0;
  for (const Word& word : Words(beginning)) {
    if (++words > kPronounWithinWords) break;
    if (IsOneOf(word.text, kPronouns)) return true;
  }
  size_t at = 0;
  for (size_t n = 0; n < kPronounWithinCharacters && at < text.size(); ++n) {
    const size_t begin = at;
    if (!IsCjk(NextCodePoint(text, at))) return false;
    const auto stands_here = [&](std::string_view word) {
      const size_t first = begin - std::min(begin, word.size());
      return text.substr(first, at - first + word.size()).find(word) != text.npos;
    };
    if (kChinesePronouns.find(text.substr(begin, at - begin)) != kChinesePronouns.npos &&
        std::ranges::none_of(kNoPronouns, stands_here)) {
      return true;
    }
  }
  return false;
}

// Whether the clause at `begin` of the sentence speaks of something that only what is before it names: "A certificate
// expired, because its renewal was disabled". What the question names the reader knows.
bool LeavesItsNounBehind(const Sentence& sentence, std::string_view text, size_t begin) {
  const auto is_before = [&](const TermPlace& place) {
    return place.range.begin < sentence.range.begin + begin;
  };
  return std::ranges::none_of(sentence.places, is_before) && BeginsWithPronoun(text.substr(begin));
}

// What stands before a word since the sentence last began anew.
std::string_view ClauseBefore(std::string_view sentence, const ByteRange& word) {
  const std::string_view before = sentence.substr(0, word.begin);
  const std::string_view with_word = sentence.substr(0, word.end);
  size_t begin = 0;
  for (const std::string_view anew : kAnew) {
    const size_t at = with_word.rfind(anew);
    if (at != with_word.npos) begin = std::max(begin, std::min(at + anew.size(), before.size()));
  }
  return before.substr(begin);
}

}  // namespace

ByteRange AnsweringPart(const PassageReading& reading, const Sentence& sentence) {
  const std::string_view text = reading.TextOf(sentence);
  const bool chinese = IsMostlyCjk(text);  // whatever it is asked in
  // How and why something is done is told by a sentence as a whole, or a clause: "you can run grep vmx to check for it".
  const bool wants_clause = AsksForWay(reading) || reading.question().kind == AnswerKind::kReason;
  if (EndOf(wants_clause ? kQuote : kGlance, text, 0, chinese) == text.size())
    return {0, text.size()};
  const AnswerWordFinder finder(reading.question_text(), reading.question().kind,
                                reading.question().text);
  const std::vector<AnswerWord> words = AnswerWordsOf(reading, sentence, finder);
  std::vector<double> sums = {0};  // of the words before each
  for (const AnswerWord& word : words) {
    const double likeness =
        WeightedSum(word.features, AnswerWeightsFor(reading.in_chinese()).words);
    sums.push_back(sums.back() + OddsOf(likeness));
  }
  size_t best_begin = 0;
  double best = -1;
  size_t glance = 0;  // the words up to its end
  size_t quote = 0;
  const auto extend = [&](size_t& count, const Stretch& stretch, size_t begin) {
    const size_t end = EndOf(stretch, text, begin, chinese);
    while (count < words.size() && words[count].range.end <= end) ++count;
  };
  BracketReader brackets(text);
  for (size_t i = 0; i < words.size(); ++i) {
    const ByteRange& word = words[i].range;
    const bool begins =
        i == 0 || (!brackets.IsInBrackets(word.begin) && BeginsClause(text, word, wants_clause) &&
                   !Denies(ClauseBefore(text, word)) && !Limits(ClauseBefore(text, word)) &&
                   !LeavesItsNounBehind(sentence, text, word.begin));
    if (!begins) continue;
    const size_t begin = i == 0 ? 0 : words[i].range.begin;
    extend(glance, kGlance, begin);
    extend(quote, kQuote, begin);
    double held = sums[std::max(glance, i)] - sums[i];
    held += kQuoteShare * (sums[std::max(quote, i)] - sums[i]);
    if (i == 0) held += kWholeBonus * sums.back();
    if (held <= best) continue;
    best = held;
    best_begin = begin;
  }
  return {best_begin, text.size()};
}

}  // namespace quarry::model
