#include "ingest/chunk_plan.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace quarry::ingest {
namespace {

// What a chunk costs that is twice as long as the target is 1. A chunk under the minimum costs more
// than any border saves.
constexpr double kTooSmall = 20;

double PriceOf(Border border) {
  switch (border) {
    case Border::kNever:
      return 10;
    case Border::kForced:
      return 1;
    case Border::kLine:
      return 0.4;
    case Border::kSentence:
      return 0.2;
    case Border::kBlock:
      return 0.06;
    default:  // headings: the outermost for nothing
      return 0.004 * (static_cast<int>(Border::kHeading1) - static_cast<int>(border));
  }
}

class Planner {
 public:
  Planner(const std::vector<Unit>& units, const ChunkOptions& options)
      : units_(units), options_(options) {
    tokens_before_.reserve(units.size() + 1);
    ranks_.reserve(units.size());
    uint64_t sum = 0;
    for (const Unit& unit : units) {
      tokens_before_.push_back(sum);
      sum += unit.tokens;
      ranks_.push_back(static_cast<uint64_t>(unit.border) << 60 | unit.anchor >> 4);
    }
    tokens_before_.push_back(sum);
  }

  std::vector<size_t> Run() {
    if (units_.empty()) return {};
    // Depth first, the left part first, so that the borders come in order.
    std::vector<std::pair<size_t, size_t>> stretches;
    size_t end_of_entry = units_.size();
    for (size_t i = units_.size(); i-- > 0;) {
      if (i > 0 && !units_[i].begins_entry) continue;
      stretches.emplace_back(i, end_of_entry);
      end_of_entry = i;
    }
    while (!stretches.empty()) {
      const auto [begin, end] = stretches.back();
      stretches.pop_back();
      const size_t anchor =
          Tokens(begin, end) > 2 * uint64_t{options_.target_tokens} ? FindAnchor(begin, end) : end;
      if (anchor == end) {
        Fill(begin, end);
      } else {
        stretches.emplace_back(anchor, end);
        stretches.emplace_back(begin, anchor);
      }
    }
    return std::move(starts_);
  }

 private:
  uint64_t Tokens(size_t begin, size_t end) const {
    return tokens_before_[end] - tokens_before_[begin];
  }

  // The best border inside [begin, end) that leaves enough on both sides; `end` if there is none.
  size_t FindAnchor(size_t begin, size_t end) const {
    const uint64_t edge = std::max<uint64_t>(options_.min_tokens, options_.target_tokens / 2);
    const auto at = [&](size_t unit) {
      return tokens_before_.begin() + static_cast<ptrdiff_t>(unit);
    };
    const auto index = [&](auto position) {
      return static_cast<size_t>(position - tokens_before_.begin());
    };
    const uint64_t last = tokens_before_[end] - std::min(edge, tokens_before_[end]);
    const size_t from =
        index(std::lower_bound(at(begin + 1), at(end), tokens_before_[begin] + edge));
    const size_t to = index(std::upper_bound(at(begin + 1), at(end), last));
    if (from >= to) return end;
    const uint64_t best = *std::max_element(ranks_.begin() + static_cast<ptrdiff_t>(from),
                                            ranks_.begin() + static_cast<ptrdiff_t>(to));
    if (best >> 60 == static_cast<uint64_t>(Border::kNever)) return end;
    // Texts that repeat themselves have equal ranks; the middle one keeps the recursion shallow
    // then.
    const uint64_t middle = (tokens_before_[begin] + tokens_before_[end]) / 2;
    const size_t half = std::clamp(index(std::lower_bound(at(from), at(to), middle)), from, to - 1);
    for (size_t off = 0;; ++off) {
      if (half + off < to && ranks_[half + off] == best) return half + off;
      if (off <= half && half - off >= from && ranks_[half - off] == best) return half - off;
    }
  }

  // Cuts the units [begin, end) into chunks and appends where each begins.
  void Fill(size_t begin, size_t end) {
    if (Tokens(begin, end) <= options_.target_tokens) {
      starts_.push_back(begin);
      return;
    }
    CollectCandidates(begin, end);
    // best[j]: the cheapest way to cut what is before candidate j.
    std::vector<Best>& best = best_;
    best.assign(candidates_.size(), {std::numeric_limits<double>::infinity(), 0});
    best[0].cost = 0;
    for (size_t j = 1; j < candidates_.size(); ++j) {
      for (size_t i = j; i-- > 0;) {
        const uint64_t tokens = Tokens(candidates_[i], candidates_[j]);
        if (tokens > options_.max_tokens && i + 1 < j) break;
        const double price = i == 0 ? 0 : PriceOf(units_[candidates_[i]].border);
        const double cost = best[i].cost + price + CostOf(tokens);
        if (cost < best[j].cost) best[j] = {cost, i};
      }
    }
    const size_t first = starts_.size();
    for (size_t j = candidates_.size() - 1; j > 0; j = best[j].previous) {
      starts_.push_back(candidates_[best[j].previous]);
    }
    std::reverse(starts_.begin() + static_cast<ptrdiff_t>(first), starts_.end());
  }

  // The borders that Fill() looks at: all, unless the stretch is made of very many tiny units.
  void CollectCandidates(size_t begin, size_t end) {
    constexpr size_t kMany = 128;
    const size_t rarity = (end - begin + kMany - 1) / kMany;
    const uint64_t gap = std::max<uint64_t>(options_.max_tokens / 8, 1);
    candidates_.clear();
    for (size_t i = begin; i < end; ++i) {
      const bool taken = rarity == 1 || i == begin || units_[i].border > Border::kBlock ||
                         units_[i].anchor % rarity == 0 || Tokens(candidates_.back(), i + 1) > gap;
      if (taken) candidates_.push_back(i);
    }
    candidates_.push_back(end);
  }

  double CostOf(uint64_t tokens) const {
    const double off =
        (static_cast<double>(tokens) - options_.target_tokens) / options_.target_tokens;
    double cost = off * off;
    if (tokens < options_.min_tokens) {
      cost += kTooSmall * (1 - static_cast<double>(tokens) / options_.min_tokens);
    }
    return cost;
  }

  struct Best {
    double cost;
    size_t previous;  // candidate
  };

  const std::vector<Unit>& units_;
  const ChunkOptions& options_;
  std::vector<uint64_t> tokens_before_;  // of each unit; the last entry is the sum
  std::vector<uint64_t> ranks_;          // of the border before each unit: strength, then anchor
  std::vector<size_t> starts_;
  std::vector<size_t> candidates_;
  std::vector<Best> best_;
};

}  // namespace

std::vector<size_t> PlanChunks(const std::vector<Unit>& units, const ChunkOptions& options) {
  return Planner(units, options).Run();
}

}  // namespace quarry::ingest
