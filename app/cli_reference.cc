#include "app/cli_reference.h"

#include <algorithm>

#include "app/cli_tree.h"

namespace quarry::app {
namespace {

// Of "{en,zh}", what CLI11 puts behind the type of an option with a fixed set of values.
std::vector<std::string> ChoicesOf(const std::string& type) {
  std::vector<std::string> choices;
  const size_t open = type.find(":{");
  const size_t close = type.find('}', std::min(open, type.size()));
  if (close == std::string::npos) return choices;
  for (size_t begin = open + 2; begin < close;) {
    const size_t end = std::min(type.find(',', begin), close);
    choices.push_back(type.substr(begin, end - begin));
    begin = end + 1;
  }
  return choices;
}

OptionReference DescribeOption(const CLI::Option& option) {
  OptionReference reference;
  if (option.get_positional()) {
    reference.names = {option.get_name(true)};
    reference.value = reference.names[0];
  } else {
    for (const std::string& name : option.get_snames()) reference.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) reference.names.push_back("--" + name);
    reference.value = TypeNameOf(option);
    reference.choices = ChoicesOf(option.get_type_name());
  }
  reference.description = option.get_description();
  reference.is_many = option.get_expected_max() > 1;
  reference.is_common = option.get_group() == kCommonGroup;
  return reference;
}

CommandReference Describe(const CLI::App& app, const std::string& above) {
  CommandReference reference;
  reference.path = above + app.get_name();
  reference.description = app.get_description();
  reference.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    auto& list = option->get_positional() ? reference.arguments : reference.options;
    list.push_back(DescribeOption(*option));
  }
  for (const CLI::App* command : app.get_subcommands({})) {
    reference.commands.push_back(Describe(*command, reference.path + " "));
  }
  return reference;
}

}  // namespace

CommandReference CommandTree::Reference() const { return Describe(app_, ""); }

std::vector<const CommandReference*> WithCommandsBelow(const CommandReference& command) {
  std::vector<const CommandReference*> all = {&command};
  for (const CommandReference& below : command.commands) {
    const std::vector<const CommandReference*> more = WithCommandsBelow(below);
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

std::string UsageOf(const CommandReference& command) {
  std::string usage = command.path;
  if (!command.commands.empty()) return usage + " COMMAND";
  usage += " [OPTIONS]";
  for (const OptionReference& argument : command.arguments) {
    usage += " " + argument.value + (argument.is_many ? "..." : "");
  }
  return usage;
}

ValueKind KindOf(const OptionReference& option) {
  const std::string& value = option.value;
  if (value == "DIR") return ValueKind::kDirectory;
  if (value == "FILE" || value == "PATH" || value == "SUITE" || value == "LABELS") {
    return ValueKind::kFile;
  }
  const bool sets = option.names[0] == "--set" || option.names[0] == "--with";
  return sets ? ValueKind::kConfigKey : ValueKind::kNone;
}

}  // namespace quarry::app
