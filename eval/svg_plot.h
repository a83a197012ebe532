#pragma once

// Small plots as SVG, to stand in a page: colours are those of its style sheet (classes "axis",
// "value", "before", "band", "mark", "label"), sizes are in pixels of a view box that scales. Pure.

#include <optional>
#include <string>
#include <vector>

namespace quarry::eval {

// Shares with their intervals, one a row; from 0 to 1.
struct IntervalRow {
  std::string label;
  double low = 0;
  double mean = 0;
  double high = 0;
  std::optional<double> before;  // of the baseline
  std::string text;              // behind the plot: "72.5 %"
};
std::string IntervalPlot(const std::vector<IntervalRow>& rows);

// A share over time, with its band; evenly spaced.
struct TrendPoint {
  std::string label;
  double low = 0;
  double mean = 0;
  double high = 0;
  bool hollow = false;  // not to be compared with the others
};
std::string TrendPlot(const std::vector<TrendPoint>& points);

// Points of two figures; those that no other beats in both are joined.
struct ScatterPoint {
  std::string label;
  double x = 0;
  double y = 0;
  bool on_front = false;
  bool chosen = false;
};
struct ScatterAxes {
  std::string x;
  std::string y;
};
std::string ScatterPlot(const std::vector<ScatterPoint>& points, const ScatterAxes& axes);

}  // namespace quarry::eval
