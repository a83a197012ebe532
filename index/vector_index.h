#pragma once

// VectorIndex: nearest neighbours by inner product among the vectors of one embedding space.
//
// Implementations:
//   * flat and hnsw (coded_index.h): vectors in codes of 16 to 32 bits (vector_codes.h); a scan of
//     all of them, or a walk over an HNSW graph (Malkov and Yashunin, "Efficient and robust
//     approximate nearest neighbor search using Hierarchical Navigable Small World graphs", 2018);
//   * faiss_flat, faiss_hnsw and faiss_ivf (faiss_index.h): FAISS's own structures over floats. To
//     compare with; slower, and larger than int8.
// tests/index/vector_index_conformance_test.cc holds each to what is written here.
//
// Immutable and thread-safe. A snapshot holds a few of them (a large one and the fresh tail) and
// merges their results; rows that died since the build are excluded by `allowed`.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bitmap.h"
#include "base/call_context.h"
#include "base/shared_bytes.h"
#include "index/row_table.h"
#include "index/vector_codes.h"

namespace quarry::index {

// Stored (vector_file.h): do not renumber.
enum class VectorIndexKind : uint8_t {
  kAuto = 0,
  kFlat = 1,
  kHnsw = 2,
  kFaissFlat = 3,
  kFaissHnsw = 4,
  kFaissIvf = 5,
};
const char* VectorIndexKindName(VectorIndexKind kind);  // "flat"
// Error: kInvalidArgument naming what is known.
Result<VectorIndexKind> ParseVectorIndexKind(std::string_view name);

struct VectorIndexOptions {
  VectorIndexKind kind = VectorIndexKind::kAuto;
  VectorCodeKind codes = VectorCodeKind::kInt8;  // flat and hnsw
  uint32_t hnsw_from = 20'000;      // kAuto: flat below this many vectors, hnsw from it on
  uint32_t hnsw_links = 16;         // M: links per node and level (twice that on level 0)
  uint32_t hnsw_build_width = 200;  // efConstruction: more is slower to build and finds more
  double target_recall = 0.99;      // hnsw: what the width of its walks is measured for
  uint32_t build_threads = 2;       // own threads, which end with the build
  uint64_t seed = 42;
};

// Those of the options that a collection keeps (StoredCollection).
struct VectorSettings {
  VectorIndexKind kind = VectorIndexKind::kAuto;
  VectorCodeKind codes = VectorCodeKind::kInt8;
  uint32_t hnsw_links = 16;
  uint32_t hnsw_build_width = 200;
  double target_recall = 0.99;

  friend bool operator==(const VectorSettings&, const VectorSettings&) = default;
};
VectorSettings SettingsOf(const VectorIndexOptions& options);
VectorIndexOptions WithSettings(VectorIndexOptions options, const VectorSettings& settings);

struct VectorSearchOptions {
  // ef: candidates kept while walking a graph; at least k is used. 0 = as many as gave the target
  // recall on the vectors themselves when the graph was built.
  uint32_t width = 0;
};

class VectorIndex {
 public:
  virtual ~VectorIndex() = default;

  virtual VectorIndexKind kind() const = 0;
  virtual uint32_t dimension() const = 0;
  virtual size_t size() const = 0;

  // The rows with the largest inner product, best first, ties by table.Precedes. `allowed` as in
  // LexicalIndex::Search; a selective one is searched exactly. Fewer than asked for come back only
  // when fewer are allowed. A query of zeros finds nothing.
  //
  // The score is the inner product of the query and the vector as its codes have it (int8: its
  // components are within scale / 512 of what was given; the others: exact), computed in single
  // precision. It is the same to the last bit in every index of one kind of codes on one machine,
  // so equal vectors tie everywhere. hnsw, faiss_hnsw and faiss_ivf find most of them, not surely
  // all; ties inside what they find are kept. So does flat with int8 and bf16, whose coarse parts
  // choose what is scored: it misses about one in ten thousand.
  //
  // Errors: kInvalidArgument for another dimension, a value that is not finite or a length of 1e19
  // or more; those of context.Check().
  virtual Result<std::vector<ScoredRow>> Search(std::span<const float> query, ResultLimit limit,
                                                const Bitmap* allowed, const RowTable& table,
                                                const VectorSearchOptions& options,
                                                const CallContext& context) const = 0;

  // Which row each vector stands for, in the order of the build.
  virtual std::span<const RowId> rows() const = 0;

  // The same vectors, standing for other rows (kNoRow: for none any more); they are shared.
  // REQUIRES: size() rows.
  virtual std::shared_ptr<const VectorIndex> WithRows(std::vector<RowId> rows) const = 0;

  virtual uint64_t MemoryBytes() const = 0;
  // Of them those of a mapped file.
  virtual uint64_t MappedBytes() const = 0;

  // For verification. Whether the vector at `position` is held as a build from `vector` holds it, to
  // the last bit. REQUIRES: position < size(), vector.size() == dimension().
  virtual bool Holds(size_t position, std::span<const float> vector) const = 0;
  // How many vectors a walk can come to from where it starts; size() where there is no graph.
  virtual size_t CountReachable() const = 0;

  // Whether this can be VectorSource::base of an index with such options: of hnsw, from hnsw of the same
  // codes and links or from flat of the same codes.
  virtual bool CanGrow(const VectorIndexOptions& options) const = 0;

  // The derived file (vector_file.h), which names each vector by its chunk; kFailedPrecondition
  // where they were not given. For flat and hnsw it is what they search: no copy.
  virtual Result<SharedBytes> File() const = 0;
};

// What an index is built of.
struct VectorSource {
  uint32_t dimension = 0;
  std::vector<RowId> rows;      // kNoRow: none any more
  std::vector<ChunkId> chunks;  // of the rows; or empty, when no file will be made
  // Writes vector i, of rows[i]. Called once for each, in order, except those taken from `base`.
  std::function<Status(size_t i, std::span<float> out)> read;
  // An index that holds the first vectors already, in this order; its codes and its links, if any, are
  // taken over and added to. (Its rows may be others: those of `rows` count.) REQUIRES: it is of this
  // dimension, has no more vectors than `rows`, and CanGrow with the options.
  std::shared_ptr<const VectorIndex> base;
};
inline constexpr RowId kNoRow = UINT32_MAX;

// Deterministic for the same input and options; hnsw also for any number of build_threads,
// faiss_hnsw for one.
// Errors: those of source.read; kInvalidArgument when counts differ, an option is out of range, a
// value is not finite or a vector is of length 1e19 or more; kResourceExhausted when memory runs
// out; those of context.Check().
Result<std::shared_ptr<const VectorIndex>> BuildVectorIndex(const VectorIndexOptions& options,
                                                            VectorSource source,
                                                            const CallContext& context);

// Reads what File made. REQUIRES: the bytes passed a checksum (derived_files.h) and begin at a
// multiple of 64. Their structure is checked as far as it could lead out of an array. `row_of`
// gives the row of a chunk, kNoRow for those that are gone. Errors: kDataLoss naming what is wrong;
// kResourceExhausted when memory runs out.
Result<std::shared_ptr<const VectorIndex>> ParseVectorIndex(
    SharedBytes bytes, const std::function<RowId(ChunkId)>& row_of);

}  // namespace quarry::index
