#pragma once

// The identifiers of Quarry. Each is a type of its own, so that one cannot be given for another.

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace quarry {

// An integer that only equals, orders and hashes as others of its own kind. Zero means "none" for
// every id that is assigned by the store; valid ones start at 1.
template <typename Tag, typename Rep>
struct StrongId {
  using rep = Rep;
  Rep value = 0;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep v) : value(v) {}
  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;
};

// What the outside calls a document: given by the caller, or the path relative to the indexed root.
// Stable: it survives restarts, backups and re-indexing. Any UTF-8 of 1 to 1,024 bytes without NUL.
using DocumentId = std::string;

// A document inside one store. Assigned once, never reused; a new version of a document keeps it.
using DocumentNumber = StrongId<struct DocumentNumberTag, uint64_t>;

// A chunk inside one collection. Assigned once in source order, never reused; a chunk whose text
// does not change keeps it when its document is indexed again.
using ChunkId = StrongId<struct ChunkIdTag, uint64_t>;

using CollectionId = StrongId<struct CollectionIdTag, uint32_t>;

// One embedder's vectors of one collection.
using GenerationId = StrongId<struct GenerationIdTag, uint32_t>;

// A position in a collection's change log. Every committed document version takes the next one.
using CommitSequence = StrongId<struct CommitSequenceTag, uint64_t>;

// An entry of a collection's answer cache.
using CacheEntryId = StrongId<struct CacheEntryIdTag, uint64_t>;

// A dense position inside one Snapshot, 0-based. Means nothing outside it.
using RowId = uint32_t;

}  // namespace quarry

template <typename Tag, typename Rep>
struct std::hash<quarry::StrongId<Tag, Rep>> {
  size_t operator()(const quarry::StrongId<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>()(id.value);
  }
};
