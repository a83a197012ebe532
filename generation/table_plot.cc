#include "generation/table_plot.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/markup.h"
#include "base/numbers.h"
#include "base/text.h"

namespace quarry::generation {
namespace {

constexpr size_t kMaxPoints = 60;
constexpr size_t kMaxPointName = 24;  // bytes
constexpr double kPlotWidth = 640;
constexpr double kPlotHeight = 320;
constexpr double kPlotLeft = 64;
constexpr double kPlotTop = 24;
constexpr double kPlotBottom = 96;  // for names
constexpr double kPlotRight = 16;

// At most one decimal, as coordinates need.
std::string Coordinate(double value) {
  const auto tenths = static_cast<int64_t>(std::llround(value * 10));
  return std::to_string(tenths / 10) + '.' + std::to_string(std::abs(tenths % 10));
}

Result<size_t> ColumnOf(const TableResult& table, std::string_view name) {
  const auto found = std::ranges::find(table.columns, name);
  if (found != table.columns.end()) return static_cast<size_t>(found - table.columns.begin());
  return InvalidArgumentError("plot: there is no column \"" + std::string(name) +
                              "\" in the result; there are: " + Join(table.columns, ", "));
}

struct PlotPoint {
  std::string_view name;
  double value = 0;
};

Result<std::vector<PlotPoint>> PointsOf(const TableResult& table, size_t x, size_t y) {
  std::vector<PlotPoint> points;
  for (const std::vector<std::string>& row : table.rows) {
    if (points.size() == kMaxPoints) break;
    if (row[y].empty()) continue;
    const std::optional<double> value = ParseNumber<double>(row[y]);
    if (!value || !std::isfinite(*value)) {
      return InvalidArgumentError("plot: \"" + row[y] + "\" of column \"" + table.columns[y] +
                                  "\" is no number");
    }
    points.push_back({row[x], *value});
  }
  if (points.empty()) return InvalidArgumentError("plot: the result has no rows");
  return points;
}

}  // namespace

Result<std::string> PlotTable(const TableResult& table, std::string_view kind, std::string_view x,
                              std::string_view y) {
  QUARRY_ASSIGN_OR_RETURN(const size_t names, ColumnOf(table, x));
  QUARRY_ASSIGN_OR_RETURN(const size_t values, ColumnOf(table, y));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<PlotPoint> points, PointsOf(table, names, values));
  double low = 0;  // bars begin there
  double high = 0;
  for (const PlotPoint& point : points) {
    low = std::min(low, point.value);
    high = std::max(high, point.value);
  }
  if (high == low) high = low + 1;
  const double step = (kPlotWidth - kPlotLeft - kPlotRight) / static_cast<double>(points.size());
  const auto at_x = [&](size_t i) { return kPlotLeft + step * (static_cast<double>(i) + 0.5); };
  const auto at_y = [&](double value) {
    return kPlotHeight - kPlotBottom -
           (value - low) / (high - low) * (kPlotHeight - kPlotTop - kPlotBottom);
  };
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 320\" role=\"img\" "
      "font-family=\"sans-serif\" font-size=\"11\"><title>" +
      EscapeMarkup(y) + " / " + EscapeMarkup(x) + "</title>";
  for (const double value : {low, (low + high) / 2, high}) {
    const std::string line = Coordinate(at_y(value));
    svg += "<line x1=\"64\" x2=\"624\" y1=\"" + line + "\" y2=\"" + line +
           "\" stroke=\"#ccc\"/><text x=\"58\" y=\"" + line + "\" text-anchor=\"end\">" +
           FormatSignificant(value, 4) + "</text>";
  }
  svg += "<text x=\"64\" y=\"14\">" + EscapeMarkup(y) + "</text>";
  std::string path;
  for (size_t i = 0; i < points.size(); ++i) {
    const double top = std::min(at_y(points[i].value), at_y(0));
    const double height = std::abs(at_y(points[i].value) - at_y(0));
    if (kind == "line") {
      path +=
          (path.empty() ? "" : " ") + Coordinate(at_x(i)) + ',' + Coordinate(at_y(points[i].value));
    } else {
      svg += "<rect x=\"" + Coordinate(at_x(i) - step * 0.4) + "\" y=\"" + Coordinate(top) +
             "\" width=\"" + Coordinate(step * 0.8) + "\" height=\"" + Coordinate(height) +
             "\" fill=\"#36c\"><title>" + EscapeMarkup(points[i].name) + ": " +
             FormatSignificant(points[i].value, 4) + "</title></rect>";
    }
    const std::string name_x = Coordinate(at_x(i));
    svg += "<text x=\"" + name_x + "\" y=\"236\" text-anchor=\"end\" transform=\"rotate(-45 " +
           name_x + " 236)\">" + EscapeMarkup(TruncateUtf8(points[i].name, kMaxPointName)) +
           "</text>";
  }
  if (!path.empty()) {
    svg += "<polyline points=\"" + path + "\" fill=\"none\" stroke=\"#36c\" stroke-width=\"2\"/>";
  }
  return svg + "</svg>";
}

}  // namespace quarry::generation
