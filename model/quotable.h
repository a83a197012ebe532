#pragma once

// The pieces of a passage that can be quoted. Internal to model/. Pure.

#include <cstdint>
#include <vector>

#include "base/document.h"
#include "base/text.h"

namespace quarry::model {

// Both ranges are bytes of Chunk::text.
struct QuotablePiece {
  ByteRange range;  // in order, not overlapping, not empty, without white space around it
  ByteRange block;  // what it stands in: its paragraph, list item or quote; of a table its row, of
                    // code the piece itself
};

// What can be quoted of `chunk`, in order. No piece crosses blocks:
//   * paragraph, list item, quote: each sentence;
//   * table: each row;
//   * code: the whole block if it is short, else each line, a comment with the lines that it tells of;
//   * heading: nothing, for it says what is below it and nothing by itself. It stands in the heading
//     path of the pieces below it (SpanWithin).
// A chunk without blocks is one paragraph. A piece of more than `max_tokens` (CountTokens), such as
// a text without full stops, is cut at line breaks, else at semicolons, commas, spaces, or between
// characters; what is longer than `max_tokens` then is a single character.
std::vector<QuotablePiece> QuotablePieces(const Chunk& chunk, uint32_t max_tokens);

// The block of the chunk that byte `begin` of its text stands in; as many as there are where there is none.
size_t BlockAt(const Chunk& chunk, uint64_t begin);

// What byte `begin` of the chunk's text stands in; a paragraph where its structure is not known.
BlockKind BlockKindAt(const Chunk& chunk, uint64_t begin);

}  // namespace quarry::model
