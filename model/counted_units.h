#pragma once

// What numbers count, by the words and marks beside them: 次, "kg", "€". Text is that of EvenForNumbers. Internal to
// model/. Pure.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace quarry::model {

// What is counted behind byte `at`, and where that ends; "" and `at` where nothing is. One name for all forms of a unit;
// of a word that is none that is known, its singular.
std::pair<std::string, size_t> UnitBehind(std::string_view even, size_t at);

// Of "€" of "€1,200" the unit, and where it begins; "" and `end` where none stands before byte `end`.
std::pair<std::string_view, size_t> CurrencyBefore(std::string_view even, size_t end);

// Whether it is the name of one that is written in Chinese.
bool IsChineseUnit(std::string_view unit);

}  // namespace quarry::model
