#include "index/faiss_hnsw.h"

#include <faiss/impl/HNSW.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "index/graph_search.h"

namespace quarry::index {
namespace {

// A batch has at most this share of the vertices that are linked already: its members do not see
// each other.
constexpr size_t kBatchShare = 50;
constexpr size_t kMaxBatch = 4096;

HnswLinks LinksOf(const faiss::HNSW& graph) {
  return {.neighbors = graph.neighbors.data(),
          .offsets = reinterpret_cast<const char*>(graph.offsets.data()),
          .levels = graph.levels.data(),
          .links = static_cast<uint32_t>(graph.nb_neighbors(1)),
          .entry = graph.entry_point,
          .top = graph.max_level,
          .size = graph.levels.size()};
}

// Calls body(i, worker) for every i below `count` on that many threads, each taking the next that
// is free: a thread that loses its core delays nobody. Where the system gives no more threads, on
// fewer. Throws what a body threw.
template <typename Body>
void ParallelFor(size_t workers, size_t count, const Body& body) {
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;  // the first one; guarded by mutex
  const auto work = [&](size_t worker) {
    try {
      for (size_t i = next++; i < count; i = next++) body(i, worker);
    } catch (...) {
      next = count;  // the others need not go on
      const std::lock_guard lock(mutex);
      if (failure == nullptr) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    try {
      for (size_t worker = 1; worker < std::min(workers, count); ++worker) {
        threads.emplace_back(work, worker);
      }
    } catch (const std::system_error&) {
      // Those that have started do the rest, and this one at least.
    }
    work(0);
  }
  if (failure != nullptr) std::rethrow_exception(failure);
}

// What one vertex of a batch wants to be linked to on one level.
struct Wanted {
  int level = 0;
  std::vector<Candidate> links;
};

// A link back: `target` is to know `source`.
struct BackLink {
  int level = 0;
  uint32_t target = 0;
  Candidate source;  // its score: of the two
};

bool ByTarget(const BackLink& a, const BackLink& b) {
  if (a.level != b.level) return a.level < b.level;
  if (a.target != b.target) return a.target < b.target;
  return a.source.vertex < b.source.vertex;
}

bool Nearer(const Candidate& a, const Candidate& b) {
  return a.score > b.score || (a.score == b.score && a.vertex < b.vertex);
}

class Linker {
 public:
  Linker(const HnswOptions& options, const VectorCodes& codes, faiss::HNSW& graph)
      : options_(options), codes_(codes), graph_(graph), workers_(options.threads) {}

  Status Link(const std::vector<uint32_t>& order, size_t linked, const CallContext& context) {
    size_t begin = 0;
    if (linked == 0 && !order.empty()) {  // the first vertex has none to be linked to
      Enter(order[0]);
      begin = 1;
    }
    while (begin < order.size()) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      const size_t end = begin + BatchSize(order, begin, linked + begin);
      LinkBatch({order.data() + begin, end - begin}, context);
      begin = end;
    }
    return context.Check();
  }

 private:
  struct Worker {
    GraphSearch search;
    CodedQuery query;
    CodedQuery chosen;
    std::vector<Candidate> candidates;
    std::vector<uint32_t> positions;
    std::vector<float> scores;
  };

  int LevelOf(uint32_t vertex) const { return graph_.levels[vertex] - 1; }

  void Enter(uint32_t vertex) {
    graph_.entry_point = static_cast<int>(vertex);
    graph_.max_level = LevelOf(vertex);
  }

  // A vertex that will be the new entry point comes alone.
  size_t BatchSize(const std::vector<uint32_t>& order, size_t begin, size_t linked) const {
    if (LevelOf(order[begin]) > graph_.max_level) return 1;
    const size_t most = std::clamp(linked / kBatchShare, size_t{1}, kMaxBatch);
    return std::min(most, order.size() - begin);
  }

  void LinkBatch(std::span<const uint32_t> batch, const CallContext& context) {
    std::vector<std::vector<Wanted>> wanted(batch.size());
    ParallelFor(workers_.size(), batch.size(), [&](size_t i, size_t worker) {
      if (context.Check().ok()) Want(batch[i], workers_[worker], wanted[i]);
    });
    std::vector<BackLink> back;
    for (size_t i = 0; i < batch.size(); ++i) {
      for (const Wanted& list : wanted[i]) {
        Replace(batch[i], list.level, list.links);
        for (const Candidate& link : list.links) {
          back.push_back({.level = list.level,
                          .target = link.vertex,
                          .source = {.score = link.score, .vertex = batch[i]}});
        }
      }
    }
    std::sort(back.begin(), back.end(), ByTarget);
    std::vector<size_t> begins;
    for (size_t i = 0; i < back.size(); ++i) {
      if (i == 0 || back[i].target != back[i - 1].target || back[i].level != back[i - 1].level) {
        begins.push_back(i);
      }
    }
    begins.push_back(back.size());
    ParallelFor(workers_.size(), begins.size() - 1, [&](size_t i, size_t worker) {
      LinkBack({back.data() + begins[i], begins[i + 1] - begins[i]}, workers_[worker]);
    });
    // Only the first of a batch can be above the top, and then it is alone.
    if (LevelOf(batch[0]) > graph_.max_level) Enter(batch[0]);
  }

  // What `vertex` is to be linked to, on every level that it shares with the graph.
  void Want(uint32_t vertex, Worker& worker, std::vector<Wanted>& wanted) const {
    const HnswLinks links = LinksOf(graph_);
    const int level = std::min(LevelOf(vertex), graph_.max_level);
    worker.query.SetStored(codes_, vertex);
    Candidate from = worker.search.Descend(codes_, links, worker.query, level);
    for (int at = level; at >= 0; --at) {
      const std::span<const Candidate> found =
          worker.search.WalkFrom(codes_, links, worker.query, from, options_.build_width, at);
      from = found[0];
      worker.candidates.assign(found.begin(), found.end());
      Wanted list{.level = at};
      Choose(worker, options_.links, list.links);
      wanted.push_back(std::move(list));
    }
  }

  // Brings the list of one vertex up to date. All of `back` lead to it.
  void LinkBack(std::span<const BackLink> back, Worker& worker) {
    const uint32_t target = back[0].target;
    const int level = back[0].level;
    const std::span<int32_t> list = ListOf(target, level);
    const auto end = std::find(list.begin(), list.end(), -1);
    const size_t used = static_cast<size_t>(end - list.begin());
    if (used + back.size() <= list.size()) {
      for (size_t i = 0; i < back.size(); ++i) {
        list[used + i] = static_cast<int32_t>(back[i].source.vertex);
      }
      return;
    }
    worker.positions.assign(list.begin(), end);
    worker.scores.resize(used);
    worker.query.SetStored(codes_, target);
    worker.query.CoarseScores(codes_, worker.positions.data(), used, worker.scores.data());
    worker.candidates.clear();
    for (size_t i = 0; i < used; ++i) {
      worker.candidates.push_back({.score = worker.scores[i], .vertex = worker.positions[i]});
    }
    for (const BackLink& link : back) worker.candidates.push_back(link.source);
    std::sort(worker.candidates.begin(), worker.candidates.end(), Nearer);
    std::vector<Candidate> chosen;
    Choose(worker, list.size(), chosen);
    Replace(target, level, chosen);
  }

  // Takes from worker.candidates (best first), up to `most`, each that is nearer to the vertex in
  // question than to all taken before it.
  void Choose(Worker& worker, size_t most, std::vector<Candidate>& chosen) const {
    std::vector<Candidate>& left = worker.candidates;
    while (!left.empty()) {
      chosen.push_back(left.front());
      if (chosen.size() == most) return;
      const size_t count = left.size() - 1;
      worker.positions.resize(count);
      worker.scores.resize(count);
      for (size_t i = 0; i < count; ++i) worker.positions[i] = left[i + 1].vertex;
      worker.chosen.SetStored(codes_, chosen.back().vertex);
      worker.chosen.CoarseScores(codes_, worker.positions.data(), count, worker.scores.data());
      size_t kept = 0;
      for (size_t i = 0; i < count; ++i) {
        if (worker.scores[i] <= left[i + 1].score) left[kept++] = left[i + 1];
      }
      left.resize(kept);
    }
  }

  std::span<int32_t> ListOf(uint32_t vertex, int level) {
    size_t begin = 0;
    size_t end = 0;
    graph_.neighbor_range(vertex, level, &begin, &end);
    return {graph_.neighbors.data() + begin, end - begin};
  }

  void Replace(uint32_t vertex, int level, const std::vector<Candidate>& links) {
    const std::span<int32_t> list = ListOf(vertex, level);
    std::fill(list.begin(), list.end(), -1);
    for (size_t i = 0; i < links.size(); ++i) list[i] = static_cast<int32_t>(links[i].vertex);
  }

  const HnswOptions& options_;
  const VectorCodes& codes_;
  faiss::HNSW& graph_;
  std::vector<Worker> workers_;
};

template <typename T>
char* WriteArray(const std::vector<T>& array, char* to) {
  const uint64_t count = array.size();
  std::memcpy(to, &count, sizeof(count));
  if (count > 0) std::memcpy(to + sizeof(count), array.data(), count * sizeof(T));
  return to + sizeof(count) + count * sizeof(T);
}

template <typename T>
size_t ArrayBytes(const std::vector<T>& array) {
  return sizeof(uint64_t) + array.size() * sizeof(T);
}

Status OutOfMemory() { return ResourceExhaustedError("build hnsw graph: out of memory"); }

}  // namespace

HnswGraphBuilder::HnswGraphBuilder(const HnswOptions& options, std::unique_ptr<faiss::HNSW> graph,
                                   size_t linked)
    : options_(options), graph_(std::move(graph)), linked_(linked) {}
HnswGraphBuilder::HnswGraphBuilder(HnswGraphBuilder&&) noexcept = default;
HnswGraphBuilder& HnswGraphBuilder::operator=(HnswGraphBuilder&&) noexcept = default;
HnswGraphBuilder::~HnswGraphBuilder() = default;

Result<HnswGraphBuilder> HnswGraphBuilder::Start(const HnswOptions& options, size_t count,
                                                 const HnswLinks* base) {
  try {
    auto graph = std::make_unique<faiss::HNSW>(static_cast<int>(options.links));
    const size_t linked = base == nullptr ? 0 : base->size;
    if (linked > 0) {
      graph->levels.assign(base->levels, base->levels + linked);
      graph->offsets.resize(linked + 1);
      std::memcpy(graph->offsets.data(), base->offsets, (linked + 1) * sizeof(size_t));
      graph->neighbors.assign(base->neighbors, base->neighbors + graph->offsets.back());
      graph->entry_point = base->entry;
      graph->max_level = base->top;
    }
    graph->efConstruction = static_cast<int>(options.build_width);
    graph->rng = faiss::RandomGenerator(static_cast<int64_t>(options.seed + linked));
    for (size_t i = linked; i < count; ++i) graph->levels.push_back(graph->random_level() + 1);
    graph->offsets.reserve(count + 1);
    size_t neighbors = graph->neighbors.size();
    for (size_t i = linked; i < count; ++i) {
      neighbors += static_cast<size_t>(graph->cum_nb_neighbors(graph->levels[i]));
    }
    graph->neighbors.reserve(neighbors);
    graph->prepare_level_tab(count - linked, /*preset_levels=*/true);
    return HnswGraphBuilder(options, std::move(graph), linked);
  } catch (const std::bad_alloc&) {
    return OutOfMemory();
  }
}

Status HnswGraphBuilder::Link(const VectorCodes& codes, const CallContext& context) {
  QUARRY_CHECK(codes.size() == graph_->levels.size());
  try {
    Linker linker(options_, codes, *graph_);
    return linker.Link(InsertionOrder(graph_->levels, linked_, options_.seed), linked_, context);
  } catch (const std::bad_alloc&) {
    return OutOfMemory();
  }
}

size_t HnswGraphBuilder::NeighborsAt() const {
  return ArrayBytes(graph_->assign_probas) + ArrayBytes(graph_->cum_nneighbor_per_level) +
         ArrayBytes(graph_->levels) + ArrayBytes(graph_->offsets) + sizeof(uint64_t);
}

size_t HnswGraphBuilder::FileBytes() const {
  return NeighborsAt() + graph_->neighbors.size() * sizeof(int32_t) + 5 * sizeof(int32_t);
}

void HnswGraphBuilder::Write(char* to) const {
  to = WriteArray(graph_->assign_probas, to);
  to = WriteArray(graph_->cum_nneighbor_per_level, to);
  to = WriteArray(graph_->levels, to);
  to = WriteArray(graph_->offsets, to);
  to = WriteArray(graph_->neighbors, to);
  const int32_t rest[] = {graph_->entry_point, graph_->max_level, graph_->efConstruction,
                          graph_->efSearch, graph_->upper_beam};
  std::memcpy(to, rest, sizeof(rest));
}

}  // namespace quarry::index
