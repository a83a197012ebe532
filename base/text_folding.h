#pragma once

// Folding of single characters with their place in the original text: what Fold and the analyzer
// share.
//
// A text is folded segment by segment. A segment is the shortest stretch that NFKC_Casefold treats
// apart from its neighbours: nearly always one character, else a base with its combining marks, or
// jamo of one syllable. So the folded text is a list of characters that each know the bytes they
// came from. What ICU says of a character is kept in pages of 256, built when first touched: known
// characters cost a look-up, and ICU is only asked for the segments of several characters.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/text_utf8.h"

namespace quarry::text_internal {

// What a folded character means to the analyzer.
enum class CharClass : uint8_t {
  kOther,       // white space, punctuation, symbols, controls: ends a word
  kLatin,       // a letter of the Latin script
  kLetter,      // a letter of another spaced script
  kDigit,       // a number character of any script
  kMark,        // a combining mark that no composed character takes up
  kCjk,         // see IsCjk
  kJoiner,      // - _ . / #
  kApostrophe,  // ' and its typographic forms
  kPlus,
  kComma,
};

// What is known of one character of the Basic Multilingual Plane.
struct CharInfo {
  char16_t folded = 0;                       // its folded form, if simple
  CharClass char_class = CharClass::kOther;  // of the folded form, if simple
  bool simple : 1 =
      false;  // folds to one character of the plane, unless the next one joins its segment
  bool starts : 1 = false;  // begins a segment, whatever stands before it
};

// The page that holds `c`; built on first use, thread-safe. REQUIRES: c < 0x10000.
const CharInfo* BuildPage(size_t page);
extern std::atomic<const CharInfo*> pages[256];

// REQUIRES: c < 0x10000.
inline const CharInfo& CharInfoOf(char32_t c) {
  const CharInfo* page = pages[c >> 8].load(std::memory_order_acquire);
  if (page == nullptr) page = BuildPage(c >> 8);
  return page[c & 0xFF];
}

// Whether a segment begins with `c`.
bool StartsSegment(char32_t c);

// A character of the folded text and the bytes of its segment. code_point 0 of class kOther and an
// empty range stands for the end of the text.
struct FoldedChar {
  char32_t code_point = 0;
  CharClass char_class = CharClass::kOther;
  size_t begin = 0;
  size_t end = 0;
};

// Reads the folded characters of a text, with any look-ahead.
class FoldReader {
 public:
  explicit FoldReader(std::string_view text) : text_(text) {}

  // Goes to `offset`, where a segment begins.
  void Seek(size_t offset);
  // The character `ahead` places on.
  FoldedChar Peek(size_t ahead = 0) {
    while (head_ + ahead >= buffer_.size()) ReadSegment();
    return buffer_[head_ + ahead];
  }
  // Goes to the next character; stays at the end of the text.
  void Skip();
  // The end of the character last skipped.
  size_t skipped_end() const { return skipped_end_; }
  // True iff the next character is the first of its segment (or the text ends here), which begins
  // at *offset.
  bool AtSegment(size_t* offset);

 private:
  void ReadSegment();
  void ReadLongSegment(size_t begin, char32_t first);

  std::string_view text_;
  size_t offset_ = 0;
  size_t head_ = 0;
  size_t skipped_end_ = 0;
  std::vector<FoldedChar> buffer_;
};

// Pairs of a Traditional character and its Simplified form, in UTF-8.
extern const char kHanVariants[];

}  // namespace quarry::text_internal
