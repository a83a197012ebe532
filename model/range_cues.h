#pragma once

// The words and marks that bound a number or join two to a range: "more than", 不满, 以上, "4-6", 至. Text is that of
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

// Whether a Chinese cue that stands before a number or a time begins at byte `at`: 不超过, 未满, 不晚于. What stands
// behind it is not looked at. REQUIRES: a Chinese character begins there.
bool BoundBeginsAt(std::string_view even, size_t at);

// Whether what stands between two numbers may make them the ends of a range: "-", 至, "to".
bool JoinsEnds(std::string_view between);
// Whether such a joint stands behind byte `at`.
bool EndBeginsBehind(std::string_view even, size_t at);
// Whether it may stand between the two bounds of one range: 满10年但不满20年.
bool JoinsBounds(std::string_view between);
// Without the words at its beginning that say that the number is included: "5（含）至10".
std::string_view BehindIncluding(std::string_view text);

}  // namespace quarry::model
