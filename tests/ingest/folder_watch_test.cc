#include "ingest/folder_watch.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/testing/test_environment.h"

namespace quarry::ingest {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class FolderWatchTest : public ::testing::Test {
 protected:
  FolderWatchTest() { EXPECT_TRUE(watch_.Follow({root()}).value()); }

  const std::string& root() const { return directory_.path(); }
  void Write(const std::string& relative) { std::ofstream(root() + "/" + relative) << "text"; }
  // Whether something is said to have changed, waiting for it no longer than needed.
  bool Changed(milliseconds time = milliseconds(5000)) {
    const Status status = watch_.Wait(CallContext::WithTimeout(time));
    EXPECT_TRUE(status.ok() || status.code() == Code::kDeadlineExceeded) << status.ToString();
    return status.ok();
  }
  bool IsQuiet() { return !Changed(milliseconds(350)); }

  TemporaryDirectory directory_ = quarry::testing::MakeTemporaryDirectory();
  FolderWatch watch_ = FolderWatch::Create().value();
};

TEST_F(FolderWatchTest, EveryKindOfChangeIsOneAndReadingIsNone) {
  Write("a.md");
  EXPECT_TRUE(Changed());
  std::ofstream(root() + "/a.md", std::ios::app) << "more";
  EXPECT_TRUE(Changed());
  fs::rename(root() + "/a.md", root() + "/b.md");
  EXPECT_TRUE(Changed());
  fs::permissions(root() + "/b.md", fs::perms::owner_read);
  EXPECT_TRUE(Changed());
  fs::create_directory(root() + "/sub");
  EXPECT_TRUE(Changed());
  std::string word;
  std::ifstream(root() + "/b.md") >> word;
  EXPECT_TRUE(IsQuiet());
  fs::remove(root() + "/b.md");
  EXPECT_TRUE(Changed());
}

TEST_F(FolderWatchTest, HiddenFilesDoNotCountButIgnoreFilesDo) {
  Write(".a.md.swp");
  EXPECT_TRUE(IsQuiet());
  Write(".quarryignore");
  EXPECT_TRUE(Changed());
}

TEST_F(FolderWatchTest, FollowsTheFoldersItIsGivenAndNoOthers) {
  fs::create_directory(root() + "/sub");
  EXPECT_TRUE(Changed());
  EXPECT_TRUE(watch_.Follow({root(), root() + "/sub"}).value());
  EXPECT_FALSE(watch_.Follow({root(), root() + "/sub"}).value());
  Write("sub/a.md");
  EXPECT_TRUE(Changed());
  EXPECT_FALSE(watch_.Follow({root()}).value());
  Write("sub/b.md");
  EXPECT_TRUE(IsQuiet());
  EXPECT_TRUE(watch_.Follow({root(), root() + "/gone"}).value());
}

TEST_F(FolderWatchTest, ManyChangesAtOnceAreOneAndThoseThatGoOnAreNotWaitedForForever) {
  std::jthread writer([&](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      Write(std::to_string(i % 10) + ".md");
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(Changed());
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(1500));
  writer.request_stop();
  writer.join();
  Changed(milliseconds(1000));  // by what was written since, if there was more
  EXPECT_TRUE(IsQuiet());
}

TEST_F(FolderWatchTest, AnOverflowOfTheQueueIsAChange) {
  size_t limit = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> limit;
  if (limit == 0 || limit > 100'000) GTEST_SKIP() << "a queue of " << limit << " events";
  // Hidden ones: only the overflow itself counts.
  Write(".a0");
  Write(".a1");
  for (size_t i = 0; i < limit; ++i) {
    fs::last_write_time(root() + "/.a" + std::to_string(i % 2), fs::file_time_type::clock::now());
  }
  EXPECT_TRUE(Changed());
  EXPECT_TRUE(IsQuiet());
}

TEST_F(FolderWatchTest, ACancelledCallerIsToldSoon) {
  CallContext context;
  std::jthread canceller([&] {
    std::this_thread::sleep_for(milliseconds(50));
    context.cancel.Cancel();
  });
  EXPECT_EQ(watch_.Wait(context).code(), Code::kCancelled);
}

}  // namespace
}  // namespace quarry::ingest
