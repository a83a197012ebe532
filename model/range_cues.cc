#include "model/range_cues.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/counted_units.h"
#include "model/number_reading.h"

namespace quarry::model {
namespace {

// Before a number. One that another ends with stands behind it. A denial before one that compares makes it its opposite
// (DenialBefore): "not more than", 不得低于.
constexpr BoundCue kBefore[] = {
    {"大于等于", BoundSide::kLeast},
    {"小于等于", BoundSide::kMost},
    {"不满", BoundSide::kMost, true},
    {"未满", BoundSide::kMost, true},
    {"不足", BoundSide::kMost, true},
    {"不到", BoundSide::kMost, true},
    {"少于", BoundSide::kMost, true},
    {"低于", BoundSide::kMost, true},
    {"小于", BoundSide::kMost, true},
    {"至多", BoundSide::kMost},
    {"最多", BoundSide::kMost},
    {"超过", BoundSide::kLeast, true},
    {"大于", BoundSide::kLeast, true},
    {"多于", BoundSide::kLeast, true},
    {"高于", BoundSide::kLeast, true},
    {"至少", BoundSide::kLeast},
    {"达到", BoundSide::kLeast},
    {"满", BoundSide::kLeast},
    {"达", BoundSide::kLeast},
    {"逾", BoundSide::kLeast, true},
    {"≥", BoundSide::kLeast},
    {"≤", BoundSide::kMost},
    {">=", BoundSide::kLeast},
    {"<=", BoundSide::kMost},
    {">", BoundSide::kLeast, true},
    {"<", BoundSide::kMost, true},
    {"＞", BoundSide::kLeast, true},
    {"＜", BoundSide::kMost, true},
    {"at least", BoundSide::kLeast},
    {"at most", BoundSide::kMost},
    {"up to", BoundSide::kMost},
    {"more than", BoundSide::kLeast, true},
    {"greater than", BoundSide::kLeast, true},
    {"longer than", BoundSide::kLeast, true},
    {"higher than", BoundSide::kLeast, true},
    {"heavier than", BoundSide::kLeast, true},
    {"older than", BoundSide::kLeast, true},
    {"larger than", BoundSide::kLeast, true},
    {"bigger than", BoundSide::kLeast, true},
    {"faster than", BoundSide::kLeast, true},
    {"deeper than", BoundSide::kLeast, true},
    {"wider than", BoundSide::kLeast, true},
    {"thicker than", BoundSide::kLeast, true},
    {"taller than", BoundSide::kLeast, true},
    {"in excess of", BoundSide::kLeast, true},
    {"exceeding", BoundSide::kLeast, true},
    {"exceeds", BoundSide::kLeast, true},
    {"exceed", BoundSide::kLeast, true},
    {"over", BoundSide::kLeast, true},
    {"above", BoundSide::kLeast, true},
    {"beyond", BoundSide::kLeast, true},
    {"less than", BoundSide::kMost, true},
    {"fewer than", BoundSide::kMost, true},
    {"shorter than", BoundSide::kMost, true},
    {"lower than", BoundSide::kMost, true},
    {"lighter than", BoundSide::kMost, true},
    {"younger than", BoundSide::kMost, true},
    {"smaller than", BoundSide::kMost, true},
    {"slower than", BoundSide::kMost, true},
    {"narrower than", BoundSide::kMost, true},
    {"thinner than", BoundSide::kMost, true},
    {"below", BoundSide::kMost, true},
    {"under", BoundSide::kMost, true},
    {"within", BoundSide::kMost},
};

// What a denial before a comparison bounds, by the side of what is compared.
constexpr BoundCue kDeniedLeast = {"", BoundSide::kMost};
constexpr BoundCue kDeniedMost = {"", BoundSide::kLeast};

// What compares with a number or a time, and bounds it where it is denied.
constexpr std::string_view kChineseComparisons[] = {"超过", "超出", "大于", "多于", "高于",
                                                    "小于", "少于", "低于", "晚于", "迟于",
                                                    "遲于", "早于", "长于", "短于"};
// Before "than".
constexpr std::string_view kComparatives[] = {
    "more",   "less",    "fewer",    "greater", "larger", "bigger",  "smaller",
    "higher", "lower",   "longer",   "shorter", "later",  "earlier", "sooner",
    "older",  "younger", "heavier",  "lighter", "faster", "slower",  "deeper",
    "wider",  "thicker", "narrower", "taller",  "thinner"};
constexpr std::string_view kExceeding[] = {"exceed", "exceeds", "exceeding", "exceeded"};
// These compare where a number stands behind them: "not under warranty" denies.
constexpr std::string_view kComparingNumbers[] = {"over", "above", "below", "under", "beyond"};

// Of all these: those that are below.
constexpr std::string_view kLesser[] = {"小于",    "少于",    "低于",    "早于",  "短于",
                                        "less",    "fewer",   "small",   "lower", "short",
                                        "earlier", "sooner",  "younger", "light", "slower",
                                        "narrow",  "thinner", "below",   "under"};

constexpr std::string_view kEnglishDenials[] = {"not",     "no",  "never",   "cannot",
                                                "neither", "nor", "without", "avoid"};
constexpr std::string_view kShortDenials[] = {"n't", "n’t"};
constexpr std::string_view kChineseDenials[] = {"不", "未",   "没",   "沒",
                                                "勿", "禁止", "严禁", "嚴禁"};
// 能 of 产能不能低于 is none of 能不能.
constexpr std::string_view kEndedByAuxiliary[] = {
    "性能", "功能", "产能", "產能", "效能", "职能", "職能", "智能", "可能", "员会", "員會",
    "事会", "事會", "大会", "大會", "协会", "協會", "工会", "工會", "机会", "機會", "社会",
    "社會", "只要", "需要", "主要", "重要", "许可", "許可", "认可", "認可"};
// Behind what is also a bound they deny: 不满意, 不满足条件, 不到位, 不足以.
constexpr std::string_view kDenyAsWords[] = {"不满意", "不满足", "不到位",
                                             "不到场", "不到場", "不足以"};
// Between a denial and what compares: "must not be more than", 不得超过. The longer ones first.
constexpr std::string_view kEnglishBetween[] = {"be",   "been", "to",    "have", "has", "by", "any",
                                                "time", "case", "event", "ever", "at",  "in"};
constexpr std::string_view kChineseBetween[] = {"可以", "应当", "應當", "允许", "允許", "得", "能",
                                                "可",   "应",   "應",   "会",   "會",   "宜", "准",
                                                "许",   "許",   "要",   "有",   "曾"};

// Behind a number and its unit, or between the two: "5 or more times".
constexpr BoundCue kBehind[] = {{"及以上", BoundSide::kLeast},    {"或以上", BoundSide::kLeast},
                                {"以上", BoundSide::kLeast},      {"及以下", BoundSide::kMost},
                                {"或以下", BoundSide::kMost},     {"以下", BoundSide::kMost},
                                {"以内", BoundSide::kMost},       {"之内", BoundSide::kMost},
                                {"内", BoundSide::kMost},         {"or more", BoundSide::kLeast},
                                {"and more", BoundSide::kLeast},  {"or over", BoundSide::kLeast},
                                {"and over", BoundSide::kLeast},  {"or above", BoundSide::kLeast},
                                {"and above", BoundSide::kLeast}, {"or longer", BoundSide::kLeast},
                                {"or older", BoundSide::kLeast},  {"or less", BoundSide::kMost},
                                {"or fewer", BoundSide::kMost},   {"or below", BoundSide::kMost},
                                {"and below", BoundSide::kMost},  {"or under", BoundSide::kMost},
                                {"and under", BoundSide::kMost},  {"or shorter", BoundSide::kMost}};

constexpr std::string_view kSeparators[] = {"-", "–", "—", "——", "~", "～", "－", "至", "到", "to"};
// Between the two bounds of one range.
constexpr std::string_view kJoints[] = {"",      "，",      "、",      "但",   "且",  "而",
                                        "，但",  "，且",    "、但",    ",",    "and", "but",
                                        ", but", "but not", "and not", ", and"};
constexpr std::string_view kIncluding[] = {"（含）", "(含)", "（含本数）", "(inclusive)"};

// The word of ASCII letters that begins at byte `at`.
std::string_view CueWordAt(std::string_view even, size_t at) {
  size_t end = at;
  while (end < even.size() && IsAsciiLetter(even[end])) ++end;
  return even.substr(at, end - at);
}

// Whether a comparison begins at byte `at`.
bool ComparesAt(std::string_view even, size_t at) {
  if (StartsWithAny(even.substr(at), kChineseComparisons)) return true;
  const std::string_view word = CueWordAt(even, at);
  const size_t next = BehindSpaces(even, at + word.size());
  if (IsOneOf(word, kExceeding) || even.substr(at).starts_with("in excess of")) return true;
  if (IsOneOf(word, kComparatives)) return CueWordAt(even, next) == "than";
  return IsOneOf(word, kComparingNumbers) && next < even.size() && ReadNumber(even, next);
}

// Without what may stand between a denial and a comparison at its end.
std::string_view BeforeBetween(std::string_view before) {
  while (true) {
    while (before.ends_with(' ')) before.remove_suffix(1);
    if (RemoveAnySuffix(before, kChineseBetween)) continue;
    size_t begin = before.size();
    while (begin > 0 && IsAsciiLetter(before[begin - 1])) --begin;
    if (!IsOneOf(before.substr(begin), kEnglishBetween)) return before;
    before = before.substr(0, begin);
  }
}

// The byte behind what may stand between the two from byte `at` on.
size_t BehindBetween(std::string_view even, size_t at) {
  while (true) {
    at = BehindSpaces(even, at);
    std::string_view rest = even.substr(at);
    if (RemoveAnyPrefix(rest, kChineseBetween)) {
      at = even.size() - rest.size();
      continue;
    }
    const std::string_view word = CueWordAt(even, at);
    if (!IsOneOf(word, kEnglishBetween) || ComparesAt(even, at)) return at;
    at += word.size();
  }
}

// Where the denial of the comparison that begins at byte `at` begins; `at` where it is not denied.
size_t DenialBefore(std::string_view even, size_t at) {
  const std::string_view before = BeforeBetween(even.substr(0, at));
  std::string_view rest = before;
  if (RemoveAnySuffix(rest, kShortDenials)) return rest.size();
  if (RemoveAnySuffix(rest, kChineseDenials)) {
    // 能不能超过, 有没有超过 only ask.
    size_t behind = before.size();
    if (behind < even.size()) NextCodePoint(even, behind);
    const bool only_asks = rest.ends_with(even.substr(before.size(), behind - before.size())) &&
                           !EndsWithAny(rest, kEndedByAuxiliary);
    return only_asks ? at : rest.size();
  }
  size_t begin = before.size();
  while (begin > 0 && IsAsciiLetter(before[begin - 1])) --begin;
  return IsOneOf(before.substr(begin), kEnglishDenials) ? begin : at;
}

}  // namespace

const BoundCue* CueBefore(std::string_view even, size_t end, size_t& begin) {
  while (end > 0 && even[end - 1] == ' ') --end;
  const std::string_view before = even.substr(0, end);
  for (const BoundCue& cue : kBefore) {
    if (!before.ends_with(cue.text)) continue;
    const size_t at = end - cue.text.size();
    if (IsAsciiLetter(cue.text[0]) && at > 0 && IsAsciiAlphanumeric(before[at - 1])) continue;
    begin = ComparesAt(even, at) ? DenialBefore(even, at) : at;
    if (begin == at) return &cue;
    return cue.side == BoundSide::kLeast ? &kDeniedLeast : &kDeniedMost;
  }
  return nullptr;
}

const BoundCue* CueBehind(std::string_view even, size_t at, size_t& end) {
  at = even.size() - BehindIncluding(even.substr(BehindSpaces(even, at))).size();
  for (const BoundCue& cue : kBehind) {
    if (!even.substr(at).starts_with(cue.text)) continue;
    const std::string_view rest = even.substr(at + cue.text.size());
    const bool is_other_word = rest.starts_with("部") || rest.starts_with("容");  // 内部, 内容
    if (is_other_word) continue;
    end = at + cue.text.size();
    return &cue;
  }
  return nullptr;
}

bool BoundBeginsAt(std::string_view even, size_t at) {
  std::string_view rest = even.substr(at);
  if (StartsWithAny(rest, kDenyAsWords)) return false;
  if (RemoveAnyPrefix(rest, kChineseDenials)) {
    const auto begins = [&](const BoundCue& cue) { return even.substr(at).starts_with(cue.text); };
    if (std::ranges::any_of(kBefore, begins)) return true;
  } else if (!RemoveAnyPrefix(rest, kShortDenials)) {
    const std::string_view word = CueWordAt(even, at);
    if (!IsOneOf(word, kEnglishDenials)) return false;
    rest.remove_prefix(word.size());
  }
  return ComparesAt(even, BehindBetween(even, even.size() - rest.size()));
}

BoundsSaid BoundsSaidIn(std::string_view even) {
  BoundsSaid said;
  for (size_t at = 0; at < even.size();) {
    size_t end = at;
    if (IsAsciiLetter(even[at])) {
      end += CueWordAt(even, at).size();
    } else {
      NextCodePoint(even, end);
    }
    if (ComparesAt(even, at)) {
      const std::string_view rest = even.substr(at);
      const bool is_most = StartsWithAny(rest, kLesser);
      const bool is_denied = DenialBefore(even, at) != at;
      (is_denied ? (is_most ? said.not_less : said.not_more) : (is_most ? said.less : said.more)) =
          true;
    }
    at = end;
  }
  return said;
}

bool JoinsEnds(std::string_view between) { return IsOneOf(between, kSeparators); }

bool EndBeginsBehind(std::string_view even, size_t at) {
  return StartsWithAny(even.substr(BehindSpaces(even, at)), kSeparators);
}

bool JoinsBounds(std::string_view between) { return IsOneOf(between, kJoints); }

std::string_view BehindIncluding(std::string_view text) {
  for (const std::string_view including : kIncluding) {
    if (text.starts_with(including)) text.remove_prefix(including.size());
  }
  return text;
}

}  // namespace quarry::model
