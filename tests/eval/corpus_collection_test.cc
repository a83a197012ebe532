#include "eval/corpus_collection.h"

#include <gtest/gtest.h>

namespace quarry::eval {
namespace {

TEST(CorpusCollection, IsKnownByItsName) {
  EXPECT_EQ(CorpusCollection("valley", 0x2a), "eval-valley-000000000000002a");
  EXPECT_TRUE(IsCorpusCollection(CorpusCollection("valley", 1)));
  EXPECT_TRUE(IsCorpusCollection(CorpusCollection("手册-2", UINT64_MAX)));
}

TEST(CorpusCollection, IsNoneThatSomebodyNamedAlike) {
  for (const char* name : {"default", "eval-", "eval-reports", "eval-reports-2026",
                           "eval-0123456789abcdef", "eval--0123456789abcdeg",
                           "my-eval-valley-000000000000002a", "eval-valley-000000000000002A"}) {
    EXPECT_FALSE(IsCorpusCollection(name)) << name;
  }
}

}  // namespace
}  // namespace quarry::eval
