#pragma once

// What the embedder is given of chunks. Chunks of one document are mostly neighbours, so what is read of a
// document is kept for the next chunk. Internal to index/.

#include <functional>
#include <string>
#include <string_view>

#include "index/records.h"
#include "index/store.h"

namespace quarry::index {

// Not thread-safe; the view must outlive it.
class IndexedTexts {
 public:
  IndexedTexts(const StoreView& view, CollectionId collection)
      : view_(view), collection_(collection) {}

  // IndexedText of a chunk of the collection. kDataLoss where its document is missing or damaged.
  Result<std::string> Of(StoredChunk chunk);
  // Of the chunk with this id; kDataLoss also where that is missing.
  Result<std::string> Of(ChunkId chunk);

 private:
  const StoreView& view_;
  const CollectionId collection_;
  DocumentNumber document_;  // whose title it is; 0 = none yet
  std::string title_;
};

// Calls visit(chunk, text) for the chunks behind `after` that are wanted, in the order of their ids, until it
// returns false: one scan instead of a look-up for each. Errors: those of IndexedTexts.
Status ForEachIndexedTextBehind(const StoreView& view, CollectionId collection, ChunkId after,
                                const std::function<bool(ChunkId)>& wanted,
                                const std::function<bool(ChunkId, std::string)>& visit);

}  // namespace quarry::index
