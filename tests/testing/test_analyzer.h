#pragma once

// The analyzer that tests share which change nothing of it: to make one takes longer than most of them do.

#include "base/analyzer.h"

namespace quarry::testing {

inline const Analyzer& TestAnalyzer() {
  static const Analyzer analyzer;
  return analyzer;
}

}  // namespace quarry::testing
