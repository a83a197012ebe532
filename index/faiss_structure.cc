#include "index/faiss_structure.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>
#include <faiss/invlists/DirectMap.h>
#include <faiss/utils/Heap.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "index/aligned.h"
#include "index/hnsw_links.h"
#include "index/vector_math.h"

namespace quarry::index {
namespace {

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

// Inserts every vertex. REQUIRES: the storage holds the vectors, levels and room for links are
// there.
Status InsertAll(faiss::IndexHNSWFlat& index, uint64_t seed, uint32_t threads,
                 const CallContext& context) {
  const faiss::IndexFlat& storage = StorageOf(index);
  const size_t dimension = static_cast<size_t>(index.d);
  const std::vector<uint32_t> order = InsertionOrder(index.hnsw.levels, 0, seed);
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
        const size_t position = order[i];
        const int vertex = static_cast<int>(position);
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

Status DamagedFaiss(const std::string& what) { return DataLossError("faiss index: " + what); }

// So many lists are probed that they hold this many vectors per result wanted, when all lists are
// of equal length.
constexpr size_t kProbedPerResult = 8;

size_t ListsFor(size_t count) {
  return std::max<size_t>(1, static_cast<size_t>(4 * std::sqrt(static_cast<double>(count))));
}

Result<std::unique_ptr<faiss::Index>> BuildHnsw(const VectorIndexOptions& options,
                                                const EmbeddingMatrix& vectors,
                                                const CallContext& context) {
  const size_t count = vectors.rows();
  auto index = std::make_unique<faiss::IndexHNSWFlat>(static_cast<int>(vectors.dimension),
                                                      static_cast<int>(options.hnsw_links),
                                                      faiss::METRIC_INNER_PRODUCT);
  index->storage->add(static_cast<int64_t>(count), vectors.values.data());
  index->ntotal = index->storage->ntotal;
  index->hnsw.efConstruction = static_cast<int>(options.hnsw_build_width);
  index->hnsw.rng = faiss::RandomGenerator(static_cast<int64_t>(options.seed));
  index->hnsw.prepare_level_tab(count);
  QUARRY_RETURN_IF_ERROR(InsertAll(*index, options.seed, options.build_threads, context));
  return std::unique_ptr<faiss::Index>(std::move(index));
}

std::unique_ptr<faiss::Index> BuildIvf(const VectorIndexOptions& options,
                                       const EmbeddingMatrix& vectors) {
  const int64_t count = static_cast<int64_t>(vectors.rows());
  const int dimension = static_cast<int>(vectors.dimension);
  // Of so few vectors per list, k-means would only warn.
  const size_t lists = std::max<size_t>(1, std::min(ListsFor(vectors.rows()), vectors.rows() / 40));
  auto quantizer = std::make_unique<faiss::IndexFlatIP>(dimension);
  auto index = std::make_unique<faiss::IndexIVFFlat>(quantizer.get(), dimension, lists,
                                                     faiss::METRIC_INNER_PRODUCT);
  index->quantizer = quantizer.release();
  index->own_fields = true;
  index->cp.seed = static_cast<int>(options.seed);
  if (count > 0) {
    omp_set_num_threads(1);  // for this thread: a team would spin after the work
    index->train(count, vectors.values.data());
    index->add(count, vectors.values.data());
  }
  index->make_direct_map(true);
  return index;
}

const faiss::IndexIVFFlat* IvfOf(const faiss::Index& index) {
  return dynamic_cast<const faiss::IndexIVFFlat*>(&index);
}

const faiss::IndexHNSWFlat* HnswOf(const faiss::Index& index) {
  return dynamic_cast<const faiss::IndexHNSWFlat*>(&index);
}

const faiss::IndexFlat* FlatOf(const faiss::Index& index) {
  const faiss::IndexHNSWFlat* const hnsw = HnswOf(index);
  return dynamic_cast<const faiss::IndexFlat*>(hnsw == nullptr ? &index : hnsw->storage);
}

// Whether every position stands in one list, and every list's positions are inside.
bool IsSound(const faiss::IndexIVFFlat& index, size_t count) {
  if (count == 0) return index.ntotal == 0;  // and was not trained
  const size_t floats = static_cast<size_t>(index.d) * sizeof(float);
  if (index.invlists == nullptr || index.invlists->nlist != index.nlist ||
      index.code_size != floats || index.invlists->code_size != floats ||
      index.quantizer == nullptr || index.quantizer->d != index.d ||
      index.quantizer->ntotal != static_cast<int64_t>(index.nlist) ||
      FlatOf(*index.quantizer) == nullptr ||
      FlatOf(*index.quantizer)->codes.size() != index.nlist * floats) {
    return false;
  }
  std::vector<bool> seen(count);
  size_t total = 0;
  for (size_t list = 0; list < index.nlist; ++list) {
    const size_t size = index.invlists->list_size(list);
    const faiss::Index::idx_t* const ids = index.invlists->get_ids(list);
    for (size_t i = 0; i < size; ++i) {
      if (ids[i] < 0 || static_cast<size_t>(ids[i]) >= count || seen[static_cast<size_t>(ids[i])]) {
        return false;
      }
      seen[static_cast<size_t>(ids[i])] = true;
    }
    total += size;
  }
  return total == count;
}

}  // namespace

FaissStructure::FaissStructure(std::unique_ptr<faiss::Index> index) : index_(std::move(index)) {
  // Field of the object, not of its file. The other queue is scanned from end to end for every
  // candidate and keeps fewer good ones at equal width.
  if (auto* const hnsw = dynamic_cast<faiss::IndexHNSWFlat*>(index_.get())) {
    hnsw->hnsw.search_bounded_queue = false;
  }
}
FaissStructure::FaissStructure(FaissStructure&&) noexcept = default;
FaissStructure& FaissStructure::operator=(FaissStructure&&) noexcept = default;
FaissStructure::~FaissStructure() = default;

Result<FaissStructure> FaissStructure::Build(const VectorIndexOptions& options,
                                             EmbeddingMatrix vectors, const CallContext& context) {
  const size_t count = vectors.rows();
  if (count > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return ResourceExhaustedError("more than 2^31 - 1 vectors");
  }
  return Guarded("faiss", [&]() -> Result<FaissStructure> {
    if (options.kind == VectorIndexKind::kFaissHnsw) {
      QUARRY_ASSIGN_OR_RETURN(std::unique_ptr<faiss::Index> hnsw,
                              BuildHnsw(options, vectors, context));
      return FaissStructure(std::move(hnsw));
    }
    QUARRY_RETURN_IF_ERROR(context.Check());
    if (options.kind == VectorIndexKind::kFaissIvf) {
      return FaissStructure(BuildIvf(options, vectors));
    }
    auto flat = std::make_unique<faiss::IndexFlatIP>(static_cast<int64_t>(vectors.dimension));
    flat->add(static_cast<int64_t>(count), vectors.values.data());
    return FaissStructure(std::move(flat));
  });
}

Result<FaissStructure> FaissStructure::Parse(VectorIndexKind kind, std::string_view payload,
                                             uint32_t dimension, uint64_t count) {
  return Guarded("faiss", [&]() -> Result<FaissStructure> {
    ViewReader reader(payload);
    std::unique_ptr<faiss::Index> index;
    try {
      index.reset(faiss::read_index(&reader));
    } catch (const faiss::FaissException& error) {
      return DamagedFaiss(error.what());
    }
    const faiss::IndexHNSWFlat* const hnsw = HnswOf(*index);
    auto* const ivf = dynamic_cast<faiss::IndexIVFFlat*>(index.get());
    const faiss::IndexFlat* const flat = FlatOf(*index);
    if ((hnsw != nullptr) != (kind == VectorIndexKind::kFaissHnsw) ||
        (ivf != nullptr) != (kind == VectorIndexKind::kFaissIvf) ||
        (ivf == nullptr && flat == nullptr)) {
      return DamagedFaiss("a FAISS index of another type");
    }
    if (!reader.AtEnd() || index->d != static_cast<int>(dimension) ||
        index->ntotal != static_cast<int64_t>(count) ||
        index->metric_type != faiss::METRIC_INNER_PRODUCT ||
        (flat != nullptr && (flat->d != index->d || flat->ntotal != index->ntotal ||
                             flat->codes.size() != count * dimension * sizeof(float)))) {
      return DamagedFaiss("type, size or dimension differ from the header");
    }
    if (hnsw != nullptr && !IsSound(hnsw->hnsw, count)) {
      return DamagedFaiss("a link leads out of the graph");
    }
    if (ivf != nullptr) {
      if (!IsSound(*ivf, count)) return DamagedFaiss("its lists do not hold every vector once");
      ivf->make_direct_map(true);
    }
    return FaissStructure(std::move(index));
  });
}

Status FaissStructure::AppendTo(std::string& out) const {
  return Guarded("write faiss index", [&]() -> Status {
    out.reserve(out.size() + MemoryBytes() + 4096);
    StringWriter writer(out);
    faiss::write_index(index_.get(), &writer);
    return OkStatus();
  });
}

Result<std::vector<FaissStructure::Neighbour>> FaissStructure::Search(std::span<const float> query,
                                                                      size_t width) const {
  return Guarded("search faiss index", [&]() -> Result<std::vector<Neighbour>> {
    width = std::min(width, size());
    std::vector<Neighbour> found;
    if (width == 0) return found;
    std::vector<faiss::Index::idx_t> positions(width);
    std::vector<float> distances(width);
    if (const faiss::IndexHNSWFlat* const hnsw = HnswOf(*index_)) {
      NegatedInnerProduct distance(StorageOf(*hnsw).get_xb(), dimension());
      distance.set_query(query.data());
      faiss::maxheap_heapify(width, distances.data(), positions.data());
      faiss::SearchParametersHNSW parameters;
      parameters.efSearch = static_cast<int>(width);
      hnsw->hnsw.search(distance, static_cast<int>(width), positions.data(), distances.data(),
                        VisitedOfThisThread(size()), &parameters);
    } else if (const faiss::IndexIVFFlat* const ivf = IvfOf(*index_)) {
      faiss::SearchParametersIVF parameters;
      const size_t probed = std::max<size_t>(kProbedPerResult * width * ivf->nlist / size(), 8);
      parameters.nprobe = std::min(probed, ivf->nlist);
      ivf->search(1, query.data(), static_cast<int64_t>(width), distances.data(), positions.data(),
                  &parameters);
    } else {
      index_->search(1, query.data(), static_cast<int64_t>(width), distances.data(),
                     positions.data());
    }
    found.reserve(width);
    for (const faiss::Index::idx_t position : positions) {
      if (position < 0) continue;  // fewer were reached
      const auto at = static_cast<uint32_t>(position);
      found.push_back(
          {.position = at, .score = InnerProduct(query.data(), vector(at), dimension())});
    }
    return found;
  });
}

uint32_t FaissStructure::dimension() const { return static_cast<uint32_t>(index_->d); }
size_t FaissStructure::size() const { return static_cast<size_t>(index_->ntotal); }

const float* FaissStructure::vector(size_t position) const {
  if (const faiss::IndexFlat* const flat = FlatOf(*index_)) {
    return flat->get_xb() + position * dimension();
  }
  const faiss::IndexIVFFlat* const ivf = IvfOf(*index_);
  const uint64_t place = static_cast<uint64_t>(ivf->direct_map.get(static_cast<int64_t>(position)));
  return AlignedAs<float>(
      ivf->invlists->get_single_code(faiss::lo_listno(place), faiss::lo_offset(place)));
}

size_t FaissStructure::CountReachable() const {
  const faiss::IndexHNSWFlat* const hnsw = HnswOf(*index_);
  if (hnsw == nullptr || size() == 0) return size();
  const faiss::HNSW& graph = hnsw->hnsw;
  return quarry::index::CountReachable(
      {.neighbors = graph.neighbors.data(),
       .offsets = reinterpret_cast<const char*>(graph.offsets.data()),
       .levels = graph.levels.data(),
       .links = static_cast<uint32_t>(graph.nb_neighbors(1)),
       .entry = graph.entry_point,
       .top = graph.max_level,
       .size = size()});
}

uint64_t FaissStructure::MemoryBytes() const {
  uint64_t bytes = size() * dimension() * sizeof(float);
  if (const faiss::IndexHNSWFlat* const hnsw = HnswOf(*index_)) {
    const faiss::HNSW& graph = hnsw->hnsw;
    bytes += graph.neighbors.capacity() * sizeof(int) + graph.offsets.capacity() * sizeof(size_t) +
             graph.levels.capacity() * sizeof(int);
  }
  return bytes;
}

}  // namespace quarry::index
