// What a directory is, before a store is opened there, and whether its disk has room.

#include "index/store_directory.h"

#include <limits>

#include "index/rocks_store.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

using ::testing::HasSubstr;

using StoreDirectoryTest = testing::FolderTest;

TEST_F(StoreDirectoryTest, APathThatNothingCanHaveIsSaid) {
  const Status status = OpenRocksStore(Path(std::string(300, 'a')), {}).status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("open store " + directory_.path()));
  EXPECT_THAT(status.message(), HasSubstr("File name too long"));
}

TEST_F(StoreDirectoryTest, RoomIsWhatTheFloorLeaves) {
  constexpr uint64_t kAll = std::numeric_limits<uint64_t>::max();
  EXPECT_OK(CheckFreeSpace(Path("."), 1, 0));
  for (const auto& [bytes, floor] : {std::pair<uint64_t, uint64_t>{kAll, 1}, {1, kAll}}) {
    const Status status = CheckFreeSpace(Path("."), bytes, floor);
    EXPECT_EQ(status.code(), Code::kResourceExhausted);
    EXPECT_THAT(status.message(), HasSubstr("disk full: " + Path(".") + " has "));
  }
  // Of what is not there nothing is known: the write itself tells.
  EXPECT_OK(CheckFreeSpace(Path("none"), kAll, kAll));
}

}  // namespace
}  // namespace quarry::index
