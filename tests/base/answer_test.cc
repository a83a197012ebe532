#include "base/answer.h"

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(AnswerTest, EverySupportHasAName) {
  EXPECT_STREQ(SupportName(Support::kSupported), "supported");
  EXPECT_STREQ(SupportName(Support::kUnsupported), "unsupported");
  EXPECT_STREQ(SupportName(Support::kUnchecked), "unchecked");
}

TEST(AnswerTest, AFreshAnswerClaimsNothing) {
  const Answer answer;
  EXPECT_EQ(answer.verdict.label, Support::kUnchecked);
  EXPECT_FALSE(answer.abstained);
  EXPECT_TRUE(answer.citations.empty());
}

}  // namespace
}  // namespace quarry
