#pragma once

// Names of the collections that the corpora of suites are indexed into: "eval-", the suite's name,
// "-", and 16 hexadecimal digits that say what the corpus held and how it was indexed. They stand in
// the same store as the collections that people ask.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/hash.h"

namespace quarry::eval {

inline constexpr std::string_view kCorpusCollectionPrefix = "eval-";

inline std::string CorpusCollection(std::string_view suite, uint64_t hash) {
  return std::string(kCorpusCollectionPrefix) + std::string(suite) + '-' + HashToHex(hash);
}

// Whether a name is one of them. One that somebody else gave and that begins alike is not.
inline bool IsCorpusCollection(std::string_view name) {
  constexpr size_t kDigits = 16;
  if (!name.starts_with(kCorpusCollectionPrefix)) return false;
  if (name.size() < kCorpusCollectionPrefix.size() + 1 + 1 + kDigits) return false;
  if (name[name.size() - kDigits - 1] != '-') return false;
  return std::ranges::all_of(name.substr(name.size() - kDigits),
                             [](char c) { return IsAsciiDigit(c) || (c >= 'a' && c <= 'f'); });
}

}  // namespace quarry::eval
