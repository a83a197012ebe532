#pragma once

// Vectors of a generation, read one by one for an index that is built of them. Internal to index/.

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <utility>

#include "index/records.h"
#include "index/store.h"

namespace quarry::index {

// Where chunks are asked for in ascending order, and few are left out, they are read by scans that get
// longer as they prove of use: a look-up costs ten times as much as a step of a scan. In any other
// order each is looked up. Not thread-safe; the view must outlive it.
class StoredVectors {
 public:
  StoredVectors(const StoreView& view, CollectionId collection, const StoredGeneration& generation);

  // kDataLoss naming the chunk, where its vector is missing or damaged.
  Status Read(ChunkId chunk, std::span<float> out);

 private:
  Status ReadAhead(ChunkId chunk);

  const StoreView& view_;
  const CollectionId collection_;
  const GenerationId generation_;
  const uint64_t space_hash_;
  std::deque<std::pair<ChunkId, std::string>> ahead_;  // what was read and not asked for yet
  size_t step_ = 1;                                    // read at a time
};

}  // namespace quarry::index
