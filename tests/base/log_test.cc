#include "base/log.h"

#include <cstdlib>
#include <string>

#include "base/clock.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override { SetLogLevel(LogLevel::kWarning); }

  static std::string LogAtEveryLevel() {
    ::testing::internal::CaptureStderr();
    LogDebug("one");
    LogInfo("two");
    LogWarning("three");
    LogError("four");
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(LogTest, OnlyWarningsAndErrorsAreShownByDefault) {
  EXPECT_EQ(LogAtEveryLevel(), "warning three\nerror four\n");
}

TEST_F(LogTest, LinesBelowTheLevelAreDropped) {
  ::setenv("JOURNAL_STREAM", "8:1", 1);
  SetLogLevel(LogLevel::kDebug);
  EXPECT_EQ(LogAtEveryLevel(), "debug one\ninfo two\nwarning three\nerror four\n");
  SetLogLevel(LogLevel::kInfo);
  EXPECT_EQ(LogAtEveryLevel(), "info two\nwarning three\nerror four\n");
  ::unsetenv("JOURNAL_STREAM");
  SetLogLevel(LogLevel::kError);
  EXPECT_EQ(LogAtEveryLevel(), "error four\n");
  SetLogLevel(LogLevel::kOff);
  EXPECT_EQ(LogAtEveryLevel(), "");
}

TEST_F(LogTest, ALogThatIsKeptHasTheTimeUnlessTheJournalKeepsIt) {
  ::unsetenv("JOURNAL_STREAM");
  SetLogLevel(LogLevel::kInfo);
  ::testing::internal::CaptureStderr();
  LogInfo("two");
  const std::string line = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(line, ::testing::EndsWith("Z info two\n"));
  ASSERT_GT(line.size(), 20U);
  EXPECT_TRUE(ParseIso8601(line.substr(0, line.find(' ')))) << line;
  SetLogLevel(LogLevel::kWarning);
  EXPECT_EQ(LogAtEveryLevel(), "warning three\nerror four\n");
}

TEST_F(LogTest, OneEventIsOneLine) {
  ::testing::internal::CaptureStderr();
  LogError("a\nerror b\r\t\x1B[31m 中文 {} %v");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "error a\\nerror b\\x0d\\t\\x1b[31m 中文 {} %v\n");
}

}  // namespace
}  // namespace quarry
