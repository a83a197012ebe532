#include "model/spending.h"

#include <thread>
#include <vector>

#include "base/file.h"
#include "model/model_cost.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int64_t kDayMicros = int64_t{24} * 3600 * 1'000'000;

TEST(SpendingFileTest, WhatADayCostIsKeptAndTheNextDayBeginsAnew) {
  const auto directory = testing::MakeTemporaryDirectory();
  const std::string path = directory.path() + "/spending";
  SpendingFile first(path);
  EXPECT_EQ(first.Spent(100).value(), 0);
  EXPECT_DOUBLE_EQ(first.Add(100, 1.25).value(), 1.25);
  SpendingFile second(path);
  EXPECT_DOUBLE_EQ(second.Add(100, 0.5).value(), 1.75);
  EXPECT_DOUBLE_EQ(first.Spent(100).value(), 1.75);
  EXPECT_DOUBLE_EQ(first.Spent(99).value(), 1.75) << "a clock that is set back opens no second day";
  EXPECT_EQ(second.Spent(101).value(), 0);
}

TEST(SpendingFileTest, NothingIsLostWhereManySpendAtOnce) {
  const auto directory = testing::MakeTemporaryDirectory();
  const std::string path = directory.path() + "/spending";
  SpendingFile files[2] = {SpendingFile(path), SpendingFile(path)};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) EXPECT_OK(files[t % 2].Add(7, 0.01).status());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_NEAR(files[0].Spent(7).value(), 1.0, 1e-9);
}

TEST(SpendingFileTest, DamageIsNamedAndNotForgotten) {
  const auto directory = testing::MakeTemporaryDirectory();
  const std::string path = directory.path() + "/spending";
  ASSERT_OK(WriteFileAtomically(path, "quarry-spending 1 5 x\n"));
  SpendingFile file(path);
  const Status damaged = file.Spent(5).status();
  EXPECT_EQ(damaged.code(), Code::kDataLoss);
  EXPECT_THAT(damaged.message(), StartsWith(path + ": damaged; expected \"quarry-spending 1 DAY"));
  SpendingFile nowhere(directory.path() + "/none/spending");
  EXPECT_THAT(nowhere.Spent(5).status().message(), HasSubstr("cannot be opened: No such file"));
}

TEST(BudgetTest, TheDayOfAllProcessesTogetherIsLimited) {
  const auto directory = testing::MakeTemporaryDirectory();
  SpendingFile here(directory.path() + "/spending");
  SpendingFile there(directory.path() + "/spending");
  Budget ours({.per_day = 1}, &here);
  Budget theirs({.per_day = 1}, &there);
  const int64_t now = 20'000 * kDayMicros;
  ours.Reserve(0.9, 0, now).value().Settle(0.8, now);
  const Status refused = theirs.Reserve(0.3, 0, now).status();
  EXPECT_EQ(refused.code(), Code::kResourceExhausted);
  EXPECT_THAT(refused.message(), StartsWith("chat.day_budget: 0.8 spent today"));
  EXPECT_OK(theirs.Reserve(0.1, 0, now).status());
  EXPECT_OK(theirs.Reserve(0.9, 0, now + kDayMicros).status()) << "tomorrow";
}

}  // namespace
}  // namespace quarry::model
