#include "index/postings.h"

#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

std::vector<Posting> RandomPostings(Random& random, size_t size, uint32_t slots) {
  std::set<uint32_t> chosen;
  while (chosen.size() < size) chosen.insert(static_cast<uint32_t>(random.Below(slots)));
  std::vector<Posting> postings;
  for (const uint32_t slot : chosen) {
    const uint64_t most = random.Below(20) == 0 ? INT32_MAX : 3;
    postings.push_back({.slot = slot, .count = 1 + static_cast<uint32_t>(random.Below(most))});
  }
  return postings;
}

TEST(PostingsTest, EveryLengthIsReadBack) {
  Random random(1);
  for (const uint32_t slots : {1'100u, 2'000'000u}) {
    std::vector<uint32_t> lengths(slots);
    for (uint32_t& length : lengths) length = static_cast<uint32_t>(random.Below(300));
    const LengthNorm norm({}, slots, uint64_t{slots} * 150);
    for (const size_t size : {1u, 2u, 127u, 128u, 129u, 255u, 256u, 257u, 1'000u}) {
      const std::vector<Posting> postings = RandomPostings(random, size, slots);
      std::string bytes = "x";  // at any alignment
      EncodePostings(postings, lengths, norm, bytes);
      const PostingsList list(bytes.data() + 1, static_cast<uint32_t>(size));

      std::vector<std::pair<uint32_t, uint32_t>> expected;
      std::vector<std::pair<uint32_t, uint32_t>> read;
      for (const Posting& posting : postings) expected.emplace_back(posting.slot, posting.count);
      list.ForEach([&](const Posting& one) { read.emplace_back(one.slot, one.count); });
      EXPECT_EQ(read, expected);

      size_t next = 0;
      for (uint32_t slot = 0; slot < slots; slot += 1 + slots / 1'100) {
        while (next < size && postings[next].slot < slot) ++next;
        const bool there = next < size && postings[next].slot == slot;
        ASSERT_EQ(list.CountAt(slot), there ? postings[next].count : 0) << slot;
        if (list.is_short()) continue;
        ASSERT_EQ(list.Seek(slot, 0),
                  next / kPackedBlock + (next == size && size % kPackedBlock != 0 ? 1 : 0));
        ASSERT_EQ(list.Seek(slot, next / kPackedBlock), list.Seek(slot, 0));
      }
      for (size_t block = 0; block < list.blocks(); ++block) {
        double most = 0;
        for (size_t i = block * kPackedBlock; i < std::min(size, (block + 1) * kPackedBlock); ++i) {
          const double length = lengths[postings[i].slot];
          most = std::max(most, postings[i].count / (double{norm.base} + postings[i].count +
                                                     double{norm.slope} * length));
        }
        EXPECT_GE(list.Impact(block) / 255.0, most);
        EXPECT_LT(list.Impact(block) / 255.0, most + 1.01 / 255);
      }
    }
  }
}

}  // namespace
}  // namespace quarry::index
