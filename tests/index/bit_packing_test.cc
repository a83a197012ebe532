#include "index/bit_packing.h"

#include <string>
#include <vector>

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

// Bit by bit, as the layout says it.
std::string PackedSlowly(const std::vector<uint32_t>& values, uint32_t bits) {
  std::string packed(PackedBytes(bits), '\0');
  for (size_t i = 0; i < values.size(); ++i) {
    for (uint32_t bit = 0; bit < bits; ++bit) {
      if ((values[i] >> bit & 1) == 0) continue;
      const size_t in_lane = i / 4 * bits + bit;
      const size_t word = in_lane / 32 * 4 + i % 4;
      char& byte = packed[word * 4 + in_lane % 32 / 8];
      byte = static_cast<char>(static_cast<uint8_t>(byte) | 1u << in_lane % 8);
    }
  }
  return packed;
}

TEST(BitPackingTest, EveryWidthIsReadBackAtAnyAlignment) {
  Random random(1);
  for (uint32_t bits = 0; bits <= 32; ++bits) {
    const uint64_t bound = uint64_t{1} << bits;
    for (size_t offset = 0; offset < 4; ++offset) {
      std::vector<uint32_t> values(kPackedBlock);
      for (uint32_t& value : values) value = static_cast<uint32_t>(random.Below(bound));
      values[random.Below(kPackedBlock)] = static_cast<uint32_t>(bound - 1);
      EXPECT_EQ(BitsNeeded(values.data()), bits);
      std::string packed(offset + PackedBytes(bits) + 1, '\x5a');
      PackBlock(values.data(), bits, packed.data() + offset);
      EXPECT_EQ(packed.back(), '\x5a') << "wrote too much";
      EXPECT_EQ(packed.substr(offset, PackedBytes(bits)), PackedSlowly(values, bits)) << bits;
      std::vector<uint32_t> read(kPackedBlock, 7);
      UnpackBlock(packed.data() + offset, bits, read.data());
      EXPECT_EQ(read, values) << bits;

      std::vector<uint32_t> sums(kPackedBlock);
      uint32_t sum = 1000;  // wraps around, as the reader's does
      for (size_t i = 0; i < kPackedBlock; ++i) sums[i] = sum += values[i];
      UnpackAscending(packed.data() + offset, bits, 1000, read.data());
      EXPECT_EQ(read, sums) << bits;
    }
  }
}

}  // namespace
}  // namespace quarry::index
