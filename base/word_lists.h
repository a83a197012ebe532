#pragma once

// Whether a text holds, begins or ends with one of several words, and what is left behind them. Bytes are compared as
// they are: who wants to disregard case folds both before. The words are a range of what std::string_view takes. Pure.

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace quarry {

template <typename Words>
bool ContainsAny(std::string_view text, const Words& words) {
  return std::ranges::any_of(words,
                             [&](std::string_view word) { return text.find(word) != text.npos; });
}
inline bool ContainsAny(std::string_view text, std::initializer_list<std::string_view> words) {
  return ContainsAny<std::initializer_list<std::string_view>>(text, words);
}

template <typename Words>
bool StartsWithAny(std::string_view text, const Words& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
}

template <typename Words>
bool EndsWithAny(std::string_view text, const Words& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.ends_with(word); });
}

// Takes the first of the words off that `text` begins with; false where it begins with none.
template <typename Words>
bool RemoveAnyPrefix(std::string_view& text, const Words& words) {
  for (const std::string_view word : words) {
    if (!text.starts_with(word)) continue;
    text.remove_prefix(word.size());
    return true;
  }
  return false;
}

// Likewise at its end.
template <typename Words>
bool RemoveAnySuffix(std::string_view& text, const Words& words) {
  for (const std::string_view word : words) {
    if (!text.ends_with(word)) continue;
    text.remove_suffix(word.size());
    return true;
  }
  return false;
}

}  // namespace quarry
