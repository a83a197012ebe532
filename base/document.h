#pragma once

// Documents and chunks: what a parser makes and what the index keeps. Plain values without
// behaviour; safe to read from many threads.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.h"

namespace quarry {

// A metadata value keeps its type: "2020" is not 2020, and filters do not convert (base/filter.h).
// Times are ISO-8601 strings.
using MetadataValue = std::variant<bool, double, std::string, std::vector<std::string>>;
using Metadata = std::map<std::string, MetadataValue>;

// Where something stands in a document's normalised text.
struct SourceSpan {
  uint64_t begin = 0;                     // byte offset of the first byte
  uint64_t end = 0;                       // one past the last byte
  uint32_t page = 0;                      // 1-based; 0 where the format has no pages
  std::vector<std::string> heading_path;  // outermost first: {"Manual", "Installation", "Power"}

  friend bool operator==(const SourceSpan&, const SourceSpan&) = default;
};

enum class BlockKind : uint8_t {
  kParagraph,
  kHeading,   // level 1 (outermost) to 6
  kListItem,  // level = nesting depth, from 1
  kTable,     // one row per line, "header: cell" pairs so that each row reads alone
  kCode,
  kQuote,
};

// A piece of a document that the chunker keeps together where it fits. Blocks are in reading order
// and do not overlap; between two of them the document's text holds only white space.
struct Block {
  BlockKind kind = BlockKind::kParagraph;
  uint32_t level = 0;
  uint64_t begin = 0;  // bytes in Document::text, as SourceSpan
  uint64_t end = 0;
  uint32_t page = 0;
};

// One source after parsing. `text` is the *normalised text*: UTF-8, line ends LF, what a reader
// would see, markup removed; letters and punctuation as the author wrote them. All spans point into
// it.
struct Document {
  DocumentId id;
  DocumentId source;  // of a record: the id that its file would have as one document; else ""
  std::string uri;    // where a reader can open it: file:///..., https://...
  std::string title;
  std::string media_type;  // "text/markdown"
  std::string language;    // BCP 47: "en", "zh"; "" where unknown
  Metadata metadata;
  std::vector<std::string>
      access;                // principals that may read it; empty = everyone in the collection
  uint64_t source_hash = 0;  // Hash64 of the bytes it was made of; of a record, of what it says
  std::string text;
  std::vector<Block> blocks;

  std::string_view TextOf(const Block& block) const {
    return std::string_view(text).substr(block.begin, block.end - block.begin);
  }
};

// A block of the document as far as it reaches into a chunk. In reading order, not overlapping.
struct ChunkBlock {
  BlockKind kind = BlockKind::kParagraph;
  // Of a heading: how many headings stand above it in the heading path. Of an item of a list: how deep
  // it is nested, from 1; 0 where it was stored before that was kept.
  uint32_t depth = 0;
  uint64_t begin = 0;  // bytes of Chunk::text
  uint64_t end = 0;
  uint32_t page = 0;

  friend bool operator==(const ChunkBlock&, const ChunkBlock&) = default;
};

// A passage of a document: the unit of search. `text` equals the document's text at `span`.
//
// The contextual header (title > heading path) belongs to what the embedder and BM25 are given and
// not to what is cited; hence two hashes.
struct Chunk {
  ChunkId id;  // 0 until the index assigns it
  DocumentId document;
  uint32_t ordinal = 0;  // position in its document, from 0
  std::string text;
  SourceSpan span;                 // heading path and page: where its own text begins
  std::vector<ChunkBlock> blocks;  // empty where the source's structure is not known
  uint32_t token_count = 0;        // approximate, base/text.h
  uint64_t text_hash = 0;          // of `text`: citations, the cache, duplicates
  uint64_t input_hash = 0;         // of IndexedText(): reuse of vectors and postings
};

// "Title > Heading > Sub-heading"; a heading equal to the one before it is left out.
std::string ContextualHeader(std::string_view title, const std::vector<std::string>& heading_path);

// What the embedder and BM25 see of a chunk: header, newline, text (only the text if there is no
// header).
std::string IndexedText(std::string_view title, const Chunk& chunk);

// A heading as it stands in a heading path: on one line, cut after 200 bytes, since it is repeated
// with everything below it.
std::string HeadingText(std::string_view block_text);

// The part [begin, end) of the chunk's text as a span of its document, with the heading path and
// the page that it stands under. REQUIRES: begin <= end <= chunk.text.size().
SourceSpan SpanWithin(const Chunk& chunk, uint64_t begin, uint64_t end);

}  // namespace quarry
