// kill -9 at any moment of a writing store: what was acknowledged is there, nothing is there in
// half, and the store verifies. QUARRY_SURVIVAL_KILLS, QUARRY_SURVIVAL_SEED.

#include <csignal>
#include <filesystem>
#include <iostream>

#include "base/random.h"
#include "tests/survival/survival_testing.h"

namespace quarry::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;

constexpr uint64_t kCyclesOfAStore = 150;  // then another is begun: its history has grown long

// Files that a process which was killed left behind and nobody removed.
std::vector<std::string> Leftovers(const std::string& store) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(store)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".tmp") != name.npos || name.ends_with(".dbtmp")) names.push_back(name);
  }
  return names;
}

TEST(KillTest, AtAnyMomentOfAWriterNothingAcknowledgedIsLost) {
  const uint64_t cycles = NumberFromEnvironment("QUARRY_SURVIVAL_KILLS", 150);
  const uint64_t seed = NumberFromEnvironment("QUARRY_SURVIVAL_SEED", 1);
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  const std::string store = directory.path() + "/store";
  Random random(seed);
  uint64_t acknowledged = 0;
  uint64_t while_opening = 0;
  uint64_t in_a_call = 0;
  Ledger ledger;
  bool known = false;  // whether `ledger` says what the store holds
  for (uint64_t cycle = 0; cycle < cycles; ++cycle) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", cycle " + std::to_string(cycle));
    if (cycle % kCyclesOfAStore == 0) {
      fs::remove_all(store);
      ledger = Ledger(Sight());
      known = true;
    }
    QuarryProcess child(StoreChild({"write", store, std::to_string(random.Next()), "0"}));
    // One in four while it is opened, which takes as long as some changes.
    if (random.Below(4) == 0) {
      EXPECT_FALSE(child.EndsWithin(microseconds(random.Below(40'000))));
    } else {
      const std::string ready = child.ReadFirstLine();
      ASSERT_TRUE(ready.starts_with("ready ")) << ready << child.Wait().error;
      // Mostly short: calls take from some hundred microseconds to tens of milliseconds.
      const uint64_t longest = 100 << random.Below(10);
      EXPECT_FALSE(child.EndsWithin(microseconds(random.Below(longest))));
    }
    child.Signal(SIGKILL);
    const QuarryResult result = child.Wait();
    ASSERT_EQ(result.exit_code, -SIGKILL) << result.error;
    const size_t first_line = result.out.find('\n');
    if (first_line == std::string::npos) {
      ++while_opening;
      continue;  // the next one looks
    }
    if (known) {
      const Sight sight = ParseSight(result.out.substr(0, first_line));
      ASSERT_EQ(ledger.Compare(sight), "") << result.error;
    }
    ledger = Ledger();
    ledger.Read(result.out);
    known = true;
    acknowledged += ledger.acknowledged();
    in_a_call += result.out.rfind("\nbegin") > result.out.rfind("\ndone") ? 1 : 0;
  }
  std::cout << "kills " << cycles << " (seed " << seed << "): " << acknowledged
            << " calls acknowledged, " << while_opening << " killed while opening, " << in_a_call
            << " in a call, nothing lost\n";
  // That the kills fell everywhere; how many where depends on how busy the machine is.
  EXPECT_GT(acknowledged, cycles / 10);
  EXPECT_GT(while_opening, cycles / 100);

  const QuarryResult last =
      RunQuarryWith(StoreChild({"write", store, "1", "3"}, {{"QUARRY_CHILD_CLOSE", "1"}}));
  ASSERT_EQ(last.exit_code, 0) << last.out << last.error;
  EXPECT_EQ(ledger.Compare(ParseSight(last.out.substr(0, last.out.find('\n')))), "");
  EXPECT_THAT(Leftovers(store), ::testing::IsEmpty());
}

}  // namespace
}  // namespace quarry::testing
