#pragma once

// Blocks of 128 small integers in as few bits each as the largest needs.
//
// Layout: four lanes side by side, integer i in lane i % 4, each lane a stream of bits of its own in
// words of 32 bits that alternate with those of the other lanes, low bits first (Lemire and Boytsov,
// "Decoding billions of integers per second through vectorization", 2015: SIMD-BP128). So four
// integers are taken apart at once with the vectors that every CPU has.
//
// Pure and thread-safe.

#include <cstddef>
#include <cstdint>

namespace quarry::index {

inline constexpr size_t kPackedBlock = 128;

// How many bits the largest of 128 values needs: 0 to 32.
uint32_t BitsNeeded(const uint32_t* values);

// The bytes of a block packed with `bits` bits each: a multiple of 16.
inline constexpr size_t PackedBytes(uint32_t bits) { return size_t{bits} * kPackedBlock / 8; }

// Writes PackedBytes(bits) bytes. REQUIRES: BitsNeeded(values) <= bits <= 32.
void PackBlock(const uint32_t* values, uint32_t bits, char* out);

// Reads PackedBytes(bits) bytes, at any alignment. REQUIRES: bits <= 32.
void UnpackBlock(const char* packed, uint32_t bits, uint32_t* out);

// The same of ascending numbers kept as differences: out[i] = base + the first i + 1 differences.
void UnpackAscending(const char* packed, uint32_t bits, uint32_t base, uint32_t* out);

}  // namespace quarry::index
