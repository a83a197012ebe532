#include "base/names.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace quarry {
namespace {

// Of strings of bytes or of characters; most + 1 where there are more than `most`.
template <typename String>
size_t EditsBetween(const String& a, const String& b, size_t most) {
  const size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > most) return most + 1;
  // Rows of the table of prefixes: the last two and the current one. Those of words need no memory of
  // their own: a dictionary has many.
  constexpr size_t kWord = 48;
  std::array<size_t, 3 * (kWord + 1)> of_word;  // written before it is read
  std::vector<size_t> of_text;
  const size_t width = b.size() + 1;
  if (b.size() > kWord) of_text.resize(3 * width);
  size_t* two_back = b.size() > kWord ? of_text.data() : of_word.data();
  size_t* back = two_back + width;
  size_t* row = back + width;
  for (size_t j = 0; j <= b.size(); ++j) back[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    size_t least = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substitution = back[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({back[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_back[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > most + 1) return most + 1;  // an exchange may still save one
    std::swap(two_back, back);
    std::swap(back, row);
  }
  return std::min(back[b.size()], most + 1);
}

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b, size_t most) {
  return EditsBetween(a, b, most);
}

std::string_view NearestName(std::string_view name, std::span<const std::string_view> known) {
  constexpr size_t kMaxName = 64;   // what is longer is no slip, and costly to compare
  constexpr size_t kMostBytes = 4;  // of a character
  std::string_view nearest;
  if (name.size() > kMaxName * kMostBytes) return nearest;
  const std::u32string given = ToUtf32(name);  // one character of 颜色 is three bytes
  if (given.size() > kMaxName) return nearest;
  // Of a name whose letters are all others nothing is meant.
  size_t best = std::min(std::max<size_t>(2, given.size() / 3) + 1, given.size());
  for (const std::string_view candidate : known) {
    const std::u32string other = ToUtf32(candidate);
    if (best == 0) break;
    if (const size_t distance = EditsBetween(given, other, best - 1); distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace quarry
