#include "index/graph_search.h"

#include <algorithm>
#include <cstring>

namespace quarry::index {
namespace {

// In the list, a vertex that was looked at carries this bit.
constexpr uint32_t kLookedAt = 1u << 31;

}  // namespace

GraphSearch& GraphSearch::OfThisThread() {
  thread_local GraphSearch search;
  return search;
}

void GraphSearch::MakeRoom(const HnswLinks& links) {
  const size_t neighbors = 2 * size_t{links.links};
  if (unseen_.size() >= neighbors) return;
  unseen_.resize(neighbors);
  scores_.resize(neighbors);
}

void GraphSearch::Begin(const HnswLinks& links, size_t width, Candidate from, bool keeps_rest) {
  MakeRoom(links);
  if (seen_.size() < links.size) seen_.resize(links.size, 0);
  if (++walk_ == 0) {
    std::fill(seen_.begin(), seen_.end(), uint8_t{0});
    walk_ = 1;
  }
  width_ = std::min(width, links.size);
  if (list_.size() < width_) list_.resize(width_);
  size_ = 0;
  keeps_rest_ = keeps_rest;
  rest_.clear();
  seen_[from.vertex] = walk_;
  Insert(from);
}

size_t GraphSearch::Insert(Candidate candidate) {
  if (size_ == width_ && !(candidate.score > list_[size_ - 1].score)) return width_;
  // The first place whose score is lower. Without branches: which way a comparison goes cannot be
  // foreseen.
  size_t place = 0;
  for (size_t length = size_; length > 0;) {
    const size_t half = length / 2;
    const bool after = list_[place + half].score >= candidate.score;
    place = after ? place + half + 1 : place;
    length = after ? length - half - 1 : half;
  }
  if (size_ < width_) {
    ++size_;
  } else if (keeps_rest_) {
    rest_.push_back(list_[size_ - 1]);
  }
  std::memmove(&list_[place + 1], &list_[place], (size_ - 1 - place) * sizeof(Candidate));
  list_[place] = candidate;
  return place;
}

Candidate GraphSearch::Descend(const VectorCodes& codes, const HnswLinks& links,
                               const CodedQuery& query, int level) {
  Candidate best{.vertex = static_cast<uint32_t>(links.entry)};
  query.CoarseScores(codes, &best.vertex, 1, &best.score);
  ++distances_;
  MakeRoom(links);
  for (int at = links.top; at > level; --at) {
    for (bool moved = true; moved;) {
      moved = false;
      size_t count = 0;
      for (const int32_t neighbor : links.ListOf(best.vertex, at)) {
        if (neighbor < 0) break;
        codes.FetchScale(static_cast<size_t>(neighbor));
        unseen_[count++] = static_cast<uint32_t>(neighbor);
      }
      query.CoarseScores(codes, unseen_.data(), count, scores_.data());
      distances_ += count;
      for (size_t i = 0; i < count; ++i) {
        if (scores_[i] <= best.score) continue;
        best = {.score = scores_[i], .vertex = unseen_[i]};
        moved = true;
      }
    }
  }
  return best;
}

std::span<const Candidate> GraphSearch::Walk(const VectorCodes& codes, const HnswLinks& links,
                                             const CodedQuery& query, size_t width, int level) {
  Begin(links, width, Descend(codes, links, query, level), /*keeps_rest=*/true);
  return Expand(codes, links, query, 0, level);
}

std::span<const Candidate> GraphSearch::WalkFrom(const VectorCodes& codes, const HnswLinks& links,
                                                 const CodedQuery& query, Candidate from,
                                                 size_t width, int level) {
  Begin(links, width, from, /*keeps_rest=*/false);
  return Expand(codes, links, query, 0, level);
}

std::span<const Candidate> GraphSearch::Widen(const VectorCodes& codes, const HnswLinks& links,
                                              const CodedQuery& query, size_t width, int level) {
  const size_t before = size_;
  for (size_t i = 0; i < before; ++i) list_[i].vertex |= kLookedAt;
  width_ = std::min(width, links.size);
  if (list_.size() < width_) list_.resize(width_);
  size_ = std::min(width_, before + rest_.size());
  const auto higher = [](const Candidate& a, const Candidate& b) { return a.score > b.score; };
  const auto end = rest_.begin() + static_cast<ptrdiff_t>(size_ - before);
  if (end != rest_.end()) std::nth_element(rest_.begin(), end, rest_.end(), higher);
  std::sort(rest_.begin(), end, higher);
  std::copy(rest_.begin(), end, list_.begin() + static_cast<ptrdiff_t>(before));
  rest_.erase(rest_.begin(), end);
  return Expand(codes, links, query, before, level);
}

size_t GraphSearch::NextAt(size_t at) const {
  while (at < size_ && (list_[at].vertex & kLookedAt) != 0) ++at;
  return at;
}

void GraphSearch::FetchNeighbors(const CodeRows& rows, const HnswLinks& links, uint32_t vertex,
                                 int level) const {
  for (const int32_t neighbor : links.ListOf(vertex, level)) {
    if (neighbor < 0) break;
    const auto v = static_cast<uint32_t>(neighbor);
    if (seen_[v] == walk_) continue;
    const uint8_t* const row = rows.row(v);
    for (size_t i = 0; i < rows.width; i += kCodeBlock) __builtin_prefetch(row + i);
  }
}

std::span<const Candidate> GraphSearch::Expand(const VectorCodes& codes, const HnswLinks& links,
                                               const CodedQuery& query, size_t at, int level) {
  const CodeRows rows = query.Used(codes);
  for (at = NextAt(at); at < size_; at = NextAt(at)) {
    const uint32_t vertex = list_[at].vertex;
    list_[at].vertex |= kLookedAt;
    size_t count = 0;
    for (const int32_t neighbor : links.ListOf(vertex, level)) {
      if (neighbor < 0) break;
      const uint32_t v = static_cast<uint32_t>(neighbor);
      codes.FetchScale(v);
      unseen_[count] = v;
      count += seen_[v] != walk_;
      seen_[v] = walk_;
    }
    // Most likely the next ones to be looked at. Codes are fetched a step ahead, links two.
    if (const size_t next = NextAt(at + 1); next < size_) {
      FetchNeighbors(rows, links, list_[next].vertex, level);
      if (const size_t then = NextAt(next + 1); then < size_) {
        __builtin_prefetch(links.ListOf(list_[then].vertex, level).data());
      }
    }
    query.CoarseScores(codes, unseen_.data(), count, scores_.data());
    distances_ += count;
    size_t first = at + 1;
    for (size_t i = 0; i < count; ++i) {
      if (size_ == width_ && scores_[i] <= list_[size_ - 1].score) {
        if (keeps_rest_) rest_.push_back({.score = scores_[i], .vertex = unseen_[i]});
        continue;
      }
      links.FetchOffset(unseen_[i]);
      first = std::min(first, Insert({.score = scores_[i], .vertex = unseen_[i]}));
    }
    at = first;
  }
  for (size_t i = 0; i < size_; ++i) list_[i].vertex &= ~kLookedAt;
  return {list_.data(), size_};
}

}  // namespace quarry::index
