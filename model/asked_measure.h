#pragma once

// "How deep is the well?", 渡口大桥有多长: such a question names what is to be measured, and a number of anything else, the
// time of a train, does not answer it. By forms alone, English and Chinese. Where a word may ask for one of many measures,
// "how high is the pressure", 多大, none is known. Internal to model/ and generation/. Pure.

#include <cstdint>
#include <string_view>

namespace quarry::model {

// "How long" may ask for either, of a bridge and of a warranty, and for the characters of a password; 多长时间 asks for a
// time alone. None is known of "how deep learning works", "how far along", 许多长椅, 有多重要.
enum class Measure : uint8_t { kNone, kLength, kLengthOrTime, kTime, kMass };

Measure MeasureAsked(std::string_view question);

// Whether `text` has a number of it: "164 m", 36个月; of a row also where its column names the unit, "Length (m): 164".
// No time of day and no calendar year is one, nor is "25 m²" or "10 km/h". True of kNone.
bool HoldsMeasure(Measure measure, std::string_view text);

}  // namespace quarry::model
