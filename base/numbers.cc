#include "base/numbers.h"

#include <limits>

namespace quarry {
namespace {

// What std::to_chars writes into a text of `most` bytes.
std::string Written(size_t most, auto... number) {
  std::string text(most, '\0');
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number...);
  if (error != std::errc()) return "?";
  text.resize(static_cast<size_t>(end - text.data()));
  return text;
}

constexpr size_t kSignPointExponent = 8;  // "-", ".", "e+308"

}  // namespace

std::string FormatNumber(double value) {
  return Written(std::numeric_limits<double>::max_digits10 + kSignPointExponent, value);
}

std::string FormatFixed(double value, int decimals) {
  constexpr size_t kMostWhole = std::numeric_limits<double>::max_exponent10 + 1;
  return Written(kMostWhole + kSignPointExponent + static_cast<size_t>(decimals), value,
                 std::chars_format::fixed, decimals);
}

std::string FormatSigned(double value, int decimals) {
  return (value < 0 ? "" : "+") + FormatFixed(value, decimals);
}

std::string FormatSignificant(double value, int digits) {
  constexpr size_t kZeros = 4;  // "0.0001"
  return Written(static_cast<size_t>(digits) + kZeros + kSignPointExponent, value,
                 std::chars_format::general, digits);
}

}  // namespace quarry
