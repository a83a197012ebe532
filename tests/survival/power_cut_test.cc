// Power cuts: every byte and name that was not synced is dropped, or any part of it kept. A writing
// store's file calls are journalled, it is killed, and from the journal is made what a cut at
// moments of that run would have left (crash_disk_testing.h). What had been acknowledged by then
// must be there. QUARRY_SURVIVAL_CUTS (cycles, of four cuts each), QUARRY_SURVIVAL_SEED.

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "base/random.h"
#include "tests/survival/crash_disk_testing.h"
#include "tests/survival/survival_testing.h"

namespace quarry::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;

constexpr uint64_t kCutsOfAStore = 15;
constexpr uint64_t kCutsOfACycle = 4;

struct Outcome {
  uint64_t cuts = 0;
  uint64_t acknowledged = 0;
  uint64_t without_store = 0;  // cut before there was one
  std::string lost;            // the first loss; "" = none
};

class Cutter {
 public:
  Cutter(uint64_t seed, std::string ignored_sync)
      : random_(seed), ignored_sync_(std::move(ignored_sync)) {}

  // A run of a writer from what the last cut left, and cuts at moments of it. Until a loss.
  void Cycle() {
    if (cycle_++ % kCutsOfAStore == 0) {
      fs::remove_all(disk_);
      fs::create_directory(disk_);
      before_ = Ledger(Sight());
    }
    CrashDisk at_start(disk_, ignored_sync_);
    const std::vector<FileRecord> records = RunWriter();
    std::vector<size_t> moments = {records.size()};
    for (uint64_t i = 1; i < kCutsOfACycle; ++i)
      moments.push_back(random_.Below(records.size() + 1));
    std::sort(moments.begin(), moments.end());

    Ledger ledger = before_;
    size_t applied = 0;
    for (const size_t moment : moments) {
      for (; applied < moment; ++applied) {
        at_start.Apply(records[applied]);
        if (records[applied].kind == FileRecord::Kind::kPrint) ledger.Read(records[applied].bytes);
      }
      Cut(at_start, ledger);
      if (!outcome_.lost.empty()) return;
    }
    outcome_.acknowledged += ledger.acknowledged() - before_.acknowledged();
    before_ = ledger;
  }

  const Outcome& outcome() const { return outcome_; }

 private:
  std::string Store(const std::string& disk) const { return disk + "/a/store"; }

  std::vector<FileRecord> RunWriter() {
    const std::string journal = directory_.path() + "/journal";
    fs::remove(journal);
    QuarryProcess child(
        StoreChild({"write", Store(disk_), std::to_string(random_.Next()), "0"},
                   {{"QUARRY_CHILD_ROOT", disk_}, {"QUARRY_CHILD_JOURNAL", journal}}));
    if (random_.Below(6) != 0) child.ReadFirstLine();
    child.EndsWithin(microseconds(random_.Below(1000 << random_.Below(7))));
    child.Signal(SIGKILL);
    const QuarryResult result = child.Wait();
    if (result.exit_code != -SIGKILL) {
      outcome_.lost = "the writer ended by itself: " + result.out + result.error;
    }
    const Result<std::string> bytes = ReadFile(journal);
    return bytes.ok() ? ParseJournal(*bytes) : std::vector<FileRecord>();
  }

  // Leaves what it left in disk_.
  void Cut(const CrashDisk& at_moment, const Ledger& ledger) {
    constexpr Unsynced kKinds[] = {Unsynced::kDropped, Unsynced::kPages, Unsynced::kTorn};
    const Unsynced unsynced = kKinds[random_.Below(std::size(kKinds))];
    at_moment.Write(disk_, unsynced, random_);
    ++outcome_.cuts;
    const QuarryResult seen = RunQuarryWith(StoreChild({"look", Store(disk_)}));
    std::string found;
    if (seen.out.starts_with("ready ")) {
      found = ledger.Compare(ParseSight(seen.out));
    } else if (seen.out.find("no store there") != std::string::npos ||
               seen.out.find("no collection \"c\"") != std::string::npos) {
      ++outcome_.without_store;
      found = ledger.Compare(Sight());
    } else {
      found = seen.out + seen.error;
    }
    if (found.empty()) return;
    constexpr const char* kNames[] = {"dropped", "kept by pages", "torn"};
    outcome_.lost = std::string("unsynced bytes ") + kNames[static_cast<size_t>(unsynced)] +
                    ", cycle " + std::to_string(cycle_) + ": " + found;
  }

  Random random_;
  const std::string ignored_sync_;
  const TemporaryDirectory directory_ = MakeTemporaryDirectory();
  const std::string disk_ = directory_.path() + "/disk";
  uint64_t cycle_ = 0;
  Ledger before_;
  Outcome outcome_;
};

TEST(PowerCutTest, AtAnyMomentNothingAcknowledgedIsLost) {
  const uint64_t cycles = NumberFromEnvironment("QUARRY_SURVIVAL_CUTS", 15);
  const uint64_t seed = NumberFromEnvironment("QUARRY_SURVIVAL_SEED", 1);
  Cutter cutter(seed, "");
  for (uint64_t i = 0; i < cycles; ++i) {
    cutter.Cycle();
    ASSERT_EQ(cutter.outcome().lost, "");
  }
  const Outcome& outcome = cutter.outcome();
  std::cout << "power cuts " << outcome.cuts << " in " << cycles << " cycles (seed " << seed
            << "): " << outcome.acknowledged << " calls acknowledged, " << outcome.without_store
            << " cuts before there was a store, nothing lost\n";
  EXPECT_GT(outcome.acknowledged, cycles / 10);
}

// The proof of the test above: it finds each sync that does not happen.
class MissingSyncTest : public ::testing::TestWithParam<const char*> {};

TEST_P(MissingSyncTest, IsFound) {
  // Derived files are seldom written: up to minutes pass until a cut meets one.
  const bool is_rare = std::string_view(GetParam()).starts_with("/derived");
  if (is_rare && std::getenv("QUARRY_SURVIVAL_CUTS") == nullptr) {
    GTEST_SKIP() << "looked for by ctest -L slow";
  }
  Cutter cutter(NumberFromEnvironment("QUARRY_SURVIVAL_SEED", 1), GetParam());
  for (int i = 0; i < 400 && cutter.outcome().lost.empty(); ++i) cutter.Cycle();
  EXPECT_NE(cutter.outcome().lost, "");
  std::cout << "found after " << cutter.outcome().cuts << " cuts: " << cutter.outcome().lost
            << "\n";
}

// The log, tables, RocksDB's manifest and what makes it current, our manifest, derived files, and
// the directories of all of them.
INSTANTIATE_TEST_SUITE_P(Syncs, MissingSyncTest,
                         ::testing::Values(".log", ".sst", "/db/MANIFEST-*", ".dbtmp",
                                           "/MANIFEST.json.tmp*", "/derived/*", "/db", "/derived",
                                           "/store", "/a"));

}  // namespace
}  // namespace quarry::testing
