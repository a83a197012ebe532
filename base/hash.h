#pragma once

// Non-cryptographic hashing (XXH3). Stable across versions and machines: the values are stored.

#include <cstdint>
#include <string>
#include <string_view>

namespace quarry {

uint64_t Hash64(std::string_view bytes, uint64_t seed = 0);

// Mixes `value` into `hash`; order matters.
uint64_t HashCombine(uint64_t hash, uint64_t value);

// 16 lower-case hexadecimal digits.
std::string HashToHex(uint64_t hash);

// CRC-like check of stored files: Hash64 of the bytes, fed in pieces. Not thread-safe.
class StreamingHash {
 public:
  StreamingHash();
  ~StreamingHash();
  StreamingHash(const StreamingHash&) = delete;
  StreamingHash& operator=(const StreamingHash&) = delete;
  void Update(std::string_view bytes);
  uint64_t Finish() const;  // equals Hash64 of everything given so far

 private:
  void* state_;
};

}  // namespace quarry
