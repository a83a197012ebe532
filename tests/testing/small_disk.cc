#include "tests/testing/small_disk.h"

#include <cstdlib>
#include <filesystem>

#include "tests/testing/test_environment.h"

namespace quarry::testing {
namespace {

namespace fs = std::filesystem;

constexpr char kDiskVariable[] = "QUARRY_TEST_SMALL_DISK";

// In the new process the others are not run.
std::string NameOfThisTest() {
  const ::testing::TestInfo* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  return std::string(test->test_suite_name()) + "." + test->name();
}

}  // namespace

std::optional<std::string> SmallDisk(uint64_t bytes) {
  if (const char* disk = std::getenv(kDiskVariable)) return disk;
  const TemporaryDirectory mount_point = MakeTemporaryDirectory();
  const std::string unshare = "unshare --user --map-root-user --mount ";
  const std::string mount =
      "mount -t tmpfs -o size=" + std::to_string(bytes) + " none " + mount_point.path();
  if (std::system((unshare + mount + " > /dev/null 2>&1").c_str()) != 0) {
    [] { GTEST_SKIP() << "no mounting in a user namespace here"; }();
    return std::nullopt;
  }
  const std::string command = unshare + "sh -c '" + mount + " && " + kDiskVariable + "=" +
                              mount_point.path() + " exec " +
                              fs::read_symlink("/proc/self/exe").string() +
                              " --gtest_brief=1 --gtest_filter=" + NameOfThisTest() + "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << "the test on the small disk, above";
  return std::nullopt;
}

}  // namespace quarry::testing
