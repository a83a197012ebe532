#pragma once

// Numbers as texts write them: digits, English words up to a hundred, Chinese numerals below a hundred million. Reads
// bytes of a text, for what ranks and checks sentences: what numbers count is read in counted_numbers.h, which of them
// are written in digits is up to generation/number_words.h. retrieval/question_numbers.h reads the tokens of a question
// for the answer cache, larger numbers too. Internal to model/ and generation/. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace quarry::model {

// In lower case, and the Traditional characters of numbers, units and bounds as Simplified. Every byte stays where it
// stands, as it would not with Fold.
std::string EvenForNumbers(std::string_view text);

struct WrittenNumber {
  enum class Form : uint8_t { kDigits, kWord, kOrdinal, kChinese };

  double value = 0;
  size_t end = 0;  // the byte behind it
  Form form = Form::kDigits;
  bool is_about = false;  // 两三, 三四十: no single number, and `value` is none
};

// The number that begins at byte `at` of a text that was evened; nullopt where none does. "1,200.5", "twenty-five",
// "fifth", 三万五千, 二〇二四. What stands behind digits is no numeral but a scale: 百 of 5百.
// REQUIRES: at < even.size(), and no word began before `at` and goes on there.
std::optional<WrittenNumber> ReadNumber(std::string_view even, size_t at);

// What stands behind a number and multiplies it: "5万元", "1.2 million euros". English ones with the space before them.
std::span<const std::pair<std::string_view, double>> ScaleWords();

}  // namespace quarry::model
