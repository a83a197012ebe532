// A disk that is full at many points of a store's life, while its derived files are saved among
// them: what does not fit is refused and says so, reading goes on, room heals it. The disk is a
// tmpfs in a user namespace of its own, where the test starts itself again; where that is not
// allowed it is skipped. QUARRY_SURVIVAL_FILL_POINTS, QUARRY_SURVIVAL_SEED.

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/survival/survival_testing.h"

namespace quarry::testing {
namespace {

namespace fs = std::filesystem;

constexpr char kDiskVariable[] = "QUARRY_TEST_SMALL_DISK";
constexpr uint64_t kDiskBytes = 8 << 20;

class DiskFullTest : public ::testing::Test {
 protected:
  // Runs this test again on a small disk.
  void RunOnSmallDisk() {
    const TemporaryDirectory mount_point = MakeTemporaryDirectory();
    const std::string unshare = "unshare --user --map-root-user --mount ";
    const std::string mount =
        "mount -t tmpfs -o size=" + std::to_string(kDiskBytes) + " none " + mount_point.path();
    if (std::system((unshare + mount + " > /dev/null 2>&1").c_str()) != 0) {
      GTEST_SKIP() << "no mounting in a user namespace here";
    }
    const std::string program = fs::read_symlink("/proc/self/exe").string();
    const std::string command = unshare + "sh -c '" + mount + " && " + kDiskVariable + "=" +
                                mount_point.path() + " exec " + program +
                                " --gtest_brief=1 --gtest_filter=DiskFullTest.*'";
    EXPECT_EQ(std::system(command.c_str()), 0);
  }
};

// The lines that begin so.
std::vector<std::string> Lines(const std::string& out, const std::string& beginning) {
  std::vector<std::string> lines;
  std::istringstream stream(out);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(beginning)) lines.push_back(line);
  }
  return lines;
}

TEST_F(DiskFullTest, AtAnyPointIsToldReadingGoesOnAndRoomHealsIt) {
  const char* disk = std::getenv(kDiskVariable);
  if (disk == nullptr) return RunOnSmallDisk();
  const uint64_t points = NumberFromEnvironment("QUARRY_SURVIVAL_FILL_POINTS", 10);
  const uint64_t seed = NumberFromEnvironment("QUARRY_SURVIVAL_SEED", 1);
  const std::string store = std::string(disk) + "/store";
  const std::string ballast = std::string(disk) + "/ballast";
  uint64_t refused = 0;
  uint64_t not_saved = 0;
  uint64_t acknowledged = 0;
  for (uint64_t point = 0; point < points; ++point) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", point " + std::to_string(point));
    fs::remove_all(store);
    fs::remove(ballast);
    // From no room at all to room for most of what is done.
    const uint64_t room = 1'600'000 * point / points;
    std::ofstream(ballast) << std::string(kDiskBytes - room, 'x');
    const QuarryResult run =
        RunQuarryWith(StoreChild({"write", store, std::to_string(seed + point), "60"}));
    ASSERT_TRUE(run.exit_code == 0 || run.exit_code == 2 || run.exit_code == 4)
        << run.exit_code << run.out << run.error;
    for (const char* beginning : {"refused ", "closed "}) {
      for (const std::string& line : Lines(run.out, beginning)) {
        ++refused;
        EXPECT_TRUE(line.find("disk full") != line.npos ||
                    line.find("No space left on device") != line.npos)
            << line;
      }
    }
    not_saved += Lines(run.error, "warning").size();
    Ledger ledger{Sight()};
    ledger.Read(run.out);
    acknowledged += ledger.acknowledged();

    // Reading, while it is full.
    const QuarryResult full = RunQuarryWith(StoreChild({"look", store}));
    if (full.exit_code == 0) {
      EXPECT_EQ(ledger.Compare(ParseSight(full.out)), "") << run.out;
    } else {
      EXPECT_EQ(ledger.acknowledged(), 0u) << full.out << run.out;
    }
    fs::remove(ballast);
    const QuarryResult healed = RunQuarryWith(StoreChild({"write", store, "3", "20"}));
    ASSERT_EQ(healed.exit_code, 0) << healed.out << healed.error << run.out;
    EXPECT_EQ(ledger.Compare(ParseSight(healed.out.substr(0, healed.out.find('\n')))), "")
        << run.out;
    EXPECT_THAT(Lines(healed.out, "refused"), ::testing::IsEmpty());
    const QuarryResult verified = RunQuarryWith(StoreChild({"look", store}));
    ASSERT_EQ(verified.exit_code, 0) << verified.out;
    EXPECT_EQ(ParseSight(verified.out).problems, "");
  }
  std::cout << "full at " << points << " points (seed " << seed << "): " << acknowledged
            << " calls acknowledged, " << refused << " refused, " << not_saved
            << " warnings, nothing lost\n";
  EXPECT_GT(refused, 0u);
}

}  // namespace
}  // namespace quarry::testing
