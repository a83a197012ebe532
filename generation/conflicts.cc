#include "generation/conflicts.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <set>
#include <span>
#include <string>

#include "base/ascii.h"
#include "base/document.h"
#include "generation/context_pieces.h"
#include "generation/support.h"
#include "model/answer_kind.h"
#include "model/codes.h"
#include "model/question.h"
#include "model/quotable.h"

namespace quarry::generation {
namespace {

constexpr uint32_t kMaxConflictPieceTokens = 160;
constexpr double kSpeaksOfIt = 0.75;     // of how much of the question the answer's sentence has
constexpr double kAtLeast = 0.6;         // of the question's words, headings included
constexpr double kBySelf = 0.4;          // of them in the sentence itself
constexpr double kTwins = 0.6;           // of the words of the longer sentence, in the same order
constexpr size_t kMaxDifference = 8;     // words of the stretch that differs
constexpr size_t kMaxTwinWords = 120;    // longer sentences are not compared word by word
constexpr size_t kLeastDenied = 4;       // words: fewer say too little to be the same
constexpr double kDenied = 0.9;          // of the words of the shorter sentence, denials left out
constexpr double kDeniedOfLonger = 0.6;  // more than that is said beside it
constexpr size_t kMaxSkipped = 2;  // words between a denial and what it denies: "not yet been"

bool IsNumber(std::string_view term) { return !term.empty() && HoldsAsciiDigit(term); }

// A sentence of a passage with what its headings add.
struct Piece {
  std::string_view text;
  WordSet terms;
};

constexpr const char* kDate = "date";  // the unit of "4-1", the first of April

// What a question compares, besides its words.
struct AskedCount {
  std::set<std::string> numbers;  // of the question: they are given
  bool dates = false;             // days of dates are compared, each with its month
  bool lead_times = false;        // "3 days before" is compared
};

// Beside these stands how long before something it is: "3 days before", "提前3日".
constexpr std::string_view kLeadTimes[] = {"before",   "in advance", "ahead", "notice",
                                           "prior to", "提前",       "提早",  "事先"};

AskedCount AskedCountOf(std::string_view question, model::AnswerKind kind) {
  AskedCount asked;
  for (const Quantity& quantity : QuantitiesOf(question)) asked.numbers.insert(quantity.number);
  asked.dates = kind == model::AnswerKind::kTime || kind == model::AnswerKind::kAny;
  const std::string folded = Fold(question);
  asked.lead_times = kind == model::AnswerKind::kTime ||
                     std::ranges::any_of(kLeadTimes, [&](std::string_view one) {
                       return folded.find(one) != folded.npos;
                     });
  return asked;
}

size_t SkipBlanks(std::string_view text, size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

size_t SkipDigits(std::string_view text, size_t at) {
  while (at < text.size() && IsAsciiDigit(text[at])) ++at;
  return at;
}

// Takes the days of dates out of a folded text, "4月1日", "每月 10 号", and of "4月1日至3日" both: "4-1" and "4-3".
std::vector<std::string> TakeDates(std::string& folded) {
  constexpr std::string_view kMonth = "月";
  std::vector<std::string> dates;
  for (size_t at = folded.find(kMonth); at != folded.npos;
       at = folded.find(kMonth, at + kMonth.size())) {
    size_t month_end = at;
    while (month_end > 0 && folded[month_end - 1] == ' ') --month_end;
    size_t month = month_end;
    while (month > 0 && IsAsciiDigit(folded[month - 1])) --month;
    const std::string number = folded.substr(month, month_end - month) + '-';
    for (size_t behind = at + kMonth.size();;) {
      const size_t day = SkipBlanks(folded, behind);
      const size_t end = SkipDigits(folded, day);
      const size_t mark = SkipBlanks(folded, end);
      const std::string_view rest = std::string_view(folded).substr(mark);
      if (end == day || !(rest.starts_with("日") || rest.starts_with("号"))) break;
      dates.push_back(number + folded.substr(day, end - day));
      folded.replace(day, end - day, end - day, ' ');
      behind = SkipBlanks(folded, mark + std::string_view("日").size());
      size_t joined = 0;
      for (const std::string_view joining : {"至", "到", "、", "和", "-", "~"}) {
        if (std::string_view(folded).substr(behind).starts_with(joining)) joined = joining.size();
      }
      if (joined == 0) break;
      behind += joined;
    }
  }
  return dates;
}

// Takes the numbers out of what a folded text says of how long before something: "提前3日", "at least 3 days before".
void TakeLeadTimes(std::string& folded) {
  for (const std::string_view mark : kLeadTimes) {
    for (size_t at = folded.find(mark); at != folded.npos; at = folded.find(mark, at + 1)) {
      if (IsAscii(mark.front())) {
        // The word before it counts: "days", "days'".
        size_t end = at;
        while (end > 0 && folded[end - 1] == ' ') --end;
        while (end > 0 && (IsAsciiLower(folded[end - 1]) || folded[end - 1] == '\'')) --end;
        while (end > 0 && folded[end - 1] == ' ') --end;
        size_t begin = end;
        while (begin > 0 && IsAsciiDigit(folded[begin - 1])) --begin;
        folded.replace(begin, end - begin, end - begin, ' ');
        continue;
      }
      size_t begin = at + mark.size();
      if (std::string_view(folded).substr(begin).starts_with("至少")) {
        begin += std::string_view("至少").size();
      }
      begin = SkipBlanks(folded, begin);
      const size_t end = SkipDigits(folded, begin);
      folded.replace(begin, end - begin, end - begin, ' ');
    }
  }
}

// The quantities of a folded text, each with what it counts as its unit; "from 24 to 26 days" has days twice.
std::vector<Quantity> CountedIn(std::string_view folded) {
  std::vector<Quantity> counted = QuantitiesOf(folded);
  for (size_t i = counted.size(); i-- > 0;) {
    if (!counted[i].unit.empty()) continue;
    const bool is_range = i + 1 < counted.size() && IsOneOf(counted[i].counted, {"to", "到", "至"});
    counted[i].unit = is_range ? counted[i + 1].unit : counted[i].counted;
  }
  return counted;
}

// What counts something in the sentence and is not part of the question.
std::vector<Quantity> CountsOf(std::string_view sentence, const AskedCount& asked) {
  std::string folded = Fold(sentence);
  std::vector<Quantity> counts;
  for (std::string& date : TakeDates(folded)) {
    const size_t day = date.find('-') + 1;
    const bool is_given =
        asked.numbers.contains(date.substr(0, day - 1)) && asked.numbers.contains(date.substr(day));
    if (asked.dates && !is_given)
      counts.push_back({.number = std::move(date), .unit = kDate, .counted = ""});
  }
  if (!asked.lead_times) TakeLeadTimes(folded);
  for (Quantity& quantity : CountedIn(folded)) {
    // Dates place what is said, they are not what is counted.
    if (quantity.unit.empty() || quantity.unit == "year" || quantity.unit == "month") continue;
    // Times of day, likewise.
    if (quantity.unit == "时" || quantity.unit == "分" || quantity.unit == "点") continue;
    if (asked.numbers.contains(quantity.number)) continue;
    counts.push_back(std::move(quantity));
  }
  return counts;
}

// The unit of what a folded question counts: "how many beds" asks for "bed", "几天" for "day"; "" where it says none.
std::string UnitCounted(std::string_view folded) {
  for (const std::string_view asking : {"how many ", "多少", "几"}) {
    const size_t at = folded.find(asking);
    if (at == folded.npos) continue;
    const std::vector<Quantity> one =
        QuantitiesOf("1 " + std::string(folded.substr(at + asking.size())));
    if (!one.empty()) return one.front().unit.empty() ? one.front().counted : one.front().unit;
  }
  return "";
}

// Leaves of the answer's counts those of what the question asks for, where it has such: what else it counts beside them,
// the days of a trial beside a price, is not what was asked.
void KeepAskedCounts(std::string_view question, std::vector<Quantity>& counts) {
  const std::string folded = Fold(question);
  const auto asks = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(
        words, [&](std::string_view word) { return folded.find(word) != folded.npos; });
  };
  const std::string counted = UnitCounted(folded);
  const bool asks_price = asks({"多少钱", "价格", "单价", "售价", "费用", "租金", "cost", "price"});
  const bool asks_time = asks({"多久", "多长时间", "how long", "how often"});
  const auto is_asked = [&](const Quantity& one) {
    if (asks_price && IsOneOf(one.unit, {"yuan", "dollar", "euro", "lb", "万", "亿"})) return true;
    if (asks_time && IsOneOf(one.unit, {"s", "min", "h", "day", "week"})) return true;
    return !counted.empty() && one.unit == counted;
  };
  if (!std::ranges::any_of(counts, is_asked)) return;
  std::erase_if(counts, [&](const Quantity& one) { return !is_asked(one); });
}

// Right before what was so and is no more. Some stand before other numbers too, "open from 9 to 17 hours", and tell of a
// change beside a word that does.
struct FormerMark {
  std::string_view text;
  bool with_change = false;
};
constexpr FormerMark kFormerMarks[] = {
    {"instead of "}, {"rather than "}, {"formerly "},  {"previously "}, {"no longer "},
    {"used to be "}, {"from ", true},  {"was ", true}, {"were ", true}, {"原为"},
    {"原来"},        {"原先"},         {"此前"},       {"不再是"},      {"而不是"},
    {"而非"},        {"由", true},     {"从", true},   {"自", true}};
constexpr std::string_view kChangeWords[] = {
    "chang",  "rais",    "rise",      "rose",    "increas", "reduc", "shorten", "lengthen",
    "extend", "lower",   "cut",       "decreas", "grow",    "grew",  "fall",    "fell",
    "drop",   "up from", "down from", "now",     "增",      "提高",  "升",      "上调",
    "涨",     "降",      "减",        "缩",      "延长",    "改",    "调",      "变"};
constexpr size_t kMostBetween = 12;  // bytes between such a mark and its number
constexpr size_t kMostOfDate = 20;   // bytes of "2025年11月28日"

// The counts of a sentence that tells of a change which were so before it.
std::vector<Quantity> FormerCountsOf(std::string_view sentence) {
  const std::string folded = Fold(sentence);
  const bool tells_of_change = std::ranges::any_of(
      kChangeWords, [&](std::string_view word) { return folded.find(word) != folded.npos; });
  std::vector<Quantity> former;
  for (const FormerMark& mark : kFormerMarks) {
    if (mark.with_change && !tells_of_change) continue;
    for (size_t at = folded.find(mark.text); at != folded.npos;
         at = folded.find(mark.text, at + 1)) {
      const bool inside_word = at > 0 && IsAsciiLower(mark.text.front()) && folded[at - 1] != ' ';
      const std::string_view rest = std::string_view(folded).substr(at + mark.text.size());
      const auto number =
          static_cast<size_t>(std::ranges::find_if(rest, IsAsciiDigit) - rest.begin());
      if (inside_word || number > kMostBetween) continue;
      std::vector<Quantity> behind = CountedIn(rest);
      if (!behind.empty()) former.push_back(std::move(behind.front()));
      std::string date(rest.substr(0, number + kMostOfDate));
      std::vector<std::string> days = TakeDates(date);
      if (!days.empty())
        former.push_back({.number = std::move(days.front()), .unit = kDate, .counted = ""});
    }
  }
  return former;
}

// kWasSo and kBecameSo: the other sentence tells of a change from what the answer says, or to it.
enum class Verdict : uint8_t { kNone, kConflicts, kWasSo, kBecameSo };

Verdict CompareCounts(const std::vector<Quantity>& ours, const std::vector<Quantity>& theirs,
                      const std::vector<Quantity>& former) {
  const auto is_in = [](const Quantity& one, const std::vector<Quantity>& counts) {
    return std::ranges::any_of(counts, [&](const Quantity& other) {
      return other.unit == one.unit && other.number == one.number;
    });
  };
  for (const Quantity& our : ours) {
    std::vector<Quantity> others;
    for (const Quantity& their : theirs) {
      if (their.unit == our.unit && their.number != our.number) others.push_back(their);
    }
    if (others.empty()) continue;
    // Where the answer has both values itself it tells of the change.
    const auto is_ours = [&](const Quantity& other) { return is_in(other, ours); };
    if (std::ranges::any_of(others, is_ours)) return Verdict::kNone;
    if (!is_in(our, theirs)) return Verdict::kConflicts;
    // It says what the answer says, and the other value of something else, unless one became the other.
    const auto was_so = [&](const Quantity& other) { return is_in(other, former); };
    const bool other_was_so = std::ranges::any_of(others, was_so);
    if (is_in(our, former) == other_was_so) continue;
    return other_was_so ? Verdict::kBecameSo : Verdict::kWasSo;
  }
  return Verdict::kNone;
}

// Words of spaced scripts and single CJK characters, as they stand.
std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  bool joins = false;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = NextCodePoint(text, at);
    const bool is_part = c < 0x80 ? IsAsciiLetter(static_cast<char>(c)) ||
                                        IsAsciiDigit(static_cast<char>(c)) || c == '-' ||
                                        c == '.' || c == ',' || c == '%' || c == '\''
                                  : !IsCjk(c) && c > 0xBF && c < 0x2000;
    if (is_part && joins) {
      words.back() = std::string_view(words.back().data(),
                                      static_cast<size_t>(text.data() + at - words.back().data()));
    } else if (is_part || IsCjk(c)) {
      words.push_back(text.substr(begin, at - begin));
    }
    joins = is_part;
  }
  // Marks at the end of a word are none of it.
  for (std::string_view& word : words) {
    while (word.size() > 1 &&
           std::string_view(".,-'").find(word.back()) != std::string_view::npos) {
      word.remove_suffix(1);
    }
  }
  return words;
}

// A sentence with its words and those of its headings.
struct Said {
  std::string_view text;
  const WordSet& terms;
};

// Whether `stretch`, words of `said`, has a word of the question that the other sentence has nowhere: what the question
// names is what it is about. A word that reaches over an end of it counts: pairs of Chinese characters overlap.
bool NamesWhatIsAsked(const Said& said, std::span<const std::string_view> stretch,
                      const WordSet& other, const WordSet& asked, const Analyzer& analyzer) {
  const auto begin = static_cast<size_t>(stretch.front().data() - said.text.data());
  const auto end =
      static_cast<size_t>(stretch.back().data() - said.text.data()) + stretch.back().size();
  return std::ranges::any_of(analyzer.Tokenize(said.text), [&](const Token& token) {
    return token.begin < end && begin < token.end && asked.contains(token.term) &&
           !other.contains(token.term);
  });
}

// Whether two sentences are the same but for one stretch that names something: not what the question names, which is
// what one of them is about and the other is not.
bool AreTwins(const Said& ours, const Said& theirs, const WordSet& asked,
              const Analyzer& analyzer) {
  const std::vector<std::string_view> a = WordsOf(ours.text);
  const std::vector<std::string_view> b = WordsOf(theirs.text);
  const size_t longer = std::max(a.size(), b.size());
  const size_t shorter = std::min(a.size(), b.size());
  if (shorter < 4 || longer > kMaxTwinWords) return false;
  size_t front = 0;
  while (front < shorter && a[front] == b[front]) ++front;
  size_t back = 0;
  while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  const std::span<const std::string_view> in_a(a.data() + front, a.size() - front - back);
  const std::span<const std::string_view> in_b(b.data() + front, b.size() - front - back);
  if (in_a.empty() || in_b.empty()) return false;
  if (in_a.size() > kMaxDifference || in_b.size() > kMaxDifference) return false;
  if (static_cast<double>(front + back) < kTwins * static_cast<double>(longer)) return false;
  const auto names = [&](std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) {
      // A capital is no name where "The" or "A" begins the sentence.
      if (IsAsciiUpper(word.front())) return !WordsIn(word, analyzer).empty();
      return HoldsAsciiDigit(word) || !IsAscii(word.front());
    });
  };
  if (!names(in_a) || !names(in_b)) return false;
  const WordSet ours_only = WordsIn(Join(in_a, " "), analyzer);
  const WordSet theirs_only = WordsIn(Join(in_b, " "), analyzer);
  if (ours_only.empty() || theirs_only.empty() || ours_only == theirs_only) return false;
  if (ShareAmong(ours_only, asked) >= 1 || ShareAmong(theirs_only, asked) >= 1) return false;
  return !NamesWhatIsAsked(ours, in_a, theirs.terms, asked, analyzer) &&
         !NamesWhatIsAsked(theirs, in_b, ours.terms, asked, analyzer);
}

// Characters that name nothing where they stand before a word.
constexpr std::string_view kNoNames = "的了是在有和与及或为由从到每各该";
// All of them are the same people.
constexpr std::string_view kWhoWork[] = {"员工", "职工", "职员", "雇员", "工人"};

bool BeginsWithWhoWork(std::string_view text) {
  return std::ranges::any_of(kWhoWork, [&](std::string_view who) { return text.starts_with(who); });
}

// Whether a word right behind another says something of it: what stands before it is no more a name than "employees" of
// "employees get", beside "staff get".
bool SaysSomethingOf(std::string_view word) {
  return IsOneOf(word,
                 {"get",    "gets",    "got",   "receive", "receives", "received", "have",  "has",
                  "had",    "earn",    "earns", "enjoy",   "enjoys",   "needs",    "pays",  "takes",
                  "accrue", "accrues", "owe",   "owes",    "may",      "can",      "could", "must",
                  "shall",  "should",  "will",  "would",   "is",       "are",      "was",   "were",
                  "do",     "does",    "did",   "begins",  "ends",     "applies"});
}

// Likewise of a pair of Chinese characters of `ours` that stands at byte `at` of it: what is behind the first of them stands
// in the other sentence behind another character, 企业版 and 专业版; not where both are the same people, 员工 and 职工.
bool HasOtherBefore(const Said& ours, size_t at, const Said& theirs, const WordSet& asked) {
  const auto holds = [](const WordSet& terms, std::string_view character) {
    return std::ranges::any_of(
        terms, [&](const std::string& term) { return term.find(character) != term.npos; });
  };
  size_t second = at;
  NextCodePoint(ours.text, second);
  if (holds(theirs.terms, ours.text.substr(at, second - at))) return false;
  size_t end = second;
  for (int character = 0; character < 2; ++character) {
    if (end >= ours.text.size() || !IsCjk(NextCodePoint(ours.text, end))) return false;
  }
  const std::string_view behind = ours.text.substr(second, end - second);
  for (size_t found = theirs.text.find(behind); found != theirs.text.npos;
       found = theirs.text.find(behind, found + 1)) {
    if (found == 0) continue;
    size_t begin = found - 1;
    while (begin > 0 && (theirs.text[begin] & 0xC0) == 0x80) --begin;
    if (BeginsWithWhoWork(ours.text.substr(at)) && BeginsWithWhoWork(theirs.text.substr(begin))) {
      continue;
    }
    const std::string_view before = theirs.text.substr(begin, found - begin);
    size_t next = begin;
    if (IsCjk(NextCodePoint(theirs.text, next)) && kNoNames.find(before) == before.npos &&
        !holds(asked, before)) {
      return true;
    }
  }
  return false;
}

// Whether the other sentence has another word in the place of one of the question that the answer's has, right before a
// word of both: "the Business plan", "the Team plan"; before a verb only where it is one of `names`, those that the
// question has, or has a capital inside the sentence.
bool IsOfAnother(const Said& ours, const Said& theirs, const WordSet& asked, const WordSet& names,
                 const Analyzer& analyzer) {
  const std::vector<Token> our_tokens = analyzer.Tokenize(ours.text);
  const std::vector<Token> their_tokens = analyzer.Tokenize(theirs.text);
  for (size_t i = 0; i < our_tokens.size(); ++i) {
    const Token& token = our_tokens[i];
    if (!asked.contains(token.term) || theirs.terms.contains(token.term)) continue;
    size_t begin = token.begin;
    if (IsCjk(NextCodePoint(ours.text, begin))) {
      if (HasOtherBefore(ours, token.begin, theirs, asked)) return true;
      continue;
    }
    if (i + 1 == our_tokens.size() || our_tokens[i + 1].position != token.position + 1) continue;
    const std::string_view next =
        ours.text.substr(our_tokens[i + 1].begin, our_tokens[i + 1].end - our_tokens[i + 1].begin);
    const bool is_name =
        names.contains(token.term) || (token.begin > 0 && IsAsciiUpper(ours.text[token.begin]));
    if (!is_name && SaysSomethingOf(next)) continue;
    for (size_t j = 0; j + 1 < their_tokens.size(); ++j) {
      if (their_tokens[j + 1].term == our_tokens[i + 1].term &&
          their_tokens[j + 1].position == their_tokens[j].position + 1 &&
          !asked.contains(their_tokens[j].term)) {
        return true;
      }
    }
  }
  return false;
}

// The words of a sentence, lower-case and sorted, without those that deny.
struct ConflictStatement {
  std::vector<std::string> words;
  bool denies = false;
  std::vector<std::vector<std::string>> denied;  // of each denial: what stands right behind it
};

// Whether the word at `at` of the sentence denies: not that of "No 5", "not only", 不仅, 未来.
bool IsDenial(std::string_view sentence, std::span<const std::string_view> words, size_t at) {
  const std::string_view word = words[at];
  const std::string_view next = at + 1 < words.size() ? words[at + 1] : "";
  if (HoldsAsciiDigit(next)) return false;
  if (IsOneOf(word, {"不", "未", "没", "沒"})) {
    return model::DeniesAt(sentence, static_cast<size_t>(word.data() - sentence.data()));
  }
  const std::string lower = AsciiLower(word);
  if (lower == "no") return at == 0 || word == "no";
  return IsOneOf(lower, {"not", "never"}) && !IsOneOf(next, {"only", "just", "merely", "least"});
}

ConflictStatement StatementOf(std::string_view sentence) {
  ConflictStatement statement;
  const std::vector<std::string_view> words = WordsOf(sentence);
  for (size_t i = 0; i < words.size(); ++i) {
    if (!IsDenial(sentence, words, i)) {
      statement.words.push_back(AsciiLower(words[i]));
      continue;
    }
    statement.denies = true;
    statement.denied.emplace_back();
    size_t skipped = 0;
    for (size_t next = i + 1; next < words.size(); ++next) {
      std::string lower = AsciiLower(words[next]);
      const bool says_little = IsOneOf(lower, {"the", "a", "an", "any", "be", "been", "to", "yet",
                                               "ever", "有", "能", "被", "再"});
      statement.denied.back().push_back(std::move(lower));
      if (!says_little || ++skipped > kMaxSkipped) break;
    }
  }
  std::ranges::sort(statement.words);
  return statement;
}

// Whether one sentence denies what the other says, in nearly the same words: "dogs may enter the gardens on a lead",
// "dogs may not enter the gardens". What is denied must be of what both say, and neither say much beside it: "the pool
// opens at 8", "the pool opens at 8 and guests may not bring glass".
bool DenyEachOther(const ConflictStatement& ours, const ConflictStatement& theirs) {
  const auto [shorter, longer] = std::minmax({ours.words.size(), theirs.words.size()});
  if (ours.denies == theirs.denies || shorter < kLeastDenied) return false;
  std::vector<std::string> shared;
  std::ranges::set_intersection(ours.words, theirs.words, std::back_inserter(shared));
  const double both = static_cast<double>(shared.size());
  if (both < kDenied * static_cast<double>(shorter)) return false;
  if (both < kDeniedOfLonger * static_cast<double>(longer)) return false;
  const ConflictStatement& denying = ours.denies ? ours : theirs;
  return std::ranges::any_of(denying.denied, [&](const std::vector<std::string>& words) {
    return !words.empty() && std::ranges::binary_search(shared, words.back());
  });
}

}  // namespace

std::vector<Conflict> FindConflicts(std::string_view question, const Context& context,
                                    uint32_t passage, ByteRange said, const Analyzer& analyzer,
                                    size_t limit) {
  const Passage& source = context.passages[passage];
  const auto header_of = [](const Passage& one) {
    return ContextualHeader(one.title, one.chunk.span.heading_path);
  };
  const std::string_view ours =
      std::string_view(source.chunk.text).substr(said.begin, said.end - said.begin);
  const model::Question analysed = model::AnalyseQuestion(question, analyzer);
  // What is said of the VX-220/B is not said of the VX-220.
  const model::AskedCodes codes(analysed.text, analyzer);
  const auto words_of = [&](std::string_view text) { return WordsIn(text, analyzer, codes); };
  // What stands in no source asks and names nothing.
  WordSet known;
  for (const Passage& one : context.passages) {
    known.merge(words_of(one.chunk.text));
    known.merge(words_of(header_of(one)));
  }
  WordSet asked = WordsIn(question, analyzer);
  std::erase_if(asked, [&](const std::string& term) { return !known.contains(term); });
  WordSet names;  // words that the question writes with a capital
  for (const Token& token : analyzer.Tokenize(question)) {
    if (token.begin > 0 && IsAsciiUpper(question[token.begin])) names.insert(token.term);
  }
  WordSet our_terms = words_of(ours);
  our_terms.merge(words_of(header_of(source)));
  const double our_share = ShareAmong(asked, our_terms);
  // Who somebody is or where something stands is no number: those beside it are of something else.
  const model::AnswerKind kind = analysed.kind;
  const AskedCount asked_count = AskedCountOf(question, kind);
  const bool asks_for_count =
      kind != model::AnswerKind::kPerson && kind != model::AnswerKind::kPlace;
  std::vector<Quantity> our_counts =
      asks_for_count ? CountsOf(ours, asked_count) : std::vector<Quantity>();
  KeepAskedCounts(question, our_counts);
  const ConflictStatement our_statement = StatementOf(ours);
  // Names, codes and years of the question, as far as the answer's sentence has them.
  WordSet fixed;
  for (const std::string& term : asked) {
    if (IsNumber(term) && our_terms.contains(term)) fixed.insert(term);
  }

  std::vector<Conflict> conflicts;
  std::set<std::string_view> documents = {source.chunk.document};
  for (uint32_t i = 0; i < context.passages.size() && conflicts.size() < limit; ++i) {
    const Passage& other = context.passages[i];
    if (documents.contains(other.chunk.document)) continue;
    const WordSet header = words_of(header_of(other));
    for (const model::QuotablePiece& piece :
         model::QuotablePieces(other.chunk, kMaxConflictPieceTokens)) {
      const std::string_view theirs =
          std::string_view(other.chunk.text)
              .substr(piece.range.begin, piece.range.end - piece.range.begin);
      const WordSet words = words_of(theirs);
      WordSet terms = words;
      terms.insert(header.begin(), header.end());
      if (!fixed.empty() && ShareAmong(fixed, terms) < 1) continue;
      const Said our_sentence{ours, our_terms};
      const Said their_sentence{theirs, terms};
      if (IsOfAnother(our_sentence, their_sentence, asked, names, analyzer)) continue;
      Verdict verdict = Verdict::kNone;
      if ((ShareAmong(asked, words) >= kBySelf &&
           DenyEachOther(our_statement, StatementOf(theirs))) ||
          AreTwins(our_sentence, their_sentence, asked, analyzer)) {
        verdict = Verdict::kConflicts;
      } else if (!our_counts.empty()) {
        const double share = ShareAmong(asked, terms);
        const bool speaks_of_it = share >= kAtLeast && share >= kSpeaksOfIt * our_share &&
                                  ShareAmong(asked, words) >= kBySelf;
        if (speaks_of_it) {
          verdict =
              CompareCounts(our_counts, CountsOf(theirs, asked_count), FormerCountsOf(theirs));
        }
      }
      if (verdict == Verdict::kNone) continue;
      conflicts.push_back({.passage = i,
                           .range = piece.range,
                           .changes = verdict != Verdict::kConflicts,
                           .agrees = verdict == Verdict::kBecameSo});
      documents.insert(other.chunk.document);
      break;
    }
  }
  return conflicts;
}

}  // namespace quarry::generation
