#include "retrieval/join_chunks.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace quarry::retrieval {
namespace {

// More than that between two chunks is no gap between two blocks.
constexpr uint64_t kMaxGap = 8;

uint32_t LastOrdinal(const Passage& passage) {
  const size_t parts = std::max<size_t>(passage.parts.size(), 1);
  return passage.chunk.ordinal + static_cast<uint32_t>(parts) - 1;
}

}  // namespace

bool Continues(const Passage& first, const Passage& second) {
  const SourceSpan& before = first.chunk.span;
  const SourceSpan& after = second.chunk.span;
  return first.chunk.document == second.chunk.document &&
         LastOrdinal(first) + 1 == second.chunk.ordinal && before.begin <= after.begin &&
         before.end <= after.end && after.begin <= before.end + kMaxGap;
}

void Append(Passage second, Passage& first) {
  Chunk& chunk = first.chunk;
  if (first.parts.empty()) first.parts = {{chunk.id, 0, chunk.text_hash}};
  const uint64_t end = chunk.span.end;
  const uint64_t begin = second.chunk.span.begin;
  if (begin > end) chunk.text.append(begin - end, begin - end == 1 ? ' ' : '\n');
  first.parts.push_back({second.chunk.id, chunk.text.size(), second.chunk.text_hash});
  const uint64_t repeated = begin < end ? end - begin : 0;  // at the start of the second
  const uint64_t shift = begin - chunk.span.begin;          // of its text in the whole
  chunk.text.append(second.chunk.text, repeated);
  for (ChunkBlock& block : second.chunk.blocks) {
    if (block.end <= repeated) continue;
    block.begin = std::max(block.begin, repeated) + shift;
    block.end += shift;
    chunk.blocks.push_back(block);
  }
  chunk.span.end = second.chunk.span.end;
  chunk.token_count += second.chunk.token_count;
  chunk.text_hash = Hash64(chunk.text);
  if (second.score > first.score) {
    first.score = second.score;
    first.breakdown = second.breakdown;
    chunk.id = second.chunk.id;
  }
}

}  // namespace quarry::retrieval
