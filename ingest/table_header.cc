#include "ingest/table_header.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::ingest {
namespace {

bool IsYear(std::string_view cell) { return IsYearNumber(Trim(cell)); }

}  // namespace

bool LooksLikeValue(std::string_view cell) {
  cell = Trim(cell);
  if (cell.starts_with('-') || cell.starts_with('+')) cell.remove_prefix(1);
  if (cell.empty() || !IsAsciiDigit(cell.front())) return false;
  return cell.find_first_not_of("0123456789.,:-/% eETZ+") == cell.npos;
}

bool LooksLikeHeader(const std::vector<std::string>& first,
                     const std::vector<std::vector<std::string>>& rows) {
  std::set<std::string_view> names;
  size_t empty = 0;
  for (const std::string& cell : first) {
    const std::string_view name = Trim(cell);
    if (name.empty()) {
      ++empty;
    } else if ((LooksLikeValue(name) && !IsYear(name)) || !names.insert(name).second) {
      return false;
    }
  }
  const bool only_years = std::all_of(names.begin(), names.end(), IsYear);
  if (names.empty() || empty > names.size() || only_years) return false;
  for (const auto& row : rows) {
    for (size_t i = 0; i < std::min(row.size(), first.size()); ++i) {
      if (!first[i].empty() && row[i] == first[i]) return false;
    }
  }
  return true;
}

}  // namespace quarry::ingest
