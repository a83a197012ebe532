#include <queue>
#include <unordered_map>

#include "base/text.h"
#include "model/token_model.h"

namespace quarry::model {
namespace {

// What a pair of neighbours becomes, and when.
struct Merge {
  uint32_t rank = 0;
  uint32_t id = 0;
};

uint64_t PairKey(uint32_t left, uint32_t right) { return uint64_t{left} << 32 | right; }

class Bpe final : public TokenModel {
 public:
  Bpe(BpeParts parts, std::unordered_map<uint64_t, Merge> merges)
      : parts_(std::move(parts)), merges_(std::move(merges)) {}

  void Tokenize(std::string_view piece, std::vector<uint32_t>& ids) const override {
    if (parts_.whole_first) {
      if (const uint32_t id = parts_.vocabulary.Find(piece); id != TokenVocabulary::kNone) {
        ids.push_back(id);
        return;
      }
    }
    std::vector<Symbol> symbols = Characters(piece);
    MergeAll(symbols);
    for (const Symbol& symbol : symbols) {
      if (symbol.live) ids.push_back(symbol.id);
    }
  }

 private:
  static constexpr uint32_t kEnd = UINT32_MAX;

  // A list in a vector: merged ones stay where they are and are skipped.
  struct Symbol {
    uint32_t id = 0;
    uint32_t previous = kEnd;
    uint32_t next = kEnd;
    bool live = true;
  };

  // A pair that was there when it was queued.
  struct Candidate {
    uint32_t rank;
    uint32_t at;
    uint32_t left;
    uint32_t right;
    // For a queue whose top is the least.
    bool operator<(const Candidate& other) const {
      return rank != other.rank ? rank > other.rank : at > other.at;
    }
  };

  std::vector<Symbol> Characters(std::string_view piece) const {
    std::vector<Symbol> symbols;
    bool was_unknown = false;
    for (size_t offset = 0; offset < piece.size();) {
      const size_t begin = offset;
      NextCodePoint(piece, offset);
      uint32_t id = parts_.vocabulary.Find(piece.substr(begin, offset - begin));
      const bool is_unknown = id == TokenVocabulary::kNone;
      if (is_unknown) {
        if (parts_.unknown == TokenVocabulary::kNone) continue;
        if (parts_.fuse_unknown && was_unknown) continue;
        id = parts_.unknown;
      }
      was_unknown = is_unknown;
      Symbol symbol{.id = id};
      const auto number = static_cast<uint32_t>(symbols.size());
      if (number > 0) {
        symbol.previous = number - 1;
        symbols.back().next = number;
      }
      symbols.push_back(symbol);
    }
    return symbols;
  }

  void MergeAll(std::vector<Symbol>& symbols) const {
    std::priority_queue<Candidate> queue;
    const auto offer = [&](uint32_t at) {
      if (at == kEnd || symbols[at].next == kEnd) return;
      const uint32_t left = symbols[at].id;
      const uint32_t right = symbols[symbols[at].next].id;
      if (const auto found = merges_.find(PairKey(left, right)); found != merges_.end()) {
        queue.push({found->second.rank, at, left, right});
      }
    };
    for (uint32_t i = 0; i < symbols.size(); ++i) offer(i);
    while (!queue.empty()) {
      const Candidate candidate = queue.top();
      queue.pop();
      Symbol& left = symbols[candidate.at];
      if (!left.live || left.id != candidate.left || left.next == kEnd) continue;
      Symbol& right = symbols[left.next];
      if (right.id != candidate.right) continue;
      left.id = merges_.at(PairKey(candidate.left, candidate.right)).id;
      right.live = false;
      left.next = right.next;
      if (right.next != kEnd) symbols[right.next].previous = candidate.at;
      offer(left.previous);
      offer(candidate.at);
    }
  }

  const BpeParts parts_;
  const std::unordered_map<uint64_t, Merge> merges_;
};

}  // namespace

Result<std::unique_ptr<const TokenModel>> MakeBpe(BpeParts parts) {
  std::unordered_map<uint64_t, Merge> merges;
  for (uint32_t rank = 0; rank < parts.merges.size(); ++rank) {
    const auto& [left, right] = parts.merges[rank];
    const std::string place = "merge " + std::to_string(rank) + ": ";
    uint32_t ids[3];
    const std::string texts[] = {left, right, left + right};
    for (size_t i = 0; i < 3; ++i) {
      ids[i] = parts.vocabulary.Find(texts[i]);
      if (ids[i] == TokenVocabulary::kNone) {
        return InvalidArgumentError(place + "\"" + texts[i] + "\" is not in the vocabulary");
      }
    }
    merges.try_emplace(PairKey(ids[0], ids[1]), Merge{rank, ids[2]});
  }
  parts.merges.clear();
  return std::unique_ptr<const TokenModel>(
      std::make_unique<Bpe>(std::move(parts), std::move(merges)));
}

}  // namespace quarry::model
