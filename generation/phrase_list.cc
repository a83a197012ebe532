#include "generation/phrase_list.h"

#include <algorithm>

#include "base/ascii.h"

namespace quarry::generation {
namespace {

bool IsPhraseByte(char c) { return IsAsciiAlphanumeric(c) || c == '\''; }

// The first place of one entry; npos where it stands nowhere.
size_t FindEntry(std::string_view text, std::string_view entry, bool begins, size_t from) {
  const bool latin = IsAscii(entry.front());
  for (size_t at = text.find(entry, from); at != text.npos; at = text.find(entry, at + 1)) {
    if (!latin) return at;
    const size_t end = at + entry.size();
    const bool starts = at == 0 || !IsPhraseByte(text[at - 1]);
    const bool ends = begins || end == text.size() || !IsPhraseByte(text[end]);
    if (starts && ends) return at;
  }
  return text.npos;
}

}  // namespace

ByteRange FindPhrase(std::string_view text, std::string_view list, size_t from) {
  ByteRange first{text.size(), text.size()};
  while (!list.empty()) {
    const size_t bar = std::min(list.find('|'), list.size());
    std::string_view entry = list.substr(0, bar);
    list.remove_prefix(std::min(bar + 1, list.size()));
    const bool begins = entry.ends_with('*');
    if (begins) entry.remove_suffix(1);
    if (entry.empty()) continue;
    const size_t at = FindEntry(text, entry, begins, from);
    if (at < first.begin) first = {at, at + entry.size()};
  }
  return first;
}

bool HoldsAnyPhrase(std::string_view text, std::string_view list) {
  return FindPhrase(text, list).begin < text.size();
}

}  // namespace quarry::generation
