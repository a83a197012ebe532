// Profiles as a user meets them: the example of docs/profiles.md is run.

#include <algorithm>
#include <filesystem>

#include "tests/testing/chat_upstream.h"
#include "tests/testing/command_testing.h"

namespace quarry::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class ProfileCommandTest : public CommandTest {
 protected:
  static std::string Example() { return SourceDirectory() + "/examples/profiles/fitter.yaml"; }
};

TEST_F(ProfileCommandTest, TheExampleOfTheDocumentationIsAnAssistantInUnderTenLines) {
  const std::string yaml = ReadFile(Example(), 4096).value();
  EXPECT_LT(std::ranges::count(yaml, '\n'), 10);
  std::string quoted;
  for (size_t begin = 0; begin < yaml.size();) {
    const size_t end = yaml.find('\n', begin);
    quoted += "    " + yaml.substr(begin, end + 1 - begin);
    begin = end + 1;
  }
  EXPECT_THAT(ReadFile(SourceDirectory() + "/docs/profiles.md", 1 << 20).value(),
              HasSubstr(quoted));

  const std::string corpus = SourceDirectory() + "/examples/corpus/products";
  ASSERT_EQ(Run({"index", corpus, "--collection", "products"}).exit_code, 0);
  const QuarryResult put = Run({"profile", "put", Example()});
  ASSERT_EQ(put.exit_code, 0) << put.error;
  EXPECT_THAT(put.error, HasSubstr("without a chat model (chat.model) these have no effect: "
                                   "instructions"));
  const Json answer =
      RunJson({"ask", "--profile", "fitter", "What is the torque of the VX-220 coupling bolts?"});
  EXPECT_EQ(answer.at("collection"), "products");
  EXPECT_EQ(answer.at("abstained"), false) << answer.dump();
  // One sentence: what the data sheet of the VX-220/B says is of another pump.
  EXPECT_EQ(answer.at("citations").size(), 1u) << answer.dump();
  EXPECT_THAT(answer.at("answer").get<std::string>(), HasSubstr("42 N·m"));
  EXPECT_THAT(answer.at("note").get<std::string>(), HasSubstr("instructions"));
  const QuarryResult refused =
      Run({"ask", "--profile", "fitter", "Who won the chess tournament of 1987?"});
  EXPECT_THAT(refused.out, HasSubstr("The data sheets do not say. Ask the workshop."));

  EXPECT_EQ(Run({"profile", "show", "fitter"}).out, yaml);
  EXPECT_THAT(Run({"profile", "ls"}).out, HasSubstr("fitter  of products  Data sheets"));
  EXPECT_EQ(Run({"profile", "rm", "fitter"}).exit_code, 0);
  const QuarryResult gone = Run({"ask", "--profile", "fitter", "Why?"});
  EXPECT_EQ(gone.exit_code, 1) << gone.error;
  EXPECT_THAT(gone.error, HasSubstr("--profile: there is no profile \"fitter\""));
}

TEST_F(ProfileCommandTest, AWrongFileIsToldWithItsLineAndMakesNoStore) {
  Write("bad.yaml", "k: 3\nlanguage: latin\n");
  for (const char* command : {"check", "put"}) {
    const QuarryResult result = Run({"profile", command, "bad.yaml"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.error,
                HasSubstr("bad.yaml:2: language: expected auto, en or zh, got \"latin\""));
  }
  EXPECT_FALSE(std::filesystem::exists(home() + "/store"));
  Write("good.yaml", "k: 3\n");
  EXPECT_EQ(Run({"profile", "check", "good.yaml"}).out, "profile good is good\n");
}

TEST_F(ProfileCommandTest, TwoVersionsOfAPromptAreRunsThatCanBeCompared) {
  Write("docs/leave.md", "# Leave\n\nEvery employee has 28 days of paid leave per year.\n");
  ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  Write("suite/suite.yaml", "name: leave\n");
  Write("suite/cases.jsonl",
        R"({"id": "a", "query": "How many days of paid leave does every employee have?", )"
        R"("lang": "en", "tags": ["direct"], "accept": ["28"]})"
        "\n");
  ChatUpstream upstream([](const Json& request) {
    const std::string system = request["messages"][0]["content"];
    const bool second = system.find("Second version.") != std::string::npos;
    return Json{{"content",
                 second ? "Every employee has 28 days of paid leave per year [1]." : "NO_ANSWER"}};
  });
  for (const auto& [name, text] :
       {std::pair("one", "First version."), {"two", "Second version."}}) {
    Write(std::string(name) + ".yaml", "instructions: " + std::string(text) + "\n");
    ASSERT_EQ(Run({"profile", "put", std::string(name) + ".yaml"}).exit_code, 0);
    const QuarryResult run = Run({"eval", "run", home() + "/suite", "--profile", name, "--name",
                                  name, "--set", "chat.model=" + upstream.name()});
    ASSERT_EQ(run.exit_code, 0) << run.error << run.out;
  }
  const QuarryResult compared = Run({"eval", "compare", "two", "one"});
  EXPECT_THAT(compared.exit_code, AnyOf(1, 4)) << compared.out << compared.error;  // fell
  EXPECT_THAT(Run({"eval", "compare", "one", "two"}).exit_code, AnyOf(0, 4));
}

}  // namespace
}  // namespace quarry::testing
