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

// CRC-32C by the bit, masked as the format has it.
uint32_t MaskedCrc(std::string_view bytes) {
  uint32_t crc = ~uint32_t{0};
  for (const char c : bytes) {
    crc ^= static_cast<uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
  }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

enum LogFragment : char {
  kWholeRecord = 1,
  kFirstOfRecord = 2,
  kMiddleOfRecord = 3,
  kLastOfRecord = 4
};

std::string FragmentOf(LogFragment type, const std::string& payload) {
  const std::string body = std::string(1, static_cast<char>(type)) + payload;
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>(MaskedCrc(body) >> shift));
  }
  bytes.push_back(static_cast<char>(payload.size() & 0xFF));
  bytes.push_back(static_cast<char>(payload.size() >> 8));
  return bytes + body;
}

// A batch of one change.
std::string BatchOf(char sequence) {
  return std::string(1, sequence) + std::string(7, '\0') + '\1' + std::string(3, '\0');
}

TEST(LogCheck, ABatchShorterThanItsHeaderIsDamage) {
  EXPECT_EQ(SummarizeWal(FragmentOf(kWholeRecord, BatchOf(5)))->next_sequence, 6u);
  EXPECT_EQ(SummarizeWal(FragmentOf(kWholeRecord, "short")).status(),
            DataLossError("a batch is shorter than its header"));
}

TEST(LogCheck, ABlocksPaddingIsPassedOver) {
  const std::string first =
      FragmentOf(kWholeRecord, BatchOf(1) + std::string(32768 - 7 - 12 - 3, 'x'));
  ASSERT_EQ(first.size(), 32768u - 3);
  const std::string second = FragmentOf(kWholeRecord, BatchOf(2));
  const auto summary = SummarizeWal(first + std::string(3, '\0') + second);
  ASSERT_OK(summary.status());
  EXPECT_EQ(summary->batches, 2u);
  EXPECT_EQ(summary->next_sequence, 3u);
}

// Of what follows damage one end of a batch may be the last of the batch that was being written.
TEST(LogCheck, TwoEndsBehindDamageProveAWholeBatch) {
  const std::string hole(20, '\0');
  const std::string end = FragmentOf(kLastOfRecord, "end");
  const std::string middle = FragmentOf(kMiddleOfRecord, "middle");
  const std::string whole = FragmentOf(kWholeRecord, BatchOf(1));
  const auto torn = SummarizeWal(whole + hole + middle + end);
  ASSERT_OK(torn.status());
  EXPECT_TRUE(torn->torn);
  EXPECT_EQ(torn->batches, 1u);
  for (const std::string& behind : {end + end, whole, FragmentOf(kFirstOfRecord, "a")}) {
    EXPECT_EQ(SummarizeWal(whole + hole + behind).status(),
              DataLossError("damaged at offset " + std::to_string(whole.size()) +
                            ", intact records follow"));
  }
}

TEST(LogCheck, AManifestIsReadRecordByRecord) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string path = directory.path() + "/MANIFEST-000001";
  ASSERT_OK(WriteFileAtomically(directory.path() + "/CURRENT", "MANIFEST-000001\n"));
  const std::string split = FragmentOf(kFirstOfRecord, "edit") +
                            FragmentOf(kMiddleOfRecord, " of") +
                            FragmentOf(kLastOfRecord, " files");
  const std::string whole = FragmentOf(kWholeRecord, "edit");
  const std::string padded =
      FragmentOf(kWholeRecord, std::string(32768 - 7 - 3, 'x')) + std::string(3, '\0') + whole;
  const std::string hole(20, '\0');
  for (const std::string& sound :
       {std::string(), whole + split + whole, padded, whole + split.substr(0, 20), whole + hole}) {
    ASSERT_OK(WriteFileAtomically(path, sound));
    EXPECT_OK(CheckManifest(directory.path())) << "what a power cut leaves is for RocksDB";
  }
  const std::string first = FragmentOf(kFirstOfRecord, "edit");
  const std::string last = FragmentOf(kLastOfRecord, "files");
  const std::pair<std::string, size_t> damaged[] = {{whole + hole + whole, whole.size()},
                                                    {whole + last, whole.size()},
                                                    {first + whole, first.size()},
                                                    {first + first, first.size()}};
  for (const auto& [bytes, offset] : damaged) {
    ASSERT_OK(WriteFileAtomically(path, bytes));
    EXPECT_EQ(CheckManifest(directory.path()),
              DataLossError(path + ": damaged at offset " + std::to_string(offset) +
                            ", intact records follow"));
  }
}

TEST(LogCheck, WhatIsNoFileOfTheDatabaseIsSaid) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string current = directory.path() + "/CURRENT";
  ASSERT_OK(WriteFileAtomically(current, std::string(257, 'M')));
  const Status large = CheckManifest(directory.path());
  EXPECT_EQ(large.code(), Code::kDataLoss);
  EXPECT_THAT(large.message(), HasSubstr(current));
  ASSERT_OK(WriteFileAtomically(current, "MANIFEST-000001\n"));
  std::filesystem::create_directory(directory.path() + "/MANIFEST-000001");
  EXPECT_THAT(CheckManifest(directory.path()).message(), HasSubstr("is a directory"));
  const Status none = CheckWals(directory.path() + "/none", 0).status();
  EXPECT_EQ(none.code(), Code::kUnavailable);
  EXPECT_THAT(none.message(), HasSubstr("list " + directory.path() + "/none: "));
}

}  // namespace
}  // namespace quarry::index
