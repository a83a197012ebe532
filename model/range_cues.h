#pragma once

// The words and marks that bound a number or join two to a range: "more than", 不满, 以上, "4-6", 至. What is denied before
// one that compares is bounded from the other side: "must not exceed", 不得低于. Text is that of
// EvenForNumbers. Internal to model/. Pure.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quarry::model {

enum class BoundSide : uint8_t { kLeast, kMost };

struct BoundCue {
  std::string_view text;
  BoundSide side;
  bool is_without = false;  // the number itself
};

// The cue before byte `end`, and where it begins; nullptr where none stands there.
const BoundCue* CueBefore(std::string_view even, size_t end, size_t& begin);
// Behind a number and its unit, which end at byte `at`, or between the two; and where it ends.
const BoundCue* CueBehind(std::string_view even, size_t at, size_t& end);

// Whether the denial that begins at byte `at`, an English word or "n't" or a Chinese character, only begins what bounds a
// number or a time: 不超过, 未满, 不得晚于, "no more than", "must not exceed", "not later than". The number is not looked at;
// but "over", "under" and the like bound only right before one: "not under warranty" denies. REQUIRES: no word began
// before `at` and goes on there, but before "n't".
bool BoundBeginsAt(std::string_view even, size_t at);

// On which sides a text compares with numbers, and where it denies that: "may exceed 82 °C" says more, "must not exceed
// 82 °C" not more.
struct BoundsSaid {
  bool more = false;
  bool less = false;
  bool not_more = false;
  bool not_less = false;
};
BoundsSaid BoundsSaidIn(std::string_view even);

// Whether what stands between two numbers may make them the ends of a range: "-", 至, "to".
bool JoinsEnds(std::string_view between);
// Whether such a joint stands behind byte `at`.
bool EndBeginsBehind(std::string_view even, size_t at);
// Whether it may stand between the two bounds of one range: 满10年但不满20年.
bool JoinsBounds(std::string_view between);
// Without the words at its beginning that say that the number is included: "5（含）至10".
std::string_view BehindIncluding(std::string_view text);

}  // namespace quarry::model
