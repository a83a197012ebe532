#pragma once

// A set of small integers as bits: which rows of a snapshot are alive, or allowed by a filter.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quarry {

// Not thread-safe while it is changed; freely readable once it is not.
class Bitmap {
 public:
  Bitmap() = default;
  explicit Bitmap(size_t size, bool value = false) { Resize(size, value); }

  // Of words as words() gives them. REQUIRES: as many as `size` needs. Bits behind it are dropped.
  static Bitmap FromWords(std::span<const uint64_t> words, size_t size) {
    Bitmap bitmap;
    bitmap.words_.assign(words.begin(), words.end());
    bitmap.size_ = size;
    bitmap.ClearTail();
    return bitmap;
  }

  size_t size() const { return size_; }
  // Bit i is bit i % 64 of word i / 64; bits behind the last are 0.
  std::span<const uint64_t> words() const { return words_; }
  // Grows or shrinks; new bits get `value`.
  void Resize(size_t size, bool value = false) {
    const size_t old_size = size_;
    words_.resize((size + 63) / 64, 0);
    size_ = size;
    if (value) {
      for (size_t i = old_size; i < size; ++i) Set(i);
    }
    ClearTail();
  }
  // REQUIRES (all): index < size().
  bool Test(size_t index) const { return (words_[index / 64] >> (index % 64)) & 1; }
  void Set(size_t index) { words_[index / 64] |= uint64_t{1} << (index % 64); }
  void Clear(size_t index) { words_[index / 64] &= ~(uint64_t{1} << (index % 64)); }

  size_t Count() const {
    size_t count = 0;
    for (const uint64_t word : words_) count += static_cast<size_t>(std::popcount(word));
    return count;
  }

  // Keeps what both have. REQUIRES: equal sizes.
  void IntersectWith(const Bitmap& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }

  // Calls visit(index) for every set bit, ascending.
  template <typename Visit>
  void ForEachSet(Visit visit) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        visit(i * 64 + static_cast<size_t>(std::countr_zero(word)));
      }
    }
  }

  friend bool operator==(const Bitmap&, const Bitmap&) = default;

 private:
  void ClearTail() {
    if (size_ % 64 != 0) words_.back() &= (uint64_t{1} << (size_ % 64)) - 1;
  }

  size_t size_ = 0;
  std::vector<uint64_t> words_;
};

}  // namespace quarry
