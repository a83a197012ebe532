#pragma once

// Intervals of what is counted, 95 %, two-sided, for counts that need not be whole: a count that is of
// fewer independent cases than there are cases is scaled to as many (statistics.h). Unlike a bootstrap
// they know of what was not seen: of 50 that all pass at least 0.929 may be expected to, of 49 in 50
// at least 0.894. Pure functions.

namespace quarry::eval {

struct Bounds {
  double low = 0;
  double high = 0;
};

// `count` of `of` (Clopper and Pearson, 1934): never covers the truth less often than it says, and
// somewhat more often. REQUIRES: 0 <= count <= of, of > 0.
Bounds ClopperPearsonInterval(double count, double of);

// Difference of two rates of the same `of` cases, `gained` of which were won and `lost` lost: the
// score interval (Tango: "Equivalence test and confidence interval for the difference in proportions
// for the paired-sample design", 1998). REQUIRES: 0 <= gained, lost; gained + lost <= of; of > 0.
Bounds TangoInterval(double gained, double lost, double of);

}  // namespace quarry::eval
