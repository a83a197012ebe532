#include "index/faiss_graph.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>
#include <faiss/utils/Heap.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "base/random.h"
#include "index/exact_scan.h"

namespace quarry::index {
namespace {

constexpr uint32_t kMostLinks = 512;
constexpr uint32_t kMostBuildThreads = 256;

// Runs body() -> Status or Result and turns what FAISS (or memory) throws into a Status.
template <typename Body>
auto Guarded(std::string_view what, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return ResourceExhaustedError(std::string(what) + ": out of memory");
  } catch (const std::exception& error) {
    return InternalError(std::string(what) + ": " + error.what());
  }
}

// The graph minimises distances: the negated inner product.
class NegatedInnerProduct final : public faiss::DistanceComputer {
 public:
  NegatedInnerProduct(const float* vectors, size_t dimension)
      : vectors_(vectors), dimension_(dimension) {}

  void set_query(const float* query) override { query_ = query; }
  float operator()(idx_t i) override { return -InnerProduct(query_, Vector(i), dimension_); }
  float symmetric_dis(idx_t i, idx_t j) override {
    return -InnerProduct(Vector(i), Vector(j), dimension_);
  }

 private:
  const float* Vector(idx_t i) const { return vectors_ + static_cast<size_t>(i) * dimension_; }

  const float* const vectors_;
  const size_t dimension_;
  const float* query_ = nullptr;
};

const faiss::IndexFlat& StorageOf(const faiss::IndexHNSWFlat& index) {
  return static_cast<const faiss::IndexFlat&>(*index.storage);
}

// The lock that FAISS wants per vertex.
class VertexLocks {
 public:
  explicit VertexLocks(size_t count) : locks_(count) {
    for (omp_lock_t& lock : locks_) omp_init_lock(&lock);
  }
  ~VertexLocks() {
    for (omp_lock_t& lock : locks_) omp_destroy_lock(&lock);
  }
  VertexLocks(const VertexLocks&) = delete;
  VertexLocks& operator=(const VertexLocks&) = delete;
  std::vector<omp_lock_t>& get() { return locks_; }

 private:
  std::vector<omp_lock_t> locks_;
};

// The order of insertion: highest level first, so that the entry point stands from the first vertex
// on; shuffled inside a level, so that neighbours in the input do not shape the graph.
std::vector<int> InsertionOrder(const faiss::HNSW& graph, uint64_t seed) {
  std::vector<int> order(graph.levels.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  Random random(seed);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);
  std::stable_sort(order.begin(), order.end(), [&graph](int a, int b) {
    return graph.levels[static_cast<size_t>(a)] > graph.levels[static_cast<size_t>(b)];
  });
  return order;
}

// Inserts every vertex. REQUIRES: the storage holds the vectors, levels and room for links are
// there.
Status InsertAll(faiss::IndexHNSWFlat& index, uint64_t seed, uint32_t threads,
                 const CallContext& context) {
  const faiss::IndexFlat& storage = StorageOf(index);
  const size_t dimension = static_cast<size_t>(index.d);
  const std::vector<int> order = InsertionOrder(index.hnsw, seed);
  VertexLocks locks(order.size());
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  Status failure;  // the first one; guarded by mutex

  const auto insert = [&](size_t end) {
    const Status status = Guarded("build hnsw graph", [&]() -> Status {
      NegatedInnerProduct distance(storage.get_xb(), dimension);
      faiss::VisitedTable visited(static_cast<int>(order.size()));
      for (size_t i = next++; i < end; i = next++) {
        QUARRY_RETURN_IF_ERROR(context.Check());
        const int vertex = order[i];
        const size_t position = static_cast<size_t>(vertex);
        distance.set_query(storage.get_xb() + position * dimension);
        index.hnsw.add_with_locks(distance, index.hnsw.levels[position] - 1, vertex, locks.get(),
                                  visited);
      }
      return OkStatus();
    });
    if (status.ok()) return;
    next = order.size();  // the others need not go on
    const std::lock_guard lock(mutex);
    if (failure.ok()) failure = status;
  };

  // The first vertex becomes the entry point; from then on nothing is shared but what the locks
  // guard.
  insert(std::min<size_t>(1, order.size()));
  if (!failure.ok()) return failure;
  next = 1;
  {
    std::vector<std::jthread> workers;
    for (uint32_t i = 1; i < threads; ++i) workers.emplace_back(insert, order.size());
    insert(order.size());
  }
  return failure;
}

// Each thread's own, kept between walks: one byte per vector of the largest graph it has walked.
faiss::VisitedTable& VisitedOfThisThread(size_t vectors) {
  thread_local std::unique_ptr<faiss::VisitedTable> table;
  if (table == nullptr || table->visited.size() < vectors) {
    table = std::make_unique<faiss::VisitedTable>(static_cast<int>(vectors));
  }
  table->advance();  // a walk that threw may have left marks
  return *table;
}

class StringWriter final : public faiss::IOWriter {
 public:
  explicit StringWriter(std::string& out) : out_(out) {}
  size_t operator()(const void* from, size_t size, size_t items) override {
    out_.append(static_cast<const char*>(from), size * items);
    return items;
  }

 private:
  std::string& out_;
};

class ViewReader final : public faiss::IOReader {
 public:
  explicit ViewReader(std::string_view bytes) : rest_(bytes) {}
  size_t operator()(void* to, size_t size, size_t items) override {
    if (size == 0 || items == 0) return 0;
    items = std::min(items, rest_.size() / size);
    if (items > 0) std::memcpy(to, rest_.data(), size * items);
    rest_.remove_prefix(size * items);
    return items;
  }
  bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Whether every index that a walk follows stays inside the arrays.
bool IsSound(const faiss::HNSW& graph, size_t count) {
  const std::vector<int>& begins =
      graph.cum_nneighbor_per_level;  // of the levels in a vertex's links
  if (graph.levels.size() != count || graph.offsets.size() != count + 1 || begins.empty() ||
      begins[0] != 0 || graph.offsets[0] != 0 || !std::is_sorted(begins.begin(), begins.end()) ||
      graph.neighbors.size() != graph.offsets[count] || graph.upper_beam != 1) {
    return false;
  }
  const auto reaches = [&](int vertex, int level) {
    return vertex >= 0 && static_cast<size_t>(vertex) < count &&
           graph.levels[static_cast<size_t>(vertex)] > level;
  };
  if (count > 0 && !reaches(graph.entry_point, std::max(0, graph.max_level))) return false;
  // Offsets first: the links of one vertex are looked at only where they are known to be in the
  // array.
  for (size_t i = 0; i < count; ++i) {
    const int levels = graph.levels[i];
    if (levels < 1 || static_cast<size_t>(levels) >= begins.size() ||
        graph.offsets[i] > graph.neighbors.size() ||
        graph.offsets[i + 1] != graph.offsets[i] + static_cast<size_t>(begins[levels])) {
      return false;
    }
  }
  for (size_t i = 0; i < count; ++i) {
    for (int level = 0; level < graph.levels[i]; ++level) {
      for (int j = begins[level]; j < begins[level + 1]; ++j) {
        const int neighbour = graph.neighbors[graph.offsets[i] + static_cast<size_t>(j)];
        if (neighbour != -1 && !reaches(neighbour, level)) return false;
      }
    }
  }
  return true;
}

Status Damaged(const std::string& what) { return DataLossError("hnsw graph: " + what); }

}  // namespace

FaissGraph::FaissGraph(std::unique_ptr<faiss::IndexHNSWFlat> index) : index_(std::move(index)) {
  // Field of the object, not of its file. The other queue is scanned from end to end for every
  // candidate and keeps fewer good ones at equal width.
  index_->hnsw.search_bounded_queue = false;
}
FaissGraph::FaissGraph(FaissGraph&&) noexcept = default;
FaissGraph& FaissGraph::operator=(FaissGraph&&) noexcept = default;
FaissGraph::~FaissGraph() = default;

Result<FaissGraph> FaissGraph::Build(const VectorIndexOptions& options, EmbeddingMatrix vectors,
                                     const CallContext& context) {
  const auto check = [](std::string_view name, uint32_t value, uint32_t least, uint32_t most) {
    if (value >= least && value <= most) return OkStatus();
    return InvalidArgumentError(std::string(name) + ": " + std::to_string(value) + ", expected " +
                                std::to_string(least) + " to " + std::to_string(most));
  };
  QUARRY_RETURN_IF_ERROR(check("hnsw_links", options.hnsw_links, 2, kMostLinks));
  QUARRY_RETURN_IF_ERROR(check("hnsw_build_width", options.hnsw_build_width, 1, 1'000'000));
  QUARRY_RETURN_IF_ERROR(check("build_threads", options.build_threads, 1, kMostBuildThreads));
  const size_t count = vectors.rows();
  if (count > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return ResourceExhaustedError("build hnsw graph: more than 2^31 - 1 vectors");
  }
  return Guarded("build hnsw graph", [&]() -> Result<FaissGraph> {
    auto index = std::make_unique<faiss::IndexHNSWFlat>(static_cast<int>(vectors.dimension),
                                                        static_cast<int>(options.hnsw_links),
                                                        faiss::METRIC_INNER_PRODUCT);
    index->storage->add(static_cast<int64_t>(count), vectors.values.data());
    index->ntotal = index->storage->ntotal;
    vectors.values = {};  // the storage has a copy
    index->hnsw.efConstruction = static_cast<int>(options.hnsw_build_width);
    index->hnsw.rng = faiss::RandomGenerator(static_cast<int64_t>(options.seed));
    index->hnsw.prepare_level_tab(count);
    QUARRY_RETURN_IF_ERROR(InsertAll(*index, options.seed, options.build_threads, context));
    return FaissGraph(std::move(index));
  });
}

Result<FaissGraph> FaissGraph::Parse(std::string_view payload, uint32_t dimension, uint64_t count) {
  return Guarded("hnsw graph", [&]() -> Result<FaissGraph> {
    ViewReader reader(payload);
    std::unique_ptr<faiss::Index> read;
    try {
      read.reset(faiss::read_index(&reader));
    } catch (const faiss::FaissException& error) {
      return Damaged(error.what());
    }
    auto* hnsw = dynamic_cast<faiss::IndexHNSWFlat*>(read.get());
    if (hnsw == nullptr) return Damaged("FAISS index of another type");
    std::unique_ptr<faiss::IndexHNSWFlat> index(hnsw);
    (void)read.release();
    const auto* storage = dynamic_cast<const faiss::IndexFlat*>(index->storage);
    if (!reader.AtEnd() || storage == nullptr || index->d != static_cast<int>(dimension) ||
        storage->d != index->d || index->ntotal != static_cast<int64_t>(count) ||
        storage->ntotal != index->ntotal || index->metric_type != faiss::METRIC_INNER_PRODUCT ||
        storage->codes.size() != count * dimension * sizeof(float)) {
      return Damaged("type, size or dimension differ from the header");
    }
    if (!IsSound(index->hnsw, count)) return Damaged("a link leads out of the graph");
    return FaissGraph(std::move(index));
  });
}

Status FaissGraph::AppendTo(std::string& out) const {
  return Guarded("write hnsw graph", [&]() -> Status {
    out.reserve(out.size() + MemoryBytes() + 4096);
    StringWriter writer(out);
    faiss::write_index(index_.get(), &writer);
    return OkStatus();
  });
}

Result<std::vector<FaissGraph::Neighbour>> FaissGraph::Walk(std::span<const float> query,
                                                            size_t width) const {
  return Guarded("walk hnsw graph", [&]() -> Result<std::vector<Neighbour>> {
    width = std::min(width, size());
    std::vector<Neighbour> found;
    if (width == 0) return found;
    NegatedInnerProduct distance(values(), dimension());
    distance.set_query(query.data());
    std::vector<faiss::Index::idx_t> positions(width);
    std::vector<float> distances(width);
    faiss::maxheap_heapify(width, distances.data(), positions.data());
    faiss::SearchParametersHNSW parameters;
    parameters.efSearch = static_cast<int>(width);
    index_->hnsw.search(distance, static_cast<int>(width), positions.data(), distances.data(),
                        VisitedOfThisThread(size()), &parameters);
    found.reserve(width);
    for (size_t i = 0; i < width; ++i) {
      if (positions[i] < 0) continue;  // the walk reached fewer
      found.push_back({.position = static_cast<uint32_t>(positions[i]), .score = -distances[i]});
    }
    return found;
  });
}

uint32_t FaissGraph::dimension() const { return static_cast<uint32_t>(index_->d); }
size_t FaissGraph::size() const { return static_cast<size_t>(index_->ntotal); }
const float* FaissGraph::values() const { return StorageOf(*index_).get_xb(); }

uint64_t FaissGraph::MemoryBytes() const {
  const faiss::HNSW& graph = index_->hnsw;
  return sizeof(faiss::IndexHNSWFlat) + sizeof(faiss::IndexFlat) +
         StorageOf(*index_).codes.capacity() + graph.neighbors.capacity() * sizeof(int) +
         graph.offsets.capacity() * sizeof(size_t) + graph.levels.capacity() * sizeof(int);
}

}  // namespace quarry::index
