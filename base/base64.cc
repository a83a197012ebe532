#include "base/base64.h"

#include <array>
#include <cstdint>
#include <utility>

namespace quarry {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kNoDigit = 0xFF;

constexpr std::array<uint8_t, 256> MakeValues() {
  std::array<uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (uint8_t i = 0; i < 64; ++i) values[static_cast<uint8_t>(kDigits[i])] = i;
  return values;
}
constexpr std::array<uint8_t, 256> kValues = MakeValues();

// Puts six bits after six together.
class ByteJoiner {
 public:
  explicit ByteJoiner(size_t digits) { bytes_.reserve(digits * 3 / 4); }
  void Add(uint8_t value) {
    bits_ = bits_ << 6 | value;
    if ((count_ += 6) < 8) return;
    count_ -= 8;
    bytes_ += static_cast<char>(bits_ >> count_ & 0xFF);
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
  uint32_t bits_ = 0;
  uint32_t count_ = 0;
};

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  uint32_t bits = 0;
  uint32_t count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<uint8_t>(c);
    for (count += 8; count >= 6; count -= 6) text += kDigits[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kDigits[bits << (6 - count) & 63];
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  ByteJoiner bytes(text.size());
  for (const char c : text) {
    const uint8_t value = kValues[static_cast<uint8_t>(c)];
    if (value == kNoDigit) return std::nullopt;
    bytes.Add(value);
  }
  return bytes.Take();
}

std::string DecodeMailBase64(std::string_view text) {
  ByteJoiner bytes(text.size());
  for (const char c : text) {
    const char digit = c == '-' ? '+' : c == '_' ? '/' : c;
    const uint8_t value = kValues[static_cast<uint8_t>(digit)];
    if (value != kNoDigit) bytes.Add(value);
  }
  return bytes.Take();
}

}  // namespace quarry
