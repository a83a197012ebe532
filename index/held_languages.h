#pragma once

// Which of English and Chinese the texts of an index are in, by its dictionary alone: words that
// every text of a language uses and no other language does ("which", "have"; "可以", "如果") stand
// in many rows or in nearly none. So nothing is stored or counted for it, it is a function of the
// live rows, and a Chinese manual full of English names and code is in Chinese.
//
// A language is held where at least three of its twelve words each stand in at least one row of a
// hundred: texts of 80 words that make up a twentieth of an index pass, titles do not.

#include <atomic>
#include <cstdint>
#include <optional>

#include "index/lexical_index.h"

namespace quarry::index {

struct HeldLanguages {
  bool english = false;
  bool chinese = false;

  friend bool operator==(const HeldLanguages&, const HeldLanguages&) = default;
};

// What was found out once. Threads may ask and tell at once, where all of them find the same.
class KnownLanguages {
 public:
  std::optional<HeldLanguages> Get() const;
  void Set(const HeldLanguages& held);

 private:
  std::atomic<uint8_t> bits_ = 0;  // 0: not yet
};

// A few look-ups in each segment's dictionary. REQUIRES: the terms are those of the default analyzer.
HeldLanguages FindHeldLanguages(const LexicalIndex& index);

}  // namespace quarry::index
