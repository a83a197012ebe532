#include "model/range_cues.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/word_lists.h"
#include "model/counted_units.h"

namespace quarry::model {
namespace {

// Before a number. One that another ends with stands behind it.
constexpr BoundCue kBefore[] = {
    {"大于等于", BoundSide::kLeast},
    {"不少于", BoundSide::kLeast},
    {"不低于", BoundSide::kLeast},
    {"不小于", BoundSide::kLeast},
    {"小于等于", BoundSide::kMost},
    {"不超过", BoundSide::kMost},
    {"未超过", BoundSide::kMost},
    {"不多于", BoundSide::kMost},
    {"不高于", BoundSide::kMost},
    {"不大于", BoundSide::kMost},
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
    {"not more than", BoundSide::kMost},
    {"no more than", BoundSide::kMost},
    {"not less than", BoundSide::kLeast},
    {"no less than", BoundSide::kLeast},
    {"no fewer than", BoundSide::kLeast},
    {"not exceeding", BoundSide::kMost},
    {"not exceed", BoundSide::kMost},
    {"at least", BoundSide::kLeast},
    {"at most", BoundSide::kMost},
    {"up to", BoundSide::kMost},
    {"more than", BoundSide::kLeast, true},
    {"greater than", BoundSide::kLeast, true},
    {"longer than", BoundSide::kLeast, true},
    {"higher than", BoundSide::kLeast, true},
    {"heavier than", BoundSide::kLeast, true},
    {"older than", BoundSide::kLeast, true},
    {"in excess of", BoundSide::kLeast, true},
    {"exceeding", BoundSide::kLeast, true},
    {"exceeds", BoundSide::kLeast, true},
    {"exceed", BoundSide::kLeast, true},
    {"over", BoundSide::kLeast, true},
    {"above", BoundSide::kLeast, true},
    {"less than", BoundSide::kMost, true},
    {"fewer than", BoundSide::kMost, true},
    {"shorter than", BoundSide::kMost, true},
    {"lower than", BoundSide::kMost, true},
    {"lighter than", BoundSide::kMost, true},
    {"younger than", BoundSide::kMost, true},
    {"below", BoundSide::kMost, true},
    {"under", BoundSide::kMost, true},
    {"within", BoundSide::kMost},
};

// Before a time. None of CueBefore: a date is no number that another could be above or below.
constexpr std::string_view kBeforeTimes[] = {"不晚于", "不早于"};

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

}  // namespace

const BoundCue* CueBefore(std::string_view even, size_t end, size_t& begin) {
  while (end > 0 && even[end - 1] == ' ') --end;
  const std::string_view before = even.substr(0, end);
  for (const BoundCue& cue : kBefore) {
    if (!before.ends_with(cue.text)) continue;
    const size_t at = end - cue.text.size();
    if (IsAsciiLetter(cue.text[0]) && at > 0 && IsAsciiAlphanumeric(before[at - 1])) continue;
    begin = at;
    return &cue;
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
  const auto begins = [&](std::string_view cue) { return even.substr(at).starts_with(cue); };
  return std::ranges::any_of(kBefore, begins, &BoundCue::text) ||
         std::ranges::any_of(kBeforeTimes, begins);
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
