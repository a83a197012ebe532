// Token buckets, against times that the test makes up.

#include "server/rate_limit.h"

#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

using std::chrono::seconds;

const TokenBucket::Time kStart{std::chrono::hours(1000)};

std::string HeaderOf(const KeyMeter::Admission& admission, const char* name) {
  const std::string* value = FindHeader(admission.headers, name);
  return value == nullptr ? "" : *value;
}

TEST(TokenBucket, IsFilledEvenlyUpToItsCapacity) {
  TokenBucket bucket(60, seconds(60), kStart);
  bucket.Take(60, kStart);
  EXPECT_EQ(bucket.Level(kStart), 0);
  EXPECT_DOUBLE_EQ(bucket.Level(kStart + seconds(10)), 10);
  EXPECT_DOUBLE_EQ(bucket.Level(kStart + seconds(1000)), 60);
  EXPECT_DOUBLE_EQ(bucket.SecondsUntil(5, kStart), 5);
}

TEST(TokenBucket, WhatIsOwedIsFilledFirst) {
  TokenBucket bucket(60, seconds(60), kStart);
  bucket.Take(90, kStart);
  EXPECT_DOUBLE_EQ(bucket.Level(kStart), -30);
  EXPECT_DOUBLE_EQ(bucket.SecondsUntil(1, kStart), 31);
}

TEST(TokenBucket, ATimeBeforeTheLastOneFillsNothing) {
  TokenBucket bucket(60, seconds(60), kStart);
  bucket.Take(60, kStart);
  EXPECT_EQ(bucket.Level(kStart - seconds(500)), 0);
  bucket.Take(0, kStart - seconds(500));
  EXPECT_EQ(bucket.Level(kStart), 0);
}

TEST(KeyMeter, AdmitsAsManyRequestsAsItsLimitAndSaysWhenThereAreMore) {
  KeyMeter meter({.requests_per_minute = 3}, kStart);
  for (int i = 0; i < 3; ++i) {
    const KeyMeter::Admission admission = meter.Admit(kStart);
    EXPECT_TRUE(admission.admitted);
    EXPECT_EQ(HeaderOf(admission, "x-ratelimit-limit-requests"), "3");
    EXPECT_EQ(HeaderOf(admission, "x-ratelimit-remaining-requests"), std::to_string(2 - i));
  }
  const KeyMeter::Admission refused = meter.Admit(kStart);
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.message, "this key is for 3 requests per minute, and they are used up");
  EXPECT_EQ(refused.retry_seconds, 20u);
  EXPECT_EQ(HeaderOf(refused, "x-ratelimit-reset-requests"), "1m0s");
  EXPECT_EQ(HeaderOf(refused, "x-ratelimit-limit-tokens"), "");
  EXPECT_FALSE(meter.Admit(kStart + seconds(19)).admitted);
  EXPECT_TRUE(meter.Admit(kStart + seconds(20)).admitted);
}

TEST(KeyMeter, ADayIsAQuotaBesideTheMinute) {
  KeyMeter meter({.requests_per_minute = 10, .requests_per_day = 2}, kStart);
  EXPECT_TRUE(meter.Admit(kStart).admitted);
  EXPECT_TRUE(meter.Admit(kStart).admitted);
  const KeyMeter::Admission refused = meter.Admit(kStart + seconds(3600));
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.message, "this key is for 2 requests per day, and they are used up");
  EXPECT_EQ(refused.retry_seconds, 12u * 3600 - 3600);
}

TEST(KeyMeter, TokensAreOwedWhenTheyAreKnown) {
  KeyMeter meter({.tokens_per_minute = 600}, kStart);
  EXPECT_TRUE(meter.Admit(kStart).admitted);
  meter.ChargeTokens(1200, kStart);
  const KeyMeter::Admission refused = meter.Admit(kStart);
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(HeaderOf(refused, "x-ratelimit-remaining-tokens"), "0");
  EXPECT_EQ(refused.retry_seconds, 61u);
  EXPECT_TRUE(meter.Admit(kStart + seconds(61)).admitted);
}

TEST(KeyMeter, TheLimitThatLastsLongestIsSaid) {
  const auto used_up = [](const KeyLimits& limits) {
    KeyMeter meter(limits, kStart);
    EXPECT_TRUE(meter.Admit(kStart).admitted);
    meter.ChargeTokens(1, kStart);
    return meter.Admit(kStart);
  };
  const KeyMeter::Admission day = used_up({.requests_per_minute = 1, .requests_per_day = 1});
  EXPECT_EQ(day.message, "this key is for 1 requests per day, and they are used up");
  EXPECT_EQ(day.retry_seconds, 24u * 3600);
  const KeyMeter::Admission tokens = used_up({.requests_per_minute = 1, .tokens_per_day = 1});
  EXPECT_EQ(tokens.message, "this key is for 1 tokens per day, and they are used up");
  EXPECT_EQ(tokens.retry_seconds, 24u * 3600);
}

TEST(KeyMeter, HeadersAreOfTheLimitWithLessLeft) {
  KeyMeter minute({.requests_per_minute = 2, .requests_per_day = 100}, kStart);
  EXPECT_EQ(HeaderOf(minute.Admit(kStart), "x-ratelimit-limit-requests"), "2");
  KeyMeter day({.requests_per_minute = 100, .requests_per_day = 2}, kStart);
  EXPECT_EQ(HeaderOf(day.Admit(kStart), "x-ratelimit-limit-requests"), "2");
}

TEST(KeyMeter, TokensAreTakenFromNoLimitOfRequests) {
  KeyMeter meter({.requests_per_minute = 2, .tokens_per_minute = 10}, kStart);
  EXPECT_TRUE(meter.Admit(kStart).admitted);
  meter.ChargeTokens(9, kStart);
  const KeyMeter::Admission second = meter.Admit(kStart);
  EXPECT_TRUE(second.admitted);
  EXPECT_EQ(HeaderOf(second, "x-ratelimit-remaining-requests"), "0");
  EXPECT_EQ(HeaderOf(second, "x-ratelimit-remaining-tokens"), "1");
}

TEST(FailureLimiter, BlocksASourceAndNoOther) {
  FailureLimiter limiter;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(limiter.Blocked("a", kStart), 0u);
    limiter.Failed("a", kStart);
  }
  EXPECT_EQ(limiter.Blocked("a", kStart), 6u);
  EXPECT_EQ(limiter.Blocked("b", kStart), 0u);
  EXPECT_EQ(limiter.Blocked("a", kStart + seconds(6)), 0u);
}

TEST(FailureLimiter, RemembersABoundedNumberOfSources) {
  FailureLimiter limiter;
  for (size_t i = 0; i < FailureLimiter::kMostSources + 100; ++i) {
    limiter.Failed("s" + std::to_string(i), kStart);
  }
  for (int i = 0; i < 10; ++i) limiter.Failed("z", kStart);
  EXPECT_GT(limiter.Blocked("z", kStart), 0u);
}

}  // namespace
}  // namespace quarry::server
