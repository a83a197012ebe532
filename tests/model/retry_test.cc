#include "model/retry.h"

#include <gtest/gtest.h>

#include "model/model_cost.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;
using Time = std::chrono::steady_clock::time_point;

TEST(RetryTest, DelaysDoubleWithJitterUpToTheLongestAndEnd) {
  const RetryOptions options{.attempts = 6, .initial = 100ms, .longest = 1000ms};
  Random random(7);
  int64_t whole = 100;
  for (uint32_t attempt = 1; attempt < 6; ++attempt) {
    const auto delay = RetryDelay(options, attempt, std::nullopt, random);
    ASSERT_TRUE(delay);
    EXPECT_GE(delay->count(), whole / 2);
    EXPECT_LE(delay->count(), whole);
    whole = std::min<int64_t>(2 * whole, 1000);
  }
  EXPECT_EQ(RetryDelay(options, 6, std::nullopt, random), std::nullopt);
  Random same_a(3);
  Random same_b(3);
  EXPECT_EQ(RetryDelay(options, 2, {}, same_a), RetryDelay(options, 2, {}, same_b));
}

TEST(RetryTest, WhatTheUpstreamAsksForIsTheLeast) {
  const RetryOptions options{.attempts = 3, .initial = 100ms, .longest_asked = 10s};
  Random random(1);
  EXPECT_EQ(RetryDelay(options, 1, 5s, random), 5s);
  EXPECT_GE(RetryDelay(options, 1, 0s, random), 50ms);
  EXPECT_EQ(RetryDelay(options, 1, 11s, random), std::nullopt);
}

TEST(RetryTest, RetryAfterIsSecondsOrADate) {
  EXPECT_EQ(ParseRetryAfter("7", 0), 7s);
  EXPECT_EQ(ParseRetryAfter(" 0 ", 0), 0s);
  // 784111777 = Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", 784111777 - 5), 5s);
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", 784111777 + 5), 0s);
  for (const char* none : {"", "-1", "soon", "7s", "1.5"}) {
    EXPECT_EQ(ParseRetryAfter(none, 0), std::nullopt) << none;
  }
  EXPECT_GT(ParseRetryAfter("99999999999999999999999", 0), 1000h);
}

TEST(CircuitBreakerTest, OpensAfterFailuresInARowAndLetsOneTry) {
  CircuitBreaker breaker({.failures = 3, .open_for = 10s});
  const Time start{};
  const auto fail = [&](Time now) {
    auto call = breaker.Begin(now);
    ASSERT_TRUE(call);
    call->Failed(now);
  };
  for (int i = 0; i < 2; ++i) fail(start);
  breaker.Begin(start)->Succeeded();  // the row is broken
  for (int i = 0; i < 3; ++i) fail(start);
  EXPECT_TRUE(breaker.is_open(start + 9s));
  EXPECT_FALSE(breaker.Begin(start + 9s));
  {
    const auto trial = breaker.Begin(start + 10s);
    EXPECT_TRUE(trial);
    EXPECT_FALSE(breaker.Begin(start + 10s)) << "one tries, the others wait for what it finds";
  }  // cancelled: the next may try
  fail(start + 10s);
  EXPECT_FALSE(breaker.Begin(start + 19s));
  breaker.Begin(start + 20s)->Succeeded();
  EXPECT_FALSE(breaker.is_open(start + 20s));
}

TEST(CircuitBreakerTest, ACallFromBeforeDoesNotEndTheTrialOfAnother) {
  CircuitBreaker breaker({.failures = 1, .open_for = 10s});
  const Time start{};
  auto stale = breaker.Begin(start);
  auto failing = breaker.Begin(start);
  breaker.Begin(start)->Failed(start);
  const auto trial = breaker.Begin(start + 10s);
  ASSERT_TRUE(trial);
  stale.reset();
  EXPECT_FALSE(breaker.Begin(start + 10s));
  failing->Failed(start);
  EXPECT_FALSE(breaker.Begin(start + 10s));
}

TEST(RateLimiterTest, CallsAreSpreadOverTheMinute) {
  RateLimiter limiter(60);  // one a second
  const Time start{};
  EXPECT_EQ(limiter.Take(start, 1h), 0ms);
  EXPECT_EQ(limiter.Take(start, 1h), 1000ms);
  EXPECT_EQ(limiter.Take(start, 2000ms), 2000ms);
  EXPECT_EQ(limiter.Take(start + 10s, 1h), 0ms);
  EXPECT_EQ(limiter.Take(start + 10s, 1h), 1000ms) << "no more than a second's worth is saved up";
  RateLimiter none(0);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(none.Take(start, 0ms), 0ms);
}

TEST(RateLimiterTest, CallsThatAreNotMadeDelayNobody) {
  RateLimiter limiter(60);
  const Time start{};
  EXPECT_EQ(limiter.Take(start, 0ms), 0ms);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limiter.Take(start, 999ms), std::nullopt);
  EXPECT_EQ(limiter.Take(start, 1000ms), 1000ms);
  limiter.Return();
  EXPECT_EQ(limiter.Take(start, 1000ms), 1000ms);
  for (int i = 0; i < 100; ++i) limiter.Return();
  EXPECT_EQ(limiter.Take(start, 0ms), 0ms);
  EXPECT_EQ(limiter.Take(start, 1000ms), 1000ms) << "what comes back fills no more than the burst";
}

TEST(PriceTableTest, TheExactNameThenTheLongestPrefixCounts) {
  const PriceTable table =
      PriceTable::Parse({"gpt-4o=2.5/10", "gpt-4o-mini*=0.15/0.6", "gpt-*=1/2", "a=b=3/4"}).value();
  EXPECT_DOUBLE_EQ(table.Of("gpt-4o").completion, 10);
  EXPECT_DOUBLE_EQ(table.Of("gpt-4o-mini-2024").prompt, 0.15);
  EXPECT_DOUBLE_EQ(table.Of("gpt-5").completion, 2);
  EXPECT_DOUBLE_EQ(table.Of("a=b").prompt, 3);
  EXPECT_DOUBLE_EQ(table.Of("llama").prompt, 0);
  EXPECT_DOUBLE_EQ(table.CostOf("gpt-4o", {.prompt_tokens = 1000, .completion_tokens = 100}),
                   0.0035);
  for (const char* wrong : {"x", "x=1", "x=1/", "x=a/1", "=1/2", "x=-1/2"}) {
    EXPECT_THAT(PriceTable::Parse({wrong}).status().message(),
                HasSubstr("expected MODEL=PROMPT/COMPLETION"))
        << wrong;
  }
}

TEST(BudgetTest, ARequestAndADayHaveTheirLimits) {
  constexpr int64_t kDay = int64_t{24} * 3600 * 1'000'000;
  Budget budget({.per_request = 1, .per_day = 3});
  EXPECT_OK(budget.Reserve(1, 0, kDay).status());
  EXPECT_THAT(budget.Reserve(0.6, 0.5, kDay).status().message(),
              HasSubstr("chat.request_budget: 0.5 spent"));
  budget.Reserve(1, 0, kDay).value().Settle(2.5, kDay);
  EXPECT_OK(budget.Reserve(0.5, 0, kDay + 1).status());
  const Status over = budget.Reserve(0.6, 0, kDay + 1).status();
  EXPECT_EQ(over.code(), Code::kResourceExhausted);
  EXPECT_THAT(over.message(), HasSubstr("chat.day_budget: 2.5 spent today, a call may cost 0.6"));
  EXPECT_FALSE(budget.Reserve(0.6, 0, kDay / 2).ok()) << "a clock set back opens no new day";
  EXPECT_FALSE(budget.Reserve(0.6, 0, kDay).ok()) << "nor does one that is set right again";
  EXPECT_OK(budget.Reserve(0.6, 0, 2 * kDay).status());
  EXPECT_DOUBLE_EQ(budget.SpentToday(2 * kDay), 0);
}

TEST(BudgetTest, WhatRunningCallsMayCostIsHeldBackUntilTheyEnd) {
  Budget budget({.per_day = 3});
  {
    auto first = budget.Reserve(2, 0, 1).value();
    EXPECT_THAT(budget.Reserve(2, 0, 1).status().message(),
                HasSubstr("chat.day_budget: 0 spent today, calls that run may cost 2"));
    first.Settle(0.5, 1);
  }
  { const auto second = budget.Reserve(2, 0, 1).value(); }  // ended without a word
  EXPECT_OK(budget.Reserve(2.5, 0, 1).status());
  EXPECT_DOUBLE_EQ(budget.SpentToday(1), 0.5);
}

}  // namespace
}  // namespace quarry::model
