#include "generation/table_numbers.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "model/counted_numbers.h"
#include "model/number_reading.h"

namespace quarry::generation {
namespace {

constexpr double kNamesNumbers = 0.5;  // of the words of a column's name, in the question
constexpr std::pair<std::string_view, std::string_view> kUnitBrackets[] = {{"(", ")"},
                                                                           {"（", "）"}};

// What "price_eur" may have behind its last line, in lower case.
constexpr std::string_view kUnitsInNames[] = {
    "eur",  "usd",    "gbp",   "cny",   "rmb",     "chf",     "jpy",   "hkd",    "kg",  "g",
    "t",    "mm",     "cm",    "m",     "km",      "kw",      "w",     "mw",     "kwh", "v",
    "a",    "ma",     "hz",    "khz",   "mhz",     "ghz",     "bar",   "mbar",   "kpa", "mpa",
    "l",    "ml",     "s",     "ms",    "min",     "h",       "c",     "kb",     "mb",  "gb",
    "tb",   "days",   "weeks", "hours", "minutes", "seconds", "years", "euro",   "day", "week",
    "hour", "months", "month", "year",  "percent", "pct",     "euros", "dollars"};

// The name without its unit, and that.
struct NameAndUnit {
  std::string_view name;
  std::string_view unit;  // "" where it has none
};
NameAndUnit SplitUnit(std::string_view column) {
  for (const auto& [open, close] : kUnitBrackets) {
    const size_t begin = column.rfind(open);
    if (begin == column.npos || begin == 0 || !column.ends_with(close)) continue;
    const std::string_view inner = column.substr(begin + open.size());
    return {Trim(column.substr(0, begin)), inner.substr(0, inner.size() - close.size())};
  }
  const size_t line = column.rfind('_');
  if (line == column.npos || line == 0) return {column, {}};
  const std::string_view unit = column.substr(line + 1);
  const bool is_unit =
      std::ranges::find(kUnitsInNames, AsciiLower(unit)) != std::end(kUnitsInNames);
  return is_unit ? NameAndUnit{column.substr(0, line), unit} : NameAndUnit{column, {}};
}

// The number that all of `text` is.
std::optional<model::CountedNumber> WholeNumber(std::string_view text) {
  std::vector<model::CountedNumber> numbers = model::CountedNumbers(text);
  if (numbers.size() != 1 || numbers[0].range.begin != 0) return std::nullopt;
  return std::move(numbers[0]);
}

bool IsScaled(std::string_view range) {
  return std::ranges::any_of(model::ScaleWords(), [&](const auto& scale) {
    return range.find(scale.first) != std::string_view::npos;
  });
}

// 个月 of a question about "warranty_months".
bool IsSameUnit(std::string_view a, std::string_view b) {
  static constexpr std::pair<std::string_view, std::string_view> kSame[] = {
      {"month", "个月"}, {"day", "天"},      {"year", "年"},  {"hour", "小时"},
      {"week", "周"},    {"minute", "分钟"}, {"second", "秒"}};
  const auto says_one = [&](const auto& unit) {
    return (unit.first == a && unit.second == b) || (unit.first == b && unit.second == a);
  };
  return a == b || std::ranges::any_of(kSame, says_one);
}

// How much tells that the range is of the column; 0 where nothing does.
int Fit(const std::vector<const ContextPiece*>& rows, std::string_view column,
        const model::NumberRange& range, const WordSet& asked, const Analyzer& analyzer) {
  size_t cells = 0;
  size_t numbers = 0;
  std::string unit;
  for (const ContextPiece* row : rows) {
    const std::string_view cell = CellNamed(row->text, column);
    if (Trim(cell).empty()) continue;
    ++cells;
    const std::optional<CellNumber> number = NumberInCell({.name = column, .value = cell});
    if (!number) continue;
    // A column of several properties, "32 m" below "88 kg", is of none.
    if (numbers > 0 && number->unit != unit) return 0;
    ++numbers;
    unit = number->unit;
  }
  if (numbers == 0 || 2 * numbers < cells) return 0;
  const std::string_view name = WithoutUnit(column);
  const int named = ShareAmong(WordsIn(name, analyzer), asked) >= kNamesNumbers ? 1 : 0;
  if (range.unit.empty()) return named;
  if (IsSameUnit(unit, range.unit)) return 2 + named;
  // A column of calendar years tells no age.
  if (!unit.empty() || range.unit == "year" || range.unit == "年") return 0;
  // "Employees: 40" of "more than 30 employees", 人数 of 超过30人.
  const bool counts = Fold(name).find(range.unit) != std::string::npos ||
                      ShareAmong(WordsIn(range.unit, analyzer), WordsIn(name, analyzer)) >= 1;
  return counts ? 2 + named : named;
}

}  // namespace

std::optional<CellNumber> NumberInCell(const RowCell& cell) {
  std::optional<model::CountedNumber> number = WholeNumber(Trim(cell.value));
  if (!number) return std::nullopt;
  CellNumber found{.value = number->value, .written = number->value, .unit = number->unit};
  const std::string_view unit = UnitInName(cell.name);
  if (!found.unit.empty() || unit.empty()) return found;
  const std::string one = '1' + std::string(unit);
  const std::optional<model::CountedNumber> scale = WholeNumber(one);
  if (!scale || scale->range.end != one.size()) return found;
  found.value *= scale->value;
  found.unit = scale->unit;
  return found;
}

std::string_view WithoutUnit(std::string_view column) { return SplitUnit(column).name; }

std::string_view UnitInName(std::string_view column) { return SplitUnit(column).unit; }

std::string_view ColumnOfMost(const std::vector<RowCell>& columns,
                              const std::vector<std::string_view>& but,
                              const std::function<double(std::string_view column)>& share) {
  std::string_view named;
  double most = 0;
  bool is_one = false;
  for (size_t i = 1; i < columns.size(); ++i) {
    if (std::ranges::find(but, columns[i].name) != but.end()) continue;
    const double one = share(columns[i].name);
    if (one < kNamesNumbers || one < most || !NumberInCell(columns[i])) continue;
    is_one = one > most;
    most = one;
    named = columns[i].name;
  }
  return is_one ? named : std::string_view();
}

std::optional<std::vector<NumberCondition>> NumberConditions(
    std::string_view folded, const std::vector<model::NumberRange>& ranges, const WordSet& asked,
    const std::vector<RowCell>& columns, const std::vector<const ContextPiece*>& rows,
    const Analyzer& analyzer) {
  std::vector<NumberCondition> conditions;
  for (const model::NumberRange& range : ranges) {
    std::string_view column;
    int most = 0;
    bool is_one = false;
    for (size_t i = 1; i < columns.size(); ++i) {  // the first says what the row is of
      const int fit = Fit(rows, columns[i].name, range, asked, analyzer);
      if (fit == 0 || fit < most) continue;
      is_one = fit > most;
      most = fit;
      column = columns[i].name;
    }
    if (!is_one) return std::nullopt;
    const std::string_view written =
        folded.substr(range.range.begin, range.range.end - range.range.begin);
    conditions.push_back(
        {.column = std::string(column), .range = range, .is_scaled = IsScaled(written)});
  }
  return conditions;
}

bool MeetsNumber(const ContextPiece& row, const NumberCondition& condition) {
  const std::optional<CellNumber> number =
      NumberInCell({.name = condition.column, .value = CellNamed(row.text, condition.column)});
  if (!number) return false;
  const bool is_as_written = condition.range.unit.empty() && !condition.is_scaled;
  return condition.range.Holds(is_as_written ? number->written : number->value);
}

}  // namespace quarry::generation
