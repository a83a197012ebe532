// What only the store on disk can do: survive, be damaged, be shared, be refused.

#include "index/rocks_store.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include "base/coding.h"
#include "base/random.h"
#include "tests/testing/test_data.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Rows = std::map<std::string, std::string>;

std::unique_ptr<Store> MustOpen(const std::string& directory,
                                const RocksStoreOptions& options = {}) {
  return std::move(OpenRocksStore(directory, options)).value();
}

Code OpenCode(const std::string& directory, const RocksStoreOptions& options = {}) {
  return OpenRocksStore(directory, options).status().code();
}

RocksStoreOptions ReadOnly() {
  RocksStoreOptions options;
  options.read_only = true;
  return options;
}

Result<Rows> ReadAll(const Store& store) {
  Rows rows;
  QUARRY_RETURN_IF_ERROR(store.GetView()->Scan("", [&](auto key, auto value) {
    rows.emplace(key, value);
    return true;
  }));
  return rows;
}

void Put(Store& store, const std::string& key, const std::string& value) {
  WriteBatch batch;
  batch.Put(key, value);
  ASSERT_OK(store.Write(batch));
}

// The files of a directory whose names end so, sorted.
std::vector<std::string> Files(const std::string& directory, std::string_view ending) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().string().ends_with(ending)) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Bytes(const std::string& path) { return std::move(ReadFile(path)).value(); }
// In place: a store that has the file open sees it.
void Replace(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  ASSERT_TRUE(file << bytes << std::flush);
}
void Flip(const std::string& path, size_t bit) {
  std::string bytes = Bytes(path);
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  Replace(path, bytes);
}

// A store that is open may still be removing files itself.
void Remove(const std::string& directory) {
  std::error_code vanished;
  fs::remove_all(directory, vanished);
}

class RocksStoreTest : public ::testing::Test {
 protected:
  // A copy of the files of an open store is what a crash leaves of it, if all are of one moment: it
  // is taken again while files come and go in the background.
  std::string Crash(const std::string& from = "") {
    const std::string directory = from.empty() ? directory_ : from;
    while (true) {
      const std::string copy = temporary_.path() + "/copy" + std::to_string(++copies_);
      fs::create_directory(copy);
      const std::map<std::string, uint64_t> before = Sizes(directory);
      bool whole = true;
      for (const auto& [file, size] : before) {
        if (file.ends_with("/LOCK")) continue;
        std::error_code vanished;
        whole &= fs::copy_file(file, fs::path(copy) / fs::path(file).filename(), vanished);
      }
      if (whole && Sizes(directory) == before) return copy;
      Remove(copy);
    }
  }
  static std::map<std::string, uint64_t> Sizes(const std::string& directory) {
    std::map<std::string, uint64_t> sizes;
    for (const std::string& file : Files(directory, "")) {
      std::error_code vanished;
      sizes[file] = fs::file_size(file, vanished);
    }
    return sizes;
  }
  static std::string Wal(const std::string& directory) { return Files(directory, ".log").back(); }

  const TemporaryDirectory temporary_ = testing::MakeTemporaryDirectory();
  const std::string directory_ = temporary_.path() + "/store";
  int copies_ = 0;
};

// A store with a log of `batches` batches "0", "1", ... and the size of the log after each.
class WalTest : public RocksStoreTest {
 protected:
  void Fill(int batches, size_t largest_value) {
    Random random(1);
    store_ = MustOpen(directory_);
    for (int i = 0; i < batches; ++i) {
      Put(*store_, std::to_string(i),
          testing::RandomBytes(random, 1 + random.Below(largest_value)));
      ends_.push_back(fs::file_size(Wal(directory_)));
    }
    expected_ = *ReadAll(*store_);
  }
  Rows First(size_t batches) const {
    Rows rows;
    for (size_t i = 0; i < batches; ++i) rows.insert(*expected_.find(std::to_string(i)));
    return rows;
  }

  std::unique_ptr<Store> store_;
  std::vector<uint64_t> ends_;
  Rows expected_;
};

TEST_F(RocksStoreTest, WhatWasWrittenSurvivesReopening) {
  {
    const auto store = MustOpen(directory_ + "/deep/below");
    Put(*store, "a", "1");
    Put(*store, "b", "2");
  }
  const auto store = MustOpen(directory_ + "/deep/below");
  EXPECT_EQ(*ReadAll(*store), (Rows{{"a", "1"}, {"b", "2"}}));
}

TEST_F(RocksStoreTest, ManyReopeningsWithAndWithoutACrashLoseNothing) {
  std::string directory = directory_;
  Rows expected;
  for (int i = 0; i < 12; ++i) {
    const auto store = MustOpen(directory);
    ASSERT_EQ(*ReadAll(*store), expected);
    Put(*store, std::to_string(i), "value");
    expected[std::to_string(i)] = "value";
    if (i % 3 == 2) directory = Crash(directory);
  }
}

TEST_F(RocksStoreTest, AViewMayOutliveACarelessOwner) {
  auto store = MustOpen(directory_);
  Put(*store, "a", "1");
  const auto view = store->GetView();
  store.reset();
  EXPECT_EQ(*view->Get("a"), "1");
}

TEST_F(RocksStoreTest, KeepsNoLogFilesOfItsOwn) {
  for (int i = 0; i < 5; ++i) Put(*MustOpen(directory_), "a", "1");
  for (const auto& entry : fs::directory_iterator(directory_)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("LOG")) << entry.path();
  }
  EXPECT_LE(Files(directory_, "").size(), 16u);
}

TEST_F(RocksStoreTest, ReadOnlyReadersShareAndRefuseToWrite) {
  { Put(*MustOpen(directory_), "a", "1"); }
  const auto before = Files(directory_, "");
  const auto one = MustOpen(directory_, ReadOnly());
  const auto two = MustOpen(directory_, ReadOnly());
  EXPECT_EQ(*ReadAll(*one), (Rows{{"a", "1"}}));
  EXPECT_EQ(*ReadAll(*two), (Rows{{"a", "1"}}));
  EXPECT_OK(one->VerifyChecksums());
  WriteBatch batch;
  EXPECT_EQ(one->Write(batch).code(), Code::kFailedPrecondition);
  batch.Put("b", "2");
  EXPECT_EQ(one->Write(batch), FailedPreconditionError("write store: it was opened read-only"));
  EXPECT_EQ(one->Compact("", "", CallContext()),
            FailedPreconditionError("compact store: it was opened read-only"));
  EXPECT_EQ(Files(directory_, ""), before);
}

TEST_F(RocksStoreTest, ReadOnlySeesWhatOnlyTheLogHolds) {
  const auto store = MustOpen(directory_);
  Put(*store, "a", "1");
  EXPECT_EQ(*ReadAll(*MustOpen(Crash(), ReadOnly())), (Rows{{"a", "1"}}));
}

TEST_F(RocksStoreTest, ASecondWriterIsLockedOut) {
  const auto store = MustOpen(directory_);
  const Status status = OpenRocksStore(directory_).status();
  EXPECT_EQ(status.code(), Code::kLocked);
  EXPECT_THAT(status.message(), HasSubstr("open store " + directory_ + ": in use"));
}

TEST_F(RocksStoreTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(OpenRocksStore(directory_, ReadOnly()).status(),
            NotFoundError("open store " + directory_ + ": there is no store"));
  RocksStoreOptions options;
  options.create_if_missing = false;
  EXPECT_EQ(OpenCode(directory_, options), Code::kNotFound);
  EXPECT_FALSE(fs::exists(directory_));
  fs::create_directory(directory_);
  EXPECT_EQ(OpenCode(directory_, ReadOnly()), Code::kNotFound);
  EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(RocksStoreTest, ADirectoryOfSomethingElseIsLeftAlone) {
  fs::create_directory(directory_);
  Replace(directory_ + "/thesis.docx", "years of work");
  const Status status = OpenRocksStore(directory_).status();
  EXPECT_EQ(status, FailedPreconditionError("open store " + directory_ +
                                            ": not a Quarry store: it holds thesis.docx"));
  EXPECT_EQ(OpenCode(directory_, ReadOnly()), Code::kFailedPrecondition);
  EXPECT_EQ(Files(directory_, "").size(), 1u);
  EXPECT_EQ(OpenCode(directory_ + "/thesis.docx"), Code::kInvalidArgument);
}

// RocksDB would make a fresh store here and delete the tables of the old one.
TEST_F(RocksStoreTest, AStoreWithoutCurrentIsDamagedNotNew) {
  { Put(*MustOpen(directory_), "a", "1"); }
  fs::rename(directory_ + "/CURRENT", temporary_.path() + "/CURRENT");
  EXPECT_EQ(OpenCode(directory_), Code::kDataLoss);
  EXPECT_EQ(OpenCode(directory_, ReadOnly()), Code::kDataLoss);
  fs::rename(temporary_.path() + "/CURRENT", directory_ + "/CURRENT");
  EXPECT_EQ(*ReadAll(*MustOpen(directory_)), (Rows{{"a", "1"}}));
}

TEST_F(RocksStoreTest, ACreationThatWasCutShortIsTakenUp) {
  { const auto store = MustOpen(directory_); }
  const std::string cut = temporary_.path() + "/cut";
  fs::create_directory(cut);
  fs::copy(directory_ + "/IDENTITY", cut + "/IDENTITY");
  Replace(cut + "/LOCK", "");
  Replace(cut + "/MANIFEST-000001", "half");
  Replace(cut + "/000001.dbtmp", "MANIFEST-0");
  Put(*MustOpen(cut), "a", "1");
  EXPECT_EQ(*ReadAll(*MustOpen(cut)), (Rows{{"a", "1"}}));
}

TEST_F(RocksStoreTest, MissingFilesAreDataLoss) {
  {
    const auto store = MustOpen(directory_);
    Put(*store, "a", "1");
  }
  Put(*MustOpen(directory_), "b", "2");
  const auto store = MustOpen(directory_);
  Put(*store, "c", "3");
  for (const char* ending : {".sst", ".log", "CURRENT", "MANIFEST-*"}) {
    const std::string copy = Crash();
    for (const std::string& file : Files(copy, "")) {
      const bool manifest = ending[0] == 'M' && file.find("/MANIFEST-") != std::string::npos;
      if (manifest || file.ends_with(ending)) fs::remove(file);
    }
    for (const bool read_only : {true, false}) {
      RocksStoreOptions options;
      options.read_only = read_only;
      EXPECT_EQ(OpenCode(copy, options), Code::kDataLoss) << ending << read_only;
    }
  }
}

TEST_F(WalTest, ATornTailIsACrash) {
  Fill(40, 9000);  // several blocks of the log, batches that span two
  const std::string wal = Bytes(Wal(directory_));
  Random random(2);
  std::vector<size_t> cuts = {0, 1, 6, 7, 8, 32767, 32768, 32769, wal.size() - 1, wal.size()};
  for (int i = 0; i < 40; ++i) cuts.push_back(random.Below(wal.size()));
  for (int i = 0; i < 10; ++i) cuts.push_back(ends_[random.Below(ends_.size())]);
  for (const size_t cut : cuts) {
    const std::string copy = Crash();
    Replace(Wal(copy), wal.substr(0, cut));
    const auto whole = std::upper_bound(ends_.begin(), ends_.end(), cut) - ends_.begin();
    const Rows expected = First(static_cast<size_t>(whole));
    EXPECT_EQ(*ReadAll(*MustOpen(copy, ReadOnly())), expected) << cut;
    if (cut % 4 == 0) {
      const auto store = MustOpen(copy);
      ASSERT_EQ(*ReadAll(*store), expected) << cut;
      Put(*store, "more", "");
      EXPECT_EQ(ReadAll(*MustOpen(Crash(copy), ReadOnly()))->size(), expected.size() + 1);
    }
    Remove(copy);
  }
}

TEST_F(WalTest, ATailOfZerosIsACrash) {
  Fill(10, 9000);
  for (const size_t zeros : {1, 7, 100, 40000}) {
    const std::string copy = Crash();
    Replace(Wal(copy), Bytes(Wal(copy)) + std::string(zeros, '\0'));
    EXPECT_EQ(*ReadAll(*MustOpen(copy)), expected_) << zeros;
  }
}

// Every bit of a batch in the middle, the length among them: behind a flipped length RocksDB would
// see nothing but a torn tail.
TEST_F(WalTest, DamageInTheMiddleIsDataLoss) {
  Fill(12, 40);
  const size_t begin = ends_[4];
  const size_t end = ends_[5];
  for (size_t bit = begin * 8; bit < end * 8; ++bit) {
    const std::string copy = Crash();
    Flip(Wal(copy), bit);
    const Status status = OpenRocksStore(copy, ReadOnly()).status();
    EXPECT_EQ(status.code(), Code::kDataLoss) << bit;
    if (bit % 64 == 0) {
      EXPECT_EQ(OpenCode(copy), Code::kDataLoss) << bit;
    }
    Remove(copy);
  }
}

TEST_F(WalTest, ZerosInTheMiddleAreDataLoss) {
  Fill(40, 9000);
  for (const size_t batch : {5u, 20u, 30u}) {
    const std::string copy = Crash();
    std::string bytes = Bytes(Wal(copy));
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(ends_[batch]),
              bytes.begin() + static_cast<std::ptrdiff_t>(ends_[batch + 1]), '\0');
    Replace(Wal(copy), bytes);
    EXPECT_EQ(OpenCode(copy), Code::kDataLoss);
  }
}

// What a power cut leaves of a batch that was being written: some of its pages and others not.
TEST_F(WalTest, ALastBatchWithHolesIsACrash) {
  Fill(12, 200'000);
  const std::string wal = Bytes(Wal(directory_));
  ASSERT_GT(ends_[11] - ends_[10], 3 * 32768u);
  for (size_t page = ends_[10] / 4096 + 1; (page + 1) * 4096 < ends_[11]; page += 5) {
    const std::string copy = Crash();
    std::string holed = wal;
    std::fill_n(holed.begin() + static_cast<std::ptrdiff_t>(page * 4096), 4096, '\0');
    Replace(Wal(copy), holed);
    EXPECT_EQ(*ReadAll(*MustOpen(copy, ReadOnly())), First(11)) << page;
    EXPECT_EQ(*ReadAll(*MustOpen(copy)), First(11)) << page;
    Remove(copy);
  }
}

TEST_F(WalTest, DamageOfTheLastBatchCostsAtMostThatBatch) {
  Fill(12, 40);
  for (size_t bit = ends_[10] * 8; bit < ends_[11] * 8; bit += 3) {
    const std::string copy = Crash();
    Flip(Wal(copy), bit);
    const auto store = OpenRocksStore(copy);
    if (store.ok()) {
      EXPECT_EQ(*ReadAll(**store), First(11)) << bit;
    } else {
      EXPECT_EQ(store.status().code(), Code::kDataLoss) << bit;
    }
    Remove(copy);
  }
}

TEST_F(WalTest, AnOlderLogThatWasCutShortIsDataLoss) {
  Fill(12, 40);  // one block: both halves of it are logs of their own
  const std::string copy = Crash();
  const std::string older = Wal(copy);
  const std::string bytes = Bytes(older);
  const uint64_t number = std::stoull(fs::path(older).stem().string());
  std::string newer = std::to_string(number + 1);
  newer = copy + "/" + std::string(6 - newer.size(), '0') + newer + ".log";
  Replace(older, bytes.substr(0, ends_[5]));
  Replace(newer, bytes.substr(ends_[5]));
  EXPECT_EQ(*ReadAll(*MustOpen(Crash(copy))), expected_);
  for (const uint64_t cut : {ends_[0], ends_[4], ends_[4] + 3, ends_[5] - 1}) {
    Replace(older, bytes.substr(0, cut));
    const Status status = OpenRocksStore(Crash(copy)).status();
    EXPECT_EQ(status.code(), Code::kDataLoss) << cut;
    EXPECT_THAT(status.message(), HasSubstr("changes are missing between its end and"));
  }
}

// Logs that have been flushed may survive a crash; what they look like does not matter.
TEST_F(WalTest, AnOldLogThatIsNoLongerNeededIsNotRead) {
  Fill(12, 40);
  const std::string old_log = Bytes(Wal(directory_));
  store_.reset();
  store_ = MustOpen(directory_);
  Put(*store_, "more", "");
  expected_["more"] = "";
  const std::string copy = Crash();
  std::string damaged = old_log;
  damaged[ends_[3] + 5] ^= 1;
  Replace(copy + "/000004.log", damaged);
  ASSERT_GT(Wal(copy), copy + "/000004.log");
  EXPECT_EQ(*ReadAll(*MustOpen(copy, ReadOnly())), expected_);
  EXPECT_EQ(*ReadAll(*MustOpen(copy)), expected_);
}

TEST_F(WalTest, VerifyChecksumsReadsTheLog) {
  Fill(12, 40);
  EXPECT_OK(store_->VerifyChecksums());
  std::string bytes = Bytes(Wal(directory_));
  bytes[ends_[4] + 4] ^= 64;
  Replace(Wal(directory_), bytes);
  const Status status = store_->VerifyChecksums();
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_THAT(status.message(), HasSubstr(".log: damaged at offset " + std::to_string(ends_[4])));
}

TEST_F(RocksStoreTest, AFlippedBitInATableIsDataLoss) {
  {
    Random random(3);
    const auto store = MustOpen(directory_);
    for (int i = 0; i < 20; ++i) Put(*store, std::to_string(i), testing::RandomBytes(random, 2000));
  }
  const Rows expected = *ReadAll(*MustOpen(directory_, ReadOnly()));
  const uint64_t size = fs::file_size(Files(directory_, ".sst").at(0));
  Random random(4);
  for (int i = 0; i < 60; ++i) {
    const std::string copy = Crash();
    const std::string table = Files(copy, ".sst").at(0);
    const uint64_t bit = random.Below(size * 8);
    Flip(table, bit);
    const auto store = OpenRocksStore(copy, ReadOnly());
    if (!store.ok()) {
      EXPECT_EQ(store.status().code(), Code::kDataLoss);
      continue;
    }
    const Status verified = (*store)->VerifyChecksums();
    const auto rows = ReadAll(**store);
    if (rows.ok()) {
      EXPECT_EQ(*rows, expected) << bit;
    } else {
      EXPECT_EQ(rows.status().code(), Code::kDataLoss);
      EXPECT_FALSE(verified.ok());
    }
    if (bit / 8 < 40'000) {  // a block of data, not the index, properties or footer
      EXPECT_EQ(verified.code(), Code::kDataLoss) << bit;
      EXPECT_THAT(verified.message(), HasSubstr(fs::path(table).filename().string()));
      bool lost = false;
      for (const auto& [key, value] : expected) {
        const auto got = (*store)->GetView()->Get(key);
        lost = lost || !got.ok();
        EXPECT_EQ(got.ok() ? **got : value, value);
      }
      EXPECT_TRUE(lost);
    }
    Remove(copy);
  }
}

// RocksDB takes what is left of a manifest for all of it, and would delete the tables it does not
// name.
TEST_F(RocksStoreTest, AManifestThatWasCutIsDataLossOrHarmless) {
  const Rows expected = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  { Put(*MustOpen(directory_), "a", "1"); }
  {
    const auto store = MustOpen(directory_);
    Put(*store, "b", "2");
    Put(*store, "c", "3");
  }
  const std::string closed = Crash();
  const std::string crashed = [&] {
    const auto store = MustOpen(directory_);
    return Crash();
  }();
  int lost = 0;
  for (const std::string& from : {closed, crashed}) {
    for (const std::string& manifest : Files(from, "")) {
      if (manifest.find("/MANIFEST-") == std::string::npos) continue;
      const std::string bytes = Bytes(manifest);
      for (size_t cut = 0; cut < bytes.size(); cut += 7) {
        const std::string copy = Crash(from);
        Replace(copy + manifest.substr(manifest.rfind('/')), bytes.substr(0, cut));
        const auto store = OpenRocksStore(copy);
        if (store.ok()) {
          EXPECT_EQ(*ReadAll(**store), expected) << cut;
        } else {
          ++lost;
          EXPECT_EQ(store.status().code(), Code::kDataLoss) << store.status().ToString();
        }
        Remove(copy);
      }
    }
  }
  EXPECT_GT(lost, 20);
}

TEST_F(RocksStoreTest, ADamagedOrMissingWatermarkIsMadeAnew) {
  { Put(*MustOpen(directory_), "a", "1"); }
  const std::string path = directory_ + "/WATERMARK";
  const std::string good = Bytes(path);
  Flip(path, 60);
  EXPECT_EQ(*ReadAll(*MustOpen(directory_)), (Rows{{"a", "1"}}));
  EXPECT_EQ(Bytes(path), good);
  fs::remove(path);
  EXPECT_EQ(*ReadAll(*MustOpen(directory_)), (Rows{{"a", "1"}}));
  EXPECT_EQ(Bytes(path), good);
}

// It only notices less without one.
TEST_F(RocksStoreTest, AWatermarkThatCannotBeWrittenIsLogged) {
  { Put(*MustOpen(directory_), "a", "1"); }
  fs::remove(directory_ + "/WATERMARK");
  fs::create_directories(directory_ + "/WATERMARK/in the way");
  ::testing::internal::CaptureStderr();
  { Put(*MustOpen(directory_), "b", "2"); }
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("watermark: "));
  EXPECT_EQ(*ReadAll(*MustOpen(directory_)), (Rows{{"a", "1"}, {"b", "2"}}));
}

// Whatever happens to whatever file: the truth, an error, or (as after a crash) the truth of a
// little earlier; never anything else.
TEST_F(WalTest, RandomDamageIsNeverBelieved) {
  {
    const auto store = MustOpen(directory_);
    Put(*store, "table", "1");
  }
  Fill(12, 400);
  const std::vector<std::string> files = Files(directory_, "");
  Random random(5 + static_cast<uint64_t>(::testing::UnitTest::GetInstance()->random_seed()));
  int refused = 0;
  for (int i = 0; i < 120; ++i) {
    const std::string copy = Crash();
    const auto names = Files(copy, "");
    const std::string& file = names[random.Below(names.size())];
    std::string bytes = Bytes(file);
    SCOPED_TRACE(file + " of " + std::to_string(bytes.size()) + " bytes, round " +
                 std::to_string(i));
    switch (random.Below(4)) {
      case 0:
        bytes.resize(random.Below(bytes.size() + 1));
        break;
      case 1:
        bytes += testing::RandomBytes(random, 1 + random.Below(100));
        break;
      case 2:
        bytes = Bytes(names[random.Below(names.size())]);
        break;
      default:
        if (bytes.empty()) break;
        for (uint64_t n = 1 + random.Below(3); n > 0; --n) {
          bytes[random.Below(bytes.size())] ^= static_cast<char>(1 << random.Below(8));
        }
    }
    Replace(file, bytes);
    RocksStoreOptions options;
    options.read_only = random.Below(2) == 1;
    const auto store = OpenRocksStore(copy, options);
    const auto rows = store.ok() ? ReadAll(**store) : Result<Rows>(store.status());
    if (!rows.ok()) {
      ++refused;
      EXPECT_EQ(rows.status().code(), Code::kDataLoss) << rows.status().ToString();
    } else {
      Rows earlier = First(rows->empty() ? 0 : rows->size() - 1);
      earlier["table"] = "1";
      EXPECT_EQ(*rows, earlier);
      EXPECT_TRUE(file.ends_with(".log") || *rows == expected_);
    }
    Remove(copy);
  }
  EXPECT_GT(refused, 20);
}

// The caps of the options are those of RocksDB, and hold.
TEST_F(RocksStoreTest, MemoryStaysBelowItsCaps) {
  RocksStoreOptions options;
  options.block_cache_bytes = 2u << 20;
  options.write_buffer_bytes = 1u << 20;
  ASSERT_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory_, options));
  Random random(11);
  uint64_t most_memtables = 0;
  for (int batches = 0; batches < 120; ++batches) {
    WriteBatch batch;
    for (int i = 0; i < 200; ++i) {
      std::string value;
      for (int byte = 0; byte < 1000; byte += 8) AppendFixed64(value, random.Next());
      batch.Put(std::to_string(random.Next()), value);
    }
    ASSERT_OK(store->Write(batch));
    most_memtables = std::max(most_memtables, store->Memory().memtables);
  }
  // Two write buffers, and the batch that overflows one.
  EXPECT_LE(most_memtables, 2 * options.write_buffer_bytes + (512u << 10));
  EXPECT_GE(most_memtables, options.write_buffer_bytes / 2);
  uint64_t bytes = 0;
  ASSERT_OK(store->GetView()->Scan("", [&](std::string_view, std::string_view value) {
    bytes += value.size();
    return true;
  }));
  EXPECT_EQ(bytes, 120u * 200 * 1000);
  const StoreMemory memory = store->Memory();
  EXPECT_EQ(memory.block_cache_limit, options.block_cache_bytes);
  EXPECT_GT(memory.block_cache, options.block_cache_bytes / 2);
  EXPECT_LE(memory.block_cache, options.block_cache_bytes + (256u << 10));
  // 24,000 keys have filters of 30 kB, and an index: they are in the cache, not beside it.
  EXPECT_LT(memory.table_readers, 20'000u);
}

}  // namespace
}  // namespace quarry::index
