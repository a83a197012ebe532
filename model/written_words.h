#pragma once

// Words and characters of a text, as question and answer kinds look at them: by their written form,
// unlike the analyzer. Internal to model/. Pure.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"

namespace quarry::model {

// A run of ASCII letters and digits, or of other characters.
struct Word {
  std::string_view text;
  bool first = false;  // of the text
};
std::vector<Word> Words(std::string_view text);

// Whether `text` holds a Chinese character of `set` that does not stand in `except`.
bool HoldsCharacterOf(std::string_view set, std::string_view text, std::string_view except = {});

}  // namespace quarry::model
