#include "app/cli_tree.h"

#include <algorithm>
#include <utility>

#include "app/config.h"
#include "base/numbers.h"
#include "base/text.h"

namespace quarry::app {
namespace {

// The values of a key that has a fixed set of them: its type is "one of hybrid, dense, lexical".
std::vector<std::string> ChoicesOfKey(const std::string& name) {
  constexpr std::string_view kOneOf = "one of ";
  const ConfigKey* key = FindConfigKey(name);
  std::vector<std::string> choices;
  if (key == nullptr || !key->type.starts_with(kOneOf)) return choices;
  for (size_t begin = kOneOf.size(); begin < key->type.size();) {
    const size_t end = std::min(key->type.find(", ", begin), key->type.size());
    choices.push_back(key->type.substr(begin, end - begin));
    begin = end + 2;
  }
  return choices;
}

constexpr const char* kCommandsGroup = "Commands";

// CLI11's layout without its noise: no "TEXT", "REQUIRED" and doubled empty lines.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() {
    column_width(34);
    label("SUBCOMMAND", "COMMAND");
  }
  std::string make_description(const CLI::App* app) const override {
    return app->get_description() + "\n\n";
  }
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    return CLI::detail::find_and_replace(CLI::Formatter::make_help(app, std::move(name), mode),
                                         "\n\n\n", "\n\n");
  }
  std::string make_option_usage(const CLI::Option* option) const override {
    const bool many = option->get_expected_max() > 1;
    return option->get_name(true) + (many ? "..." : "");
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_positional()) return "";
    const std::string type = TypeNameOf(*option);
    return type.empty() ? "" : " " + type;
  }
};

}  // namespace

CLI::Validator IntegerFrom(uint64_t min, uint64_t max) {
  const auto check = [min, max](std::string& text) -> std::string {
    const std::optional<uint64_t> value = ParseNumber<uint64_t>(text);
    if (value && *value >= min && *value <= max) return "";
    return "expected an integer from " + std::to_string(min) + " to " + std::to_string(max) +
           ", got \"" + text + "\"";
  };
  return CLI::Validator(check, "");
}

CLI::Validator Offering(const std::vector<std::string>& choices) {
  return CLI::Validator([](std::string&) { return std::string(); }, '{' + Join(choices, ",") + '}');
}

CLI::Validator OneOf(const std::vector<std::string>& choices) {
  const auto check = [choices](std::string& text) -> std::string {
    if (std::ranges::find(choices, text) != choices.end()) return "";
    return "expected " + Join(choices, " or ") + ", got \"" + text + "\"";
  };
  return CLI::Validator(check, '{' + Join(choices, ",") + '}');
}

std::string TypeNameOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.substr(0, std::min(type.find(":{"), type.find(":FLOAT in [")));
}

CommandTree::CommandTree()
    : app_("Quarry: search and cited answers from your documents.", "quarry") {
  app_.require_subcommand(0, 1);
  app_.formatter(std::make_shared<HelpFormatter>());
  app_.set_help_flag("-h,--help", "print this help");
  app_.footer(
      "Example:\n  quarry index docs/ && quarry ask \"How do I reset the pump?\"\n\n"
      "The store is ./.quarry unless --store or QUARRY_STORE names another. Options\n"
      "are taken from flags, then QUARRY_* variables, then quarry.yaml; `quarry config`\n"
      "shows them all. `quarry help COMMAND` (or COMMAND -h) shows what a command\n"
      "takes, with an example.");
  AddCommon(app_);
}

CLI::App& CommandTree::AddCommand(CLI::App& parent, const std::string& name,
                                  const std::string& description, const std::string& example) {
  CLI::App& command = *parent.add_subcommand(name, description);
  command.footer("Example:\n  " + example);
  command.group(kCommandsGroup);
  AddCommon(command);
  return command;
}

CLI::App& CommandTree::AddFamily(const std::string& name, const std::string& description,
                                 const std::string& example) {
  CLI::App& family = *app_.add_subcommand(name, description);
  family.footer("Example:\n  " + example);
  family.group(kCommandsGroup);
  family.require_subcommand(1);
  return family;
}

void CommandTree::Then(CLI::App& command, Action action) {
  command.callback([this, action = std::move(action)] { parsed_.action = action; });
}

void CommandTree::Then(CLI::App& command, std::function<Result<int>(CommandContext&)> run) {
  Then(command, Action([run = std::move(run)](CommandContext& context, SignalScope&) {
         return run(context);
       }));
}

CLI::Option* CommandTree::AddKey(CLI::App& app, const std::string& names, const std::string& key,
                                 const std::string& type, const std::string& description) {
  // "-k,--top" is called by its last name in messages.
  const std::string flag = names.substr(names.rfind(',') + 1);
  const auto set = [this, key, flag](const std::string& text) {
    parsed_.flags.push_back({key, flag, {text}});
  };
  CLI::Option* option =
      app.add_option_function<std::string>(names, set, description)->type_name(type);
  const std::vector<std::string> choices = ChoicesOfKey(key);
  return choices.empty() ? option : option->check(Offering(choices));
}

void CommandTree::AddSwitch(CLI::App& app, const std::string& name, const std::string& key,
                            const std::string& description) {
  const auto set = [this, key, name](int64_t) { parsed_.flags.push_back({key, name, {"true"}}); };
  app.add_flag_function(name, set, description);
}

void CommandTree::AddListKey(CLI::App& app, const std::string& name, const std::string& key,
                             const std::string& type, const std::string& description) {
  const auto set = [this, key, name](const std::vector<std::string>& texts) {
    parsed_.flags.push_back({key, name, texts});
  };
  app.add_option_function<std::vector<std::string>>(name, set, description)
      ->type_name(type)
      ->allow_extra_args(false);
}

void CommandTree::AddQueryKeys(CLI::App& command) {
  AddKey(command, "-k", "retrieval.k", "N", "passages to find (10)");
  AddKey(command, "--mode", "retrieval.mode", "MODE", "hybrid, dense or lexical (hybrid)");
  AddKey(command, "--dense-weight", "retrieval.dense_weight", "W",
         "weight of the vectors, 0 to 1 (0.35)");
  AddSwitch(command, "--recall", "retrieval.feedback",
            "search again with words of what was found first");
  AddKey(command, "--hops", "retrieval.hops", "N",
         "follow names of what was found, N - 1 times (1)");
  AddKey(command, "--newest", "retrieval.recency_field", "FIELD",
         "newer documents gain, by this field of the metadata");
  AddKey(command, "--collapse", "retrieval.collapse", "S",
         "merge nearly equal passages of other documents (0 = off)");
  AddKey(command, "--diversity", "retrieval.diversity", "W",
         "prefer passages that say different things, 0 to 1 (0)");
  AddKey(command, "--neighbours", "retrieval.neighbours", "N",
         "chunks before and after each hit, too (0)");
  AddKey(command, "--section", "retrieval.section_tokens", "N",
         "the section around each hit, too, up to N tokens (0)");
}

void CommandTree::AddCommon(CLI::App& app) {
  AddKey(app, "--store", "store", "DIR", "directory of the store (./.quarry)")->group(kCommonGroup);
  AddKey(app, "--collection", "collection", "NAME", "set of documents (default)")
      ->group(kCommonGroup);
  app.add_option("--config", parsed_.config_file, "configuration file (./quarry.yaml)")
      ->type_name("FILE")
      ->group(kCommonGroup);
  const auto set = [this](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      const size_t equals = text.find('=');
      if (equals == std::string::npos) {
        throw CLI::ValidationError("--set", "expected KEY=VALUE, got \"" + text + "\"");
      }
      parsed_.flags.push_back({text.substr(0, equals), "--set", {text.substr(equals + 1)}});
    }
  };
  app.add_option_function<std::vector<std::string>>("--set", set,
                                                    "any option of `quarry config`; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->group(kCommonGroup);
  app.add_flag("--json", parsed_.json, "print one JSON object")->group(kCommonGroup);
}

void CommandTree::AddWords(CLI::App& command, const std::string& name,
                           std::vector<std::string>& words, const std::string& description) {
  // With extra args CLI11 would take the word "[a, b]" for a list of its own. Without, it gives a
  // positional no more words than its minimum, hence this one, which "take all" does not enforce.
  constexpr int kMany = CLI::detail::expected_max_vector_size;
  command.add_option(name, words, description)
      ->required()
      ->expected(kMany - 1, kMany)
      ->take_all()
      ->allow_extra_args(false);
}

void CommandTree::AddProfile(CLI::App& command, std::string& profile) {
  command
      .add_option("--profile", profile, "an assistant of `quarry profile ls`; flags override it")
      ->type_name("NAME");
}

void CommandTree::AddPrincipals(CLI::App& command, std::vector<std::string>& principals) {
  command
      .add_option("--principal", principals,
                  "only what NAME may read (and what everybody may); repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
}

}  // namespace quarry::app
