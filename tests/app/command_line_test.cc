#include "app/command_line.h"

#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<ParsedCommandLine> Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "quarry");
  return ParseCommandLine(static_cast<int>(words.size()), words.data());
}
std::string ErrorOf(std::vector<const char*> words) {
  return Parse(std::move(words)).status().message();
}

TEST(CommandLine, FlagsBecomeOptionsOfTheConfiguration) {
  ASSERT_OK_AND_ASSIGN(
      const ParsedCommandLine line,
      Parse({"search", "pump", "-k", "3", "--set", "bm25.b=0.5", "--store", "x", "--json"}));
  EXPECT_TRUE(line.json);
  EXPECT_TRUE(line.action);
  std::map<std::string, std::string> values;
  for (const FlagValue& flag : line.flags) values[flag.flag + " " + flag.key] = flag.texts.at(0);
  EXPECT_EQ(values, (std::map<std::string, std::string>{
                        {"-k retrieval.k", "3"}, {"--set bm25.b", "0.5"}, {"--store store", "x"}}));
}

TEST(CommandLine, WordsAndPathsMayBeMany) {
  EXPECT_OK(Parse({"search", "index", "the", "[pump,", "valve]"}).status());
  EXPECT_OK(Parse({"ask", "--", "-k", "means", "what"}).status());
  EXPECT_OK(Parse({"index", "a", "b", "c", "--prune"}).status());
  EXPECT_OK(Parse({"docs", "delete", "a", "b"}).status());
}

TEST(CommandLine, ErrorsSayWhatWasExpectedAndWhereHelpIs) {
  EXPECT_THAT(ErrorOf({}),
              ::testing::MatchesRegex("a command is missing: expected index, search, .* or "
                                      "man; see: quarry -h"));
  EXPECT_EQ(ErrorOf({"docs"}),
            "a command is missing: expected ls, show, duplicates, summarize, compare or delete; "
            "see: quarry docs -h");
  EXPECT_EQ(ErrorOf({"docs", "frob"}),
            "unknown command \"frob\": expected ls, show, duplicates, summarize, compare or "
            "delete; see: quarry docs -h");
  EXPECT_EQ(ErrorOf({"keys", "--store", "s"}),
            "option \"--store\" stands before the command: expected create, ls or revoke in front "
            "of it; see: quarry keys -h");
  EXPECT_EQ(ErrorOf({"keys", "--store", "s", "ls"}),
            "option \"--store\" stands before the command: expected create, ls or revoke in front "
            "of it; see: quarry keys ls -h");
  EXPECT_EQ(ErrorOf({"keys", "--bogus", "ls"}),
            "unknown option \"--bogus\"; see: quarry keys ls -h")
      << "no command of the family has it";
  EXPECT_EQ(ErrorOf({"docs", "show", "a", "b"}),
            "unexpected argument \"b\"; see: quarry docs show -h");
  EXPECT_EQ(ErrorOf({"search", "a", "--explian"}),
            "unknown option \"--explian\"; did you mean --explain?; see: quarry search -h");
  EXPECT_EQ(ErrorOf({"serach", "a"}),
            "unknown command \"serach\"; did you mean search?; see: quarry -h");
  EXPECT_EQ(ErrorOf({"search", "a", "--frob"}), "unknown option \"--frob\"; see: quarry search -h");
  EXPECT_EQ(ErrorOf({"search"}), "QUESTION is required; see: quarry search -h");
  EXPECT_EQ(ErrorOf({"search", "--store"}), "--store: a value is missing; see: quarry search -h");
  EXPECT_EQ(ErrorOf({"search", "a", "--mode", "dense", "--mode", "lexical"}),
            "--mode: given more than once; see: quarry search -h");
  EXPECT_EQ(ErrorOf({"search", "a", "--set", "k"}),
            "--set: expected KEY=VALUE, got \"k\"; see: quarry search -h");
  EXPECT_EQ(ErrorOf({"docs", "ls", "--limit", "-1"}),
            "--limit: expected an integer from 1 to 1000000000, got \"-1\"; see: quarry docs ls "
            "-h");
  EXPECT_EQ(ErrorOf({"eval", "retrieval"}), "--beir is required; see: quarry eval retrieval -h");
}

TEST(CommandLine, HelpOfEveryCommandHasAnExampleAndFitsATerminal) {
  const std::vector<std::vector<const char*>> commands = {{},
                                                          {"index"},
                                                          {"search"},
                                                          {"ask"},
                                                          {"docs"},
                                                          {"docs", "ls"},
                                                          {"docs", "show"},
                                                          {"docs", "delete"},
                                                          {"serve"},
                                                          {"collections"},
                                                          {"eval"},
                                                          {"eval", "retrieval"},
                                                          {"stats"},
                                                          {"verify"},
                                                          {"config"},
                                                          {"doctor"},
                                                          {"collections", "ls"},
                                                          {"collections", "create"},
                                                          {"collections", "set"},
                                                          {"collections", "delete"}};
  for (std::vector<const char*> command : commands) {
    command.push_back("-h");
    ASSERT_OK_AND_ASSIGN(const ParsedCommandLine line, Parse(command));
    EXPECT_FALSE(line.action);
    EXPECT_THAT(line.text, HasSubstr("\nExample:\n  quarry "));
    EXPECT_THAT(line.text, HasSubstr("\nUsage: quarry"));
    EXPECT_THAT(line.text, Not(HasSubstr("\n\n\n")));
    for (size_t begin = 0; begin < line.text.size();) {
      const size_t end = line.text.find('\n', begin);
      EXPECT_LE(end - begin, 100u) << line.text.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

TEST(CommandLine, HelpIsACommandToo) {
  EXPECT_EQ(Parse({"help"})->text, Parse({"-h"})->text);
  EXPECT_EQ(Parse({"help", "docs", "ls"})->text, Parse({"docs", "ls", "-h"})->text);
  EXPECT_EQ(ErrorOf({"help", "serach"}),
            "unknown command \"serach\"; did you mean search?; see: quarry -h");
}

TEST(CommandLine, JsonIsRecognisedWhereTheRestIsWrong) {
  const char* with[] = {"quarry", "frob", "--json"};
  const char* behind[] = {"quarry", "ask", "--", "--json"};
  EXPECT_TRUE(WantsJson(3, with));
  EXPECT_FALSE(WantsJson(4, behind));
}

}  // namespace
}  // namespace quarry::app
