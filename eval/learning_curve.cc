#include "eval/learning_curve.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

namespace quarry::eval {
Result<LearningCurve> FitLearningCurve(std::span<const LearningPoint> points) {
  std::set<double> sizes;
  for (const LearningPoint& point : points) {
    if (!(point.size >= 1) || !(point.cases >= 1) || !(point.error >= 0 && point.error <= 1)) {
      return InvalidArgumentError(
          "learning curve: expected sizes and cases of at least 1 and errors from 0 to 1");
    }
    sizes.insert(point.size);
  }
  if (sizes.size() < 3) {
    return InvalidArgumentError("learning curve: expected at least 3 sizes, got " +
                                std::to_string(sizes.size()));
  }
  // Of log e, where e is a mean of so many cases that are right or wrong.
  const auto variance_of = [](double error, double cases) {
    const double bounded = std::clamp(error, 0.5 / cases, 1 - 0.5 / cases);
    return (1 - bounded) / (bounded * cases);
  };
  double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
  for (const LearningPoint& point : points) {
    const double weight = 1 / variance_of(point.error, point.cases);
    const double x = std::log(point.size);
    const double y = std::log(std::max(point.error, 0.5 / point.cases));
    w += weight;
    wx += weight * x;
    wy += weight * y;
    wxx += weight * x * x;
    wxy += weight * x * y;
  }
  const double determinant = w * wxx - wx * wx;
  const double slope = (w * wxy - wx * wy) / determinant;
  const double intercept = (wy - slope * wx) / w;
  double chi = 0;
  for (const LearningPoint& point : points) {
    const double fitted = intercept + slope * std::log(point.size);
    const double rest = std::log(std::max(point.error, 0.5 / point.cases)) - fitted;
    chi += rest * rest / variance_of(point.error, point.cases);
  }
  // How much more the points scatter than chance of the test explains; never taken for less.
  const double freedom = static_cast<double>(points.size()) - 2;
  const double scatter = freedom > 0 ? std::max(1.0, chi / freedom) : 1;
  const double quantile = scatter > 1 ? StudentQuantile(0.975, freedom) : 1.959964;

  LearningCurve curve;
  curve.a = std::exp(intercept);
  curve.b = -slope;
  const double slope_error = quantile * std::sqrt(scatter * w / determinant);
  curve.b_interval = {curve.b, curve.b - slope_error, curve.b + slope_error};
  double cases = 0;
  for (const LearningPoint& point : points) {
    if (point.size < curve.size) continue;
    curve.size = point.size;
    curve.error = point.error;
    cases = point.cases;
  }
  const double x = std::log(2 * curve.size);
  const double mean = intercept + slope * x;
  const double mean_variance = (wxx - 2 * wx * x + w * x * x) / determinant;
  const double expected = std::min(1.0, std::exp(mean));
  const double half =
      quantile * std::sqrt(scatter * (mean_variance + variance_of(expected, cases)));
  curve.at_twice = {expected, std::exp(mean - half), std::min(1.0, std::exp(mean + half))};
  return curve;
}

std::string LearningCurveText(const LearningCurve& curve) {
  char text[200];
  std::snprintf(text, sizeof(text),
                "twice the data (%.0f): expected error %.3f, band %.3f to %.3f (now %.3f)%s",
                2 * curve.size, curve.at_twice.mean, curve.at_twice.low, curve.at_twice.high,
                curve.error, curve.helps() ? "" : "; that more data helps is not sure");
  return text;
}

}  // namespace quarry::eval
