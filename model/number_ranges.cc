#include "model/number_ranges.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "model/counted_units.h"
#include "model/number_reading.h"
#include "model/range_cues.h"

namespace quarry::model {
namespace {

constexpr size_t kLongestJoint = 8;  // bytes between two bounds of one range

// Whether what stands between two numbers makes them the ends of a range: "4-6次", "between 1,000 and 5,000 euros".
bool AreEnds(std::string_view lower, const CountedNumber& from, const CountedNumber& to) {
  std::string_view between = lower.substr(from.range.end, to.range.begin - from.range.end);
  between = TrimBlanks(BehindIncluding(between));
  const std::string_view before = TrimBlanks(lower.substr(0, from.range.begin));
  return JoinsEnds(between) || (between == "and" && before.ends_with("between")) ||
         (between == "和" && before.ends_with("介于"));
}

// REQUIRES: they are the ends of one.
std::optional<NumberRange> RangeBetween(std::string_view lower, const CountedNumber& from,
                                        const CountedNumber& to) {
  if (!from.unit.empty() && !to.unit.empty() && from.unit != to.unit) return std::nullopt;
  NumberRange range{.least = from.value,
                    .most = to.value,
                    .unit = to.unit.empty() ? from.unit : to.unit,
                    .range = {from.range.begin, to.range.end}};
  // "3-5万元" is of 万 both.
  const std::string_view written = lower.substr(to.number.begin, to.number.end - to.number.begin);
  for (const auto& [scale, factor] : ScaleWords()) {
    const bool is_scaled = written.ends_with(scale);
    if (is_scaled && from.unit.empty() && from.value * factor < to.value) range.least *= factor;
    if (is_scaled) break;
  }
  if (range.least >= range.most) return std::nullopt;
  return range;
}

// Below or above a number: "more than 30 days", "7次以上".
std::optional<NumberRange> BoundOf(std::string_view lower, const CountedNumber& number) {
  NumberRange range{.unit = number.unit, .range = number.range};
  const BoundCue* cue = CueBefore(lower, number.range.begin, range.range.begin);
  if (cue == nullptr) {
    cue = CueBehind(lower, number.range.end, range.range.end);
    if (cue != nullptr && range.unit.empty()) {
      auto [unit, end] = UnitBehind(lower, range.range.end);
      range.unit = std::move(unit);
      range.range.end = end;
    }
  }
  if (cue == nullptr) return std::nullopt;
  if (cue->side == BoundSide::kLeast) {
    range.least = number.value;
    range.without_least = cue->is_without;
  } else {
    range.most = number.value;
    range.without_most = cue->is_without;
  }
  return range;
}

bool HasOneSide(const NumberRange& range) {
  return range.least == -std::numeric_limits<double>::infinity() ||
         range.most == std::numeric_limits<double>::infinity();
}

// Makes one range of both where they bound it from both sides, one right behind the other: 满10年不满20年.
bool JoinRanges(std::string_view lower, const NumberRange& second, NumberRange& first) {
  if (!HasOneSide(first) || !HasOneSide(second) || second.range.begin < first.range.end)
    return false;
  if (!first.unit.empty() && !second.unit.empty() && first.unit != second.unit) return false;
  const std::string_view between =
      lower.substr(first.range.end, second.range.begin - first.range.end);
  if (between.size() > kLongestJoint || !JoinsBounds(TrimBlanks(between))) return false;
  const bool is_least = first.most == std::numeric_limits<double>::infinity();
  const NumberRange& below = is_least ? first : second;
  const NumberRange& above = is_least ? second : first;
  if (below.least >= above.most || HasOneSide({.least = below.least, .most = above.most}))
    return false;
  first = {.least = below.least,
           .most = above.most,
           .without_least = below.without_least,
           .without_most = above.without_most,
           .unit = first.unit.empty() ? second.unit : first.unit,
           .range = {first.range.begin, second.range.end}};
  return true;
}

}  // namespace

std::vector<NumberRange> NumberRanges(std::string_view text) {
  const std::string lower = EvenForNumbers(text);
  const std::vector<CountedNumber> numbers = CountedNumbers(text);
  std::vector<NumberRange> ranges;
  const auto goes_on = [&](size_t i) {
    return i + 1 < numbers.size() && AreEnds(lower, numbers[i], numbers[i + 1]);
  };
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (goes_on(i)) {
      const size_t first = i;
      while (goes_on(i)) ++i;
      if (i > first + 1) continue;  // "2023-07-19"
      if (auto range = RangeBetween(lower, numbers[first], numbers[i]))
        ranges.push_back(std::move(*range));
      continue;
    }
    const std::optional<NumberRange> bound = BoundOf(lower, numbers[i]);
    if (!bound) continue;
    if (ranges.empty() || !JoinRanges(lower, *bound, ranges.back())) ranges.push_back(*bound);
  }
  return ranges;
}

}  // namespace quarry::model
