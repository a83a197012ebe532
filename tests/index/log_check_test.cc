#include "index/log_check.h"

#include <algorithm>
#include <filesystem>

#include "base/random.h"
#include "index/rocks_store.h"
#include "tests/testing/test_data.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

using ::testing::HasSubstr;

// A log that RocksDB wrote: batches of two changes, and where each ends.
struct Log {
  std::string bytes;
  std::vector<size_t> ends;
};

Log WriteLog(int batches, size_t largest_value) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const auto store = std::move(OpenRocksStore(directory.path() + "/store")).value();
  Random random(1);
  Log log;
  for (int i = 0; i < batches; ++i) {
    WriteBatch batch;
    batch.Put(std::to_string(i), testing::RandomBytes(random, random.Below(largest_value)));
    batch.Delete("x");
    EXPECT_OK(store->Write(batch));
    for (const auto& entry : std::filesystem::directory_iterator(directory.path() + "/store")) {
      if (entry.path().extension() != ".log") continue;
      log.ends.push_back(entry.file_size());
      if (i + 1 == batches) log.bytes = std::move(ReadFile(entry.path())).value();
    }
  }
  EXPECT_EQ(log.ends.size(), static_cast<size_t>(batches));
  return log;
}

TEST(LogCheck, ReadsWhatRocksDbWrites) {
  const Log log = WriteLog(30, 50'000);
  const auto summary = SummarizeWal(log.bytes);
  ASSERT_OK(summary.status());
  EXPECT_EQ(summary->batches, 30u);
  EXPECT_EQ(summary->next_sequence, summary->first_sequence + 60);
  EXPECT_FALSE(summary->torn);
  EXPECT_EQ(SummarizeWal("")->batches, 0u);
}

TEST(LogCheck, ACutLogIsTornNowhereElse) {
  const Log log = WriteLog(12, 30'000);
  for (size_t cut = 0; cut <= log.bytes.size(); cut += cut % 32768 < 8 ? 1 : 97) {
    const auto summary = SummarizeWal(std::string_view(log.bytes).substr(0, cut));
    ASSERT_OK(summary.status());
    const auto whole = std::upper_bound(log.ends.begin(), log.ends.end(), cut) - log.ends.begin();
    EXPECT_EQ(summary->batches, static_cast<uint64_t>(whole)) << cut;
    const bool at_an_end = whole == 0 ? cut == 0 : log.ends[static_cast<size_t>(whole) - 1] == cut;
    // Nothing but padding of a block may stand behind the last batch.
    EXPECT_TRUE(summary->torn != at_an_end || cut % 32768 > 32768 - 7) << cut;
  }
}

TEST(LogCheck, EveryFlippedBitBeforeTheLastRecordIsFound) {
  const Log log = WriteLog(12, 60);
  const size_t last = log.ends[10];
  for (size_t bit = 0; bit < log.bytes.size() * 8; ++bit) {
    std::string damaged = log.bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const auto summary = SummarizeWal(damaged);
    if (bit < last * 8) {
      EXPECT_EQ(summary.status().code(), Code::kDataLoss) << bit;
      EXPECT_THAT(summary.status().message(), HasSubstr("damaged at offset"));
    } else {
      ASSERT_OK(summary.status());
      EXPECT_EQ(summary->batches, 11u);
      EXPECT_TRUE(summary->torn);
    }
  }
}

// Pages reach the disk in any order: of a batch that was being written any may be missing.
TEST(LogCheck, ABatchWithHolesIsTornWhenItIsTheLastAndDamageElsewhere) {
  const Log log = WriteLog(4, 200'000);  // several blocks each
  for (size_t batch = 0; batch < 4; ++batch) {
    const size_t begin = batch == 0 ? 0 : log.ends[batch - 1];
    for (size_t page = begin / 4096 + 1; (page + 1) * 4096 < log.ends[batch]; ++page) {
      std::string holed = log.bytes;
      std::fill_n(holed.begin() + static_cast<std::ptrdiff_t>(page * 4096), 4096, '\0');
      const auto summary = SummarizeWal(holed);
      if (batch < 3) {
        EXPECT_EQ(summary.status().code(), Code::kDataLoss) << page;
      } else {
        ASSERT_OK(summary.status());
        EXPECT_EQ(summary->batches, 3u);
        EXPECT_TRUE(summary->torn);
      }
    }
  }
}

TEST(LogCheck, FragmentsOfABatchBelongTogether) {
  const Log log = WriteLog(4, 200'000);  // several blocks each
  ASSERT_GT(log.bytes.size(), 5 * 32768u);
  for (size_t block = 0; (block + 2) * 32768 < log.bytes.size(); ++block) {
    std::string swapped = log.bytes;
    std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(block * 32768),
                     swapped.begin() + static_cast<std::ptrdiff_t>((block + 1) * 32768),
                     swapped.begin() + static_cast<std::ptrdiff_t>((block + 1) * 32768));
    const auto summary = SummarizeWal(swapped);
    // Two fragments from the middle of one batch look alike: that is for RocksDB to find.
    EXPECT_TRUE(!summary.ok() || summary->batches == 4) << block;
  }
}

TEST(LogCheck, SurvivesAnyBytes) {
  Random random(2);
  for (int i = 0; i < 60; ++i) {
    std::string bytes(random.Below(70'000), '\0');
    if (i % 2 == 0) {
      for (char& c : bytes) c = static_cast<char>(random.Next() >> (56 + random.Below(8)));
    }
    const auto summary = SummarizeWal(bytes);
    EXPECT_TRUE(summary.ok() && summary->batches == 0);
  }
}

TEST(LogCheck, TheManifestMustBeNamedAndThere) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string current = directory.path() + "/CURRENT";
  using namespace std::string_view_literals;
  for (const std::string_view bad :
       {""sv, "MANIFEST-000001"sv, "../MANIFEST-1\n"sv, "MANIFEST-/../x\n"sv,
        "MANIFEST-00\0001\n"sv, "nonsense\n"sv}) {
    ASSERT_OK(WriteFileAtomically(current, bad));
    EXPECT_EQ(CheckManifest(directory.path()),
              DataLossError(current + ": does not name a manifest"));
  }
  ASSERT_OK(WriteFileAtomically(current, "MANIFEST-000001\n"));
  EXPECT_EQ(CheckManifest(directory.path()),
            DataLossError(directory.path() + "/MANIFEST-000001: missing"));
}

TEST(LogCheck, WithoutAnyLiveLogSomethingIsMissing) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  EXPECT_OK(CheckWals(directory.path(), 0).status());
  ASSERT_OK(WriteFileAtomically(directory.path() + "/000004.log", ""));
  ASSERT_OK(WriteFileAtomically(directory.path() + "/notes.log", "not one of them"));
  EXPECT_EQ(CheckWals(directory.path(), 4).value(), 0u);
  EXPECT_EQ(CheckWals(directory.path(), 5).status(),
            DataLossError(directory.path() + ": no log from 5 on is there"));
}

}  // namespace
}  // namespace quarry::index
