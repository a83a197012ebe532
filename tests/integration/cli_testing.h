#pragma once

// The program as a user meets it, what it prints and its exit code: what the tests of that share.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "tests/testing/run_quarry.h"

namespace quarry::app {

// What index says of a collection that is too small to learn from.
inline const std::string kWordsOnly =
    "searched by words only: an embedder is learnt from 30 chunks on\n";

// What was printed, without how long it took.
inline std::string WithoutTimes(std::string text) {
  static const std::regex time(" in [0-9.]+ (ms|s)");
  return std::regex_replace(text, time, "");
}

// The program in a directory of its own, with documents beside the store.
class CliTest : public ::testing::Test {
 protected:
  using Json = nlohmann::json;

  CliTest() { std::filesystem::create_directories(docs()); }

  const std::string& home() const { return directory_.path(); }
  std::string docs() const { return home() + "/docs"; }
  std::string store() const { return home() + "/store"; }

  std::string Write(const std::string& relative, const std::string& content) {
    testing::WriteText(docs(), relative, content);
    return docs() + "/" + relative;
  }

  // In a directory of its own, with --store.
  testing::QuarryCommand Command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--store", store()});
    return {.arguments = std::move(arguments), .directory = home()};
  }
  testing::QuarryResult Run(std::vector<std::string> arguments,
                            const std::string& input = "") const {
    testing::QuarryCommand command = Command(std::move(arguments));
    command.input = input;
    return testing::RunQuarryWith(command);
  }
  Json RunJson(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    return Json::parse(Run(std::move(arguments)).out);
  }

  void ExpectUsageError(std::vector<std::string> arguments, const std::string& message) const {
    const testing::QuarryResult result = Run(std::move(arguments));
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.error, "quarry: error: " + message + "\n");
    EXPECT_EQ(result.out, "");
  }

 private:
  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
};

}  // namespace quarry::app
