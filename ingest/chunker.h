#pragma once

// Chunker: document -> chunks, by structure. Pure, deterministic, thread-safe.
//
// A document that fits one chunk is one chunk. Otherwise it is cut between units (sentences; table
// rows and code lines as units of their own; a unit longer than max_tokens is cut at white space,
// else at a character), preferring the strongest border near the target size: before a heading,
// between blocks, between sentences. Among equal borders the one chosen depends only on the text
// beside it, so an edit moves the borders near it and not those of the rest of the file.

#include <string>
#include <vector>

#include "base/document.h"
#include "base/status.h"

namespace quarry::ingest {

// Sizes in tokens as CountTokens estimates them (base/text.h): 400 tokens are about 1,600
// characters of English or 600 of Chinese.
struct ChunkOptions {
  uint32_t target_tokens = 400;
  uint32_t min_tokens = 100;  // no border is taken before a chunk has this many
  uint32_t max_tokens = 600;
  uint32_t overlap_sentences = 1;  // sentences of the chunk before that are repeated at its start,
                                   // never across a heading

  // kInvalidArgument naming the option: 0 < min <= target <= max, overlap <= 10.
  Status Validate() const;
  // Part of what makes an indexed file "unchanged".
  std::string Fingerprint() const;
};

// Chunks in order; each `text` equals the document's text at its span, hashes and token counts are
// filled, ids are 0. Every non-space byte of the document is in at least one chunk.
std::vector<Chunk> ChunkDocument(const Document& document, const ChunkOptions& options);

}  // namespace quarry::ingest
