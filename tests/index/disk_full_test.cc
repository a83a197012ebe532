// A disk that fills up: a tmpfs of a few megabytes.

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "base/random.h"
#include "index/derived_files.h"
#include "index/rocks_store.h"
#include "index/spill_file.h"
#include "tests/index/index_testing.h"
#include "tests/testing/small_disk.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

namespace fs = std::filesystem;
using DiskRows = std::map<std::string, std::string>;

// Writes batches of two keys that must come and go together, and knows what was acknowledged: the
// first so many, whose values follow from their numbers.
class Filler {
 public:
  explicit Filler(std::string directory, uint64_t acknowledged = 0)
      : directory_(std::move(directory)), acknowledged_(acknowledged) {
    RocksStoreOptions options;
    options.write_buffer_bytes = 256 << 10;
    options.min_free_bytes = 0;
    auto opened = OpenRocksStore(directory_, options);
    EXPECT_OK(opened.status());
    if (opened.ok()) store_ = std::move(opened).value();
  }

  bool open() const { return store_ != nullptr; }
  uint64_t acknowledged() const { return acknowledged_; }
  Store& store() { return *store_; }

  Status Write() {
    const std::string number = std::to_string(acknowledged_);
    const std::string value = Value(acknowledged_);
    WriteBatch batch;
    batch.Put("a" + number, value);
    batch.Put("b" + number, value);
    Status status = store_->Write(batch);
    if (status.ok()) ++acknowledged_;
    return status;
  }

  // Writes until the disk is full and stays so: a flush or a compaction that ends may give room for
  // a few more. Whatever is refused must be refused for that reason.
  void Fill() {
    for (int refused = 0; refused < 10;) {
      const Status status = Write();
      refused = status.ok() ? 0 : refused + 1;
      if (status.ok()) continue;
      ASSERT_EQ(status.code(), Code::kResourceExhausted) << status.ToString();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  void ExpectExactlyWhatWasAcknowledged() {
    DiskRows rows;
    EXPECT_OK(store_->GetView()->Scan("", [&](auto key, auto value) {
      rows.emplace(key, value);
      return true;
    }));
    DiskRows expected;
    for (uint64_t i = 0; i < acknowledged_; ++i) {
      expected["a" + std::to_string(i)] = expected["b" + std::to_string(i)] = Value(i);
    }
    EXPECT_TRUE(rows == expected) << rows.size() << " rows, " << expected.size();
  }

 private:
  static std::string Value(uint64_t number) {
    Random random(number + 1);
    std::string value(5'000, '\0');
    for (char& c : value) c = static_cast<char>(random.Next());
    return value;
  }

  const std::string directory_;
  uint64_t acknowledged_;
  std::unique_ptr<Store> store_;
};

// Fills the disk, frees some of it, and goes on writing.
void FillAndHeal(Filler& filler, const std::string& ballast) {
  ASSERT_TRUE(filler.open());
  filler.Fill();
  filler.ExpectExactlyWhatWasAcknowledged();
  EXPECT_OK(filler.store().VerifyChecksums());

  fs::remove(ballast);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  Status status;
  while (!(status = filler.Write()).ok() && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_OK(status);
  filler.ExpectExactlyWhatWasAcknowledged();
}

TEST(DiskFull, WritesAreRefusedReadsGoOnAndFreedSpaceHealsIt) {
  const std::optional<std::string> disk = testing::SmallDisk(8 << 20);
  if (!disk) return;
  const std::string directory = *disk + "/store";
  const std::string ballast = *disk + "/ballast";
  const TemporaryDirectory elsewhere = testing::MakeTemporaryDirectory();
  const std::string report = elsewhere.path() + "/acknowledged";
  std::ofstream(ballast) << std::string(2 << 20, 'x');

  // A process that meets the full disk, and once it is well again is killed.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Filler filler(directory);
    FillAndHeal(filler, ballast);
    std::ofstream(report) << filler.acknowledged() << std::flush;
    if (::testing::Test::HasFailure()) ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  int ended = 0;
  ASSERT_EQ(::waitpid(child, &ended, 0), child);
  ASSERT_TRUE(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL) << ended;
  uint64_t acknowledged = 0;
  ASSERT_TRUE(std::ifstream(report) >> acknowledged);
  EXPECT_GT(acknowledged, 20u);
  {
    Filler filler(directory, acknowledged);
    ASSERT_TRUE(filler.open());
    filler.ExpectExactlyWhatWasAcknowledged();
    // Full again, and left like that.
    filler.Fill();
  }
  RocksStoreOptions read_only;
  read_only.read_only = true;
  EXPECT_OK(OpenRocksStore(directory, read_only).status());
  const Status reopened = OpenRocksStore(directory).status();
  EXPECT_TRUE(reopened.ok() || reopened.code() == Code::kResourceExhausted) << reopened.ToString();
}

// Ends the process where a test would wait for ever; no longer than the test runs.
class ScopedAlarm {
 public:
  explicit ScopedAlarm(unsigned seconds) { ::alarm(seconds); }
  ~ScopedAlarm() { ::alarm(0); }
  ScopedAlarm(const ScopedAlarm&) = delete;
  ScopedAlarm& operator=(const ScopedAlarm&) = delete;
};

// Each closing adds a table at level 0, from 19 on RocksDB has flushes wait by default until they are
// merged, and there is no room for that.
TEST(DiskFull, AStoreClosesThoughItsTablesCannotBeMerged) {
  const std::optional<std::string> disk = testing::SmallDisk(32 << 20);
  if (!disk) return;
  const ScopedAlarm alarm(100);
  const std::string directory = *disk + "/store";
  RocksStoreOptions options;
  options.write_buffer_bytes = 1 << 20;
  options.min_free_bytes = 0;
  {
    const auto store = OpenRocksStore(directory, options).value();
    Random random(1);
    for (int i = 0; i < 75; ++i) {
      std::string value(100'000, '\0');
      for (char& c : value) c = static_cast<char>(random.Next());
      WriteBatch batch;
      batch.Put("a" + std::to_string(i), value);
      ASSERT_OK(store->Write(batch));
    }
  }
  // An open store takes some four megabytes for its manifest and log, and leaves as many free.
  testing::FillDisk(*disk + "/ballast", 9'600'000);
  int written = 0;
  for (int run = 0; run < 60 && written < 24; ++run) {
    const auto store = OpenRocksStore(directory, options).value();
    WriteBatch batch;
    batch.Put("a5", std::to_string(run));
    // While it finds out that there is no room, there is none.
    Status status;
    for (int attempt = 0; attempt < 100; ++attempt) {
      status = store->Write(batch);
      if (status.code() != Code::kResourceExhausted) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    written += status.ok() ? 1 : 0;
  }
  EXPECT_EQ(written, 24);
  // Nor does copying wait.
  const TemporaryDirectory elsewhere = testing::MakeTemporaryDirectory();
  const std::string copy = elsewhere.path() + "/copy";
  {
    const auto store = OpenRocksStore(directory, options).value();
    Status status;
    for (int attempt = 0; attempt < 100; ++attempt) {
      status = store->Checkpoint(copy);
      if (status.code() != Code::kResourceExhausted) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_OK(status);
  }
  RocksStoreOptions reading;
  reading.read_only = true;
  const auto copied = OpenRocksStore(copy, reading);
  ASSERT_OK(copied.status());
  EXPECT_TRUE((*copied)->GetView()->Get("a5").value().has_value());
}

TEST(DiskFull, AFileThatIsMergedInSaysSo) {
  EXPECT_THAT(SpillFile::Create("/nowhere").status().message(),
              ::testing::HasSubstr("create a file to merge in: No such file"));
  const std::optional<std::string> disk = testing::SmallDisk(1 << 20);
  if (!disk) return;
  SpillFile file = SpillFile::Create(*disk).value();
  const std::string piece(300'000, 'x');
  Status status;
  for (int i = 0; i < 4 && status.ok(); ++i) status = file.Append(piece);
  EXPECT_EQ(status.code(), Code::kResourceExhausted) << status.ToString();
  EXPECT_THAT(status.message(), ::testing::HasSubstr("write a file to merge in"));
}

// There is room for the file of rows, not for what it is put together in beside it.
TEST(DiskFull, RowsArePutTogetherInMemoryWhereThereIsNoRoomForThemTwice) {
  const std::optional<std::string> disk = testing::SmallDisk(48 << 20);
  if (!disk) return;
  const std::string directory = *disk + "/store";
  IndexOptions options;
  options.store.write_buffer_bytes = 256 << 10;
  options.store.min_free_bytes = 0;
  options.limits.spill_bytes = 1;
  FakeClock clock(1'700'000'000'000'000);
  const auto index = Index::Open(directory, options, TestAnalyzer(), clock).value();
  const CollectionId collection = index->CreateCollection("c").value();
  const auto put = [&](int from, int to) {
    std::vector<DocumentDraft> drafts;
    for (int i = from; i < to; ++i) {
      drafts.push_back(MakeDraft("document-number-" + std::to_string(i), {"text"}));
    }
    ASSERT_OK(index->OpenWriter(collection)->Put(std::move(drafts)).status());
  };
  put(0, 8'000);
  CallContext patient;
  patient.deadline = CallContext::Clock::now() + std::chrono::seconds(60);
  ASSERT_OK(index->WaitForMaintenance(patient));
  const auto rows = [&] {
    return DerivedFiles::Open(directory, /*read_only=*/true)
        .value()
        ->files()
        .at(std::to_string(collection.value) + "/saved/rows");
  };
  const DerivedFile before = rows();
  ASSERT_GT(before.bytes, 500'000u);

  put(8'000, 8'600);
  testing::FillDisk(*disk + "/ballast", FreeBytesFloor(options.store) + before.bytes * 3 / 2);
  ASSERT_OK(index->WaitForMaintenance(patient));
  EXPECT_EQ(rows().commit, before.commit + 600);
  EXPECT_THAT(index->Verify(collection, CallContext())->problems, ::testing::IsEmpty());
}

}  // namespace
}  // namespace quarry::index
