#include "base/document.h"

#include <algorithm>

#include "base/text.h"

namespace quarry {

std::string ContextualHeader(std::string_view title, const std::vector<std::string>& heading_path) {
  std::string header(title);
  std::string_view previous = title;
  for (const std::string& heading : heading_path) {
    if (heading.empty() || heading == previous) continue;
    if (!header.empty()) header += " > ";
    header += heading;
    previous = heading;
  }
  return header;
}

std::string IndexedText(std::string_view title, const Chunk& chunk) {
  std::string text = ContextualHeader(title, chunk.span.heading_path);
  if (!text.empty()) text += '\n';
  text += chunk.text;
  return text;
}

std::string HeadingText(std::string_view block_text) {
  constexpr size_t kMaxBytes = 200;
  std::string heading(TruncateUtf8(block_text, kMaxBytes));
  std::replace(heading.begin(), heading.end(), '\n', ' ');
  return heading;
}

SourceSpan SpanWithin(const Chunk& chunk, uint64_t begin, uint64_t end) {
  SourceSpan span = chunk.span;
  span.begin = chunk.span.begin + begin;
  span.end = chunk.span.begin + end;
  for (const ChunkBlock& block : chunk.blocks) {
    if (block.begin > begin) break;
    span.page = block.page;
    if (block.kind != BlockKind::kHeading) continue;
    span.heading_path.resize(std::min<size_t>(block.depth, span.heading_path.size()));
    span.heading_path.push_back(
        HeadingText(std::string_view(chunk.text).substr(block.begin, block.end - block.begin)));
  }
  return span;
}

}  // namespace quarry
