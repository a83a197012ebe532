#include "index/stored_vectors.h"

#include <algorithm>

#include "index/keys.h"

namespace quarry::index {
namespace {

constexpr size_t kMostAhead = 1024;  // vectors: a few MB

}  // namespace

StoredVectors::StoredVectors(const StoreView& view, CollectionId collection,
                             const StoredGeneration& generation)
    : view_(view),
      collection_(collection),
      generation_(generation.id),
      space_hash_(SpaceHash(generation.space)) {}

Status StoredVectors::Read(ChunkId chunk, std::span<float> out) {
  const auto is_next = [&] { return !ahead_.empty() && ahead_.front().first == chunk; };
  const bool is_in_order = ahead_.empty() || ahead_.front().first <= chunk;
  size_t passed = 0;
  for (; !ahead_.empty() && ahead_.front().first < chunk; ++passed) ahead_.pop_front();
  if (!is_next()) {
    // Used up: worth more. Passed over, or out of order: worth less.
    step_ = is_in_order && passed == 0 ? std::min(2 * step_, kMostAhead) : 1;
    QUARRY_RETURN_IF_ERROR(ReadAhead(chunk));
  }
  const std::string what = "vector of chunk " + std::to_string(chunk.value);
  if (!is_next()) return DataLossError(what + ": missing in the store");
  Status decoded = DecodeVector(ahead_.front().second, out);
  ahead_.pop_front();
  return std::move(decoded).Annotate(what);
}

Status StoredVectors::ReadAhead(ChunkId chunk) {
  ahead_.clear();
  Status parsed;
  QUARRY_RETURN_IF_ERROR(view_.Scan(VectorPrefix(collection_, space_hash_, generation_),
                                    VectorKey(collection_, space_hash_, generation_, chunk),
                                    [&](std::string_view key, std::string_view value) {
                                      const Result<VectorParts> parts = ParseVectorKey(key);
                                      parsed = parts.status();
                                      if (!parsed.ok()) return false;
                                      ahead_.emplace_back(parts->chunk, value);
                                      return ahead_.size() < step_;
                                    }));
  return parsed;
}

}  // namespace quarry::index
