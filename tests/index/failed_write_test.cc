// A log that cannot be written, as on a disk that breaks: by a limit on the size of files.

#include <sys/resource.h>

#include <csignal>

#include "index/rocks_store.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

using ::testing::HasSubstr;

// No file of this process grows beyond `bytes` while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(uint64_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    QUARRY_CHECK(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    QUARRY_CHECK(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileSizeLimit() {
    QUARRY_CHECK(::setrlimit(RLIMIT_FSIZE, &before_) == 0);
    std::signal(SIGXFSZ, signal_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_ = {};
  void (*signal_)(int);
};

class FailedWriteTest : public testing::FolderTest {
 protected:
  void Open() {
    store_.reset();
    store_ = OpenRocksStore(Path("store"), {}).value();
  }
  Status Put(const std::string& key, const std::string& value) {
    WriteBatch batch;
    batch.Put(key, value);
    return store_->Write(batch);
  }
  // Larger than the limit that the tests set.
  Status PutMuch(const std::string& key) { return Put(key, std::string(1 << 20, 'x')); }
  std::string Keys() {
    std::string keys;
    EXPECT_OK(store_->GetView()->Scan("", [&](std::string_view key, std::string_view) {
      keys += std::string(key) + ' ';
      return true;
    }));
    return keys;
  }

  static constexpr uint64_t kLimit = 256 << 10;
  std::unique_ptr<Store> store_;
};

// With a log that ends nobody knows where nothing may go on; a disk that is merely full is another matter
// (disk_full_test.cc).
TEST_F(FailedWriteTest, StandsUntilTheStoreIsOpenedAgain) {
  std::string kept;  // the keys, in their order
  for (const std::string& before :
       {std::string(), std::string("a")}) {  // what is in memory when the write fails
    Open();
    if (!before.empty()) {
      ASSERT_OK(Put(before, "1"));
      kept = before + ' ' + kept;
    }
    {
      const FileSizeLimit limit(kLimit);
      const Status failed = PutMuch("failed");
      EXPECT_EQ(failed.code(), Code::kUnavailable);
      EXPECT_THAT(failed.message(), HasSubstr("write store: IO error: "));
    }
    for (int i = 0; i < 2; ++i) {
      const Status refused = Put("refused", "1");
      EXPECT_EQ(refused.code(), Code::kUnavailable);
      EXPECT_THAT(refused.message(), HasSubstr("write store: refused until it is opened again: "));
    }
    EXPECT_EQ(Keys(), kept);
    Open();
    EXPECT_EQ(Keys(), kept);
    const std::string after = before.empty() ? "y" : "z";
    EXPECT_OK(Put(after, "1"));
    kept += after + ' ';
    EXPECT_EQ(Keys(), kept);
  }
}

}  // namespace
}  // namespace quarry::index
