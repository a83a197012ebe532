#include "ingest/glob.h"

#include <vector>

#include "base/text.h"

namespace quarry::ingest {
namespace {

// Takes the character at `at`, an escaped one without its backslash.
char32_t TakeLiteral(std::string_view glob, size_t& at) {
  if (glob[at] == '\\' && at + 1 < glob.size()) ++at;
  return NextCodePoint(glob, at);
}

// Reads the class that begins at `at`: moves behind it and tells in `matches` whether `c` is of it.
// False where it has no end.
bool TakeClass(std::string_view glob, size_t& at, char32_t c, bool& matches) {
  size_t i = at + 1;
  const bool negated = i < glob.size() && (glob[i] == '!' || glob[i] == '^');
  if (negated) ++i;
  bool found = false;
  // A ']' that comes first is one of the characters.
  for (bool first = true; i < glob.size(); first = false) {
    if (glob[i] == ']' && !first) {
      matches = found != negated;
      at = i + 1;
      return true;
    }
    const char32_t low = TakeLiteral(glob, i);
    char32_t high = low;
    if (i + 1 < glob.size() && glob[i] == '-' && glob[i + 1] != ']') {
      ++i;
      high = TakeLiteral(glob, i);
    }
    found = found || (low <= c && c <= high);
  }
  return false;
}

// Whether the element of `glob` at `p`, which is no '*', matches the character of `name` at `n`;
// moves behind both then.
bool TakeOne(std::string_view glob, size_t& p, std::string_view name, size_t& n) {
  size_t glob_end = p;
  size_t name_end = n;
  const char32_t c = NextCodePoint(name, name_end);
  bool matches = glob[p] == '?';
  if (matches) {
    ++glob_end;
  } else if (glob[p] != '[' || !TakeClass(glob, glob_end, c, matches)) {
    matches = TakeLiteral(glob, glob_end) == c;
  }
  if (!matches) return false;
  p = glob_end;
  n = name_end;
  return true;
}

// One name against a pattern without '/'. Goes back to the last '*' only: what one before it could
// take the last one can take as well.
bool MatchesName(std::string_view glob, std::string_view name) {
  size_t p = 0;
  size_t n = 0;
  size_t behind_star = std::string_view::npos;
  size_t taken = 0;  // by that star, of the name
  while (n < name.size()) {
    if (p < glob.size() && glob[p] == '*') {
      behind_star = ++p;
      taken = n;
    } else if (p < glob.size() && TakeOne(glob, p, name, n)) {
      continue;
    } else if (behind_star != std::string_view::npos) {
      NextCodePoint(name, taken);
      p = behind_star;
      n = taken;
    } else {
      return false;
    }
  }
  while (p < glob.size() && glob[p] == '*') ++p;
  return p == glob.size();
}

}  // namespace

// The scheme of MatchesName one level up.
bool MatchesPath(std::string_view glob, std::string_view path) {
  std::vector<std::string_view> pattern = Split(glob, "/");
  if (pattern.back() == "**") pattern.push_back("*");
  const std::vector<std::string_view> names = Split(path, "/");
  size_t p = 0;
  size_t n = 0;
  size_t behind_stars = std::string_view::npos;
  size_t taken = 0;
  while (n < names.size()) {
    if (p < pattern.size() && pattern[p] == "**") {
      behind_stars = ++p;
      taken = n;
    } else if (p < pattern.size() && MatchesName(pattern[p], names[n])) {
      ++p;
      ++n;
    } else if (behind_stars != std::string_view::npos) {
      p = behind_stars;
      n = ++taken;
    } else {
      return false;
    }
  }
  return p == pattern.size();
}

bool MatchesGlob(std::string_view glob, std::string_view path) {
  if (glob.find('/') != std::string_view::npos) return MatchesPath(glob, path);
  return MatchesName(glob, path.substr(path.rfind('/') + 1));
}

}  // namespace quarry::ingest
