#include "base/build_id.h"

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(BuildIdTest, IsThatOfTheProgramItself) {
  const std::string id = BuildId();
  EXPECT_THAT(id, ::testing::MatchesRegex("([0-9a-f][0-9a-f])+"));
  EXPECT_EQ(BuildId(), id);
  // It stands in the file that runs.
  const std::string program = ReadFile("/proc/self/exe", size_t{1} << 30).value();
  std::string bytes;
  for (size_t i = 0; i < id.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(id.substr(i, 2), nullptr, 16));
  }
  EXPECT_NE(program.find(bytes), std::string::npos);
}

}  // namespace
}  // namespace quarry
