#include "base/query.h"

namespace quarry {

const char* SearchModeName(SearchMode mode) {
  switch (mode) {
    case SearchMode::kHybrid:
      return "hybrid";
    case SearchMode::kDense:
      return "dense";
    case SearchMode::kLexical:
      return "lexical";
  }
  Fatal(__FILE__, __LINE__, "unknown SearchMode");
}

Result<SearchMode> ParseSearchMode(std::string_view name) {
  for (const SearchMode mode : {SearchMode::kHybrid, SearchMode::kDense, SearchMode::kLexical}) {
    if (name == SearchModeName(mode)) return mode;
  }
  return InvalidArgumentError("unknown search mode \"" + std::string(name) +
                              "\"; expected one of hybrid, dense, lexical");
}

std::vector<ChunkId> ChunksOf(const Passage& passage) {
  if (passage.parts.empty()) return {passage.chunk.id};
  std::vector<ChunkId> chunks;
  for (const PassagePart& part : passage.parts) chunks.push_back(part.chunk);
  return chunks;
}

ChunkId ChunkAt(const Passage& passage, uint64_t begin) {
  ChunkId chunk = passage.chunk.id;
  for (const PassagePart& part : passage.parts) {
    if (part.begin <= begin) chunk = part.chunk;
  }
  return chunk;
}

std::string PassageHeading(const Passage& passage, uint32_t number) {
  const Chunk& chunk = passage.chunk;
  const std::string header = ContextualHeader(passage.title, chunk.span.heading_path);
  std::string text = '[' + std::to_string(number) + "] ";
  text += header.empty() ? chunk.document : header + " (" + chunk.document;
  if (chunk.span.page != 0) {
    text += (header.empty() ? " (page " : ", page ") + std::to_string(chunk.span.page);
  }
  return header.empty() && chunk.span.page == 0 ? text : text + ')';
}

std::string DroppedText(const Context& context, const DocumentId& document) {
  for (const Passage& passage : context.passages) {
    if (passage.chunk.document == document) return "";
  }
  for (const DroppedPassage& dropped : context.dropped) {
    if (dropped.document == document) return dropped.why;
  }
  return "";
}

const char* StageName(ScoreStep::Stage stage) {
  switch (stage) {
    case ScoreStep::Stage::kFusion:
      return "fusion";
    case ScoreStep::Stage::kExpansion:
      return "expansion";
    case ScoreStep::Stage::kHops:
      return "hops";
    case ScoreStep::Stage::kRerank:
      return "rerank";
    case ScoreStep::Stage::kRecency:
      return "recency";
    case ScoreStep::Stage::kDiversity:
      return "diversity";
  }
  Fatal(__FILE__, __LINE__, "unknown Stage");
}

}  // namespace quarry
