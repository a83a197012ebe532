#pragma once

// Text with markers as models write them, "[2]", "[1, 3]", "[1][3]", "【2】", "[^2]", taken apart and
// numbered anew. Nothing between backticks is a marker, be it within a line or a fenced block: in code
// "argv[1]" is what it says.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace quarry::generation {

// A marker at the beginning of a text.
struct MarkerScan {
  enum class State : uint8_t { kNone, kMarker, kIncomplete };  // kIncomplete: more text decides
  State state = State::kNone;
  size_t size = 0;                // bytes of the marker
  std::vector<uint32_t> numbers;  // as written, from 1
};
MarkerScan ScanMarker(std::string_view text);

// Takes such a text apart from its beginning to its end, piece by piece, as it comes.
class CitedTextScanner {
 public:
  struct Piece {
    enum class Kind : uint8_t {
      kText,
      kCode,
      kMarker,
      kIncomplete
    };  // kIncomplete: more text decides
    Kind kind = Kind::kIncomplete;
    size_t size = 0;                // bytes; from 1, of kIncomplete 0
    std::vector<uint32_t> numbers;  // of kMarker, as written, from 1
  };
  // What `rest`, the text behind the pieces before, begins with. `last`: no more comes, and nothing is
  // kIncomplete. REQUIRES: !rest.empty().
  Piece Next(std::string_view rest, bool last);

 private:
  Piece InFence(std::string_view rest, bool last);
  Piece AtBackticks(std::string_view rest, bool last);

  size_t fence_ = 0;           // backticks that began the fenced block that is open; 0 = none
  bool at_line_start_ = true;  // or behind what may stand before a fence
};

// The markers of a text.
struct CitationMarker {
  ByteRange range;
  std::vector<uint32_t> numbers;  // as written, from 1
};
std::vector<CitationMarker> FindMarkers(std::string_view text);

// A sentence of such a text with its markers.
struct CitedSentence {
  ByteRange range;                // with its markers
  ByteRange claim;                // up to its first marker, without white space at the end
  std::string words;              // the sentence without markers
  std::vector<uint32_t> numbers;  // distinct, as written, in order
};

// The sentences of `text`, none of which ends within code. Markers that stand behind the full stop belong to
// the sentence before. `more_comes`: what may be code by what follows is.
std::vector<CitedSentence> SplitCitedSentences(std::string_view text, bool more_comes = false);

// Numbers citations in the order in which they are used, while the text comes: "[3]" becomes "[1]"
// where it is the first. Numbers that are no passage's vanish. Used by one thread.
class CitationNumbering {
 public:
  explicit CitationNumbering(size_t passages) : places_(passages, 0) {}

  // Takes a piece and returns what can be told now; the beginning of a marker is kept back.
  std::string Take(std::string_view piece);
  // What was kept back.
  std::string Finish();

  // Passages (from 0) in the order of their first citation.
  const std::vector<uint32_t>& order() const { return order_; }

 private:
  std::string Rewrite(bool last);

  std::vector<uint32_t> places_;  // by passage: its new number, 0 = not cited
  std::vector<uint32_t> order_;
  CitedTextScanner scanner_;
  std::string held_;
};

}  // namespace quarry::generation
