#pragma once

// The figure of a sentence or cell that drafts of cases (synth.h) ask for, leave out or replace:
// 318 of "VX-240 weighs 318 kg". Digits of a code are none (generation::QuantitiesOf), nor are
// parts of a date, a time, a range or a telephone number. Pure functions, but for the random
// numbers drawn.

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/text.h"

namespace quarry::eval {

// Where the first figure of a text stands; nullopt without one.
std::optional<ByteRange> FigureIn(std::string_view text);

// That figure as it is written: "1,200.5".
std::optional<std::string> FigureOf(const std::string& text);

// Another figure of as many digits. REQUIRES: `figure` is one that FigureOf returns.
std::string OtherFigure(const std::string& figure, Random& random);

}  // namespace quarry::eval
