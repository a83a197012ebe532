#include "index/indexed_texts.h"

#include <optional>
#include <utility>

#include "base/document.h"
#include "index/keys.h"

namespace quarry::index {

Result<std::string> IndexedTexts::Of(StoredChunk chunk) {
  if (chunk.document != document_) {
    const std::string what = "document of chunk " + std::to_string(chunk.id.value);
    QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            view_.Get(DocumentKey(collection_, chunk.document)));
    if (!bytes) return DataLossError(what + ": missing in the store");
    Result<StoredDocument> document = DecodeDocument(*bytes);
    if (!document.ok()) return std::move(document).status().Annotate(what);
    document_ = chunk.document;
    title_ = std::move(document->title);
  }
  Chunk text;
  text.text = std::move(chunk.text);
  text.span = std::move(chunk.span);
  return IndexedText(title_, text);
}

Result<std::string> IndexedTexts::Of(ChunkId chunk) {
  const std::string what = "chunk " + std::to_string(chunk.value);
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          view_.Get(ChunkKey(collection_, chunk)));
  if (!bytes) return DataLossError(what + ": missing in the store");
  Result<StoredChunk> stored = DecodeChunk(*bytes);
  if (!stored.ok()) return std::move(stored).status().Annotate(what);
  return Of(*std::move(stored));
}

Status ForEachIndexedTextBehind(const StoreView& view, CollectionId collection, ChunkId after,
                                const std::function<bool(ChunkId)>& wanted,
                                const std::function<bool(ChunkId, std::string)>& visit) {
  IndexedTexts texts(view, collection);
  Status status;
  const auto take = [&](std::string_view key, std::string_view value) -> Result<bool> {
    QUARRY_ASSIGN_OR_RETURN(const ChunkId id, ParseChunkKey(key));
    if (!wanted(id)) return true;
    Result<StoredChunk> stored = DecodeChunk(value);
    if (!stored.ok()) {
      return std::move(stored).status().Annotate("chunk " + std::to_string(id.value));
    }
    QUARRY_ASSIGN_OR_RETURN(std::string text, texts.Of(*std::move(stored)));
    return visit(id, std::move(text));
  };
  QUARRY_RETURN_IF_ERROR(view.Scan(TablePrefix(collection, Table::kChunk),
                                   ChunkKey(collection, ChunkId(after.value + 1)),
                                   [&](std::string_view key, std::string_view value) {
                                     const Result<bool> more = take(key, value);
                                     status = more.status();
                                     return more.ok() && *more;
                                   }));
  return status;
}

}  // namespace quarry::index
