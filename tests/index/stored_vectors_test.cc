#include "index/stored_vectors.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/random.h"
#include "index/keys.h"
#include "tests/testing/counted_store.h"
#include "tests/testing/memory_store.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

using ::testing::HasSubstr;

class StoredVectorsTest : public ::testing::Test {
 protected:
  StoredVectorsTest() {
    generation_.id = GenerationId(3);
    generation_.space = {.fingerprint = "test", .dimension = 2};
    WriteBatch batch;
    for (uint64_t chunk = 1; chunk <= 5000; ++chunk) {
      const std::array<float, 2> vector = {static_cast<float>(chunk), 1};
      batch.Put(
          VectorKey(CollectionId(1), SpaceHash(generation_.space), generation_.id, ChunkId(chunk)),
          EncodeVector(vector));
    }
    QUARRY_CHECK(store_->Write(batch).ok());
    view_ = std::make_unique<testing::CountedView>(store_->GetView(), counts_);
  }

  void ExpectRead(const std::vector<uint64_t>& chunks) {
    StoredVectors vectors(*view_, CollectionId(1), generation_);
    std::array<float, 2> vector;
    for (const uint64_t chunk : chunks) {
      ASSERT_OK(vectors.Read(ChunkId(chunk), vector)) << chunk;
      EXPECT_EQ(vector[0], static_cast<float>(chunk));
    }
  }

  StoredGeneration generation_;
  std::unique_ptr<Store> store_ = testing::NewMemoryStore();
  testing::ReadCounts counts_;
  std::unique_ptr<testing::CountedView> view_;
};

TEST_F(StoredVectorsTest, InOrderTheyCostAFewScans) {
  std::vector<uint64_t> chunks(5000);
  std::iota(chunks.begin(), chunks.end(), uint64_t{1});
  ExpectRead(chunks);
  EXPECT_LT(counts_.scans, 20u);
  EXPECT_LE(counts_.keys, 5000u);
}

TEST_F(StoredVectorsTest, InAnyOrderTheyAreRightAndLittleIsReadForNothing) {
  std::vector<uint64_t> chunks(5000);
  std::iota(chunks.begin(), chunks.end(), uint64_t{1});
  Random random(7);
  for (size_t i = chunks.size(); i > 1; --i) std::swap(chunks[i - 1], chunks[random.Below(i)]);
  ExpectRead(chunks);
  EXPECT_LT(counts_.keys, 3u * 5000);
  // Backwards, the same again and again, and with gaps.
  ExpectRead({5000, 4999, 4998, 1, 1, 1, 2, 4, 8, 9, 10, 11, 12, 4000, 13});
}

TEST_F(StoredVectorsTest, OneThatIsMissingOrDamagedIsNamed) {
  StoredVectors vectors(*view_, CollectionId(1), generation_);
  std::array<float, 2> vector;
  for (const uint64_t missing : {uint64_t{0}, uint64_t{5001}}) {
    const Status status = vectors.Read(ChunkId(missing), vector);
    EXPECT_EQ(status.code(), Code::kDataLoss);
    EXPECT_THAT(status.message(),
                HasSubstr("vector of chunk " + std::to_string(missing) + ": missing in the store"));
  }
  std::array<float, 3> longer;
  const Status status = vectors.Read(ChunkId(2), longer);
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_THAT(status.message(), HasSubstr("vector of chunk 2"));
  EXPECT_OK(vectors.Read(ChunkId(3), vector));
}

}  // namespace
}  // namespace quarry::index
