#include "eval/proportions.h"

#include <algorithm>
#include <cmath>

#include "base/status.h"

namespace quarry::eval {
namespace {

constexpr double kOuterShare = 0.025;      // one side
constexpr double kOuterNormal = 1.959964;  // its quantile
constexpr int kBisections = 60;

// The root of a function that changes its sign once, in [low, high]; `is_below` says which side of it x is on.
template <typename IsBelow>
double Bisect(double low, double high, IsBelow is_below) {
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (low + high) / 2;
    (is_below(middle) ? low : high) = middle;
  }
  return (low + high) / 2;
}

// The continued fraction of the incomplete beta function, by Lentz's method (Press and others:
// "Numerical Recipes", 6.4).
double BetaFraction(double x, double a, double b) {
  constexpr int kMostTerms = 1000;
  constexpr double kTiny = 1e-300;
  const auto kept_off_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / kept_off_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / kept_off_zero(1 + even * d);
    c = kept_off_zero(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / kept_off_zero(1 + odd * d);
    c = kept_off_zero(1 + odd / c);
    fraction *= d * c;
    if (std::abs(d * c - 1) < 1e-14) break;
  }
  return fraction;
}

// Probability that a beta variable lies below x.
double BetaProbability(double x, double a, double b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  return x < (a + 1) / (a + b + 2) ? front * BetaFraction(x, a, b) / a
                                   : 1 - front * BetaFraction(1 - x, b, a) / b;
}

double BetaQuantile(double p, double a, double b) {
  return Bisect(0, 1, [&](double x) { return BetaProbability(x, a, b) < p; });
}

// Tango's score of the hypothesis that the rates differ by `difference`: how many standard errors,
// as they are under it, what was counted lies above.
double TangoScore(double gained, double lost, double of, double difference) {
  const double b = -gained - lost + (2 * of - gained + lost) * difference;
  const double c = -lost * difference * (1 - difference);
  const double rate = (std::sqrt(std::max(0.0, b * b - 8 * of * c)) - b) / (4 * of);  // of the lost
  const double variance = of * (2 * rate + difference * (1 - difference));
  const double above = gained - lost - of * difference;
  return above / std::sqrt(std::max(variance, 1e-300));
}

}  // namespace

Bounds ClopperPearsonInterval(double count, double of) {
  QUARRY_CHECK(of > 0 && count >= 0 && count <= of);
  return {count == 0 ? 0 : BetaQuantile(kOuterShare, count, of - count + 1),
          count == of ? 1 : BetaQuantile(1 - kOuterShare, count + 1, of - count)};
}

Bounds TangoInterval(double gained, double lost, double of) {
  QUARRY_CHECK(of > 0 && gained >= 0 && lost >= 0 && gained + lost <= of * (1 + 1e-9));
  const double counted = (gained - lost) / of;
  const auto score = [&](double difference) { return TangoScore(gained, lost, of, difference); };
  return {Bisect(-1, counted, [&](double x) { return score(x) > kOuterNormal; }),
          Bisect(counted, 1, [&](double x) { return score(x) > -kOuterNormal; })};
}

}  // namespace quarry::eval
