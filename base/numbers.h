#pragma once

// Numbers as text and text as numbers, the same in every locale. Pure and thread-safe.

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace quarry {

// As few digits as read back as `value`: "0.1", "1e+100", "-inf".
std::string FormatNumber(double value);

// With so many digits behind the point: "0.35".
std::string FormatFixed(double value, int decimals);

// The same with its sign, of a difference: "+0.0123".
std::string FormatSigned(double value, int decimals);

// With at most so many significant digits, as printf's %g has it: "0.0123", "1.2e+06".
std::string FormatSignificant(double value, int digits);

// All of `text` as a number, as std::from_chars reads it; nullopt where anything else stands there (white space and
// '+', too) or the number does not fit.
template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

}  // namespace quarry
