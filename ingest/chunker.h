#pragma once

// Chunker: document -> chunks, by structure. Pure, deterministic, thread-safe.
//
// An entry of questions and answers, a heading that asks with what stands below it or a paragraph marked
// as a question ("Q: ...") with what follows, is cut from what is beside it, so that each is found by
// its own words. Else a document of at most max_tokens is one chunk, and a longer one is cut between units. A unit is a
// block of at most half the target; of longer blocks a sentence, a table row, a line of code; where
// one of those is longer than max_tokens, a stretch of words, and where there is no white space, of
// characters. Borders are preferred by strength: before a heading (outermost first), between
// blocks, between sentences and rows, between lines of code. A heading stays with the text below
// it.
//
// For comparison there are two modes without structure: windows of a fixed size and windows of some
// sentences (chunk_windows.h). Their chunks too know the headings, blocks and pages they stand under.
//
// Which borders are taken depends on the text near them: an edit changes the chunks it touches and
// a few beside it, and the others keep their text and hashes (chunk_plan.h has the method).

#include <cstdint>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/status.h"

namespace quarry::ingest {

enum class ChunkMode : uint8_t { kStructure, kFixed, kSentences };
const char* ChunkModeName(ChunkMode mode);                  // "structure", "fixed", "sentences"
Result<ChunkMode> ParseChunkMode(const std::string& name);  // kInvalidArgument naming the three

// Sizes in tokens as CountTokens estimates them (base/text.h): 400 tokens are about 1,600
// characters of English or 600 of Chinese.
struct ChunkOptions {
  uint32_t target_tokens = 400;    // what chunks of long documents have on average
  uint32_t min_tokens = 100;       // a chunk is smaller only if it is the document or an entry of
                                   // questions and answers, or if what is next to it would not fit
                                   // with it
  uint32_t max_tokens = 600;       // no chunk is larger, overlap included
  uint32_t overlap_sentences = 1;  // sentences of the chunk before that are repeated at its start:
                                   // of prose (not of tables and code), never across a heading, a
                                   // quarter of the target at most
  ChunkMode mode = ChunkMode::kStructure;
  uint32_t overlap_tokens = 50;   // mode kFixed: of the window before that are repeated
  uint32_t window_sentences = 5;  // mode kSentences: in a chunk, those repeated included

  // kInvalidArgument naming the option: 0 < min <= target <= max, overlap_sentences <= 10; in mode
  // kFixed overlap_tokens <= target / 2; in mode kSentences overlap_sentences < window_sentences <=
  // 100.
  Status Validate() const;
  // Part of what makes an indexed file "unchanged".
  std::string Fingerprint() const;
};

// Chunks in order; each `text` equals the document's text at its span (a repeated sentence
// included), hashes and token counts are filled, ids are 0. The heading path is the one at the
// chunk's first text that is neither a heading nor repeated; headings are cut after 200 bytes
// there. The page is that of the first block. Every non-space byte of the document is in at least
// one chunk; blocks may be missing or overlap. REQUIRES: options.Validate() is ok, the text is
// UTF-8.
std::vector<Chunk> ChunkDocument(const Document& document, const ChunkOptions& options);

}  // namespace quarry::ingest
