#pragma once

// The characters that SplitSentences tells apart.

#include <string_view>

namespace quarry::text_internal {

inline bool IsUpper(char32_t c) {  // of Latin, Greek and Cyrillic
  return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
         (c >= 0x391 && c <= 0x3A9) || (c >= 0x400 && c <= 0x42F);
}
inline bool IsLower(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 0xDF && c <= 0xFF && c != 0xF7) ||
         (c >= 0x3AC && c <= 0x3CE) || (c >= 0x430 && c <= 0x45F);
}
inline bool IsLatinLetter(char32_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
inline bool IsDigit(char32_t c) { return c >= '0' && c <= '9'; }
inline bool IsBlank(char32_t c) {
  return c == ' ' || c == '\t' || c == '\r' || c == 0xA0 || c == 0x3000;
}
inline bool IsSpace(char32_t c) { return IsBlank(c) || c == '\n'; }

inline bool IsOneOf(char32_t c, std::u32string_view set) {
  return set.find(c) != std::u32string_view::npos;
}
// Ends a sentence with no space behind it.
inline bool IsFullWidthEnd(char32_t c) { return c > 0x7F && IsOneOf(c, U"。！？；…｡।॥"); }
// Belongs to the sentence that it follows; “ closes a German quotation. Straight quotes need more.
inline bool IsCloser(char32_t c) { return IsOneOf(c, U")]}»’”“」』）】〕］"); }
inline bool IsOpener(char32_t c) { return IsOneOf(c, U"([{\"'*_`«¡¿“‘「『（【"); }
inline bool IsBullet(char32_t c) { return c > 0x7F && IsOneOf(c, U"•⁃‣◦▪●■"); }
inline bool IsChineseNumeral(char32_t c) { return IsOneOf(c, U"一二三四五六七八九十百"); }

}  // namespace quarry::text_internal
