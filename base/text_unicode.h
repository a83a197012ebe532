#pragma once

// Characters and normal forms exactly as Unicode defines them, for code that must agree with a
// reference to the character (the tokenizers of models). What people search is compared by Fold
// (base/text.h) instead. Pure and thread-safe.

#include <string>
#include <string_view>

namespace quarry {

enum class NormalForm { kNfc, kNfd, kNfkc, kNfkd };

// Malformed bytes become U+FFFD.
std::string ToNormalForm(std::string_view utf8, NormalForm form);

// By general category: Mn; Mn, Mc or Me; P*; N*; Cc, Cf or Co.
bool IsNonspacingMark(char32_t c);
bool IsMark(char32_t c);
bool IsPunctuation(char32_t c);
bool IsNumeric(char32_t c);
bool IsControl(char32_t c);
// The property White_Space.
bool IsWhiteSpace(char32_t c);
// The CJK ideographs of all blocks, without kana and hangul.
bool IsIdeograph(char32_t c);

// Small letters, each character without regard to what stands beside it. Malformed bytes become U+FFFD.
std::string ToLowerCase(std::string_view utf8);

}  // namespace quarry
