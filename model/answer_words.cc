#include "model/answer_words.h"

#include <algorithm>

#include "base/ascii.h"
#include "model/asked_place.h"
#include "model/money.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr size_t kAroundWords = 12;
constexpr size_t kLongWord = 10;  // letters

// In the order of the alphabet.
constexpr std::string_view kJoiningEnglish[] = {
    "a",     "about", "after", "all",   "also",  "an",    "and",   "any",   "are",  "as",
    "at",    "be",    "been",  "but",   "by",    "can",   "could", "did",   "do",   "does",
    "for",   "from",  "had",   "has",   "have",  "he",    "her",   "his",   "if",   "in",
    "into",  "is",    "it",    "its",   "may",   "more",  "most",  "not",   "of",   "on",
    "or",    "other", "s",     "she",   "so",    "some",  "such",  "than",  "that", "the",
    "their", "them",  "then",  "there", "these", "they",  "this",  "those", "to",   "under",
    "was",   "were",  "when",  "where", "which", "while", "who",   "will",  "with", "would"};
static_assert(std::ranges::is_sorted(kJoiningEnglish));
constexpr size_t kLongestJoining = 5;  // letters

bool IsJoining(std::string_view lower) {
  return lower.size() <= kLongestJoining && std::ranges::binary_search(kJoiningEnglish, lower);
}

constexpr std::string_view kJoiningChinese =
    "的了是有在由被把和与及其之为于以对从到中上下这那个也都而或並并且则則等所";
constexpr std::string_view kAgentWords[] = {"by", "named", "called"};
constexpr std::string_view kInsideWords[] = {"in",    "at",    "on",     "near", "from",
                                             "since", "until", "during", "of"};
constexpr std::string_view kNamingWords[] = {"including", "called", "named", "like"};
constexpr std::string_view kReasonWords[] = {"because", "due", "since", "to",
                                             "as",      "for", "因",    "由"};
constexpr std::string_view kPriceWords[] = {"cost", "costs", "money", "dollars", "price", "much"};
constexpr std::string_view kShareWords[] = {"percent", "percentage", "proportion"};
constexpr std::string_view kCurrencies[] = {"$", "£", "€"};
constexpr std::string_view kClauseMarks[] = {",", ";",  ":",  "(",  ")",  "—",
                                             "–", "，", "；", "：", "（", "）"};
constexpr std::string_view kOpening[] = {"(", "“", "《", "（", "「"};
constexpr std::string_view kClosing[] = {")", "”", "》", "）", "」"};

// A word, a Chinese character or a mark of a sentence.
struct Unit {
  ByteRange range;
  bool is_word = false;
  bool is_cjk = false;
  bool is_asked = false;  // by a term of the question
  double weight = 0;      // of the terms that begin here
  double sided = 0;       // the same, times their sides
  int side = 0;           // of the last of them
  size_t clause = 0;
};

bool IsLetterOrDigit(char32_t c) {
  if (c >= 0x80) return c >= 0xC0 && c < 0x2000;  // letters that are written with spaces between
  const char narrow = static_cast<char>(c);
  return IsAsciiAlphanumeric(narrow);
}

std::vector<Unit> UnitsOf(std::string_view sentence) {
  std::vector<Unit> units;
  for (size_t i = 0; i < sentence.size();) {
    const size_t begin = i;
    const char32_t c = NextCodePoint(sentence, i);
    const bool is_letter = IsLetterOrDigit(c);
    while (is_letter && i < sentence.size()) {
      size_t next = i;
      if (!IsLetterOrDigit(NextCodePoint(sentence, next))) break;
      i = next;
    }
    if (c <= ' ') continue;
    units.push_back({.range = {begin, i}, .is_word = is_letter || IsCjk(c), .is_cjk = IsCjk(c)});
  }
  return units;
}

double Nearness(size_t a, size_t b) {
  return 1.0 / static_cast<double>(1 + (a < b ? b - a : a - b));
}

}  // namespace

// One sentence, from its first word to its last.
class AnswerWordFinder::Reading {
 public:
  Reading(const AnswerWordFinder& finder, std::string_view sentence,
          std::span<const AskedTerm> asked)
      : finder_(finder), sentence_(sentence), units_(UnitsOf(sentence)) {
    MarkAsked(asked);
    MarkClauses();
    right_.assign(units_.size() + 1, SIZE_MAX);
    sums_.assign(units_.size() + 1, 0);
    for (size_t i = units_.size(); i-- > 0;) right_[i] = units_[i].is_asked ? i : right_[i + 1];
    for (size_t i = 0; i < units_.size(); ++i) sums_[i + 1] = sums_[i] + units_[i].weight;
    sided_.assign(units_.size() + 1, 0);
    for (size_t i = 0; i < units_.size(); ++i) sided_[i + 1] = sided_[i] + units_[i].sided;
  }

  std::vector<AnswerWord> Words() {
    std::vector<AnswerWord> words;
    words.reserve(units_.size());
    for (size_t i = 0; i < units_.size(); ++i) {
      if (units_[i].is_word) {
        words.push_back({.range = units_[i].range, .features = FeaturesOf(i)});
        PassWord(i);
      } else {
        mark_ = TextOf(units_[i]);
        if (IsOneOf(mark_, kOpening) || (mark_ == "\"" && !in_marks_)) {
          in_marks_ = true;
        } else if (mark_ == "\"" || IsOneOf(mark_, kClosing)) {
          in_marks_ = false;
        }
      }
    }
    return words;
  }

 private:
  std::string_view TextOf(const Unit& unit) const {
    return sentence_.substr(unit.range.begin, unit.range.end - unit.range.begin);
  }

  void MarkAsked(std::span<const AskedTerm> asked) {
    size_t at = 0;
    for (const AskedTerm& term : asked) {
      while (at < units_.size() && units_[at].range.end <= term.range.begin) ++at;
      if (at < units_.size()) {
        units_[at].weight += term.weight;
        units_[at].sided += term.side * term.weight;
      }
      for (size_t i = at; i < units_.size() && units_[i].range.begin < term.range.end; ++i) {
        units_[i].is_asked = true;
        units_[i].side = term.side;
      }
    }
  }

  void MarkClauses() {
    clause_weights_.assign(1, 0);
    for (size_t i = 0; i < units_.size(); ++i) {
      if (!units_[i].is_word && IsOneOf(TextOf(units_[i]), kClauseMarks))
        clause_weights_.push_back(0);
      units_[i].clause = clause_weights_.size() - 1;
      clause_weights_.back() += units_[i].weight;
      if (units_[i].is_asked) {
        first_asked_ = std::min(first_asked_, i);
        last_asked_ = i;
      }
      if (IsFocus(units_[i])) focuses_.push_back(i);
    }
  }

  bool IsFocus(const Unit& unit) const {
    const std::string& focus = finder_.focus_;
    const std::string_view text = TextOf(unit);
    return !focus.empty() && text.size() >= focus.size() && text.size() <= focus.size() + 2 &&
           (text[0] | 0x20) == focus[0] && AsciiLower(text).starts_with(focus);
  }

  WordFeatures FeaturesOf(size_t i) {
    const Unit& unit = units_[i];
    const std::string_view text = TextOf(unit);
    lower_ = AsciiLower(text);
    WordFeatures f = {};
    const bool asked =
        unit.is_asked ||
        (!unit.is_cjk && std::ranges::find(finder_.words_, lower_) != finder_.words_.end());
    const bool joining = unit.is_cjk ? kJoiningChinese.find(text) != text.npos : IsJoining(lower_);
    f[WordFeature::kAsked] = asked;
    f[WordFeature::kJoining] = joining;
    f[WordFeature::kCapital] = IsCapital(text);
    f[WordFeature::kDigit] = HoldsAsciiDigit(text);
    if (left_ != SIZE_MAX) f[WordFeature::kLeft] = Nearness(left_, i);
    if (right_[i] != SIZE_MAX) f[WordFeature::kRight] = Nearness(right_[i], i);
    // A word of the question that is said again and again is worth no more than all of them.
    f[WordFeature::kAround] = std::clamp(sums_[std::min(units_.size(), i + kAroundWords + 1)] -
                                             sums_[i > kAroundWords ? i - kAroundWords : 0],
                                         0.0, 1.0);
    if (asked || joining) return f;
    AddOrder(i, f);
    AddKind(unit, text, f);
    AddPlace(i, f);
    f[WordFeature::kAdverb] = lower_.size() > 4 && lower_.ends_with("ly");
    f[WordFeature::kVerbal] =
        lower_.size() > 4 && (lower_.ends_with("ed") || lower_.ends_with("ing"));
    f[WordFeature::kLength] =
        static_cast<double>(std::min(text.size(), kLongWord)) / static_cast<double>(kLongWord);
    return f;
  }

  bool IsCapital(std::string_view text) const { return !first_ && IsAsciiUpper(text[0]); }

  void AddKind(const Unit& unit, std::string_view text, WordFeatures& f) const {
    const AnswerKind kind = finder_.kind_;
    const std::string_view behind = sentence_.substr(unit.range.end);
    const bool digit = HoldsAsciiDigit(text);
    const bool is_money = kind == AnswerKind::kMoney;
    const bool fits = kind != AnswerKind::kAny && IsOfKind(kind, text, first_, behind) &&
                      !(is_money && ContinuesCode(sentence_, unit.range.begin));
    const bool is_time = kind == AnswerKind::kTime;
    f[WordFeature::kPerson] = fits && kind == AnswerKind::kPerson;
    f[WordFeature::kTime] = fits && is_time;
    f[WordFeature::kPlace] = fits && kind == AnswerKind::kPlace;
    f[WordFeature::kNumber] = fits && (kind == AnswerKind::kNumber || is_money);
    f[WordFeature::kReason] = kind == AnswerKind::kReason && behind_reason_;
    f[WordFeature::kThingCapital] = kind == AnswerKind::kAny && IsCapital(text);
    f[WordFeature::kThingDigit] = kind == AnswerKind::kAny && digit;
    f[WordFeature::kThingMarked] = kind == AnswerKind::kAny && in_marks_;
    f[WordFeature::kYear] = is_time && digit && text.size() >= 3 && text.size() <= 5;
    f[WordFeature::kDate] = is_time && digit;
    f[WordFeature::kUnit] =
        digit &&
        ((finder_.wants_price_ && IsOneOf(mark_, kCurrencies)) ||
         (finder_.wants_share_ && (behind.starts_with('%') || behind.starts_with(" percent"))));
    f[WordFeature::kAgent] = kind == AnswerKind::kPerson && IsOneOf(before_, kAgentWords);
    f[WordFeature::kInside] =
        (kind == AnswerKind::kPlace || is_time) && IsOneOf(before_, kInsideWords);
    f[WordFeature::kNaming] = naming_;
  }

  void AddOrder(size_t i, WordFeatures& f) const {
    if (left_ != SIZE_MAX && units_[left_].side < 0)
      f[WordFeature::kLeftInOrder] = Nearness(left_, i);
    if (right_[i] != SIZE_MAX && units_[right_[i]].side > 0)
      f[WordFeature::kRightInOrder] = Nearness(right_[i], i);
    f[WordFeature::kInOrder] = std::clamp(sided_.back() - 2 * sided_[i], -1.0, 1.0);
  }

  void AddPlace(size_t i, WordFeatures& f) const {
    const auto next = std::ranges::lower_bound(focuses_, i);
    if (next != focuses_.end()) f[WordFeature::kFocus] = Nearness(*next, i);
    if (next != focuses_.begin()) {
      f[WordFeature::kFocus] = std::max(f[WordFeature::kFocus], Nearness(*(next - 1), i));
    }
    f[WordFeature::kClause] = std::min(1.0, clause_weights_[units_[i].clause]);
    f[WordFeature::kBeforeAll] = first_asked_ != SIZE_MAX && i < first_asked_;
    f[WordFeature::kBehindAll] = first_asked_ != SIZE_MAX && i > last_asked_;
    f[WordFeature::kBeside] = i > 0 && units_[i - 1].is_asked;
  }

  void PassWord(size_t i) {
    naming_ = (naming_ && IsCapital(TextOf(units_[i]))) || IsOneOf(lower_, kNamingWords) ||
              (before_ == "such" && lower_ == "as");
    if (finder_.kind_ == AnswerKind::kReason && !behind_reason_) {
      behind_reason_ = IsOneOf(lower_, kReasonWords);
    }
    if (units_[i].is_asked) left_ = i;
    std::swap(before_, lower_);
    mark_ = {};
    first_ = false;
  }

  const AnswerWordFinder& finder_;
  const std::string_view sentence_;
  std::vector<Unit> units_;
  std::vector<size_t> right_;  // by unit: the next that is asked, from it on
  std::vector<double> sums_;   // of the weights before a unit
  std::vector<double> sided_;  // of weights times sides before a unit
  std::vector<double> clause_weights_;
  std::vector<size_t> focuses_;
  size_t first_asked_ = SIZE_MAX;
  size_t last_asked_ = 0;
  // What the words so far have shown.
  size_t left_ = SIZE_MAX;  // the last unit that is asked
  std::string lower_;       // the word
  std::string before_;      // the one before
  std::string_view mark_;   // the mark before, if no word stands between
  bool in_marks_ = false;
  bool naming_ = false;
  bool behind_reason_ = false;
  bool first_ = true;
};

AnswerWordFinder::AnswerWordFinder(std::string_view question, AnswerKind kind,
                                   std::string_view text)
    : kind_(kind), asked_place_(AskedPlace(question, text)) {
  for (const Word& word : Words(question)) words_.push_back(AsciiLower(word.text));
  for (size_t i = 0; i + 1 < words_.size() && focus_.empty(); ++i) {
    if (!IsOneOf(words_[i], {"what", "which", "many"})) continue;
    if (!IsJoining(words_[i + 1])) focus_ = words_[i + 1];
  }
  if (focus_.ends_with('s')) focus_.pop_back();
  for (const std::string& word : words_) {
    wants_price_ = wants_price_ || IsOneOf(word, kPriceWords);
    wants_share_ = wants_share_ || IsOneOf(word, kShareWords);
  }
}

std::vector<AnswerWord> AnswerWordFinder::WordsOf(std::string_view sentence,
                                                  std::span<const AskedTerm> asked) const {
  return Reading(*this, sentence, asked).Words();
}

}  // namespace quarry::model
