#pragma once

// Decoding of one UTF-8 character, inline for the scanners of base. Everyone else uses
// NextCodePoint of base/text.h.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quarry::text_internal {

inline constexpr char32_t kReplacement = 0xFFFD;

inline bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Decodes the character at `offset` as Unicode's Table 3-7 (well-formed UTF-8) has it: no overlong
// form, no surrogate, nothing above U+10FFFF. Returns its size; 0 where malformed, with U+FFFD in
// `c`. REQUIRES: offset < text.size().
[[gnu::always_inline]] inline size_t DecodeUtf8(std::string_view text, size_t offset, char32_t& c) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data()) + offset;
  const size_t left = text.size() - offset;
  const uint32_t lead = p[0];
  if (lead < 0x80) {
    c = lead;
    return 1;
  }
  if (lead >= 0xE0 && lead < 0xF0) {
    if (left >= 3 && IsContinuation(p[1]) && IsContinuation(p[2])) {
      c = ((lead & 0x0F) << 12) | ((p[1] & 0x3Fu) << 6) | (p[2] & 0x3Fu);
      if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) return 3;
    }
  } else if (lead >= 0xC2 && lead < 0xE0) {
    if (left >= 2 && IsContinuation(p[1])) {
      c = ((lead & 0x1F) << 6) | (p[1] & 0x3Fu);
      return 2;
    }
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    if (left >= 4 && IsContinuation(p[1]) && IsContinuation(p[2]) && IsContinuation(p[3])) {
      c = ((lead & 0x07) << 18) | ((p[1] & 0x3Fu) << 12) | ((p[2] & 0x3Fu) << 6) | (p[3] & 0x3Fu);
      if (c >= 0x10000 && c <= 0x10FFFF) return 4;
    }
  }
  c = kReplacement;
  return 0;
}

// Decodes the character at `offset` and moves behind it; a malformed byte counts as U+FFFD.
// REQUIRES: offset < text.size().
[[gnu::always_inline]] inline char32_t TakeUtf8(std::string_view text, size_t& offset) {
  char32_t c;
  const size_t size = DecodeUtf8(text, offset, c);
  offset += size + (size == 0 ? 1 : 0);
  return c;
}

// Likewise without moving.
[[gnu::always_inline]] inline char32_t PeekUtf8(std::string_view text, size_t offset) {
  char32_t c;
  DecodeUtf8(text, offset, c);
  return c;
}

// Where the character begins whose byte stands at `offset`: at most three bytes before it, malformed text has runs of
// continuation bytes that are no character. REQUIRES: offset < text.size().
inline size_t BeginOfCharacter(std::string_view text, size_t offset) {
  size_t begin = offset;
  while (begin > 0 && offset - begin < 3 &&
         IsContinuation(static_cast<unsigned char>(text[begin]))) {
    --begin;
  }
  return begin;
}

}  // namespace quarry::text_internal
