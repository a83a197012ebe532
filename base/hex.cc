#include "base/hex.h"

#include "base/ascii.h"

namespace quarry {
namespace {

void AppendDigits(std::string& out, char byte, const char (&digits)[17]) {
  out += digits[static_cast<unsigned char>(byte) >> 4];
  out += digits[static_cast<unsigned char>(byte) & 15];
}

}  // namespace

int HexValue(char digit) {
  if (IsAsciiDigit(digit)) return digit - '0';
  const char lower = AsciiLower(digit);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<unsigned char> HexByteAt(std::string_view text, size_t at) {
  if (at + 2 > text.size()) return std::nullopt;
  const int high = HexValue(text[at]);
  const int low = HexValue(text[at + 1]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<unsigned char>(high * 16 + low);
}

void AppendHex(std::string& out, char byte) { AppendDigits(out, byte, "0123456789abcdef"); }

std::string ToHex(std::string_view bytes) {
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char byte : bytes) AppendHex(hex, byte);
  return hex;
}

std::string DecodeHexEscapes(std::string_view text, char mark) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == mark ? HexByteAt(text, i + 1) : std::nullopt;
    bytes += byte ? static_cast<char>(*byte) : text[i];
    if (byte) i += 2;
  }
  return bytes;
}

bool IsUnreserved(char c) {
  return IsAsciiAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

void AppendPercentEncoded(std::string& out, char byte) {
  out += '%';
  AppendDigits(out, byte, "0123456789ABCDEF");
}

std::string PercentEncode(std::string_view text, std::string_view kept) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c) || kept.find(c) != kept.npos) {
      encoded += c;
    } else {
      AppendPercentEncoded(encoded, c);
    }
  }
  return encoded;
}

}  // namespace quarry
