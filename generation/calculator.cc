#include "generation/calculator.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::generation {
namespace {

using Integer = boost::multiprecision::cpp_int;
using Rational = boost::multiprecision::cpp_rational;

constexpr size_t kMaxExpressionBytes = 1000;
constexpr int kMaxExpressionDepth = 64;
constexpr size_t kMaxBits = 16'384;  // of numerator and denominator together
constexpr unsigned kRootDigits = 40;
constexpr unsigned kShownDigits = 30;
constexpr unsigned kMaxDecimals = 1'000;  // that round takes
constexpr const char* kPiDigits = "31415926535897932384626433832795028841972";

Integer PowerOfTen(unsigned exponent) { return boost::multiprecision::pow(Integer(10), exponent); }

size_t BitsOf(const Integer& value) {
  return value == 0 ? 0 : static_cast<size_t>(boost::multiprecision::msb(Integer(abs(value)))) + 1;
}

Integer NumeratorOf(const Rational& value) { return boost::multiprecision::numerator(value); }
Integer DenominatorOf(const Rational& value) { return boost::multiprecision::denominator(value); }

Integer FloorOf(const Rational& value) {
  const Integer n = NumeratorOf(value);
  const Integer d = DenominatorOf(value);
  const Integer quotient = n / d;
  return n < 0 && quotient * d != n ? Integer(quotient - 1) : quotient;
}

// Half away from zero, as people round.
Integer RoundOf(const Rational& value) {
  const Rational half(1, 2);
  return value < 0 ? Integer(-FloorOf(Rational(-value + half))) : FloorOf(Rational(value + half));
}

class ExpressionParser {
 public:
  explicit ExpressionParser(std::string text) : text_(std::move(text)) {}

  Result<Rational> Parse() {
    QUARRY_ASSIGN_OR_RETURN(Rational value, Sum());
    SkipSpace();
    if (at_ < text_.size()) return Unexpected("an operator or the end");
    return value;
  }
  bool is_exact() const { return is_exact_; }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  char Peek() {
    SkipSpace();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  Status Fail(const std::string& problem) const {
    return InvalidArgumentError("character " + std::to_string(at_ + 1) + ": " + problem);
  }
  Status Unexpected(const std::string& expected) const {
    const std::string found = at_ < text_.size()
                                  ? '"' + std::string(TruncateUtf8(text_.substr(at_), 12)) + '"'
                                  : "the end";
    return Fail("expected " + expected + ", found " + found);
  }

  Result<Rational> Bounded(Rational value) const {
    if (BitsOf(NumeratorOf(value)) + BitsOf(DenominatorOf(value)) <= kMaxBits) return value;
    return Fail("a number of more than " + std::to_string(kMaxBits) + " bits");
  }

  Result<Rational> Sum() {
    if (++depth_ > kMaxExpressionDepth) return Fail("nested deeper than 64");
    QUARRY_ASSIGN_OR_RETURN(Rational value, Product());
    while (true) {
      const bool plus = Take('+');
      if (!plus && !Take('-')) break;
      QUARRY_ASSIGN_OR_RETURN(const Rational other, Product());
      QUARRY_ASSIGN_OR_RETURN(value,
                              Bounded(plus ? Rational(value + other) : Rational(value - other)));
    }
    --depth_;
    return value;
  }

  Result<Rational> Product() {
    QUARRY_ASSIGN_OR_RETURN(Rational value, Signed());
    while (true) {
      if (Take('*')) {
        QUARRY_ASSIGN_OR_RETURN(const Rational other, Signed());
        QUARRY_ASSIGN_OR_RETURN(value, Bounded(Rational(value * other)));
      } else if (Take('/')) {
        QUARRY_ASSIGN_OR_RETURN(const Rational other, Signed());
        if (other == 0) return Fail("division by 0");
        QUARRY_ASSIGN_OR_RETURN(value, Bounded(Rational(value / other)));
      } else if (Take('%')) {  // between operands: Postfix takes the other
        QUARRY_ASSIGN_OR_RETURN(const Rational other, Signed());
        QUARRY_ASSIGN_OR_RETURN(value, Remainder(value, other));
      } else {
        return value;
      }
    }
  }

  Result<Rational> Remainder(const Rational& a, const Rational& b) const {
    if (b == 0) return Fail("remainder of a division by 0");
    return Bounded(Rational(a - b * Rational(FloorOf(Rational(a / b)))));
  }

  Result<Rational> Signed() {
    if (++depth_ > kMaxExpressionDepth) return Fail("nested deeper than 64");
    const bool minus = Take('-');
    if (minus || Take('+')) {
      QUARRY_ASSIGN_OR_RETURN(const Rational value, Signed());
      --depth_;
      return minus ? Rational(-value) : value;
    }
    QUARRY_ASSIGN_OR_RETURN(Rational value, Postfix());
    if (Take('^')) {
      QUARRY_ASSIGN_OR_RETURN(const Rational exponent, Signed());
      QUARRY_ASSIGN_OR_RETURN(value, Power(value, exponent));
    }
    --depth_;
    return value;
  }

  Result<Rational> Power(const Rational& base, const Rational& exponent) const {
    if (DenominatorOf(exponent) != 1) return Fail("expected an integer as exponent; see sqrt");
    const Integer whole = NumeratorOf(exponent);
    const size_t bits = BitsOf(NumeratorOf(base)) + BitsOf(DenominatorOf(base));
    const bool is_trivial = base == 0 || base == 1 || base == -1;
    if (!is_trivial && Integer(abs(whole)) * bits > kMaxBits) {
      return Fail("a number of more than " + std::to_string(kMaxBits) + " bits");
    }
    if (base == 0 && whole < 0) return Fail("division by 0");
    if (whole == 0) return Rational(1);
    if (is_trivial) return base == -1 && whole % 2 == 0 ? Rational(1) : base;
    const auto n = static_cast<unsigned>(Integer(abs(whole)));
    const Integer numerator = boost::multiprecision::pow(NumeratorOf(base), n);
    const Integer denominator = boost::multiprecision::pow(DenominatorOf(base), n);
    const Rational power(numerator, denominator);
    return whole < 0 ? Rational(1 / power) : power;
  }

  // An operand with the "%" behind it that has none behind itself.
  Result<Rational> Postfix() {
    QUARRY_ASSIGN_OR_RETURN(Rational value, Primary());
    while (Peek() == '%') {
      size_t next = at_ + 1;
      while (next < text_.size() && text_[next] == ' ') ++next;
      const char c = next < text_.size() ? text_[next] : '\0';
      if (IsAsciiAlphanumeric(c) || c == '(' || c == '.') break;
      ++at_;
      value /= 100;
    }
    return value;
  }

  Result<Rational> Primary() {
    const char c = Peek();
    if (Take('(')) {
      QUARRY_ASSIGN_OR_RETURN(Rational value, Nested(/*in_function=*/false));
      if (!Take(')')) return Unexpected("\")\"");
      return value;
    }
    if (IsAsciiDigit(c) || c == '.') return Number();
    if (IsAsciiLetter(c)) return Function();
    return Unexpected("a number");
  }

  // A comma separates there what it groups elsewhere.
  Result<Rational> Nested(bool in_function) {
    const bool before = std::exchange(in_function_, in_function);
    Result<Rational> value = Sum();
    in_function_ = before;
    return value;
  }

  Result<Rational> Number() {
    std::string digits;
    unsigned decimals = 0;
    const auto take_digits = [&](unsigned* count) {
      while (at_ < text_.size() && IsAsciiDigit(text_[at_])) {
        digits += text_[at_++];
        if (count != nullptr) ++*count;
      }
    };
    take_digits(nullptr);
    while (!in_function_ && IsGroup()) {
      ++at_;
      take_digits(nullptr);
    }
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      take_digits(&decimals);
    }
    if (digits.empty()) return Unexpected("a digit");
    Rational value(Integer(DigitsOf(digits)), PowerOfTen(decimals));
    if (at_ + 1 < text_.size() && text_[at_] == 'e' &&
        (IsAsciiDigit(text_[at_ + 1]) || text_[at_ + 1] == '-' || text_[at_ + 1] == '+')) {
      ++at_;
      const bool minus = text_[at_] == '-';
      if (minus || text_[at_] == '+') ++at_;
      unsigned exponent = 0;
      const size_t begin = at_;
      for (; at_ < text_.size() && IsAsciiDigit(text_[at_]); ++at_) {
        exponent = exponent * 10 + static_cast<unsigned>(text_[at_] - '0');
        if (exponent > 4'000) return Fail("an exponent beyond 4000");
      }
      if (at_ == begin) return Unexpected("a digit");
      const Rational scale(PowerOfTen(exponent));
      value = minus ? Rational(value / scale) : Rational(value * scale);
    }
    if (at_ < text_.size() && (text_[at_] == '.' || IsAsciiDigit(text_[at_]))) {
      return Unexpected("an operator");
    }
    return Bounded(std::move(value));
  }

  // ",234" and no digit behind it.
  bool IsGroup() const {
    if (at_ + 3 >= text_.size() || text_[at_] != ',') return false;
    const bool three = std::all_of(text_.begin() + static_cast<ptrdiff_t>(at_) + 1,
                                   text_.begin() + static_cast<ptrdiff_t>(at_) + 4, IsAsciiDigit);
    return three && (at_ + 4 == text_.size() || !IsAsciiDigit(text_[at_ + 4]));
  }

  // Without leading zeros, which would say octal.
  static std::string DigitsOf(const std::string& digits) {
    const size_t first = digits.find_first_not_of('0');
    return first == std::string::npos ? "0" : digits.substr(first);
  }

  Result<Rational> Function() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsAsciiLetter(text_[at_])) ++at_;
    const std::string name = text_.substr(begin, at_ - begin);
    if (name == "pi") {
      is_exact_ = false;
      return Rational(Integer(kPiDigits), PowerOfTen(kRootDigits));
    }
    if (!Take('(')) {
      at_ = begin;
      return Unexpected("a number or a function with \"(\"");
    }
    std::vector<Rational> values;
    do {
      QUARRY_ASSIGN_OR_RETURN(values.emplace_back(), Nested(/*in_function=*/true));
    } while (Take(','));
    if (!Take(')')) return Unexpected("\",\" or \")\"");
    return Apply(name, values, begin);
  }

  Result<Rational> Apply(const std::string& name, std::vector<Rational>& values, size_t begin) {
    const auto takes = [&](size_t least, size_t most) {
      return values.size() >= least && values.size() <= most;
    };
    const Rational& x = values[0];
    if (name == "abs" && takes(1, 1)) return x < 0 ? Rational(-x) : x;
    if (name == "floor" && takes(1, 1)) return Rational(FloorOf(x));
    if (name == "ceil" && takes(1, 1)) return Rational(-FloorOf(Rational(-x)));
    if (name == "round" && takes(1, 2))
      return Rounded(x, values.size() == 2 ? values[1] : Rational(0));
    if (name == "sqrt" && takes(1, 1)) return Root(x);
    if (name == "mod" && takes(2, 2)) return Remainder(x, values[1]);
    if (name == "min") return *std::min_element(values.begin(), values.end());
    if (name == "max") return *std::max_element(values.begin(), values.end());
    if (name == "sum" || name == "mean") {
      Rational sum = 0;
      for (const Rational& value : values) {
        QUARRY_ASSIGN_OR_RETURN(sum, Bounded(Rational(sum + value)));
      }
      return name == "sum" ? sum : Rational(sum / values.size());
    }
    at_ = begin;
    for (const char* known : {"abs", "floor", "ceil", "round", "sqrt", "mod"}) {
      if (name == known) return Fail(name + ": not with so many values");
    }
    return Fail("there is no function \"" + name +
                "\"; expected abs, ceil, floor, round, sqrt, min, max, sum, mean or mod");
  }

  Result<Rational> Rounded(const Rational& x, const Rational& digits) const {
    if (DenominatorOf(digits) != 1 || digits < 0 || digits > kMaxDecimals) {
      return Fail("round: expected 0 to 1000 digits");
    }
    const Integer scale = PowerOfTen(static_cast<unsigned>(NumeratorOf(digits)));
    return Bounded(Rational(RoundOf(Rational(x * Rational(scale))), scale));
  }

  Result<Rational> Root(const Rational& x) {
    if (x < 0) return Fail("sqrt of a negative number");
    const Integer n = boost::multiprecision::sqrt(NumeratorOf(x));
    const Integer d = boost::multiprecision::sqrt(DenominatorOf(x));
    if (n * n == NumeratorOf(x) && d * d == DenominatorOf(x)) return Rational(n, d);
    is_exact_ = false;
    // Significant digits, also of a small number.
    const size_t small = BitsOf(DenominatorOf(x)) > BitsOf(NumeratorOf(x))
                             ? (BitsOf(DenominatorOf(x)) - BitsOf(NumeratorOf(x))) / 6
                             : 0;
    const Integer scale = PowerOfTen(kRootDigits + static_cast<unsigned>(small));
    const Integer scaled = FloorOf(Rational(x * Rational(scale) * Rational(scale)));
    return Bounded(Rational(boost::multiprecision::sqrt(scaled), scale));
  }

  const std::string text_;
  size_t at_ = 0;
  int depth_ = 0;
  bool in_function_ = false;
  bool is_exact_ = true;
};

// NFKC makes digits and parentheses of full width narrow; the rest of the signs by hand.
std::string Narrow(std::string_view expression) {
  std::string folded = Fold(expression);
  for (const auto& [sign, narrow] : {std::pair<std::string_view, std::string_view>{"×", "*"},
                                     {"÷", "/"},
                                     {"**", "^"},
                                     {"−", "-"},
                                     {"、", ","},
                                     {"\u00A0", " "}}) {
    for (size_t at = 0; (at = folded.find(sign, at)) != std::string::npos; at += narrow.size()) {
      folded.replace(at, sign.size(), narrow);
    }
  }
  return folded;
}

// `value` * 10^decimals is whole.
std::string DecimalText(const Integer& scaled, unsigned decimals) {
  std::string digits = Integer(abs(scaled)).str();
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  if (decimals > 0) {
    digits.insert(digits.size() - decimals, ".");
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return scaled < 0 ? '-' + digits : digits;
}

// Rounded to kShownDigits digits that count.
std::string RoundedText(const Rational& value) {
  unsigned decimals = 0;
  Rational size = value < 0 ? Rational(-value) : value;
  const Rational enough(PowerOfTen(kShownDigits - 1));
  while (decimals < 4'000 && size != 0 && size < enough) {
    size *= 10;
    ++decimals;
  }
  return DecimalText(RoundOf(Rational(value * Rational(PowerOfTen(decimals)))), decimals);
}

}  // namespace

Result<Calculated> Calculate(std::string_view expression) {
  if (Trim(expression).empty()) return InvalidArgumentError("expected an expression");
  if (expression.size() > kMaxExpressionBytes) {
    return InvalidArgumentError("expected at most " + std::to_string(kMaxExpressionBytes) +
                                " bytes, got " + std::to_string(expression.size()));
  }
  ExpressionParser parser(Narrow(expression));
  QUARRY_ASSIGN_OR_RETURN(const Rational value, parser.Parse());
  Calculated result{.is_exact = parser.is_exact()};
  if (!result.is_exact) {
    result.value = RoundedText(value);
    return result;
  }
  // A decimal ends iff its denominator has no factors but 2 and 5.
  Integer rest = DenominatorOf(value);
  unsigned twos = 0;
  unsigned fives = 0;
  for (; rest % 2 == 0; rest /= 2) ++twos;
  for (; rest % 5 == 0; rest /= 5) ++fives;
  if (rest == 1) {
    const unsigned decimals = std::max(twos, fives);
    result.value =
        DecimalText(NumeratorOf(Rational(value * Rational(PowerOfTen(decimals)))), decimals);
  } else {
    result.value = NumeratorOf(value).str() + '/' + DenominatorOf(value).str();
    result.decimal = RoundedText(value);
  }
  return result;
}

}  // namespace quarry::generation
