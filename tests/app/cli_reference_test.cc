#include "app/cli_reference.h"

#include <fstream>
#include <sstream>

#include "app/command_relay.h"
#include "tests/testing/run_quarry.h"
#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// What bash offers for the words, of which the last is being typed.
std::vector<std::string> OfferedByBash(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += "'" + word + "' ";
  const std::string script = BashCompletion(ReferenceOfProgram()) + "COMP_WORDS=(" + line +
                             ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_quarry\n"
                             "printf '%s\\n' \"${COMPREPLY[@]}\"\n";
  const testing::QuarryResult result =
      testing::RunQuarryWith({.arguments = {"-c", script},
                              .directory = testing::SourceDirectory(),
                              .program = "/bin/bash"});
  EXPECT_EQ(result.error, "");
  std::vector<std::string> offered;
  std::istringstream lines(result.out);
  for (std::string text; std::getline(lines, text);) {
    if (!text.empty()) offered.push_back(text);
  }
  return offered;
}

std::string WithoutBackslashes(std::string text) {
  std::erase(text, '\\');
  return text;
}

TEST(CliReference, EveryCommandAndOptionIsInEachText) {
  const CommandReference root = ReferenceOfProgram();
  const std::vector<const CommandReference*> commands = WithCommandsBelow(root);
  EXPECT_GT(commands.size(), 50u);
  const std::string man = WithoutBackslashes(ManPage(root));
  const std::string markdown = MarkdownReference(root);
  const std::string bash = BashCompletion(root);
  const std::string zsh = ZshCompletion(root);
  const std::string fish = FishCompletion(root);
  for (const CommandReference* command : commands) {
    if (command == &root) continue;
    EXPECT_THAT(man, HasSubstr(".SS " + UsageOf(*command) + "\n"));
    EXPECT_THAT(markdown, HasSubstr("\n## `" + UsageOf(*command) + "`\n"));
    for (const std::string* shell : {&bash, &zsh, &fish}) {
      EXPECT_THAT(*shell, HasSubstr("'" + command->path + "'"));
    }
    for (const OptionReference& option : command->options) {
      for (const std::string& name : option.names) {
        EXPECT_THAT(man, HasSubstr(name)) << command->path;
        EXPECT_THAT(markdown, HasSubstr(name)) << command->path;
        EXPECT_THAT(bash, HasSubstr(name)) << command->path;
        EXPECT_THAT(zsh, HasSubstr(name)) << command->path;
        const bool is_long = name.starts_with("--");
        EXPECT_THAT(fish, HasSubstr((is_long ? " -l " : " -s ") + name.substr(is_long ? 2 : 1)))
            << command->path;
      }
    }
  }
}

TEST(CliReference, TheDocumentIsThatOfTheCommands) {
  std::ifstream file(testing::SourceDirectory() + "/docs/cli.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), MarkdownReference(ReferenceOfProgram()))
      << "write it again: quarry man --markdown > docs/cli.md";
}

TEST(CliReference, TheOptionsStandInTheDocumentWithTheirDefaults) {
  std::ifstream file(testing::SourceDirectory() + "/docs/configuration.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), MarkdownConfiguration())
      << "write it again: quarry man --configuration > docs/configuration.md";
  EXPECT_THAT(text.str(), HasSubstr("\n## `retrieval`\n"));
  EXPECT_THAT(text.str(), HasSubstr("\n| `retrieval.k` | `10` |"));
}

TEST(CliReference, WhatAServerRunsStandsInTheDocuments) {
  std::ifstream file(testing::SourceDirectory() + "/docs/operations.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string document = text.str();
  const size_t begin = document.find("0032-commands-at-the-server.md)): ");
  ASSERT_NE(begin, std::string::npos);
  const std::string list = document.substr(begin, document.find("\n\n", begin) - begin);
  std::vector<std::string> named;
  for (size_t open = list.find('`'); open != std::string::npos; open = list.find('`', open)) {
    const size_t close = list.find('`', open + 1);
    named.push_back(list.substr(open + 1, close - open - 1));
    open = close + 1;
  }
  EXPECT_EQ(named, RelayedCommands());
  std::vector<std::string> commands;
  const CommandReference root = ReferenceOfProgram();
  for (const CommandReference* command : WithCommandsBelow(root)) {
    commands.push_back(command->path);
  }
  for (const std::string& command : RelayedCommands()) {
    EXPECT_THAT(commands, ::testing::Contains("quarry " + command));
  }
}

TEST(CliReference, TypesAreNamesWithoutTheChecksOfTheParser) {
  const CommandReference root = ReferenceOfProgram();
  for (const CommandReference* command : WithCommandsBelow(root)) {
    for (const OptionReference& option : command->options) {
      EXPECT_EQ(option.value.find_first_of(":{["), std::string::npos) << option.value;
    }
  }
  EXPECT_THAT(FishCompletion(root), HasSubstr(" -l mode -x -a 'hybrid dense lexical'"));
}

TEST(CliReference, BashOffersCommandsOptionsAndValues) {
  EXPECT_THAT(OfferedByBash({"quarry", "docs", ""}), ::testing::IsSupersetOf({"ls", "show"}));
  EXPECT_THAT(OfferedByBash({"quarry", "se"}), UnorderedElementsAre("search", "serve"));
  EXPECT_THAT(OfferedByBash({"quarry", "search", "pump", "--expl"}),
              UnorderedElementsAre("--explain"));
  // "docs" is the value of an option here, and no command.
  EXPECT_THAT(OfferedByBash({"quarry", "--store", "docs", "ver"}), UnorderedElementsAre("verify"));
  EXPECT_THAT(OfferedByBash({"quarry", "search", "--set", "bm25.k"}),
              UnorderedElementsAre("bm25.k1="));
  EXPECT_THAT(OfferedByBash({"quarry", "search", "--config", "READ"}),
              UnorderedElementsAre("README.md", "README.zh.md"));
  EXPECT_THAT(OfferedByBash({"quarry", "search", "--store", "exampl"}),
              UnorderedElementsAre("examples"));
  EXPECT_THAT(OfferedByBash({"quarry", "search", "pump", "--mode", ""}),
              UnorderedElementsAre("hybrid", "dense", "lexical"));
  EXPECT_THAT(OfferedByBash({"quarry", "docs", "summarize", "a.md", "--language", "z"}),
              UnorderedElementsAre("zh"));
  EXPECT_THAT(OfferedByBash({"quarry", "feedback", "export", "--format", "s"}),
              UnorderedElementsAre("sft", "suite"));
  EXPECT_THAT(OfferedByBash({"quarry", "index", "exampl"}), UnorderedElementsAre("examples"));
  EXPECT_THAT(OfferedByBash({"quarry", "ask", "exampl"}), ::testing::IsEmpty());
}

}  // namespace
}  // namespace quarry::app
