#include "generation/tool.h"

#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "index/document_fields.h"

namespace quarry::generation {
namespace {

constexpr std::string_view kToolDocument = "tool:";

}  // namespace

Result<index::StoredDocument> FindReadable(const DocumentId& id, const ToolCallContext& context) {
  Result<index::StoredDocument> document = context.snapshot.FindDocument(id);
  const Query& query = context.query;
  const bool is_hidden = document.ok() && !(query.principals.MayRead(document->access) &&
                                            Matches(query.filter, *document));
  if (is_hidden || document.status().code() == Code::kNotFound) {
    return NotFoundError("there is no document \"" + id + "\"; search gives the names");
  }
  return document;
}

Passage MakeResultPassage(const std::string& tool, std::string title, std::string text,
                          const std::vector<ChunkId>& sources) {
  Passage passage;
  passage.title = std::move(title);
  passage.chunk.document = std::string(kToolDocument) + tool;
  passage.chunk.text = std::move(text);
  passage.chunk.span.end = passage.chunk.text.size();
  passage.chunk.token_count = CountTokens(passage.chunk.text);
  passage.chunk.text_hash = Hash64(passage.chunk.text);
  for (const ChunkId source : sources) passage.parts.push_back({.chunk = source});
  return passage;
}

bool IsToolResult(const Passage& passage) {
  return passage.chunk.id == ChunkId() && passage.chunk.document.starts_with(kToolDocument);
}

}  // namespace quarry::generation
