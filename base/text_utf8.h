#pragma once

// Decoding of one UTF-8 character, inline for the scanners of base. Everyone else uses
// NextCodePoint of base/text.h.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quarry::text_internal {

inline constexpr char32_t kReplacement = 0xFFFD;

struct Utf8Char {
  char32_t code_point = 0;
  uint32_t size = 0;  // bytes
  bool valid = false;
};

inline bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Decodes the character at `offset` as Unicode's Table 3-7 (well-formed UTF-8) has it: no overlong
// form, no surrogate, nothing above U+10FFFF. What is malformed counts as one byte and U+FFFD.
// REQUIRES: offset < text.size().
inline Utf8Char DecodeUtf8(std::string_view text, size_t offset) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data()) + offset;
  const size_t left = text.size() - offset;
  const uint32_t lead = p[0];
  if (lead < 0x80) return {lead, 1, true};
  if (lead >= 0xE0 && lead < 0xF0) {
    if (left >= 3 && IsContinuation(p[1]) && IsContinuation(p[2])) {
      const char32_t c = ((lead & 0x0F) << 12) | ((p[1] & 0x3Fu) << 6) | (p[2] & 0x3Fu);
      if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) return {c, 3, true};
    }
  } else if (lead >= 0xC2 && lead < 0xE0) {
    if (left >= 2 && IsContinuation(p[1])) {
      return {((lead & 0x1F) << 6) | (p[1] & 0x3Fu), 2, true};
    }
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    if (left >= 4 && IsContinuation(p[1]) && IsContinuation(p[2]) && IsContinuation(p[3])) {
      const char32_t c =
          ((lead & 0x07) << 18) | ((p[1] & 0x3Fu) << 12) | ((p[2] & 0x3Fu) << 6) | (p[3] & 0x3Fu);
      if (c >= 0x10000 && c <= 0x10FFFF) return {c, 4, true};
    }
  }
  return {kReplacement, 1, false};
}

}  // namespace quarry::text_internal
