// Contradictions in Chinese questions (contradiction.h).

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/contradiction_words.h"
#include "generation/quantities.h"

namespace quarry::generation::contradiction {
namespace {

constexpr std::string_view kChineseJoins[] = {"而且", "并且", "同时", "且", "又", "而", "但", "、"};
// Asked for apart, or of which one is enough.
constexpr std::string_view kChineseApart[] = {"各", "分别", "还是", "或", "区别", "不同"};
constexpr std::string_view kChineseParts[] = {"和", "哪", "什么", "谁", "几"};
constexpr size_t kMostBytesBetween = 30;

constexpr std::pair<std::string_view, BoundKind> kBefore[] = {
    {"不高于", BoundKind::kUpper}, {"不低于", BoundKind::kLower}, {"不超过", BoundKind::kUpper},
    {"不少于", BoundKind::kLower}, {"不大于", BoundKind::kUpper}, {"不小于", BoundKind::kLower},
    {"不足", BoundKind::kUpper},   {"不满", BoundKind::kUpper},   {"不到", BoundKind::kUpper},
    {"高于", BoundKind::kLower},   {"大于", BoundKind::kLower},   {"超过", BoundKind::kLower},
    {"多于", BoundKind::kLower},   {"至少", BoundKind::kLower},   {"晚于", BoundKind::kLower},
    {"重于", BoundKind::kLower},   {"长于", BoundKind::kLower},   {"深于", BoundKind::kLower},
    {"满", BoundKind::kLower},     {"低于", BoundKind::kUpper},   {"小于", BoundKind::kUpper},
    {"少于", BoundKind::kUpper},   {"至多", BoundKind::kUpper},   {"最多", BoundKind::kUpper},
    {"早于", BoundKind::kUpper},   {"轻于", BoundKind::kUpper},   {"短于", BoundKind::kUpper},
    {"浅于", BoundKind::kUpper},   {"正好", BoundKind::kExact},   {"恰好", BoundKind::kExact}};
constexpr std::pair<std::string_view, BoundKind> kBehind[] = {
    {"以上", BoundKind::kLower}, {"以后", BoundKind::kLower}, {"之后", BoundKind::kLower},
    {"以下", BoundKind::kUpper}, {"以前", BoundKind::kUpper}, {"之前", BoundKind::kUpper},
    {"以内", BoundKind::kUpper}};

constexpr std::string_view kDenials[] = {"并没有", "从来不", "没有", "并不",
                                         "从不",   "未",     "不",   "没"};
// Behind a number they are not what it counts.
constexpr std::string_view kNotCountedInChinese = "而且并同又但、和的时吗呢或，。？";
// Count things of every kind: what they count stands behind them.
constexpr std::string_view kMeasureCharacters = "个個台只件名位条條辆輛座张張份家根块塊把套支箱";
// Said once of both: "允许又不允许使用明火".
constexpr std::string_view kModals[] = {"允许", "可以", "需要", "能够", "必须", "应该", "要求"};
// What may stand behind what is denied.
constexpr std::string_view kBehindDenied[] = {"的", "时", "吗", "呢", "，",
                                              "、", "。", "？", "?",  ","};
constexpr std::string_view kChineseFillers[] = {"又", "还", "也", "是", "正", "却", "仍"};

constexpr std::pair<std::string_view, std::string_view> kChineseOpposites[] = {
    {"开着", "关着"}, {"空", "满"},     {"在职", "离职"}, {"允许", "禁止"}, {"必须", "禁止"},
    {"停运", "开行"}, {"有效", "过期"}, {"最早", "最晚"}, {"公开", "保密"}, {"出席", "缺席"},
    {"最高", "最低"}, {"开启", "关闭"}, {"免费", "收费"}};
constexpr std::string_view kDays[] = {"星期一", "星期二", "星期三", "星期四",
                                      "星期五", "星期六", "星期日"};

bool HoldsPart(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

// Whether `one` is a character of the list.
bool IsAmong(std::string_view one, std::string_view list) {
  return !one.empty() && !IsAscii(one.front()) && HoldsPart(list, one);
}

// A number at `at`: "60米", "dn300", "2023年7月".
bool ReadBound(std::string_view text, size_t at, Bound& bound) {
  size_t i = at;
  if (text.substr(i).starts_with("dn")) i += 2;
  while (i < text.size() && text[i] == ' ') ++i;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + i, end, bound.value);
  if (error != std::errc()) return false;
  bound.begin = at;
  bound.end = static_cast<size_t>(rest - text.data());
  std::string_view left = text.substr(bound.end);
  if (left.starts_with("年") && bound.value >= 1000) {
    bound.unit = "date";
    bound.end += 3;
    int month = 0;
    const auto read = std::from_chars(text.data() + bound.end, end, month);
    if (read.ec == std::errc() && std::string_view(read.ptr, 3).starts_with("月")) {
      bound.end = static_cast<size_t>(read.ptr - text.data()) + 3;
      bound.value += month / 100.0;
    }
    return true;
  }
  const std::vector<Quantity> quantities = QuantitiesOf(text.substr(i, 40));
  if (!quantities.empty()) {
    const Quantity& quantity = quantities.front();
    bound.unit = quantity.unit.empty() ? quantity.counted : quantity.unit;
    if (IsAmong(bound.unit, kNotCountedInChinese)) bound.unit.clear();
    if (IsAmong(bound.unit, kMeasureCharacters)) {  // "500个托盘" and "20个" are not of one thing
      const size_t measure = text.find(bound.unit, bound.end);
      const size_t begin = measure == text.npos ? text.size() : measure + bound.unit.size();
      size_t end_of_noun = begin;
      if (begin < text.size() && IsCjk(NextCodePoint(text, end_of_noun))) {
        const std::string_view noun = text.substr(begin, end_of_noun - begin);
        if (!IsAmong(noun, kNotCountedInChinese)) bound.unit += noun;
      }
    }
  }
  return true;
}

// Dates are read as year and hundredths of a month before what stands around them says which day.
void SettleDate(Bound& bound) {
  if (bound.unit != "date") return;
  const int year = static_cast<int>(bound.value);
  const int month = static_cast<int>(std::lround((bound.value - year) * 100));
  bound.value = DateValue(year, month, 0, bound.kind == BoundKind::kLower);
}

std::vector<Bound> BoundsOf(const std::string& text) {
  std::vector<Bound> bounds;
  const std::string_view view = text;
  for (size_t at = 0; at < view.size();) {
    Bound bound;
    bool found = false;
    for (const auto& [word, kind] : kBefore) {
      if (!view.substr(at).starts_with(word) || !ReadBound(view, at + word.size(), bound)) continue;
      bound.kind = kind;
      bound.begin = at;
      found = true;
      break;
    }
    if (!found && IsAsciiDigit(view[at]) && ReadBound(view, at, bound)) {
      for (const auto& [word, kind] : kBehind) {
        const size_t place = view.substr(bound.end, 12).find(word);
        if (place == view.npos) continue;
        bound.kind = kind;
        bound.end += place + word.size();
        found = true;
        break;
      }
    }
    if (found) {
      SettleDate(bound);
      bounds.push_back(bound);
      at = bound.end;
    } else {
      NextCodePoint(view, at);
    }
  }
  return bounds;
}

std::optional<Contradiction> ChineseBounds(const std::string& text) {
  const std::vector<Bound> bounds = BoundsOf(text);
  for (size_t i = 1; i < bounds.size(); ++i) {
    const Bound& a = bounds[i - 1];
    const Bound& b = bounds[i];
    const std::string_view between = std::string_view(text).substr(a.end, b.begin - a.end);
    if (between.size() > kMostBytesBetween || !ContainsAny(between, kChineseJoins) ||
        ContainsAny(between, kChineseParts)) {
      continue;
    }
    // "6岁以下、65岁以上" are two groups.
    const bool are_groups = a.kind == BoundKind::kUpper && b.kind == BoundKind::kLower &&
                            b.unit != "date" && !HoldsPart(between, "又") &&
                            !HoldsPart(between, "且") && !HoldsPart(between, "同时");
    if (!are_groups && Exclude(a, b)) {
      return Contradiction{text.substr(a.begin, a.end - a.begin),
                           text.substr(b.begin, b.end - b.begin)};
    }
  }
  return std::nullopt;
}

// The longest stretch of two characters or more that `rest` begins and `before` ends with; "" where there is none.
std::string_view SaidBefore(std::string_view before, std::string_view rest) {
  std::string_view longest;
  size_t characters = 0;
  for (size_t end = 0; end < rest.size() && end < before.size();) {
    NextCodePoint(rest, end);
    if (++characters >= 2 && before.ends_with(rest.substr(0, end))) longest = rest.substr(0, end);
  }
  return longest;
}

// "有发电机又没有发电机"
std::optional<Contradiction> ChineseDenial(const std::string& text) {
  const std::string_view view = text;
  for (const std::string_view join : kChineseJoins) {
    if (join == "、") continue;
    for (size_t at = view.find(join); at != view.npos; at = view.find(join, at + 1)) {
      std::string_view rest = view.substr(at + join.size());
      for (bool again = true; again;) {
        again = false;
        for (const std::string_view filler : kChineseFillers) {
          if (!rest.starts_with(filler)) continue;
          rest.remove_prefix(filler.size());
          again = true;
        }
      }
      const auto denial = std::ranges::find_if(
          kDenials, [&](std::string_view one) { return rest.starts_with(one); });
      if (denial == std::end(kDenials)) continue;
      const std::string_view second = rest;
      rest.remove_prefix(denial->size());
      const bool compares = std::ranges::any_of(
          kBefore, [&](const auto& one) { return second.starts_with(one.first); });
      std::string_view said = view.substr(0, at);
      for (const std::string_view particle : {"，", ",", "了"}) {
        if (said.ends_with(particle)) said.remove_suffix(particle.size());
      }
      const std::string_view denied = SaidBefore(said, rest);
      if (compares || denied.size() < 4) continue;
      // All of it was said: "需要润滑但不需要校准" denies something else.
      const std::string_view behind = rest.substr(denied.size());
      if (!behind.empty() && !StartsWithAny(behind, kBehindDenied) &&
          std::ranges::find(kModals, denied) == std::end(kModals)) {
        continue;
      }
      const size_t place = said.size() - denied.size();
      const std::string_view before = view.substr(0, place);
      if (before.ends_with("不") || before.ends_with("没有") || before.ends_with("未")) continue;
      return Contradiction{std::string(view.substr(place, at - place)),
                           std::string(*denial) + std::string(denied)};
    }
  }
  return std::nullopt;
}

std::optional<Contradiction> ChineseOpposites(const std::string& text) {
  const std::string_view view = text;
  const auto joined = [&](std::string_view first,
                          std::string_view second) -> std::optional<Contradiction> {
    const size_t a = view.find(first);
    if (a == view.npos) return std::nullopt;
    const size_t b = view.find(second, a + first.size());
    if (b == view.npos) return std::nullopt;
    const std::string_view between = view.substr(a + first.size(), b - a - first.size());
    if (between.size() > kMostBytesBetween) return std::nullopt;
    const bool joins = HoldsPart(between, "又") || HoldsPart(between, "且") ||
                       HoldsPart(between, "同时") || HoldsPart(between, "而");
    if (!joins || ContainsAny(between, kChineseParts)) return std::nullopt;
    return Contradiction{std::string(first), std::string(second)};
  };
  for (const auto& [one, other] : kChineseOpposites) {
    if (auto found = joined(one, other)) return found;
    if (auto found = joined(other, one)) return found;
  }
  for (const std::string_view one : kDays) {
    for (const std::string_view other : kDays) {
      if (one == other || !HoldsPart(view, "又")) continue;
      if (auto found = joined(one, other)) return found;
    }
  }
  return std::nullopt;
}

// Of what class of times a text speaks, one of which excludes the others; 0: of none.
int ClassOfTimeIn(std::string_view text) {
  if (HoldsPart(text, "星期")) return 1;
  if (HoldsPart(text, "月")) return 2;
  if (HoldsPart(text, "季")) return 3;
  return HoldsPart(text, "年") ? 4 : 0;
}

// "只在3月又只在5月", not "只在夏季又只在工作日"
std::optional<Contradiction> ChineseOnly(const std::string& text) {
  const std::string_view view = text;
  const size_t a = view.find("只");
  const size_t b = a == view.npos ? a : view.find("又只", a);
  if (b == view.npos || b - a > kMostBytesBetween) return std::nullopt;
  const std::string_view first = view.substr(a, b - a);
  const std::string_view second = view.substr(b + 3, first.size());
  const int time = ClassOfTimeIn(first);
  if (first == second || time == 0 || time != ClassOfTimeIn(second)) return std::nullopt;
  return Contradiction{std::string(first), std::string(second)};
}

}  // namespace

std::optional<Contradiction> InChinese(const std::string& text) {
  if (ContainsAny(text, kChineseApart)) return std::nullopt;
  if (auto found = ChineseBounds(text)) return found;
  if (auto found = ChineseDenial(text)) return found;
  if (auto found = ChineseOpposites(text)) return found;
  return ChineseOnly(text);
}

}  // namespace quarry::generation::contradiction
