#include "generation/conflict_counts.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"

namespace quarry::generation {
namespace {

constexpr const char* kDate = "date";  // the unit of "4-1", the first of April

// Beside these stands how long before something it is: "3 days before", "提前3日".
constexpr std::string_view kLeadTimes[] = {"before",   "in advance", "ahead", "notice",
                                           "prior to", "提前",       "提早",  "事先"};

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
      const size_t day = BehindSpaces(folded, behind);
      const size_t end = BehindDigits(folded, day);
      const size_t mark = BehindSpaces(folded, end);
      const std::string_view rest = std::string_view(folded).substr(mark);
      if (end == day || !(rest.starts_with("日") || rest.starts_with("号"))) break;
      dates.push_back(number + folded.substr(day, end - day));
      folded.replace(day, end - day, end - day, ' ');
      behind = BehindSpaces(folded, mark + std::string_view("日").size());
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
      begin = BehindSpaces(folded, begin);
      const size_t end = BehindDigits(folded, begin);
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

}  // namespace

AskedCount AskedCountOf(std::string_view question, model::AnswerKind kind) {
  AskedCount asked;
  for (const Quantity& quantity : QuantitiesOf(question)) asked.numbers.insert(quantity.number);
  asked.dates = kind == model::AnswerKind::kTime || kind == model::AnswerKind::kAny;
  const std::string folded = Fold(question);
  asked.lead_times = kind == model::AnswerKind::kTime || ContainsAny(folded, kLeadTimes);
  return asked;
}

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

void KeepAskedCounts(std::string_view question, std::vector<Quantity>& counts) {
  const std::string folded = Fold(question);
  const std::string counted = UnitCounted(folded);
  const bool asks_price =
      ContainsAny(folded, {"多少钱", "价格", "单价", "售价", "费用", "租金", "cost", "price"});
  const bool asks_time = ContainsAny(folded, {"多久", "多长时间", "how long", "how often"});
  const auto is_asked = [&](const Quantity& one) {
    if (asks_price && IsOneOf(one.unit, {"yuan", "dollar", "euro", "lb", "万", "亿"})) return true;
    if (asks_time && IsOneOf(one.unit, {"s", "min", "h", "day", "week"})) return true;
    return !counted.empty() && one.unit == counted;
  };
  if (!std::ranges::any_of(counts, is_asked)) return;
  std::erase_if(counts, [&](const Quantity& one) { return !is_asked(one); });
}

std::vector<Quantity> FormerCountsOf(std::string_view sentence) {
  const std::string folded = Fold(sentence);
  const bool tells_of_change = ContainsAny(folded, kChangeWords);
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

CountVerdict CompareCounts(const std::vector<Quantity>& ours, const std::vector<Quantity>& theirs,
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
    if (std::ranges::any_of(others, is_ours)) return CountVerdict::kNone;
    if (!is_in(our, theirs)) return CountVerdict::kConflicts;
    // It says what the answer says, and the other value of something else, unless one became the other.
    const auto was_so = [&](const Quantity& other) { return is_in(other, former); };
    const bool other_was_so = std::ranges::any_of(others, was_so);
    if (is_in(our, former) == other_was_so) continue;
    return other_was_so ? CountVerdict::kBecameSo : CountVerdict::kWasSo;
  }
  return CountVerdict::kNone;
}

}  // namespace quarry::generation
