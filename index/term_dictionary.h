#pragma once

// TermDictionary: terms <-> small dense numbers, in the order in which the terms were first added.
//
// An open-addressing hash table (linear probing, at most three slots in five full) of term numbers
// beside one string that holds all terms. A slot keeps 32 bits of the term's hash, so that a probe
// compares bytes only where it has almost surely found its term, and growing never reads the terms
// again.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quarry::index {

// Not thread-safe while terms are added; freely readable once no more are.
class TermDictionary {
 public:
  // The hash that the functions below take.
  static uint32_t HashOf(std::string_view term);

  TermDictionary();

  // The number of `term`, a new one if it is not there yet. REQUIRES: hash == HashOf(term).
  uint32_t Add(std::string_view term, uint32_t hash);
  uint32_t Add(std::string_view term) { return Add(term, HashOf(term)); }

  // Fetches from memory what Add will look at first.
  void Prefetch(uint32_t hash) const { __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]); }

  uint32_t size() const { return static_cast<uint32_t>(hashes_.size()); }
  // REQUIRES: number < size(). The view is valid until the next Add.
  std::string_view term(uint32_t number) const {
    const size_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(bytes_).substr(begin, ends_[number] - begin);
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Slot {
    uint32_t hash = 0;
    uint32_t number = kNone;  // kNone: free
  };

  // The slot of the term, or the free one where it belongs.
  size_t Probe(std::string_view term, uint32_t hash) const;
  void Rehash(size_t slots);

  std::string bytes_;             // all terms, one after the other
  std::vector<uint64_t> ends_;    // of each term in bytes_
  std::vector<uint32_t> hashes_;  // of each term
  std::vector<Slot> slots_;       // a power of two of them
};

}  // namespace quarry::index
