// The official SDKs (tests/npm/sdk) against a real server.

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/testing/run_quarry.h"

namespace quarry::app {
namespace {

using testing::QuarryProcess;
using testing::QuarryResult;
using testing::RunQuarry;
using testing::RunQuarryWith;

TEST(Sdk, OpenAisAndCoheresClientsAreServed) {
  const std::string scripts = testing::SourceDirectory() + "/tests/npm/sdk";
  if (!std::filesystem::exists(scripts + "/node_modules/openai")) {
    GTEST_SKIP() << "no " << scripts << "/node_modules: run scripts/npm_ci.sh";
  }
  constexpr const char* kNode = "/usr/bin/node";
  if (!std::filesystem::exists(kNode)) GTEST_SKIP() << "no " << kNode;

  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string store = directory.path() + "/store";
  ASSERT_EQ(RunQuarry({"index", testing::SourceDirectory() + "/examples/corpus", "--store", store})
                .exit_code,
            0);
  QuarryProcess server({.arguments = {"serve", "--port", "0", "--json", "--store", store}});
  const auto serving = nlohmann::json::parse(server.ReadFirstLine());
  const QuarryResult result =
      RunQuarryWith({.arguments = {scripts + "/sdk.mjs", serving.at("url").get<std::string>()},
                     .program = kNode});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.error;
  EXPECT_EQ(result.out.find("FAILED"), std::string::npos) << result.out;
}

}  // namespace
}  // namespace quarry::app
