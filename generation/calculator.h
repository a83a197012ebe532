#pragma once

// Calculator: exact arithmetic, for what a language model gets wrong.
//
//   expression   sums, products and powers of numbers, "( )", functions; precedence as in school
//   number       12, 0.5, .5, 1,234.5 (outside of a function), 1.2e-3; digits of full width too
//   operators    + - * / ^, also × ÷ ** −; "%" behind an operand is a hundredth ("17% * 40"), between
//                two operands the remainder ("7 % 3")
//   functions    abs ceil floor round(x, digits) sqrt min max sum mean mod(a, b); pi
//
// Numbers are fractions without limit of precision: 0.1 + 0.2 is 0.3. Only roots and pi are rounded, to
// 40 digits, and the result says so. Pure and thread-safe; time and memory are bounded: at most 1,000
// bytes, 64 levels, and 16,384 bits of a number.

#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::generation {

struct Calculated {
  std::string value;     // "397.8", "1/3"
  std::string decimal;   // of a fraction: "0.3333333333" in 30 digits; else ""
  bool is_exact = true;  // nothing was rounded
};

// kInvalidArgument with the place: "character 5: expected a number, found \")\"".
Result<Calculated> Calculate(std::string_view expression);

}  // namespace quarry::generation
