// A disk that fills up: a tmpfs of a few megabytes, mounted in a user namespace of its own. The
// test starts itself there; where that is not allowed it is skipped.

#include <sys/wait.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "base/random.h"
#include "index/rocks_store.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

namespace fs = std::filesystem;
using Rows = std::map<std::string, std::string>;

constexpr char kDiskVariable[] = "QUARRY_TEST_SMALL_DISK";

// Runs this one test again with a small disk in $QUARRY_TEST_SMALL_DISK. 125: there is none to be
// had.
int RunOnSmallDisk(const std::string& mount_point, const std::string& test) {
  const std::string program = fs::read_symlink("/proc/self/exe").string();
  const std::string command =
      "unshare --user --map-root-user --mount sh -c 'mount -t tmpfs -o size=8m none " +
      mount_point + " || exit 125; exec " + program + " --gtest_brief=1 --gtest_filter=" + test +
      "' || exit $?";
  ::setenv(kDiskVariable, mount_point.c_str(), 1);
  const int status = std::system(("(" + command + ") 2>&1").c_str());
  ::unsetenv(kDiskVariable);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool CanMount(const std::string& mount_point) {
  return std::system(("unshare --user --map-root-user --mount mount -t tmpfs none " + mount_point +
                      " > /dev/null 2>&1")
                         .c_str()) == 0;
}

class Filler {
 public:
  explicit Filler(const std::string& directory) : directory_(directory) { Open(); }

  void Open() {
    RocksStoreOptions options;
    options.write_buffer_bytes = 256 << 10;
    store_.reset();
    auto opened = OpenRocksStore(directory_, options);
    ASSERT_OK(opened.status());
    store_ = std::move(opened).value();
  }

  // The next batch: two keys that must come and go together.
  Status Write(size_t size) {
    std::string value(size, '\0');
    for (char& c : value) c = static_cast<char>(random_.Next());
    const std::string number = std::to_string(next_++);
    WriteBatch batch;
    batch.Put("a" + number, value);
    batch.Put("b" + number, value);
    Status status = store_->Write(batch);
    if (status.ok()) {
      acknowledged_["a" + number] = value;
      acknowledged_["b" + number] = value;
    }
    return status;
  }

  void ExpectExactlyWhatWasAcknowledged() {
    Rows rows;
    EXPECT_OK(store_->GetView()->Scan("", [&](auto key, auto value) {
      rows.emplace(key, value);
      return true;
    }));
    EXPECT_TRUE(rows == acknowledged_) << rows.size() << " rows, " << acknowledged_.size();
  }

  void Close() { store_.reset(); }
  Store& store() { return *store_; }

 private:
  const std::string directory_;
  std::unique_ptr<Store> store_;
  Random random_{1};
  uint64_t next_ = 0;
  Rows acknowledged_;
};

TEST(DiskFull, WritesAreRefusedReadsGoOnAndFreedSpaceHealsIt) {
  const char* disk = std::getenv(kDiskVariable);
  if (disk == nullptr) {
    const TemporaryDirectory mount_point = testing::MakeTemporaryDirectory();
    if (!CanMount(mount_point.path())) GTEST_SKIP() << "no mounting in a user namespace here";
    EXPECT_EQ(RunOnSmallDisk(mount_point.path(),
                             "DiskFull.WritesAreRefusedReadsGoOnAndFreedSpaceHealsIt"),
              0);
    return;
  }
  const std::string root = disk;
  const std::string directory = root + "/store";
  const size_t size = 5'000;
  std::ofstream(root + "/ballast") << std::string(2 << 20, 'x');
  Filler filler(directory);
  Status status;
  while ((status = filler.Write(size)).ok()) {
  }
  EXPECT_EQ(status.code(), Code::kResourceExhausted) << status.ToString();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(filler.Write(size).code(), Code::kResourceExhausted);
  filler.ExpectExactlyWhatWasAcknowledged();
  EXPECT_OK(filler.store().VerifyChecksums());

  fs::remove(root + "/ballast");
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!(status = filler.Write(10)).ok() && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_OK(status);
  filler.ExpectExactlyWhatWasAcknowledged();
  const TemporaryDirectory elsewhere = testing::MakeTemporaryDirectory();
  const std::string crashed = elsewhere.path() + "/crashed";
  fs::copy(directory, crashed);
  fs::remove(crashed + "/LOCK");
  EXPECT_OK(OpenRocksStore(crashed).status());
  filler.Open();
  filler.ExpectExactlyWhatWasAcknowledged();

  // Full again, and left like that.
  while ((status = filler.Write(size)).ok()) {
  }
  EXPECT_EQ(status.code(), Code::kResourceExhausted) << status.ToString();
  filler.Close();
  RocksStoreOptions read_only;
  read_only.read_only = true;
  EXPECT_OK(OpenRocksStore(directory, read_only).status());
  const Status reopened = OpenRocksStore(directory).status();
  EXPECT_TRUE(reopened.ok() || reopened.code() == Code::kResourceExhausted) << reopened.ToString();
}

}  // namespace
}  // namespace quarry::index
