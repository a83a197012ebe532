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

TEST(ClockTest, IsoTimesAreReadBack) {
  for (const int64_t micros : {int64_t{0}, int64_t{1795297003'000000}, int64_t{951782400'000000}}) {
    EXPECT_EQ(ParseIso8601(FormatIso8601(micros)), micros);
  }
  EXPECT_EQ(ParseIso8601("1970"), 0);
  EXPECT_EQ(ParseIso8601("1970-02"), int64_t{31} * 86'400'000'000);
  EXPECT_EQ(ParseIso8601("1970-01-01 00:01"), 60'000'000);
  EXPECT_EQ(ParseIso8601("1970-01-01T02:00:01.25+02:00"), 1'250'000);
  EXPECT_EQ(ParseIso8601("1969-12-31T23:00:00-0100"), 0);
  EXPECT_EQ(ParseIso8601("2000-02-29"), 951'782'400'000'000);
}

TEST(ClockTest, WhatIsNoIsoTimeIsNone) {
  for (const char* text :
       {"", "19", "1970-", "1970-13", "2001-02-29", "1970-01-01T", "1970-01-01T24:00",
        "1970-01-01T00:00:00.", "1970-01-01T00:00Zulu", "yesterday", "1970-01-01T00:00+1"}) {
    EXPECT_EQ(ParseIso8601(text), std::nullopt) << text;
  }
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
