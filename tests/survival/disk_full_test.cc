// A disk that is full at many points of a store's life: what does not fit is refused and says so,
// reading goes on, room heals it. At every other point somebody else takes the last byte after a
// commit, so that files are saved, tables flushed and the store opened where there is no room.
// QUARRY_SURVIVAL_FILL_POINTS, QUARRY_SURVIVAL_SEED.

#include <filesystem>
#include <iostream>
#include <sstream>

#include "tests/survival/survival_testing.h"
#include "tests/testing/small_disk.h"

namespace quarry::testing {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kDiskBytes = 8 << 20;

// The lines that begin so.
std::vector<std::string> Lines(const std::string& out, const std::string& beginning) {
  std::vector<std::string> lines;
  std::istringstream stream(out);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(beginning)) lines.push_back(line);
  }
  return lines;
}

TEST(DiskFullTest, AtAnyPointIsToldReadingGoesOnAndRoomHealsIt) {
  const std::optional<std::string> disk = SmallDisk(kDiskBytes);
  if (!disk) return;
  const uint64_t points = NumberFromEnvironment("QUARRY_SURVIVAL_FILL_POINTS", 10);
  const uint64_t seed = NumberFromEnvironment("QUARRY_SURVIVAL_SEED", 1);
  const std::string store = *disk + "/store";
  const std::string ballast = *disk + "/ballast";
  uint64_t refused = 0;
  uint64_t not_saved = 0;
  uint64_t acknowledged = 0;
  for (uint64_t point = 0; point < points; ++point) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", point " + std::to_string(point));
    fs::remove_all(store);
    fs::remove(ballast);
    // From no room at all to room for most of what is done.
    const uint64_t room = 1'600'000 * point / points;
    FillDisk(ballast, room);
    std::map<std::string, std::string> environment = {{"QUARRY_CHILD_CLOSE", "1"}};
    if (point % 2 == 1) environment["QUARRY_CHILD_FILL"] = ballast;
    const QuarryResult run = RunQuarryWith(
        StoreChild({"write", store, std::to_string(seed + point), "60"}, environment));
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
    for (const std::string& line : Lines(run.error, "warning ")) {
      const bool is_of_files =
          line.find(" not saved: ") != line.npos || line.find(" is put off: ") != line.npos;
      not_saved += is_of_files ? 1 : 0;
    }
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
            << " times files were not saved, nothing lost\n";
  EXPECT_GT(refused, 0u);
  EXPECT_GT(not_saved, 0u);
}

}  // namespace
}  // namespace quarry::testing
