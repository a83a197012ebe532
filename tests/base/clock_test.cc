#include "base/clock.h"

#include <limits>

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(ClockTest, FormatsUtcSeconds) {
  EXPECT_EQ(FormatIso8601(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatIso8601(1795297003'999999), "2026-11-21T21:36:43Z");
  EXPECT_EQ(FormatIso8601(951782400'000000), "2000-02-29T00:00:00Z");
}

TEST(ClockTest, TimesBefore1970RoundDown) { EXPECT_EQ(FormatIso8601(-1), "1969-12-31T23:59:59Z"); }

TEST(ClockTest, AnyValueCanBeFormatted) {
  EXPECT_EQ(FormatIso8601(std::numeric_limits<int64_t>::max()), "294247-01-10T04:00:54Z");
  EXPECT_THAT(FormatIso8601(std::numeric_limits<int64_t>::min()), ::testing::EndsWith("Z"));
}

TEST(ClockTest, FakeTimeMovesOnlyWhenItIsMoved) {
  FakeClock clock(1'000'000);
  EXPECT_EQ(clock.NowMicros(), 1'000'000);
  clock.Advance(std::chrono::seconds(2));
  EXPECT_EQ(clock.NowMicros(), 3'000'000);
}

TEST(ClockTest, SystemTimeIsNow) {
  const int64_t now = SystemClock().NowMicros();
  EXPECT_GT(now, 1'700'000'000'000'000);  // 2023
  EXPECT_GE(SystemClock().NowMicros(), now);
}

}  // namespace
}  // namespace quarry
