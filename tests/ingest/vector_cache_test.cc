#include "ingest/vector_cache.h"

#include "tests/testing/memory_store.h"
#include "tests/testing/test_environment.h"

namespace quarry::ingest {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kDay = int64_t{24} * 3600 * 1'000'000;
constexpr uint64_t kRoomy = 1u << 20;

class VectorCacheTest : public ::testing::Test {
 protected:
  static EmbeddingSpace Space(const std::string& name) {
    return {.fingerprint = name, .dimension = 2};
  }
  static void Keep(VectorCache& cache, const std::string& space, const std::string& text,
                   float value) {
    const std::string texts[] = {text};
    const EmbeddingMatrix vectors{.dimension = 2, .values = {value, 0}};
    ASSERT_TRUE(cache.Keep(Space(space), texts, vectors).ok());
  }
  // The first value of the kept vector; -1: none.
  static float Find(VectorCache& cache, const std::string& space, const std::string& text) {
    const std::string texts[] = {text};
    const auto found = cache.Find(Space(space), texts).value();
    return found[0].empty() ? -1 : found[0][0];
  }

  const std::unique_ptr<index::Store> store_ = quarry::testing::NewMemoryStore();
  index::ObjectTable objects_{*store_};
  FakeClock clock_{100 * kDay};
};

TEST_F(VectorCacheTest, AVectorIsFoundByItsTextInItsSpaceAlone) {
  VectorCache cache(objects_, kRoomy, false, clock_);
  Keep(cache, "a", "a pump", 1);
  Keep(cache, "b", "a pump", 2);
  Keep(cache, "a", "一台水泵", 3);
  EXPECT_EQ(Find(cache, "a", "a pump"), 1);
  EXPECT_EQ(Find(cache, "b", "a pump"), 2);
  EXPECT_EQ(Find(cache, "a", "一台水泵"), 3);
  EXPECT_EQ(Find(cache, "a", "a pump "), -1);
  EXPECT_EQ(Find(cache, "c", "a pump"), -1);
  EXPECT_EQ(cache.GetStats()->objects, 3u);

  VectorCache reopened(objects_, kRoomy, false, clock_);
  EXPECT_EQ(Find(reopened, "b", "a pump"), 2);
  ASSERT_TRUE(reopened.Clear().ok());
  EXPECT_EQ(Find(cache, "a", "a pump"), -1);
  EXPECT_EQ(cache.GetStats()->objects, 0u);
  EXPECT_EQ(cache.GetStats()->bytes, 0u);
}

TEST_F(VectorCacheTest, WhatIsKeptTwiceCountsOnce) {
  VectorCache cache(objects_, kRoomy, false, clock_);
  const std::string texts[] = {"x", "x", "y"};
  const EmbeddingMatrix vectors{.dimension = 2, .values = {1, 0, 1, 0, 2, 0}};
  ASSERT_TRUE(cache.Keep(Space("a"), texts, vectors).ok());
  const index::ObjectCacheStats once = cache.GetStats().value();
  EXPECT_EQ(once.objects, 2u);
  ASSERT_TRUE(cache.Keep(Space("a"), texts, vectors).ok());
  EXPECT_EQ(cache.GetStats()->bytes, once.bytes);
}

TEST_F(VectorCacheTest, WhatWasUsedLongestAgoGoesFirst) {
  VectorCache measure(objects_, kRoomy, false, clock_);
  Keep(measure, "a", "0", 0);
  const uint64_t one = measure.GetStats()->bytes;
  ASSERT_TRUE(measure.Clear().ok());

  VectorCache cache(objects_, 10 * one, false, clock_);
  for (int i = 0; i < 10; ++i) Keep(cache, "a", std::to_string(i), static_cast<float>(i));
  clock_.Advance(std::chrono::hours(24));
  EXPECT_EQ(Find(cache, "a", "0"), 0);  // used today
  Keep(cache, "a", "10", 10);
  EXPECT_EQ(cache.GetStats()->objects, 9u) << "a tenth is free again";
  EXPECT_EQ(cache.GetStats()->bytes, 9 * one);
  EXPECT_EQ(Find(cache, "a", "0"), 0);
  EXPECT_EQ(Find(cache, "a", "1"), -1);
  EXPECT_EQ(Find(cache, "a", "2"), -1);
  EXPECT_EQ(Find(cache, "a", "3"), 3);
  EXPECT_EQ(Find(cache, "a", "10"), 10);
}

TEST_F(VectorCacheTest, DamageIsNamedAndCleared) {
  VectorCache cache(objects_, kRoomy, false, clock_);
  Keep(cache, "a", "x", 1);
  index::Object object;
  ASSERT_TRUE(objects_
                  .ForEach(index::ObjectKind::kEmbedding,
                           [&](const index::Object& kept) {
                             if (!kept.scope.empty()) object = kept;
                             return true;
                           })
                  .ok());
  for (const std::string& value : {object.value.substr(0, object.value.size() - 1),
                                   std::string("\x02") + object.value.substr(1), std::string()}) {
    ASSERT_TRUE(
        objects_
            .Put({.kind = index::ObjectKind::kEmbedding, .id = object.id, .scope = object.scope},
                 value)
            .ok());
    const std::string texts[] = {"x"};
    const auto found = cache.Find(Space("a"), texts);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.status().code(), Code::kDataLoss);
    EXPECT_THAT(found.status().message(),
                ::testing::AllOf(HasSubstr("kept vectors: object " + object.id),
                                 HasSubstr("`quarry cache clear --embeddings` removes them")));
  }
  ASSERT_TRUE(objects_.Put({.kind = index::ObjectKind::kEmbedding, .id = "size"}, "?").ok());
  EXPECT_THAT(cache.GetStats().status().message(),
              HasSubstr("kept vectors: their count is damaged"));
  ASSERT_TRUE(cache.Clear().ok());
  EXPECT_EQ(Find(cache, "a", "x"), -1);
  EXPECT_EQ(cache.GetStats()->objects, 0u);
}

}  // namespace
}  // namespace quarry::ingest
