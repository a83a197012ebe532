#include "app/command_line.h"

#include <algorithm>
#include <string_view>

#include "app/build_info.h"
#include "app/cli_groups.h"
#include "base/names.h"

namespace quarry::app {
namespace {

// "ls, show or delete".
std::string CommandsOf(const CLI::App& app) {
  const std::vector<const CLI::App*> commands = app.get_subcommands({});
  std::string names;
  for (size_t i = 0; i < commands.size(); ++i) {
    if (i > 0) names += i + 1 < commands.size() ? ", " : " or ";
    names += commands[i]->get_name();
  }
  return names;
}

// "; did you mean ..?" for a name that is like one of `known`.
std::string Suggestion(std::string_view name, const std::vector<std::string>& known) {
  const std::string_view nearest =
      NearestName(name, std::vector<std::string_view>(known.begin(), known.end()));
  return nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?";
}

// "--name" and "-n" of every option of `app`.
std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

// What was wrong with the arguments of `app`, in words that name what was expected.
std::string DescribeError(const CLI::App& app, const CLI::ParseError& error) {
  const bool is_family = !app.get_subcommands({}).empty();
  const std::vector<std::string> extras = app.remaining();
  // What was given in front of the command is its family's.
  const CLI::App* const family = app.get_parent();
  if (extras.empty() && family != nullptr && !family->remaining().empty()) {
    return DescribeError(*family, error);
  }
  if (!extras.empty()) {
    const std::string& extra = extras[0];
    if (extra.size() > 1 && extra[0] == '-') {
      const std::string name = extra.substr(0, extra.find('='));
      const std::string suggestion = Suggestion(name, OptionNames(app));
      const auto knows_it = [&](const CLI::App* command) {
        const std::vector<std::string> names = OptionNames(*command);
        return std::ranges::find(names, name) != names.end();
      };
      if (is_family && family != nullptr &&
          std::ranges::any_of(app.get_subcommands({}), knows_it)) {
        return "option \"" + name + "\" stands before the command: expected " + CommandsOf(app) +
               " in front of it";
      }
      const bool takes_words = app.get_name() == "search" || app.get_name() == "ask";
      const bool may_exclude = suggestion.empty() && takes_words && extra[1] != '-';
      return "unknown option \"" + extra + "\"" + suggestion +
             (may_exclude ? "; a question that begins so goes behind --" : "");
    }
    if (is_family) {
      std::vector<std::string> names;
      for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
      const bool is_version = extra == "version" && app.get_parent() == nullptr;
      const std::string suggestion =
          is_version ? "; did you mean --version?" : Suggestion(extra, names);
      return "unknown command \"" + extra + "\"" +
             (suggestion.empty() ? ": expected " + CommandsOf(app) : suggestion);
    }
    return "unexpected argument \"" + extra + "\"";
  }
  if (is_family && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return "a command is missing: expected " + CommandsOf(app);
  }
  std::string what = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string option = what.substr(0, what.find(':'));
    return option + (what.ends_with("missing") ? ": a value is missing" : ": given more than once");
  }
  return what;
}

// Builds the commands, and keeps what their options write to until the action is made.
class Parser {
 public:
  Parser() {
    app_.add_flag("-V,--version", version_, "print the version, and what it was built with");
    for (const auto add :
         {AddIndex,  AddSearch, AddAsk,      AddChat,  AddReplay, AddDocs,     AddCollections,
          AddServe,  AddKeys,   AddProfiles, AddMcp,   AddEval,   AddFeedback, AddTune,
          AddBackup, AddCache,  AddEmbedder, AddModel, AddUpkeep, AddHelp}) {
      add(tree_);
    }
  }

  Result<ParsedCommandLine> Parse(int argc, const char* const* argv) {
    // "quarry help docs ls" is "quarry docs ls -h".
    std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    tree_.parsed().arguments = arguments;
    if (!arguments.empty() && arguments[0] == "help") {
      arguments.erase(arguments.begin());
      std::vector<const CLI::App*> commands = {&app_};
      for (const std::string& name : arguments) {
        if (commands.empty()) break;
        commands = commands[0]->get_subcommands(
            [&name](const CLI::App* command) { return command->get_name() == name; });
      }
      if (!commands.empty()) arguments.push_back("--help");  // else: an unknown command
    }
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
      tree_.parsed().text = app_.help();
      return std::move(tree_.parsed());
    } catch (const CLI::ParseError& error) {
      return UsageError(DescribeError(DeepestCommand(), error));
    }
    if (version_) {
      const BuildInfo info = GetBuildInfo();
      tree_.parsed().text = tree_.parsed().json ? BuildInfoJson(info) : BuildInfoText(info);
    } else if (!tree_.parsed().action) {
      return UsageError("a command is missing: expected " + CommandsOf(app_));
    }
    tree_.parsed().command = CommandName();
    return std::move(tree_.parsed());
  }

  CommandReference Reference() const { return tree_.Reference(); }

 private:
  // The last command that was given.
  const CLI::App& DeepestCommand() const {
    const CLI::App* app = &app_;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
    return *app;
  }

  Status UsageError(const std::string& what) {
    const std::string command = CommandName();
    return InvalidArgumentError(what + "; see: quarry" + (command.empty() ? "" : " ") + command +
                                " -h");
  }

  // The command that was given, with those that it stands below: "docs ls".
  std::string CommandName() const {
    std::string name;
    for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
      app = app->get_subcommands().back();
      name += (name.empty() ? "" : " ") + app->get_name();
    }
    return name;
  }

  CommandTree tree_;
  CLI::App& app_ = tree_.root();
  bool version_ = false;
};

}  // namespace

Result<ParsedCommandLine> ParseCommandLine(int argc, const char* const* argv) {
  // Kept by the action, whose arguments it holds.
  const auto parser = std::make_shared<Parser>();
  QUARRY_ASSIGN_OR_RETURN(ParsedCommandLine parsed, parser->Parse(argc, argv));
  if (parsed.action) {
    parsed.action = [parser, action = std::move(parsed.action)](CommandContext& context,
                                                                SignalScope& signals) {
      return action(context, signals);
    };
  }
  return parsed;
}

CommandReference ReferenceOfProgram() { return Parser().Reference(); }

bool WantsJson(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--json") return true;
    if (std::string_view(argv[i]) == "--") break;
  }
  return false;
}

}  // namespace quarry::app
