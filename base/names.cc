#include "base/names.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace quarry {

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> two_back(b.size() + 1);
  std::vector<size_t> back(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) back[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substitution = back[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({back[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_back[j - 2] + 1);
      }
    }
    std::swap(two_back, back);
    std::swap(back, row);
  }
  return back[b.size()];
}

std::string_view NearestName(std::string_view name, std::span<const std::string_view> known) {
  constexpr size_t kMaxName = 64;  // what is longer is no slip, and costly to compare
  std::string_view nearest;
  if (name.size() > kMaxName) return nearest;
  // Of a name whose letters are all others nothing is meant.
  size_t best = std::min(std::max<size_t>(2, name.size() / 3) + 1, name.size());
  for (const std::string_view candidate : known) {
    if (const size_t distance = EditDistance(name, candidate); distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace quarry
