#include "index/hnsw_links.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "base/random.h"
#include "index/aligned.h"

namespace quarry::index {
namespace {

Status DamagedGraph(const std::string& what) { return DataLossError("hnsw graph: " + what); }

// Takes an array of faiss::write_index off the front: its length in 8 bytes, then the elements.
Result<std::string_view> TakeArray(std::string_view& rest, size_t element, const char* name) {
  uint64_t count = 0;
  if (rest.size() >= sizeof(count)) {
    std::memcpy(&count, rest.data(), sizeof(count));
    rest.remove_prefix(sizeof(count));
    if (count <= rest.size() / element) {
      const std::string_view array = rest.substr(0, count * element);
      rest.remove_prefix(array.size());
      return array;
    }
  }
  return DamagedGraph(std::string(name) + " are cut off");
}

}  // namespace

std::vector<uint32_t> InsertionOrder(std::span<const int32_t> levels, size_t first, uint64_t seed) {
  std::vector<uint32_t> order(levels.size() - first);
  std::iota(order.begin(), order.end(), static_cast<uint32_t>(first));
  Random random(seed);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return levels[a] > levels[b]; });
  return order;
}

size_t CountReachable(const HnswLinks& links) {
  if (links.entry < 0) return 0;
  std::vector<bool> reached(links.size);
  std::vector<uint32_t> open = {static_cast<uint32_t>(links.entry)};
  reached[open.front()] = true;
  size_t count = 1;
  while (!open.empty()) {
    const uint32_t vertex = open.back();
    open.pop_back();
    for (int level = 0; level < links.levels[vertex]; ++level) {
      for (const int32_t neighbor : links.ListOf(vertex, level)) {
        if (neighbor < 0) break;
        const auto next = static_cast<uint32_t>(neighbor);
        if (reached[next]) continue;
        reached[next] = true;
        open.push_back(next);
        ++count;
      }
    }
  }
  return count;
}

// What faiss::write_index writes of a faiss::HNSW (1.7.3): the arrays assign_probas (double),
// cum_nneighbor_per_level (int), levels (int), offsets (size_t) and neighbors (int), then the ints
// entry_point, max_level, efConstruction, efSearch and upper_beam.
Result<HnswLinks> ParseHnswLinks(std::string_view bytes, size_t size) {
  std::string_view rest = bytes;
  QUARRY_RETURN_IF_ERROR(TakeArray(rest, sizeof(double), "probabilities").status());
  QUARRY_ASSIGN_OR_RETURN(const std::string_view cumulative,
                          TakeArray(rest, sizeof(int32_t), "links per level"));
  QUARRY_ASSIGN_OR_RETURN(const std::string_view levels,
                          TakeArray(rest, sizeof(int32_t), "levels"));
  QUARRY_ASSIGN_OR_RETURN(const std::string_view offsets,
                          TakeArray(rest, sizeof(uint64_t), "offsets"));
  QUARRY_ASSIGN_OR_RETURN(const std::string_view neighbors,
                          TakeArray(rest, sizeof(int32_t), "neighbours"));
  if (rest.size() != 5 * sizeof(int32_t)) return DamagedGraph("not of the length that it says");

  const auto* const begins = AlignedAs<int32_t>(cumulative.data());
  const size_t most_levels = cumulative.size() / sizeof(int32_t);
  HnswLinks links;
  links.size = size;
  links.levels = AlignedAs<int32_t>(levels.data());
  links.offsets = offsets.data();
  links.neighbors = AlignedAs<int32_t>(neighbors.data());
  std::memcpy(&links.entry, rest.data(), sizeof(int32_t));
  std::memcpy(&links.top, rest.data() + sizeof(int32_t), sizeof(int32_t));
  if (levels.size() != size * sizeof(int32_t) || offsets.size() != (size + 1) * sizeof(uint64_t)) {
    return DamagedGraph("holds another number of vectors");
  }
  if (most_levels < 2 || begins[0] != 0 || begins[1] < 2 || begins[1] % 2 != 0) {
    return DamagedGraph("impossible numbers of links");
  }
  links.links = static_cast<uint32_t>(begins[1]) / 2;
  for (size_t level = 2; level < most_levels; ++level) {
    if (begins[level] - begins[level - 1] != static_cast<int32_t>(links.links)) {
      return DamagedGraph("impossible numbers of links");
    }
  }
  const auto is_on = [&](int32_t vertex, int level) {
    return vertex >= 0 && static_cast<size_t>(vertex) < size && links.levels[vertex] > level;
  };
  if (size == 0) return links;
  if (links.top < 0 || !is_on(links.entry, links.top)) return DamagedGraph("no entry point");

  // Offsets first: the lists of a vertex are looked at only where they are known to be inside.
  uint64_t expected = 0;
  for (size_t v = 0; v < size; ++v) {
    const int32_t on = links.levels[v];
    if (on < 1 || static_cast<size_t>(on) >= most_levels ||
        links.OffsetOf(static_cast<uint32_t>(v)) != expected) {
      return DamagedGraph("vertex " + std::to_string(v) + " lies elsewhere");
    }
    expected += static_cast<uint64_t>(begins[on]);
  }
  if (expected != neighbors.size() / sizeof(int32_t) ||
      links.OffsetOf(static_cast<uint32_t>(size)) != expected) {
    return DamagedGraph("holds another number of neighbours");
  }
  for (size_t v = 0; v < size; ++v) {
    for (int level = 0; level < links.levels[v]; ++level) {
      for (const int32_t neighbor : links.ListOf(static_cast<uint32_t>(v), level)) {
        // Every vertex is on level 0, so no level need be looked up there.
        const bool leads_out = level == 0 ? neighbor < -1 || neighbor >= static_cast<int64_t>(size)
                                          : neighbor != -1 && !is_on(neighbor, level);
        if (leads_out) {
          return DamagedGraph("vertex " + std::to_string(v) +
                              " has a link that leads out of the graph");
        }
      }
    }
  }
  return links;
}

}  // namespace quarry::index
