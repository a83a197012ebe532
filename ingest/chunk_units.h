#pragma once

// The units that chunks are made of. Internal to ingest/.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "ingest/chunker.h"

namespace quarry::ingest {

// How good it is to cut a document before a unit; larger is better.
enum class Border : uint8_t {
  kNever,     // behind a heading: only where nothing else fits
  kForced,    // inside a sentence or line that is longer than a chunk
  kLine,      // between lines of code
  kSentence,  // between sentences, table rows, nested list items; behind a block that ends with ':'
  kBlock,
  kHeading6,  // before a heading of level 6
  kHeading5,
  kHeading4,
  kHeading3,
  kHeading2,
  kHeading1,
};

// A piece of text that is cut at no price if it fits: a heading, a short block, a sentence, a table
// row, a line of code. A unit reaches from its begin to the begin of the next one (the last one to
// the end of the text), so that units cover the text; the white space at its end is not part of a
// chunk that ends with it.
struct Unit {
  uint64_t begin = 0;
  uint32_t tokens = 0;  // of the whole unit, with the white space at its end
  uint32_t block = 0;   // index in Document::blocks; kNoBlock for text outside of all
  uint64_t anchor = 0;  // hash of the text on both sides of its begin: orders equal borders
  Border border = Border::kBlock;  // before it
  bool begins_entry = false;  // of questions and answers, or ends one: a chunk always begins here

  static constexpr uint32_t kNoBlock = UINT32_MAX;
};

// Whether a reader's character begins at `offset`: no continuation byte, combining mark, variation
// selector or skin tone, nothing joined to what is before. REQUIRES: 0 < offset < text.size().
bool IsCharacterStart(std::string_view text, size_t offset);

// The units of a document in order. Blocks of up to half of options.target_tokens are units as they
// are.
std::vector<Unit> SplitUnits(const Document& document, const ChunkOptions& options);

}  // namespace quarry::ingest
