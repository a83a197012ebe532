#include "base/query.h"

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(QueryTest, SearchModesRoundTripThroughTheirNames) {
  for (const SearchMode mode : {SearchMode::kHybrid, SearchMode::kDense, SearchMode::kLexical}) {
    ASSERT_OK_AND_ASSIGN(const SearchMode parsed, ParseSearchMode(SearchModeName(mode)));
    EXPECT_EQ(parsed, mode);
  }
}

TEST(QueryTest, AnUnknownModeIsNamedWithTheKnownOnes) {
  EXPECT_EQ(ParseSearchMode("Dense").status(),
            InvalidArgumentError(
                "unknown search mode \"Dense\"; expected one of hybrid, dense, lexical"));
}

TEST(QueryTest, AFreshQueryIsHybridUnfilteredAndUnrestricted) {
  const Query query;
  EXPECT_EQ(query.mode, SearchMode::kHybrid);
  EXPECT_TRUE(query.filter.IsTrue());
  EXPECT_TRUE(query.principals.unrestricted);
}

}  // namespace
}  // namespace quarry
