#pragma once

// What tests share: temporary directories, the data beside the project, the built program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/status.h"

namespace quarry::testing {

// The root of the project's sources.
std::string SourceDirectory();

// The `quarry` program of this build.
std::string QuarryBinary();

// ../shared/data/<path> beside the sources, or $QUARRY_DATA/<path>; nullopt where it is absent.
// Tests that need it say GTEST_SKIP() with the path then.
std::optional<std::string> DataPath(const std::string& path);
// Likewise ../shared/suites/<path>.
std::optional<std::string> SuitePath(const std::string& path);

// The number in the environment variable `name`, else `otherwise`: how much a run by hand does.
uint64_t NumberFromEnvironment(const char* name, uint64_t otherwise);

// Whether it holds within ten seconds.
bool Eventually(const std::function<bool()>& holds);

// A fresh directory, removed when the object goes. Aborts where none can be made.
TemporaryDirectory MakeTemporaryDirectory();

// Writes `text` to directory/name, making folders on the way. Aborts on failure.
void WriteText(const std::string& directory, const std::string& name, const std::string& text);

// A test with a directory of its own.
class FolderTest : public ::testing::Test {
 protected:
  // `name` is relative to the directory.
  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }
  void Write(const std::string& name, const std::string& text) const {
    WriteText(directory_.path(), name, text);
  }

  const TemporaryDirectory directory_ = MakeTemporaryDirectory();
};

// PATH with nothing but this program, a script of /bin/sh, while it lives.
class ScriptedProgram {
 public:
  ScriptedProgram(const std::string& name, const std::string& script);
  ~ScriptedProgram();
  ScriptedProgram(const ScriptedProgram&) = delete;
  ScriptedProgram& operator=(const ScriptedProgram&) = delete;

  // From now on it does this.
  void Become(const std::string& script) const;

 private:
  const TemporaryDirectory directory_;
  const std::string path_;
  const std::string before_;
};

MATCHER(IsOk, "") {
  if (arg.ok()) return true;
  *result_listener << arg.ToString();
  return false;
}

}  // namespace quarry::testing

// For Status.
#define EXPECT_OK(expression) EXPECT_THAT((expression), ::quarry::testing::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT((expression), ::quarry::testing::IsOk())
// For Result: the value, or a fatal failure of the test with the message.
#define ASSERT_OK_AND_ASSIGN(left, expression) \
  ASSERT_OK_AND_ASSIGN_(QUARRY_CONCAT_(test_result_, __LINE__), left, expression)
#define ASSERT_OK_AND_ASSIGN_(result, left, expression)   \
  auto result = (expression);                             \
  ASSERT_TRUE(result.ok()) << result.status().ToString(); \
  left = std::move(result).value()
