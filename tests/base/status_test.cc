#include "base/status.h"

#include <memory>
#include <set>

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

constexpr int kCodeCount = static_cast<int>(Code::kInternal) + 1;

TEST(StatusTest, EveryCodeHasARowWithItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i < kCodeCount; ++i) {
    const CodeInfo& info = InfoOf(static_cast<Code>(i));
    EXPECT_EQ(info.code, static_cast<Code>(i));
    EXPECT_EQ(info.exit_code == 0, i == 0);
    EXPECT_EQ(info.http_status == 200, i == 0);
    names.insert(info.name);
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(kCodeCount));
}

TEST(StatusTest, AnnotateBuildsTheMessageOutsideIn) {
  const Status status =
      DataLossError("checksum is wrong").Annotate("manifest").Annotate("open store /x");
  EXPECT_EQ(status.ToString(), "DATA_LOSS: open store /x: manifest: checksum is wrong");
}

TEST(StatusTest, AnnotateLeavesTheOriginalAndOkAlone) {
  const Status original = NotFoundError("no such file");
  EXPECT_EQ(original.Annotate("read").message(), "read: no such file");
  EXPECT_EQ(original.message(), "no such file");
  EXPECT_EQ(OkStatus().Annotate("anything"), OkStatus());
  EXPECT_EQ(OkStatus().ToString(), "OK");
}

TEST(StatusTest, EachMakerMakesItsCode) {
  EXPECT_EQ(InvalidArgumentError("m").code(), Code::kInvalidArgument);
  EXPECT_EQ(NotFoundError("m").code(), Code::kNotFound);
  EXPECT_EQ(AlreadyExistsError("m").code(), Code::kAlreadyExists);
  EXPECT_EQ(FailedPreconditionError("m").code(), Code::kFailedPrecondition);
  EXPECT_EQ(DataLossError("m").code(), Code::kDataLoss);
  EXPECT_EQ(LockedError("m").code(), Code::kLocked);
  EXPECT_EQ(UnavailableError("m").code(), Code::kUnavailable);
  EXPECT_EQ(DeadlineExceededError("m").code(), Code::kDeadlineExceeded);
  EXPECT_EQ(CancelledError("m").code(), Code::kCancelled);
  EXPECT_EQ(ResourceExhaustedError("m").code(), Code::kResourceExhausted);
  EXPECT_EQ(InternalError("m").code(), Code::kInternal);
}

Result<int> Half(int number) {
  if (number % 2 != 0) return InvalidArgumentError(std::to_string(number) + " is odd");
  return number / 2;
}

Result<int> Quarter(int number) {
  QUARRY_ASSIGN_OR_RETURN(const int half, Half(number));
  QUARRY_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

Status CheckQuarter(int number) {
  QUARRY_RETURN_IF_ERROR(Quarter(number).status());
  return OkStatus();
}

TEST(ResultTest, MacrosPassValuesAndErrorsOn) {
  ASSERT_OK_AND_ASSIGN(const int quarter, Quarter(12));
  EXPECT_EQ(quarter, 3);
  EXPECT_EQ(Quarter(6).status(), InvalidArgumentError("3 is odd"));
  EXPECT_EQ(CheckQuarter(7), InvalidArgumentError("7 is odd"));
  EXPECT_EQ(CheckQuarter(8), OkStatus());
}

TEST(ResultTest, HoldsTypesThatOnlyMove) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(**result, 5);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

TEST(ResultDeathTest, ReadingTheValueOfAnErrorAbortsWithItsMessage) {
  const Result<int> result = NotFoundError("no such thing");
  EXPECT_DEATH((void)result.value(), "fatal: .*NOT_FOUND: no such thing");
}

TEST(ResultDeathTest, AnOkStatusIsNoError) {
  EXPECT_DEATH((void)Result<int>{OkStatus()}, "Result made from an ok Status");
}

TEST(StatusDeathTest, AFailedCheckNamesItsCondition) {
  EXPECT_DEATH(QUARRY_CHECK(1 + 1 == 3), "status_test.cc:[0-9]+: check failed: 1 \\+ 1 == 3");
}

}  // namespace
}  // namespace quarry
