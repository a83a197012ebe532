#include "model/written_words.h"

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::model {

std::vector<Word> Words(std::string_view text) {
  std::vector<Word> words;
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i;
    if (IsAsciiAlphanumeric(text[i])) {
      while (i < text.size() && IsAsciiAlphanumeric(text[i])) ++i;
    } else if (!IsAscii(text[i])) {
      while (i < text.size() && !IsAscii(text[i])) ++i;
    } else {
      ++i;
      continue;
    }
    words.push_back({text.substr(begin, i - begin), words.empty()});
  }
  return words;
}

bool HoldsCharacterOf(std::string_view set, std::string_view text, std::string_view except) {
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i;
    if (!IsCjk(NextCodePoint(text, i))) continue;
    const std::string_view character = text.substr(begin, i - begin);
    if (set.find(character) != set.npos && except.find(character) == except.npos) return true;
  }
  return false;
}

}  // namespace quarry::model
