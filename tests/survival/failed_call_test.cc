// Every file call of a writing store fails once, or from then on: what was acknowledged is never
// lost, the error says what happened, and the store opens and is written to as soon as calls
// succeed again. QUARRY_SURVIVAL_CALLS: 1 = each call, n = every n-th; QUARRY_SURVIVAL_SEED.

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "tests/survival/file_journal.h"
#include "tests/survival/survival_testing.h"

namespace quarry::testing {
namespace {

namespace fs = std::filesystem;

struct Failure {
  const char* name;
  int error;
  const char* words;  // in the message of what it stops
  const char* how_long;
};

class FailedCallTest : public ::testing::TestWithParam<std::tuple<const char*, Failure>> {};

// The messages of what was refused or could not be opened.
std::vector<std::string> Messages(const std::string& lines) {
  std::vector<std::string> messages;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("refused ") || line.starts_with("closed ")) messages.push_back(line);
  }
  return messages;
}

TEST_P(FailedCallTest, LosesNothingAndIsToldAndOver) {
  const auto& [call, failure] = GetParam();
  // The first write of a fresh log, which RocksDB does not survive by itself, is one of twenty.
  const bool is_of_log = failure.error == ENOSPC && std::string_view(call) == "write";
  const uint64_t stride = NumberFromEnvironment("QUARRY_SURVIVAL_CALLS", is_of_log ? 3 : 17);
  const uint64_t seed = NumberFromEnvironment("QUARRY_SURVIVAL_SEED", 1);
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  const std::string store = directory.path() + "/store";
  uint64_t runs = 0;
  uint64_t refused = 0;
  uint64_t acknowledged = 0;
  for (uint64_t n = 1;; n += stride) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", call " + std::to_string(n));
    fs::remove_all(store);
    const std::string fault = std::string(call) + ":" + std::to_string(n) + ":" +
                              std::to_string(failure.error) + ":" + failure.how_long;
    std::map<std::string, std::string> environment = {{"QUARRY_CHILD_ROOT", directory.path()},
                                                      {"QUARRY_CHILD_FAIL", fault}};
    if (n % 2 == 0) environment["QUARRY_CHILD_CLOSE"] = "1";
    const QuarryResult run =
        RunQuarryWith(StoreChild({"write", store, std::to_string(seed), "14"}, environment));
    ASSERT_TRUE(run.exit_code == 0 || run.exit_code == 2 || run.exit_code == 4)
        << run.exit_code << run.out << run.error;
    if (run.out.find("no call has failed") != std::string::npos) break;
    for (const std::string& message : Messages(run.out)) {
      EXPECT_THAT(message, ::testing::HasSubstr(failure.words));
    }
    Ledger ledger{Sight()};
    ledger.Read(run.out);

    const QuarryResult after = RunQuarryWith(StoreChild({"write", store, "7", "3"}));
    ASSERT_EQ(after.exit_code, 0) << after.out << after.error << "\nbefore:\n" << run.out;
    const Sight sight = ParseSight(after.out.substr(0, after.out.find('\n')));
    ASSERT_EQ(ledger.Compare(sight), "") << run.out << run.error;
    ASSERT_THAT(after.out, ::testing::Not(::testing::HasSubstr("refused")));
    ++runs;
    refused += Messages(run.out).size();
    acknowledged += ledger.acknowledged();
  }
  std::cout << call << " " << failure.name << " " << failure.how_long << ": " << runs
            << " runs (seed " << seed << "), " << refused << " calls refused, " << acknowledged
            << " acknowledged, nothing lost\n";
  EXPECT_GT(runs, 0u);
}

// ENOSPC although the store saw room: somebody else took it since.
constexpr Failure kFailures[] = {{"EIO", EIO, "Input/output error", "once"},
                                 {"EIO", EIO, "Input/output error", "always"},
                                 {"ENOSPC", ENOSPC, "No space left on device", "once"},
                                 {"ENOSPC", ENOSPC, "No space left on device", "always"}};

std::string NameOf(const ::testing::TestParamInfo<FailedCallTest::ParamType>& test) {
  const auto& [call, failure] = test.param;
  return std::string(call) + failure.name + failure.how_long;
}

INSTANTIATE_TEST_SUITE_P(Calls, FailedCallTest,
                         ::testing::Combine(::testing::ValuesIn(kFileCallNames),
                                            ::testing::ValuesIn(kFailures)),
                         NameOf);

}  // namespace
}  // namespace quarry::testing
