#pragma once

// CommandTest: the program run as a user runs it, in a directory of its own with a store in it.

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "tests/testing/run_quarry.h"
#include "tests/testing/test_environment.h"

namespace quarry::testing {

class CommandTest : public ::testing::Test {
 protected:
  using Json = nlohmann::json;

  // `extra` are arguments that every command gets.
  explicit CommandTest(std::vector<std::string> extra = {}) : extra_(std::move(extra)) {}

  const std::string& home() const { return directory_.path(); }

  // `name` is relative to home().
  void Write(const std::string& name, const std::string& text) const {
    const std::string path = home() + "/" + name;
    QUARRY_CHECK(CreateDirectories(path.substr(0, path.rfind('/'))).ok());
    QUARRY_CHECK(WriteFileAtomically(path, text).ok());
  }

  // With --store and the extra arguments.
  QuarryCommand Command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--store", home() + "/store"});
    arguments.insert(arguments.end(), extra_.begin(), extra_.end());
    return {.arguments = std::move(arguments), .directory = home()};
  }
  QuarryResult Run(std::vector<std::string> arguments) const {
    return RunQuarryWith(Command(std::move(arguments)));
  }
  Json RunJson(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    return Json::parse(Run(std::move(arguments)).out);
  }

 private:
  const std::vector<std::string> extra_;
  TemporaryDirectory directory_ = MakeTemporaryDirectory();
};

}  // namespace quarry::testing
