#pragma once

// NumberSet: a set of small integers that is filled anew for every search. Not thread-safe.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quarry::index {

// Where a number stands in a hash table of `slots`, a power of two; neighbouring numbers lie apart.
inline size_t SlotOf(uint32_t number, size_t slots) {
  constexpr uint32_t kGoldenRatio = 0x9E3779B9;
  return (uint64_t{number * kGoldenRatio} * slots) >> 32;
}

class NumberSet {
 public:
  // Empties it and makes room for `count` numbers.
  void Clear(size_t count) { slots_.assign(std::bit_ceil(2 * count + 2), kEmpty); }

  // False if it was there. REQUIRES: not UINT32_MAX; no more numbers than there is room for.
  bool Insert(uint32_t number) {
    const size_t mask = slots_.size() - 1;
    size_t at = SlotOf(number, slots_.size());
    while (slots_[at] != kEmpty) {
      if (slots_[at] == number) return false;
      at = (at + 1) & mask;
    }
    slots_[at] = number;
    return true;
  }

 private:
  static constexpr uint32_t kEmpty = UINT32_MAX;
  std::vector<uint32_t> slots_;
};

}  // namespace quarry::index
