#include "server/troubles.h"

#include <algorithm>
#include <string>

#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

size_t LinesIn(const std::string& log) {
  return static_cast<size_t>(std::count(log.begin(), log.end(), '\n'));
}

TEST(Troubles, AreLoggedOnceEachAndThePauseDoubles) {
  Troubles troubles(milliseconds(5));
  const Status full = ResourceExhaustedError("the disk is full: 3 KiB free");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(troubles.Add("upload a", full), milliseconds(5));
  EXPECT_EQ(troubles.Add("upload a", full), milliseconds(10));
  EXPECT_EQ(troubles.Add("upload a", ResourceExhaustedError("the disk is full: 2 KiB free")),
            milliseconds(20))
      << "other words, the same trouble";
  const std::string first = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(LinesIn(first), 1u) << first;
  EXPECT_THAT(first, HasSubstr("upload a is tried again"));
  EXPECT_THAT(first, HasSubstr("3 KiB free"));
  EXPECT_EQ(troubles.Of("upload a"), "the disk is full: 2 KiB free") << "as it is now";
  EXPECT_EQ(troubles.Of("upload b"), "");

  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 20; ++i) troubles.Add("upload a", full);
  EXPECT_EQ(troubles.Add("upload a", full), milliseconds(5 * 12)) << "no longer than that";
  EXPECT_EQ(troubles.Add("upload b", full), milliseconds(5)) << "each has its own";
  troubles.Add("upload a", UnavailableError("the model cannot be reached"));
  const std::string second = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(LinesIn(second), 2u) << second;

  troubles.End("upload a");
  EXPECT_EQ(troubles.Of("upload a"), "");
  EXPECT_EQ(troubles.Add("upload a", full), milliseconds(5));
}

}  // namespace
}  // namespace quarry::server
