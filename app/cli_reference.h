#pragma once

// CommandReference: the commands and options of the program as plain data, and what is written of
// them: the manual page, docs/cli.md and the completions of shells. It is read off the tree that
// parses (cli_tree.h), so that nothing is declared twice.

#include <string>
#include <string_view>
#include <vector>

namespace quarry::app {

struct OptionReference {
  std::vector<std::string> names;  // "--explain", "-k"; of an argument its one name
  std::string value;               // "FILE"; "" = a flag
  std::string description;
  std::vector<std::string> choices;  // the values, where they are a fixed set
  bool is_many = false;              // may be given several times
  bool is_common = false;            // of every command
};

struct CommandReference {
  std::string path;  // "quarry docs ls"
  std::string description;
  std::string footer;  // the example, and what else help ends with
  std::vector<OptionReference> arguments;
  std::vector<OptionReference> options;
  std::vector<CommandReference> commands;

  std::string_view name() const { return std::string_view(path).substr(path.rfind(' ') + 1); }
};

// That of the program.
CommandReference ReferenceOfProgram();

// `command` and all below it, parents first.
std::vector<const CommandReference*> WithCommandsBelow(const CommandReference& command);

// "quarry docs show [OPTIONS] ID".
std::string UsageOf(const CommandReference& command);

// What completes a value.
enum class ValueKind { kNone, kDirectory, kFile, kConfigKey };
ValueKind KindOf(const OptionReference& option);

// quarry(1) in roff, with the options of the configuration.
std::string ManPage(const CommandReference& root);
// docs/cli.md.
std::string MarkdownReference(const CommandReference& root);
// docs/configuration.md: every option with its default.
std::string MarkdownConfiguration();
// Scripts for the shell to read.
std::string BashCompletion(const CommandReference& root);
std::string ZshCompletion(const CommandReference& root);
std::string FishCompletion(const CommandReference& root);

}  // namespace quarry::app
