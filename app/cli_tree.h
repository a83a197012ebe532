#pragma once

// CommandTree: the commands and options of the program as CLI11 holds them, with the parts that
// they share. The files cli_*.cc and command_line.cc are the only ones that see CLI11.
//
//   DocsShowArguments& show = tree.Keep<DocsShowArguments>();
//   CLI::App& command = tree.AddCommand(docs, "show", "one document", "quarry docs show a.md");
//   command.add_option("ID", show.id, "of the document")->required();
//   tree.Then(command, RunDocsShow, show);
//
// A description begins with a small letter and ends with the default in brackets; every command has
// an example. The tree holds what its options write to, so it must outlive the action.

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli_reference.h"
#include "app/command_line.h"
#include "app/commands_eval.h"

namespace quarry::app {

inline constexpr const char* kCommonGroup = "Common options";
inline constexpr uint64_t kMaxListed = 1'000'000'000;  // documents

// An integer in the range; CLI11's own check would take "-1" for a large number.
CLI::Validator IntegerFrom(uint64_t min, uint64_t max);

// Any text; `choices` are offered to who types it, and what takes the value says whether it is one.
CLI::Validator Offering(const std::vector<std::string>& choices);

// One of `choices`, which are offered, too.
CLI::Validator OneOf(const std::vector<std::string>& choices);

// "SHARE" of "SHARE:FLOAT in [0.5 - 1]": without what CLI11 adds for its checks, for the option's
// description says that in words.
std::string TypeNameOf(const CLI::Option& option);

class CommandTree {
 public:
  CommandTree();
  CommandTree(const CommandTree&) = delete;
  CommandTree& operator=(const CommandTree&) = delete;

  CLI::App& root() { return app_; }
  const CLI::App& root() const { return app_; }
  // The tree as plain data.
  CommandReference Reference() const;
  // What the options of the last line wrote; `action` is set once it was parsed.
  ParsedCommandLine& parsed() { return parsed_; }

  // Arguments for options to write to, kept as long as the tree.
  template <typename Arguments>
  Arguments& Keep() {
    const auto kept = std::make_shared<Arguments>();
    kept_.push_back(kept);
    return *kept;
  }

  CLI::App& AddCommand(CLI::App& parent, const std::string& name, const std::string& description,
                       const std::string& example);
  // A command that only has commands below it.
  CLI::App& AddFamily(const std::string& name, const std::string& description,
                      const std::string& example);

  // What the command does.
  void Then(CLI::App& command, Action action);
  void Then(CLI::App& command, std::function<Result<int>(CommandContext&)> run);
  template <typename Run, typename Arguments>
  void Then(CLI::App& command, Run run, const Arguments& kept) {
    Then(command, [run, &kept](CommandContext& context) { return run(kept, context); });
  }
  // A command of `quarry eval`, whose exit code 1 is that of a gate: what is not found is an error of
  // usage.
  template <typename Run, typename Arguments>
  void ThenEval(CLI::App& command, Run run, const Arguments& kept) {
    Then(command, [run, &kept](CommandContext& context) -> Result<int> {
      Result<int> code = run(kept, context);
      if (code.status().code() != Code::kNotFound) return code;
      return InvalidArgumentError(code.status().message());
    });
  }

  // An option of the command line that sets one of the configuration.
  CLI::Option* AddKey(CLI::App& app, const std::string& names, const std::string& key,
                      const std::string& type, const std::string& description);
  // A flag without a value that sets an option to true.
  void AddSwitch(CLI::App& app, const std::string& name, const std::string& key,
                 const std::string& description);
  // The same for a list; one element per use of the flag.
  void AddListKey(CLI::App& app, const std::string& name, const std::string& key,
                  const std::string& type, const std::string& description);
  // Those of the configuration that are about one question.
  void AddQueryKeys(CLI::App& command);

  // Words of a question may come with or without quotes around them.
  static void AddWords(CLI::App& command, const std::string& name, std::vector<std::string>& words,
                       const std::string& description);
  // The assistant that answers.
  static void AddProfile(CLI::App& command, std::string& profile);
  static void AddPrincipals(CLI::App& command, std::vector<std::string>& principals);

 private:
  void AddCommon(CLI::App& app);

  CLI::App app_;
  ParsedCommandLine parsed_;
  std::vector<std::shared_ptr<void>> kept_;
};

}  // namespace quarry::app
