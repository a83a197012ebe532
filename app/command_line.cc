#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <string_view>

#include "app/commands_eval.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "base/names.h"

namespace quarry::app {
namespace {

constexpr const char* kCommonGroup = "Common options";
constexpr const char* kCommandsGroup = "Commands";
constexpr uint64_t kMaxListed = 1'000'000'000;  // documents

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
  if (!extras.empty()) {
    const std::string& extra = extras[0];
    if (extra.size() > 1 && extra[0] == '-') {
      const std::string name = extra.substr(0, extra.find('='));
      const std::string suggestion = Suggestion(name, OptionNames(app));
      const bool takes_words = app.get_name() == "search" || app.get_name() == "ask";
      const bool may_exclude = suggestion.empty() && takes_words && extra[1] != '-';
      return "unknown option \"" + extra + "\"" + suggestion +
             (may_exclude ? "; a question that begins so goes behind --" : "");
    }
    if (is_family) {
      std::vector<std::string> names;
      for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
      const std::string suggestion = Suggestion(extra, names);
      return "unknown command \"" + extra + "\"" +
             (suggestion.empty() ? ": expected " + CommandsOf(app) : suggestion);
    }
    return "unexpected argument \"" + extra + "\"";
  }
  if (is_family && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return "a command is missing: expected " + CommandsOf(app);
  }
  const std::string what = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string option = what.substr(0, what.find(':'));
    return option + (what.ends_with("missing") ? ": a value is missing" : ": given more than once");
  }
  return what;
}

// CLI11 itself would take "-1" for a large number, and names no range.
CLI::Validator IntegerFrom(uint64_t min, uint64_t max) {
  const auto check = [min, max](std::string& text) -> std::string {
    uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc() && rest == end && value >= min && value <= max) return "";
    return "expected an integer from " + std::to_string(min) + " to " + std::to_string(max) +
           ", got \"" + text + "\"";
  };
  return CLI::Validator(check, "");
}

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
    return option->get_type_name().empty() ? "" : " " + option->get_type_name();
  }
};

// Builds the commands, and keeps what their options write to until the action is made.
class Parser {
 public:
  Parser() : app_("Quarry: search and cited answers from your documents.", "quarry") {
    app_.require_subcommand(0, 1);
    app_.formatter(std::make_shared<HelpFormatter>());
    app_.set_help_flag("-h,--help", "print this help");
    app_.footer(
        "Example:\n  quarry index docs/ && quarry ask \"How do I reset the pump?\"\n\n"
        "The store is ./.quarry unless --store or QUARRY_STORE names another. Options are taken\n"
        "from flags, then QUARRY_* variables, then quarry.yaml; `quarry config` shows them all.\n"
        "`quarry help COMMAND` (or COMMAND -h) shows what a command takes, with an example.");
    app_.add_flag("--version", version_, "print the version");
    AddCommon(app_);
    AddIndex();
    AddSearch();
    AddAsk();
    AddChat();
    AddDocs();
    AddCollections();
    AddServe();
    AddKeys();
    AddMcp();
    AddEval();
    AddBackup();
    AddCache();
    AddEmbedder();
    AddModel();
    AddUpkeep();
  }

  Result<ParsedCommandLine> Parse(int argc, const char* const* argv) {
    // "quarry help docs ls" is "quarry docs ls -h".
    std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    parsed_.arguments = arguments;
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
      parsed_.text = app_.help();
      return std::move(parsed_);
    } catch (const CLI::ParseError& error) {
      return UsageError(DescribeError(DeepestCommand(), error));
    }
    parsed_.json = json_;
    if (version_) {
      parsed_.text = json_ ? VersionJson() : "quarry " + ProgramVersion() + "\n";
    } else if (!parsed_.action) {
      return UsageError("a command is missing: expected " + CommandsOf(app_));
    }
    return std::move(parsed_);
  }

 private:
  // The last command that was given.
  const CLI::App& DeepestCommand() const {
    const CLI::App* app = &app_;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
    return *app;
  }

  Status UsageError(const std::string& what) {
    std::string command = "quarry";
    for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
      app = app->get_subcommands().back();
      command += " " + app->get_name();
    }
    return InvalidArgumentError(what + "; see: " + command + " -h");
  }

  // An option of the command line that sets one of the configuration.
  CLI::Option* AddKey(CLI::App& app, const std::string& names, const std::string& key,
                      const std::string& type, const std::string& description) {
    // "-k,--top" is called by its last name in messages.
    const std::string flag = names.substr(names.rfind(',') + 1);
    const auto set = [this, key, flag](const std::string& text) {
      parsed_.flags.push_back({key, flag, {text}});
    };
    return app.add_option_function<std::string>(names, set, description)->type_name(type);
  }

  // A flag without a value that sets an option to true.
  void AddSwitch(CLI::App& app, const std::string& name, const std::string& key,
                 const std::string& description) {
    const auto set = [this, key, name](int64_t) { parsed_.flags.push_back({key, name, {"true"}}); };
    app.add_flag_function(name, set, description);
  }

  // The same for a list; one element per use of the flag.
  void AddListKey(CLI::App& app, const std::string& name, const std::string& key,
                  const std::string& type, const std::string& description) {
    const auto set = [this, key, name](const std::vector<std::string>& texts) {
      parsed_.flags.push_back({key, name, texts});
    };
    app.add_option_function<std::vector<std::string>>(name, set, description)
        ->type_name(type)
        ->allow_extra_args(false);
  }

  void AddCommon(CLI::App& app) {
    AddKey(app, "--store", "store", "DIR", "directory of the store (./.quarry)")
        ->group(kCommonGroup);
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
    app.add_flag("--json", json_, "print one JSON object")->group(kCommonGroup);
  }

  CLI::App& AddCommand(CLI::App& parent, const std::string& name, const std::string& description,
                       const std::string& example) {
    CLI::App& command = *parent.add_subcommand(name, description);
    command.footer("Example:\n  " + example);
    command.group(kCommandsGroup);
    AddCommon(command);
    return command;
  }

  // A command that only has commands below it.
  CLI::App& AddFamily(const std::string& name, const std::string& description,
                      const std::string& example) {
    CLI::App& family = *app_.add_subcommand(name, description);
    family.footer("Example:\n  " + example);
    family.group(kCommandsGroup);
    family.require_subcommand(1);
    return family;
  }

  template <typename Run>
  void Then(CLI::App& command, Run run) {
    command.callback([this, run] {
      parsed_.action = [run](CommandContext& context, SignalScope&) { return run(context); };
    });
  }

  // Words of a question may come with or without quotes around them.
  static void AddWords(CLI::App& command, const std::string& name, std::vector<std::string>& words,
                       const std::string& description) {
    // With extra args CLI11 would take the word "[a, b]" for a list of its own. Without, it gives a
    // positional no more words than its minimum, hence this one, which "take all" does not enforce.
    constexpr int kMany = CLI::detail::expected_max_vector_size;
    command.add_option(name, words, description)
        ->required()
        ->expected(kMany - 1, kMany)
        ->take_all()
        ->allow_extra_args(false);
  }

  static void AddPrincipals(CLI::App& command, std::vector<std::string>& principals) {
    command
        .add_option("--principal", principals,
                    "only what NAME may read (and what everybody may); repeatable")
        ->type_name("NAME")
        ->allow_extra_args(false);
  }

  void AddQueryKeys(CLI::App& command) {
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
    AddKey(command, "--diversity", "retrieval.diversity", "W",
           "prefer passages that say different things, 0 to 1 (0)");
    AddKey(command, "--neighbours", "retrieval.neighbours", "N",
           "chunks before and after each hit, too (0)");
    AddKey(command, "--section", "retrieval.section_tokens", "N",
           "the section around each hit, too, up to N tokens (0)");
  }

  void AddIndex() {
    CLI::App& command = AddCommand(
        app_, "index", "add documents, or bring a folder's documents up to date",
        "quarry index docs/ --include '*.md' --exclude 'drafts/**' --meta team=pumps --prune\n"
        "  quarry index - < records.jsonl   "
        R"({"id": "a1", "text": "..", "metadata": {"year": 2020}})"
        "\n                                   "
        R"({"op": "delete", "id": "a1"})");
    AddWords(command, "PATH", index_.paths, "files and folders; - reads JSON lines from stdin");
    AddListKey(command, "--include", "ingest.include", "GLOB", "only these files; repeatable");
    AddListKey(command, "--exclude", "ingest.exclude", "GLOB", "not these files; repeatable");
    command.add_flag("--prune", index_.prune, "remove documents whose file is gone");
    command.add_flag("--dry-run", index_.dry_run, "say what would be done, change nothing");
    command.add_flag("--watch", index_.watch, "go on until Ctrl-C: follow what changes");
    command.add_option("--meta", index_.metadata, "metadata of every document; repeatable")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    AddKey(command, "--jobs", "ingest.jobs", "N", "threads that parse (one per core)");
    Then(command, [this](CommandContext& context) { return RunIndex(index_, context); });
  }

  void AddSearch() {
    CLI::App& command =
        AddCommand(app_, "search", "ranked passages for a question",
                   "quarry search \"pump pressure\" -k 5\n"
                   R"(  quarry search '"valve torque" bolt* -leak +flange')"
                   "\n"
                   "    the phrase, words that begin so, without the word, with it\n"
                   "  quarry index docs/ --meta team=pumps\n"
                   "  quarry search pressure --filter "
                   R"('{"type": "eq", "key": "team", "value": "pumps"}')");
    AddWords(command, "QUESTION", words_, "what to search for");
    AddQueryKeys(command);
    command
        .add_option("--filter", search_.filter, "over metadata: eq ne gt gte lt lte in nin and or")
        ->type_name("JSON");
    AddPrincipals(command, search_.principals);
    command
        .add_option("--collections", search_.collections,
                    "search these together instead of --collection; repeatable")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command.add_flag("--explain", search_.explain, "show how each score comes about");
    command.add_option("--why", search_.why, "say why this document is not found, or where it is")
        ->type_name("DOCUMENT");
    Then(command, [this](CommandContext& context) {
      search_.question = Join(words_, " ");
      return RunSearch(search_, context);
    });
  }

  void AddAsk() {
    CLI::App& command = AddCommand(app_, "ask", "an answer with its sources",
                                   R"(quarry ask "At what pressure does the pump run?")");
    AddWords(command, "QUESTION", words_, "what to answer");
    AddQueryKeys(command);
    AddKey(command, "--model", "chat.model", "URL#NAME", "chat model that writes the answer");
    command.add_option("--filter", ask_.filter, "over metadata, as in quarry search")
        ->type_name("JSON");
    AddPrincipals(command, ask_.principals);
    command.add_flag("--show-context", ask_.show_context, "print the passages that were read");
    command.add_flag("--no-cache", ask_.no_cache, "do not serve a stored answer");
    Then(command, [this](CommandContext& context) {
      ask_.question = Join(words_, " ");
      return RunAsk(ask_, context);
    });
  }

  void AddChat() {
    CLI::App& command = AddCommand(app_, "chat", "a conversation in the terminal", "quarry chat");
    AddQueryKeys(command);
    AddKey(command, "--model", "chat.model", "URL#NAME", "chat model that writes the answers");
    command.add_option("--filter", chat_.filter, "over metadata, as in quarry search")
        ->type_name("JSON");
    AddPrincipals(command, chat_.principals);
    Then(command, [this](CommandContext& context) { return RunChat(chat_, context); });
  }

  void AddDocs() {
    CLI::App& docs = AddFamily("docs", "documents of a collection", "quarry docs ls");
    CLI::App& list = AddCommand(docs, "ls", "list documents in the order of first indexing",
                                "quarry docs ls --limit 20 --offset 40");
    list.add_option("--limit", docs_list_.limit, "documents to show (50)")
        ->type_name("N")
        ->check(IntegerFrom(1, kMaxListed));
    list.add_option("--offset", docs_list_.offset, "documents to leave out first")
        ->type_name("N")
        ->check(IntegerFrom(0, kMaxListed));
    Then(list, [this](CommandContext& context) { return RunDocsList(docs_list_, context); });

    CLI::App& show =
        AddCommand(docs, "show", "one document", "quarry docs show guide/install.md --chunks");
    show.add_option("ID", docs_show_.id, "of the document")->required();
    show.add_flag("--chunks", docs_show_.chunks, "its chunks too");
    show.add_flag("--text", docs_show_.text, "its text (alone, without --chunks)");
    Then(show, [this](CommandContext& context) { return RunDocsShow(docs_show_, context); });

    CLI::App& duplicates =
        AddCommand(docs, "duplicates", "documents that say nearly what another says",
                   "quarry docs duplicates --similarity 0.9");
    duplicates
        .add_option("--similarity", docs_duplicates_.similarity,
                    "share of runs of five words in common, 0.5 to 1 (0.8)")
        ->type_name("SHARE")
        ->check(CLI::Range(0.5, 1.0));
    Then(duplicates,
         [this](CommandContext& context) { return RunDocsDuplicates(docs_duplicates_, context); });

    CLI::App& remove = AddCommand(docs, "delete", "remove documents at once",
                                  "quarry docs delete guide/old.md guide/older.md");
    AddWords(remove, "ID", docs_delete_.ids, "of the documents");
    Then(remove, [this](CommandContext& context) { return RunDocsDelete(docs_delete_, context); });
  }

  void AddCollections() {
    CLI::App& collections =
        AddFamily("collections", "collections of a store", "quarry collections ls");
    CLI::App& list = AddCommand(collections, "ls", "list collections", "quarry collections ls");
    Then(list, RunCollectionsList);
    CLI::App& create = AddCommand(collections, "create", "make an empty collection",
                                  "quarry collections create manuals --set bm25.k1=0.9 "
                                  "--set bm25.title_weight=3");
    create.add_option("NAME", collection_, "of the collection")->required();
    Then(create,
         [this](CommandContext& context) { return RunCollectionsCreate(collection_, context); });
    CLI::App& set = AddCommand(collections, "set", "change how a collection holds its vectors",
                               "quarry collections set manuals --set vectors.kind=hnsw");
    set.add_option("NAME", collection_, "of the collection")->required();
    Then(set, [this](CommandContext& context) { return RunCollectionsSet(collection_, context); });
    CLI::App& remove = AddCommand(collections, "delete", "remove a collection and all it holds",
                                  "quarry collections delete manuals");
    remove.add_option("NAME", collection_, "of the collection")->required();
    Then(remove,
         [this](CommandContext& context) { return RunCollectionsDelete(collection_, context); });
  }

  void AddServe() {
    CLI::App& command =
        AddCommand(app_, "serve", "serve HTTP until it is stopped", "quarry serve --port 8420");
    AddKey(command, "--host", "server.host", "ADDRESS", "to listen on (127.0.0.1)");
    AddKey(command, "--port", "server.port", "N", "to listen on (8420); 0 = any free one");
    command.callback([this] {
      parsed_.action = [](CommandContext& context, SignalScope& signals) {
        return RunServe(signals, context);
      };
    });
  }

  void AddKeys() {
    CLI::App& keys = AddFamily("keys", "who may use a server of the store", "quarry keys ls");
    CLI::App& create = AddCommand(keys, "create", "make a key, which is shown once",
                                  "quarry keys create ci --scope query --scope ingest "
                                  "--collections manuals --requests-per-minute 60");
    create.add_option("NAME", keys_create_.name, "for people")->required();
    const auto add_list = [&](const char* name, std::vector<std::string>& list, const char* type,
                              const char* description) {
      create.add_option(name, list, description)->type_name(type)->allow_extra_args(false);
    };
    add_list("--scope", keys_create_.scopes, "SCOPE", "query, ingest or admin (query); repeatable");
    add_list("--collections", keys_create_.collections, "NAME", "only this one; repeatable");
    add_list("--principal", keys_create_.principals, "NAME",
             "only what NAME may read (and what everybody may); repeatable");
    create.add_option("--expires", keys_create_.expires, "as 2027-01-31T12:00:00Z")
        ->type_name("TIME");
    const auto add_limit = [&](const char* name, uint32_t& limit, const char* description) {
      create.add_option(name, limit, description)
          ->type_name("N")
          ->check(IntegerFrom(1, UINT32_MAX));
    };
    add_limit("--requests-per-minute", keys_create_.requests_per_minute, "more are refused");
    add_limit("--requests-per-day", keys_create_.requests_per_day, "more are refused");
    add_limit("--tokens-per-minute", keys_create_.tokens_per_minute, "of prompts and answers");
    add_limit("--tokens-per-day", keys_create_.tokens_per_day, "of prompts and answers");
    Then(create, [this](CommandContext& context) { return RunKeysCreate(keys_create_, context); });
    CLI::App& list = AddCommand(keys, "ls", "list keys, revoked ones too", "quarry keys ls");
    Then(list, RunKeysList);
    CLI::App& revoke = AddCommand(keys, "revoke", "take a key back, from the next request on",
                                  "quarry keys revoke key_3v9c0kq2m1x7t5b8n4z6w0ya");
    revoke.add_option("ID", key_id_, "of `quarry keys ls`")->required();
    Then(revoke, [this](CommandContext& context) { return RunKeysRevoke(key_id_, context); });
  }

  void AddMcp() {
    CLI::App& command =
        AddCommand(app_, "mcp", "speak the Model Context Protocol on standard input and output",
                   R"(quarry mcp --store ~/documents/.quarry)"
                   "\n  for assistants that start their servers themselves: docs/mcp.md");
    Then(command, RunMcp);
  }

  void AddEval() {
    CLI::App& family =
        AddFamily("eval", "measure quality", "quarry eval retrieval --beir data/scifact");
    CLI::App& command =
        AddCommand(family, "retrieval", "retrieval metrics on a BEIR collection",
                   "quarry eval retrieval --beir data/scifact --mode hybrid --json");
    command.add_option("--beir", eval_.beir, "corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv")
        ->type_name("DIR")
        ->required();
    command.add_option("--split", eval_.split, "of the judgements (test)")->type_name("NAME");
    command.add_option("-k", eval_.k, "cut-off of the metrics (10)")
        ->type_name("N")
        ->check(IntegerFrom(1, 1000));
    AddKey(command, "--mode", "retrieval.mode", "MODE", "hybrid, dense or lexical (hybrid)");
    command.add_option("--run", eval_.run_file, "TREC run to write")->type_name("FILE");
    Then(command, [this](CommandContext& context) { return RunEvalRetrieval(eval_, context); });

    CLI::App& diff = AddCommand(
        family, "diff", "which questions change when an option of retrieval does",
        "quarry eval diff --beir data/scifact --with retrieval.dense_weight=0.5\n"
        "  quarry eval diff --beir data/hotpotqa --store .quarry --with retrieval.hops=2");
    diff.add_option("--beir", eval_diff_.beir, "as above")->type_name("DIR")->required();
    diff.add_option("--split", eval_diff_.split, "of the judgements (test)")->type_name("NAME");
    diff.add_option("-k", eval_diff_.k, "how deep is looked (10)")
        ->type_name("N")
        ->check(IntegerFrom(1, 1000));
    diff.add_option("--show", eval_diff_.shown, "questions to list (10)")
        ->type_name("N")
        ->check(IntegerFrom(0, kMaxListed));
    diff.add_option("--with", eval_diff_.with,
                    "what the other side has; --set is for both; repeatable")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false)
        ->required();
    Then(diff, [this](CommandContext& context) { return RunEvalDiff(eval_diff_, context); });

    AddEvalSuites(family);
    AddEvalTools(family);
    AddEvalFiles(family);

    CLI::App& judge = AddCommand(
        family, "judge-check", "how far a judge agrees with labels of people",
        "quarry eval judge-check labels.jsonl\n"
        "  quarry eval judge-check labels.jsonl --judge llm --limit 200 --keep --store .quarry");
    judge.add_option("LABELS", judge_check_.files, "files (docs/evaluation_judges.md)")->required();
    judge.add_option("--judge", judge_check_.judge, "local, or llm: chat.model (local)")
        ->type_name("NAME");
    judge.add_option("--limit", judge_check_.limit, "rows of each file; 0 = all (0)")
        ->type_name("N")
        ->check(IntegerFrom(0, 100'000'000));
    judge.add_flag("--tune", judge_check_.tune,
                   "choose the local judge's threshold on one half, report the other");
    judge.add_flag("--held-out", judge_check_.held_out, "report that half only");
    judge.add_flag("--keep", judge_check_.keep,
                   "store what was measured: reports correct their rates by it");
    Then(judge,
         [this](CommandContext& context) { return RunEvalJudgeCheck(judge_check_, context); });

    CLI::App& traffic =
        AddCommand(family, "from-traffic", "judge a sample of the answers that a server gave",
                   "quarry eval from-traffic --share 0.1 --days 30 --cases drafts.jsonl");
    traffic.add_option("--share", traffic_.share, "of the kept answers, 0 to 1 (0.1)")
        ->type_name("SHARE")
        ->check(CLI::Range(0.0, 1.0));
    traffic.add_option("--seed", traffic_.seed, "of the sample (1)")->type_name("N");
    traffic.add_option("--days", traffic_.days, "back from now (30)")
        ->type_name("N")
        ->check(IntegerFrom(1, 100'000));
    traffic.add_option("--cases", traffic_.cases, "draft cases of the sample")->type_name("FILE");
    traffic.add_option("--metrics", traffic_.metrics, "for Prometheus' textfile collector")
        ->type_name("FILE");
    Then(traffic,
         [this](CommandContext& context) { return RunEvalFromTraffic(traffic_, context); });

    CLI::App& advise =
        AddCommand(family, "advise", "why cases of a run failed, and what to change next",
                   "quarry eval advise latest --suite suites/manuals");
    advise.add_option("RUN", advise_.run, "id, name, latest or file (.jsonl)")->required();
    advise.add_option("--suite", advise_.suite, "that it was made of")
        ->type_name("DIR")
        ->required();
    advise.add_option("--judge", advise_.judge, "of the replays (local)")->type_name("NAME");
    advise.add_option("--target", advise_.target, "share of cases that shall pass (0.9)")
        ->type_name("SHARE")
        ->check(CLI::Range(0.0, 1.0));
    advise
        .add_option("--prompts-tried", advise_.prompts_tried,
                    "other prompts that were run and changed nothing (0)")
        ->type_name("N")
        ->check(IntegerFrom(0, 1000));
    Then(advise, [this](CommandContext& context) { return RunEvalAdvise(advise_, context); });

    CLI::App& feedback = AddFamily("feedback", "what readers thought of answers",
                                   "quarry feedback export --format sft --out train.jsonl");
    CLI::App& rows = AddCommand(feedback, "export", "rows to learn from (docs/learning.md)",
                                "quarry feedback export --format dpo --held-out suites/manuals");
    rows.add_option("--format", feedback_.format, "sft, dpo or suite")
        ->type_name("FORMAT")
        ->required();
    rows.add_option("--held-out", feedback_.held_out,
                    "suite whose questions, and those near them, are left out; repeatable")
        ->type_name("DIR")
        ->allow_extra_args(false);
    rows.add_option("--out", feedback_.out, "file to write (standard output)")->type_name("FILE");
    Then(rows, [this](CommandContext& context) { return RunFeedbackExport(feedback_, context); });

    CLI::App& tune = AddCommand(app_, "tune", "how a collection is searched best",
                                "quarry tune --beir data/scifact --store .quarry\n"
                                "  quarry tune --from qrels --beir data/scifact --train train");
    tune.add_option("--from", tune_.from,
                    "qrels: learn k1, b and the weight on one split, measure on another")
        ->type_name("SOURCE")
        ->check(CLI::IsMember({"qrels"}));
    tune.add_option("--train", tune_.train, "split that --from qrels learns from (train)")
        ->type_name("NAME");
    tune.add_option("--beir", tune_.beir, "judged questions: corpus.jsonl, queries.jsonl, qrels/")
        ->type_name("DIR")
        ->required();
    tune.add_option("--split", tune_.split, "of the judgements (test)")->type_name("NAME");
    tune.add_option("-k", tune_.k, "cut-off of nDCG (10)")
        ->type_name("N")
        ->check(IntegerFrom(1, 1000));
    Then(tune, [this](CommandContext& context) {
      return tune_.from.empty() ? RunTune(tune_, context) : RunTuneFromQrels(tune_, context);
    });

    CLI::App& answers = AddCommand(family, "answers", "citations and refusals on a BEIR collection",
                                   "quarry eval answers --beir data/squad_v2 --json");
    answers
        .add_option("--beir", eval_answers_.beir,
                    "as above; queries with \"is_impossible\": true should be declined")
        ->type_name("DIR")
        ->required();
    answers.add_option("--split", eval_answers_.split, "of the judgements (test)")
        ->type_name("NAME");
    AddQueryKeys(answers);
    Then(answers,
         [this](CommandContext& context) { return RunEvalAnswers(eval_answers_, context); });
  }

  void AddReports(CLI::App& command, std::vector<std::string>& reports, uint32_t& shown) {
    command
        .add_option("--report", reports,
                    "also to FILE: .html, .md, .xml (JUnit), .json, .jsonl (the run); repeatable")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command.add_option("--show", shown, "failed cases to list (10)")
        ->type_name("N")
        ->check(IntegerFrom(0, kMaxListed));
  }

  // Suites and their runs: docs/evaluation.md.
  void AddEvalSuites(CLI::App& family) {
    CLI::App& run =
        AddCommand(family, "run", "ask a suite, score the answers, decide its gates",
                   "quarry eval run examples/suite --report report.html\n"
                   "  exit codes: 0 passed, 1 a gate failed, 2 configuration, 3 the run "
                   "is invalid, 4 inconclusive");
    run.add_option("SUITE", eval_run_.suite, "folder with suite.yaml and cases.jsonl")->required();
    run.add_option("--name", eval_run_.name, "of the run, to find it by")->type_name("NAME");
    run.add_option("--baseline", eval_run_.baseline, "run (or its file) to compare with")
        ->type_name("RUN");
    run.add_option("--judge", eval_run_.judge, "local, llm (chat.model) or none (local)")
        ->type_name("JUDGE");
    run.add_option("--jobs", eval_run_.jobs, "cases at once (one per core)")
        ->type_name("N")
        ->check(IntegerFrom(1, 1000));
    run.add_option("--repeats", eval_run_.repeats, "how often each case is asked")
        ->type_name("N")
        ->check(IntegerFrom(1, 100));
    run.add_flag("--cache", eval_run_.use_cache, "let the answer cache serve");
    run.add_flag("--restart", eval_run_.restart, "do not go on with an unfinished run");
    AddReports(run, eval_run_.reports, eval_run_.shown);
    AddQueryKeys(run);
    Then(run, [this](CommandContext& context) { return RunEvalRun(eval_run_, context); });

    CLI::App& report = AddCommand(family, "report", "show a run again, or write it for others",
                                  "quarry eval report latest --report report.html");
    AddRunOptions(report);
    Then(report, [this](CommandContext& context) { return RunEvalReport(eval_report_, context); });
    CLI::App& gate = AddCommand(family, "gate", "decide the gates of a run",
                                "quarry eval gate latest --suite examples/suite --baseline main");
    AddRunOptions(gate);
    Then(gate, [this](CommandContext& context) { return RunEvalGate(eval_report_, context); });

    CLI::App& compare = AddCommand(family, "compare", "what changed between two runs",
                                   "quarry eval compare main latest --metric pass --margin 0.02");
    compare.add_option("BEFORE", eval_compare_.before, "a run")->required();
    compare.add_option("AFTER", eval_compare_.after, "a run")->required();
    compare.add_option("--metric", eval_compare_.metrics, "that may not fall (pass); repeatable")
        ->type_name("NAME")
        ->allow_extra_args(false);
    compare.add_option("--margin", eval_compare_.margin, "by which it may (0.02)")
        ->type_name("M")
        ->check(CLI::Range(0.0, 1e9));
    AddReports(compare, eval_compare_.reports, eval_compare_.shown);
    Then(compare,
         [this](CommandContext& context) { return RunEvalCompare(eval_compare_, context); });

    CLI::App& runs =
        AddCommand(family, "runs", "the runs that the store holds", "quarry eval runs");
    runs.add_option("--suite", eval_runs_.suite, "only of this suite")->type_name("NAME");
    runs.add_option("--limit", eval_runs_.limit, "how many (20)")
        ->type_name("N")
        ->check(IntegerFrom(1, kMaxListed));
    Then(runs, [this](CommandContext& context) { return RunEvalRuns(eval_runs_, context); });
  }

  void AddEvalTools(CLI::App& family) {
    CLI::App& lint = AddCommand(family, "lint", "what is wrong with a suite, against its corpus",
                                "quarry eval lint examples/suite");
    lint.add_option("SUITE", eval_suite_.suite, "folder of the suite")->required();
    lint.add_flag("--apply", eval_suite_.apply, "write the offsets of gold spans that moved");
    Then(lint, [this](CommandContext& context) { return RunEvalLint(eval_suite_, context); });

    CLI::App& plan = AddCommand(family, "plan", "how many cases it takes to see a difference",
                                "quarry eval plan examples/suite --detect 0.03 --run latest");
    plan.add_option("SUITE", eval_plan_.suite, "that is there already");
    plan.add_option("--detect", eval_plan_.detect, "difference of two pass rates (0.05)")
        ->type_name("D");
    plan.add_option("--discordance", eval_plan_.discordance,
                    "share of cases on which two systems disagree (0.15)")
        ->type_name("S");
    plan.add_option("--run", eval_plan_.run, "whose tokens and prices are taken")->type_name("RUN");
    Then(plan, [this](CommandContext& context) { return RunEvalPlan(eval_plan_, context); });

    CLI::App& sweep = AddCommand(
        family, "sweep", "race configurations, and show the winner on held-out questions",
        "quarry eval sweep --beir data/cranfield --vary retrieval.dense_weight=0,0.2,0.5\n"
        "  quarry eval sweep examples/suite --vary retrieval.k=5,10,20 "
        "--vary chunking.target_tokens=200,400 --report sweep.html");
    sweep.add_option("SUITE", eval_sweep_.suite, "folder of a suite with a corpus; or --beir");
    sweep.add_option("--beir", eval_sweep_.beir, "corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv")
        ->type_name("DIR");
    sweep.add_option("--split", eval_sweep_.split, "of the judgements (test)")->type_name("NAME");
    sweep.add_option("--vary", eval_sweep_.vary, "an option and its values; repeatable")
        ->type_name("KEY=V1,V2")
        ->allow_extra_args(false)
        ->required();
    sweep.add_option("--held-out", eval_sweep_.held_out, "share that chooses nothing (0.5)")
        ->type_name("S")
        ->check(CLI::Range(0.1, 0.9));
    sweep.add_option("--seed", eval_sweep_.seed, "of the split (1)")->type_name("N");
    sweep.add_option("--report", eval_sweep_.reports, "also to FILE: .html, .json; repeatable")
        ->type_name("FILE")
        ->allow_extra_args(false);
    Then(sweep, [this](CommandContext& context) { return RunEvalSweep(eval_sweep_, context); });
  }

  void AddEvalFiles(CLI::App& family) {
    CLI::App& synth = AddCommand(family, "synth", "draft cases out of a collection",
                                 "quarry eval synth --to eval/drafts --cases 50");
    synth.add_option("--to", eval_synth_.directory, "folder of the suite to make")
        ->type_name("DIR")
        ->required();
    synth.add_option("--cases", eval_synth_.cases, "at most so many (100)")
        ->type_name("N")
        ->check(IntegerFrom(1, 100'000));
    synth.add_option("--seed", eval_synth_.seed, "of what is drawn (1)")->type_name("N");
    Then(synth, [this](CommandContext& context) { return RunEvalSynth(eval_synth_, context); });

    CLI::App& import = AddCommand(family, "import", "make a suite of another program's file",
                                  "quarry eval import squad dev-v2.0.json --to eval/squad");
    import.add_option("FORMAT", eval_import_.format, "beir, squad, rgb, ragas or promptfoo")
        ->required();
    import.add_option("FILE", eval_import_.from, "to read; of beir a folder")->required();
    import.add_option("--to", eval_import_.directory, "folder of the suite to make")
        ->type_name("DIR")
        ->required();
    Then(import, [this](CommandContext& context) { return RunEvalImport(eval_import_, context); });

    CLI::App& export_command =
        AddCommand(family, "export", "write a run or a suite for another program",
                   "quarry eval export latest --format ragas --to run.ragas.jsonl");
    export_command.add_option("WHAT", eval_export_.what, "a run, or the folder of a suite")
        ->required();
    export_command
        .add_option("--format", eval_export_.format,
                    "run, ragas or trec of a run; promptfoo or qrels of either")
        ->type_name("NAME")
        ->required();
    export_command.add_option("--to", eval_export_.to, "file to write")
        ->type_name("FILE")
        ->required();
    Then(export_command,
         [this](CommandContext& context) { return RunEvalExport(eval_export_, context); });
  }

  void AddRunOptions(CLI::App& command) {
    command.add_option("RUN", eval_report_.run, "id, its start, name, latest, or a file (.jsonl)")
        ->required();
    command.add_option("--baseline", eval_report_.baseline, "run to compare with")
        ->type_name("RUN");
    command.add_option("--suite", eval_report_.suite, "whose gates are decided (the run's)")
        ->type_name("DIR");
    AddReports(command, eval_report_.reports, eval_report_.shown);
  }

  void AddBackup() {
    CLI::App& family =
        AddFamily("backup", "copies of the store", "quarry backup create /mnt/b/monday");
    const auto add = [&](const char* name, const char* description, const char* example,
                         Result<int> (*run)(const BackupArguments&, CommandContext&)) {
      CLI::App& command = AddCommand(family, name, description, example);
      command.add_option("DIR", backup_.directory, "of the backup")->required();
      Then(command, [this, run](CommandContext& context) { return run(backup_, context); });
    };
    add("create", "copy the store to a new directory and check the copy",
        "quarry backup create /mnt/b/monday", RunBackupCreate);
    add("restore", "make a new store of a backup, checking every file",
        "quarry backup restore /mnt/b/monday --store restored", RunBackupRestore);
    add("verify", "read a backup and compare every checksum", "quarry backup verify /mnt/b/monday",
        RunBackupVerify);
  }

  void AddEmbedder() {
    CLI::App& family =
        AddFamily("embedder", "what vectors of a collection are made by", "quarry embedder ls");
    CLI::App& list =
        AddCommand(family, "ls", "the generations of vectors that are there", "quarry embedder ls");
    Then(list, RunEmbedderList);
    CLI::App& learn = AddCommand(family, "learn", "learn an embedder from the collection now",
                                 "quarry embedder learn --collection manuals");
    Then(learn, RunEmbedderLearn);
    CLI::App& change = AddCommand(family, "switch", "embed the collection by a published model",
                                  "quarry embedder switch models/multilingual-e5-small "
                                  "--query-prefix 'query: ' --document-prefix 'passage: '");
    AddKey(change, "DIR", "embedding.model", "", "folder of the model (docs/models.md)")
        ->required();
    AddKey(change, "--query-prefix", "embedding.query_prefix", "TEXT", "before each question");
    AddKey(change, "--document-prefix", "embedding.document_prefix", "TEXT", "before each passage");
    Then(change, RunEmbedderSwitch);
    CLI::App& revert =
        AddCommand(family, "revert", "go back to the generation before", "quarry embedder revert");
    Then(revert, RunEmbedderRevert);
    CLI::App& drop = AddCommand(family, "drop", "remove the generation that is kept to go back to",
                                "quarry embedder drop && quarry compact");
    Then(drop, RunEmbedderDrop);
  }

  void AddCache() {
    CLI::App& family =
        AddFamily("cache", "stored answers of a collection (docs/cache.md)", "quarry cache ls");
    CLI::App& list =
        AddCommand(family, "ls", "what is stored and what it saved", "quarry cache ls");
    Then(list, RunCacheList);
    CLI::App& explain =
        AddCommand(family, "explain", "what the cache would do with a question, and why",
                   R"(quarry cache explain "At what pressure does the pump run?")");
    AddWords(explain, "QUESTION", words_, "to look up");
    AddQueryKeys(explain);
    explain.add_option("--filter", ask_.filter, "over metadata, as in quarry search")
        ->type_name("JSON");
    AddPrincipals(explain, ask_.principals);
    Then(explain, [this](CommandContext& context) {
      ask_.question = Join(words_, " ");
      return RunCacheExplain(ask_, context);
    });
    CLI::App& clear =
        AddCommand(family, "clear", "remove all stored answers", "quarry cache clear");
    clear.add_flag("--embeddings", cache_clear_.embeddings,
                   "remove the vectors that are kept of texts instead (docs/models.md)");
    clear.add_flag("--conversations", cache_clear_.conversations,
                   "remove the replies that are kept of conversations without documents instead");
    Then(clear, [this](CommandContext& context) { return RunCacheClear(cache_clear_, context); });
    CLI::App& tune = AddCommand(family, "tune", "measure whether other questions may be served too",
                                "quarry cache tune --pairs pairs.jsonl --bound 0.01\n"
                                R"(  a line of the file: {"a": "..", "b": "..", "label": 1})");
    tune.add_option("--pairs", cache_tune_.pairs, "labelled pairs of questions; repeatable")
        ->type_name("FILE")
        ->required()
        ->allow_extra_args(false);
    tune.add_option("--bound", cache_tune_.bound, "of the false-hit rate, 0.0001 to 0.5 (0.01)")
        ->type_name("RATE")
        ->check(CLI::Range(0.0001, 0.5));
    Then(tune, [this](CommandContext& context) { return RunCacheTune(cache_tune_, context); });
  }

  void AddModel() {
    CLI::App& family =
        AddFamily("model", "published models", "quarry model info models/all-MiniLM-L6-v2");
    CLI::App& info = AddCommand(family, "info", "what a folder with a model is, and what it costs",
                                "quarry model info models/all-MiniLM-L6-v2");
    AddKey(info, "DIR", "embedding.model", "", "folder of the model (docs/models.md)")->required();
    Then(info, RunModelInfo);
    CLI::App& pull = AddCommand(family, "pull", "fetch the folder of a model from a hub",
                                "quarry model pull intfloat/multilingual-e5-small");
    pull.add_option("NAME", pull_.name, "of the model at the hub (HF_ENDPOINT)")->required();
    pull.add_option("--to", pull_.directory, "folder to make (models/ and the name)")
        ->type_name("DIR");
    pull.add_option("--revision", pull_.revision, "branch, tag or commit (main)")
        ->type_name("NAME");
    Then(pull, [this](CommandContext& context) { return RunModelPull(pull_, context); });
  }

  void AddUpkeep() {
    CLI::App& stats =
        AddCommand(app_, "stats", "sizes and state of the collections", "quarry stats --json");
    Then(stats, RunStats);
    CLI::App& verify = AddCommand(app_, "verify", "check everything that the store holds",
                                  "quarry verify || echo damaged");
    Then(verify, RunVerify);
    CLI::App& compact = AddCommand(app_, "compact", "free the room of what was removed or replaced",
                                   "quarry compact");
    Then(compact, RunCompact);
    CLI::App& config = AddCommand(app_, "config", "the options in effect and where they come from",
                                  "quarry config --set retrieval.k=5");
    config.add_flag("--keys", config_.keys, "what options there are instead");
    Then(config, [this](CommandContext& context) { return RunConfig(config_, context); });
    CLI::App& doctor = AddCommand(app_, "doctor", "check store, machine and settings",
                                  "quarry doctor\n"
                                  "  quarry doctor --model --set "
                                  "chat.model=http://127.0.0.1:11434/v1#llama3.1");
    doctor.add_flag("--model", doctor_.model,
                    "send the prompts to chat.model and say which it follows");
    Then(doctor, [this](CommandContext& context) { return RunDoctor(doctor_, context); });
  }

  CLI::App app_;
  ParsedCommandLine parsed_;
  bool json_ = false;
  bool version_ = false;
  std::vector<std::string> words_;
  std::string collection_;
  IndexArguments index_;
  SearchArguments search_;
  AskArguments ask_;
  ChatArguments chat_;
  CacheClearArguments cache_clear_;
  CacheTuneArguments cache_tune_;
  DocsListArguments docs_list_;
  DocsShowArguments docs_show_;
  DocsDuplicatesArguments docs_duplicates_;
  DocsDeleteArguments docs_delete_;
  BackupArguments backup_;
  KeysCreateArguments keys_create_;
  std::string key_id_;
  EvalRetrievalArguments eval_;
  EvalAnswersArguments eval_answers_;
  EvalDiffArguments eval_diff_;
  EvalJudgeCheckArguments judge_check_;
  EvalFromTrafficArguments traffic_;
  EvalAdviseArguments advise_;
  FeedbackExportArguments feedback_;
  EvalRunArguments eval_run_;
  EvalReportArguments eval_report_;
  EvalCompareArguments eval_compare_;
  EvalRunsArguments eval_runs_;
  EvalSuiteArguments eval_suite_;
  EvalPlanArguments eval_plan_;
  EvalSweepArguments eval_sweep_;
  EvalSynthArguments eval_synth_;
  EvalImportArguments eval_import_;
  EvalExportArguments eval_export_;
  TuneArguments tune_;
  ConfigArguments config_;
  DoctorArguments doctor_;
  ModelPullArguments pull_;
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

bool WantsJson(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--json") return true;
    if (std::string_view(argv[i]) == "--") break;
  }
  return false;
}

}  // namespace quarry::app
