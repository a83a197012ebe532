#include "base/names.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace quarry {
namespace {

// Of strings of bytes or of characters.
template <typename String>
size_t EditsBetween(const String& a, const String& b) {
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

// Names are told apart by their characters: one of 颜色 is three bytes.
std::u32string CharactersOf(std::string_view utf8) {
  std::u32string characters;
  for (size_t offset = 0; offset < utf8.size();) {
    characters.push_back(NextCodePoint(utf8, offset));
  }
  return characters;
}

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) { return EditsBetween(a, b); }

std::string_view NearestName(std::string_view name, std::span<const std::string_view> known) {
  constexpr size_t kMaxName = 64;   // what is longer is no slip, and costly to compare
  constexpr size_t kMostBytes = 4;  // of a character
  std::string_view nearest;
  if (name.size() > kMaxName * kMostBytes) return nearest;
  const std::u32string given = CharactersOf(name);
  if (given.size() > kMaxName) return nearest;
  // Of a name whose letters are all others nothing is meant.
  size_t best = std::min(std::max<size_t>(2, given.size() / 3) + 1, given.size());
  for (const std::string_view candidate : known) {
    const std::u32string other = CharactersOf(candidate);
    const size_t longer = std::max(given.size(), other.size());
    if (longer - std::min(given.size(), other.size()) >= best) continue;  // as many edits at least
    if (const size_t distance = EditsBetween(given, other); distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace quarry
