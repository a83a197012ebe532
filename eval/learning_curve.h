#pragma once

// Error against the amount of data: e(n) = a * n^-b, fitted to what was measured on nested subsets (as
// Hestness and others, "Deep learning scaling is predictable, empirically", 2017, find it). Says what
// twice the data would give, with a band.
//
// Weighted least squares of log e on log n; the weights are those of an error rate of so many test
// cases. Where the points scatter more than these explain, the band widens accordingly. Pure;
// thread-safe.

#include <span>
#include <string>
#include <vector>

#include "eval/judge_check.h"

namespace quarry::eval {

struct LearningPoint {
  double size = 0;   // of the data learnt from
  double error = 0;  // mean over the test cases, from 0 to 1
  double cases = 0;  // of the test
};

struct LearningCurve {
  double a = 0;
  double b = 0;  // above 0: more data helps
  Estimate b_interval;
  Estimate at_twice;  // error that a test of as many cases will show with twice the largest size
  double size = 0;    // the largest size
  double error = 0;   // measured there
  // More data helps: all of b's interval is above 0.
  bool helps() const { return b_interval.low > 0; }
};

// kInvalidArgument for fewer than three sizes, sizes below 1, or errors outside [0, 1]. An error of 0
// counts as that of half a case.
Result<LearningCurve> FitLearningCurve(std::span<const LearningPoint> points);

// "twice the data (1,618): expected error 0.271, band 0.252 to 0.291 (now 0.283)".
std::string LearningCurveText(const LearningCurve& curve);

}  // namespace quarry::eval
