#include "index/bit_packing.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace quarry::index {
namespace {

constexpr size_t kIntegerLanes = 4;
constexpr size_t kRows = kPackedBlock / kIntegerLanes;  // integers per lane, and bits per word

using IntegerLanes = uint32_t __attribute__((vector_size(16)));

IntegerLanes LoadLanes(const void* from) {
  IntegerLanes lanes;
  std::memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}

void StoreLanes(IntegerLanes lanes, void* to) { std::memcpy(to, &lanes, sizeof(lanes)); }

// Unrolled for each number of bits: every shift is a constant.
template <uint32_t bits, bool ascending>
void Unpack(const char* packed, IntegerLanes base, uint32_t* out) {
  constexpr uint32_t mask = bits == 32 ? ~uint32_t{0} : (uint32_t{1} << bits) - 1;
  IntegerLanes word = {};
  IntegerLanes sum = base;
#pragma GCC unroll 32
  for (uint32_t row = 0; row < kRows; ++row) {
    IntegerLanes value = {};
    if constexpr (bits > 0) {
      const uint32_t at = row * bits % 32;
      if (at == 0) word = LoadLanes(packed + row * bits / 32 * sizeof(IntegerLanes));
      value = word >> at;
      if (at + bits > 32) {
        word = LoadLanes(packed + (row * bits / 32 + 1) * sizeof(IntegerLanes));
        value |= word << (32 - at);
      }
      value &= mask;
    }
    if constexpr (ascending) {
      // Prefix sums of the four lanes, on top of the last sum so far.
      value += IntegerLanes{0, value[0], value[1], value[2]};
      value += IntegerLanes{0, 0, value[0], value[1]};
      value += sum;
      sum = IntegerLanes{value[3], value[3], value[3], value[3]};
    }
    StoreLanes(value, out + row * kIntegerLanes);
  }
}

using Unpacker = void (*)(const char*, IntegerLanes, uint32_t*);

template <bool ascending, size_t... bits>
constexpr std::array<Unpacker, sizeof...(bits)> Unpackers(std::index_sequence<bits...>) {
  return {&Unpack<static_cast<uint32_t>(bits), ascending>...};
}

constexpr auto kUnpack = Unpackers<false>(std::make_index_sequence<33>());
constexpr auto kUnpackAscending = Unpackers<true>(std::make_index_sequence<33>());

}  // namespace

uint32_t BitsNeeded(const uint32_t* values) {
  uint32_t all = 0;
  for (size_t i = 0; i < kPackedBlock; ++i) all |= values[i];
  return static_cast<uint32_t>(std::bit_width(all));
}

void PackBlock(const uint32_t* values, uint32_t bits, char* out) {
  IntegerLanes word = {};
  for (uint32_t row = 0; row < kRows; ++row) {
    const IntegerLanes value = LoadLanes(values + row * kIntegerLanes);
    const uint32_t at = row * bits % 32;
    word |= value << at;
    if (at + bits < 32) continue;
    StoreLanes(word, out);
    out += sizeof(word);
    word = at + bits > 32 ? value >> (32 - at) : IntegerLanes{};
  }
}

void UnpackBlock(const char* packed, uint32_t bits, uint32_t* out) {
  kUnpack[bits](packed, IntegerLanes{}, out);
}

void UnpackAscending(const char* packed, uint32_t bits, uint32_t base, uint32_t* out) {
  kUnpackAscending[bits](packed, IntegerLanes{base, base, base, base}, out);
}

}  // namespace quarry::index
