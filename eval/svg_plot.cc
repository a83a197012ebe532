#include "eval/svg_plot.h"

#include <algorithm>
#include <cmath>

#include "base/markup.h"
#include "base/numbers.h"

namespace quarry::eval {
namespace {

std::string N(double value) { return FormatFixed(value, 1); }
std::string Short(double value) { return FormatSignificant(value, 3); }

std::string Line(const char* style, double x1, double y1, double x2, double y2) {
  return std::string("<line class=\"") + style + "\" x1=\"" + N(x1) + "\" y1=\"" + N(y1) +
         "\" x2=\"" + N(x2) + "\" y2=\"" + N(y2) + "\"/>";
}

std::string Circle(const char* style, double x, double y, double radius, const std::string& title) {
  return std::string("<circle class=\"") + style + "\" cx=\"" + N(x) + "\" cy=\"" + N(y) +
         "\" r=\"" + N(radius) + "\"><title>" + EscapeMarkup(title) + "</title></circle>";
}

std::string Text(const char* anchor, double x, double y, const std::string& text) {
  return std::string("<text class=\"label\" text-anchor=\"") + anchor + "\" x=\"" + N(x) +
         "\" y=\"" + N(y) + "\">" + EscapeMarkup(text) + "</text>";
}

std::string Open(double width, double height, const std::string& what) {
  return "<svg viewBox=\"0 0 " + N(width) + " " + N(height) + "\" width=\"" + N(width) +
         "\" role=\"img\" aria-label=\"" + EscapeMarkup(what) + "\">";
}

std::string PercentLabel(double share) { return N(100 * share) + " %"; }

// A range that holds the values, with some room, and is not empty.
struct Range {
  double low;
  double high;
  double At(double value) const { return (value - low) / (high - low); }
};
Range RangeOf(double low, double high) {
  const double room = high > low ? 0.08 * (high - low) : std::max(std::abs(low) * 0.1, 0.01);
  return {low - room, high + room};
}

}  // namespace

std::string IntervalPlot(const std::vector<IntervalRow>& rows) {
  constexpr double kLabel = 190;
  constexpr double kPlot = 420;
  constexpr double kRow = 22;
  constexpr double kTop = 18;
  const double height = kTop + kRow * static_cast<double>(rows.size()) + 6;
  std::string svg = Open(kLabel + kPlot + 90, height, "metrics with 95 % intervals");
  const auto x = [&](double share) { return kLabel + kPlot * std::clamp(share, 0.0, 1.0); };
  for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    svg += Line("axis", x(share), kTop - 4, x(share), height - 4);
    svg += Text("middle", x(share), kTop - 7, N(100 * share).substr(0, N(100 * share).find('.')));
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const IntervalRow& row = rows[i];
    const double y = kTop + kRow * (static_cast<double>(i) + 0.5);
    svg += Text("end", kLabel - 10, y + 4, row.label);
    svg += Line("band", x(row.low), y, x(row.high), y);
    if (row.before) {
      svg += Circle("before", x(*row.before), y, 4,
                    row.label + " before: " + PercentLabel(*row.before));
    }
    svg += Circle("value", x(row.mean), y, 4.5,
                  row.label + ": " + PercentLabel(row.mean) + " (" + PercentLabel(row.low) +
                      " to " + PercentLabel(row.high) + ")");
    svg += Text("start", kLabel + kPlot + 12, y + 4, row.text);
  }
  return svg + "</svg>";
}

std::string TrendPlot(const std::vector<TrendPoint>& points) {
  constexpr double kWidth = 700;
  constexpr double kHeight = 180;
  constexpr double kLeft = 50;
  constexpr double kBottom = 26;
  if (points.empty()) return "";
  double low = 1;
  double high = 0;
  for (const TrendPoint& point : points) {
    low = std::min(low, std::isfinite(point.low) ? point.low : point.mean);
    high = std::max(high, std::isfinite(point.high) ? point.high : point.mean);
  }
  const Range range = RangeOf(low, high);
  const auto x = [&](size_t i) {
    const double steps = std::max<double>(1, static_cast<double>(points.size()) - 1);
    return kLeft + 12 + (kWidth - kLeft - 40) * static_cast<double>(i) / steps;
  };
  const auto y = [&](double value) {
    return 8 + (kHeight - kBottom - 8) * (1 - std::clamp(range.At(value), 0.0, 1.0));
  };
  std::string svg = Open(kWidth, kHeight, "trend of the pass rate");
  for (int step = 0; step <= 4; ++step) {
    const double value = range.low + (range.high - range.low) * step / 4;
    svg += Line("axis", kLeft, y(value), kWidth - 10, y(value));
    svg += Text("end", kLeft - 6, y(value) + 4, PercentLabel(value));
  }
  std::string path;
  for (size_t i = 0; i < points.size(); ++i) {
    path += (i == 0 ? "M" : "L") + N(x(i)) + " " + N(y(points[i].mean));
  }
  svg += "<path class=\"line\" d=\"" + path + "\"/>";
  for (size_t i = 0; i < points.size(); ++i) {
    const TrendPoint& point = points[i];
    if (std::isfinite(point.low)) svg += Line("band", x(i), y(point.low), x(i), y(point.high));
    svg += Circle(point.hollow ? "before" : "value", x(i), y(point.mean), 4.5,
                  point.label + ": " + PercentLabel(point.mean));
  }
  svg += Text("start", x(0) - 8, kHeight - 8, points.front().label);
  if (points.size() > 1) {
    svg += Text("end", x(points.size() - 1) + 8, kHeight - 8, points.back().label);
  }
  return svg + "</svg>";
}

std::string ScatterPlot(const std::vector<ScatterPoint>& points, const ScatterAxes& axes) {
  constexpr double kWidth = 700;
  constexpr double kHeight = 320;
  constexpr double kLeft = 60;
  constexpr double kBottom = 44;
  if (points.empty()) return "";
  const auto [x_low, x_high] = std::ranges::minmax(points, {}, &ScatterPoint::x);
  const auto [y_low, y_high] = std::ranges::minmax(points, {}, &ScatterPoint::y);
  const Range x_range = RangeOf(x_low.x, x_high.x);
  const Range y_range = RangeOf(y_low.y, y_high.y);
  const auto x = [&](double value) { return kLeft + (kWidth - kLeft - 20) * x_range.At(value); };
  const auto y = [&](double value) {
    return 10 + (kHeight - kBottom - 10) * (1 - y_range.At(value));
  };
  std::string svg = Open(kWidth, kHeight, axes.y + " against " + axes.x);
  for (int step = 0; step <= 4; ++step) {
    const double at_x = x_range.low + (x_range.high - x_range.low) * step / 4;
    const double at_y = y_range.low + (y_range.high - y_range.low) * step / 4;
    svg += Line("axis", kLeft, y(at_y), kWidth - 20, y(at_y));
    svg += Text("end", kLeft - 6, y(at_y) + 4, Short(at_y));
    svg += Text("middle", x(at_x), kHeight - kBottom + 18, Short(at_x));
  }
  svg += Text("middle", (kLeft + kWidth) / 2, kHeight - 6, axes.x);
  svg += Text("start", kLeft + 4, 18, axes.y);
  std::vector<const ScatterPoint*> front;
  for (const ScatterPoint& point : points) {
    if (point.on_front) front.push_back(&point);
  }
  std::ranges::sort(front, {}, &ScatterPoint::x);
  std::string path;
  for (const ScatterPoint* point : front) {
    path += (path.empty() ? "M" : "L") + N(x(point->x)) + " " + N(y(point->y));
  }
  if (!path.empty()) svg += "<path class=\"line\" d=\"" + path + "\"/>";
  for (const ScatterPoint& point : points) {
    const char* style = point.chosen ? "mark" : point.on_front ? "value" : "before";
    svg += Circle(style, x(point.x), y(point.y), point.chosen ? 7 : 4.5,
                  point.label + ": " + Short(point.y) + " at " + Short(point.x));
  }
  return svg + "</svg>";
}

}  // namespace quarry::eval
