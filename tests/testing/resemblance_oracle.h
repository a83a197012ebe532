#pragma once

// How much two texts are alike, told the slow clear way (base/resemblance.h is the quick one).

#include <string>

#include "base/analyzer.h"

namespace quarry::testing {

// Of the runs of five terms that either text has, the share that both have.
double OracleResemblance(const Analyzer& analyzer, const std::string& a, const std::string& b);

}  // namespace quarry::testing
