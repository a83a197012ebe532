#include "app/cli_groups.h"
#include "base/text.h"

namespace quarry::app {

void AddSearch(CommandTree& tree) {
  std::vector<std::string>& words = tree.Keep<std::vector<std::string>>();
  SearchArguments& search = tree.Keep<SearchArguments>();
  CLI::App& command =
      tree.AddCommand(tree.root(), "search", "ranked passages for a question",
                      "quarry search \"pump pressure\" -k 5\n"
                      R"(  quarry search '"valve torque" bolt* -leak +flange')"
                      "\n"
                      "    the phrase, words that begin so, without the word, with it\n"
                      "  quarry index docs/ --meta team=pumps\n"
                      "  quarry search pressure --filter "
                      R"('{"type": "eq", "key": "team", "value": "pumps"}')");
  tree.AddWords(command, "QUESTION", words, "what to search for");
  tree.AddQueryKeys(command);
  command.add_option("--filter", search.filter, "over metadata: eq ne gt gte lt lte in nin and or")
      ->type_name("JSON");
  tree.AddPrincipals(command, search.principals);
  command
      .add_option("--collections", search.collections,
                  "search these together instead of --collection; repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command.add_flag("--explain", search.explain, "show how each score comes about");
  command.add_option("--why", search.why, "say why this document is not found, or where it is")
      ->type_name("DOCUMENT");
  tree.Then(command, [&words, &search](CommandContext& context) {
    search.question = Join(words, " ");
    return RunSearch(search, context);
  });
}

void AddAsk(CommandTree& tree) {
  std::vector<std::string>& words = tree.Keep<std::vector<std::string>>();
  AskArguments& ask = tree.Keep<AskArguments>();
  CLI::App& command = tree.AddCommand(tree.root(), "ask", "an answer with its sources",
                                      R"(quarry ask "At what pressure does the pump run?")");
  tree.AddWords(command, "QUESTION", words, "what to answer");
  tree.AddQueryKeys(command);
  tree.AddKey(command, "--model", "chat.model", "URL#NAME", "chat model that writes the answer");
  tree.AddProfile(command, ask.profile);
  command.add_option("--filter", ask.filter, "over metadata, as in quarry search")
      ->type_name("JSON");
  tree.AddPrincipals(command, ask.principals);
  command.add_flag("--show-context", ask.show_context, "print the passages that were read");
  command.add_flag("--no-cache", ask.no_cache, "do not serve a stored answer");
  tree.Then(command, [&words, &ask](CommandContext& context) {
    ask.question = Join(words, " ");
    return RunAsk(ask, context);
  });
}

void AddChat(CommandTree& tree) {
  ChatArguments& chat = tree.Keep<ChatArguments>();
  CLI::App& command =
      tree.AddCommand(tree.root(), "chat", "a conversation in the terminal", "quarry chat");
  tree.AddQueryKeys(command);
  tree.AddKey(command, "--model", "chat.model", "URL#NAME", "chat model that writes the answers");
  tree.AddProfile(command, chat.profile);
  command.add_option("--filter", chat.filter, "over metadata, as in quarry search")
      ->type_name("JSON");
  tree.AddPrincipals(command, chat.principals);
  tree.Then(command, RunChat, chat);
}

void AddReplay(CommandTree& tree) {
  std::string& id = tree.Keep<std::string>();
  CLI::App& command = tree.AddCommand(
      tree.root(), "replay", "repeat the retrieval behind a stored answer, as then and as now",
      "quarry replay ans_3k9f2m1c8s7d6a5q4w0e9r2t");
  command.add_option("ID", id, "of an answer that a server gave")->required();
  tree.Then(command, RunReplay, id);
}

void AddCache(CommandTree& tree) {
  std::vector<std::string>& words = tree.Keep<std::vector<std::string>>();
  AskArguments& ask = tree.Keep<AskArguments>();
  CacheClearArguments& cache_clear = tree.Keep<CacheClearArguments>();
  CacheTuneArguments& cache_tune = tree.Keep<CacheTuneArguments>();
  CLI::App& family =
      tree.AddFamily("cache", "stored answers of a collection (docs/cache.md)", "quarry cache ls");
  CLI::App& list =
      tree.AddCommand(family, "ls", "what is stored and what it saved", "quarry cache ls");
  tree.Then(list, RunCacheList);
  CLI::App& explain =
      tree.AddCommand(family, "explain", "what the cache would do with a question, and why",
                      R"(quarry cache explain "At what pressure does the pump run?")");
  tree.AddWords(explain, "QUESTION", words, "to look up");
  tree.AddQueryKeys(explain);
  explain.add_option("--filter", ask.filter, "over metadata, as in quarry search")
      ->type_name("JSON");
  tree.AddPrincipals(explain, ask.principals);
  tree.Then(explain, [&words, &ask](CommandContext& context) {
    ask.question = Join(words, " ");
    return RunCacheExplain(ask, context);
  });
  CLI::App& clear =
      tree.AddCommand(family, "clear", "remove all stored answers", "quarry cache clear");
  clear.add_flag("--embeddings", cache_clear.embeddings,
                 "remove the vectors that are kept of texts instead (docs/models.md)");
  clear.add_flag("--conversations", cache_clear.conversations,
                 "remove the replies that are kept of conversations without documents instead");
  tree.Then(clear, RunCacheClear, cache_clear);
  CLI::App& tune =
      tree.AddCommand(family, "tune", "measure whether other questions may be served too",
                      "quarry cache tune --pairs pairs.jsonl --bound 0.01\n"
                      R"(  a line of the file: {"a": "..", "b": "..", "label": 1})");
  tune.add_option("--pairs", cache_tune.pairs, "labelled pairs of questions; repeatable")
      ->type_name("FILE")
      ->required()
      ->allow_extra_args(false);
  tune.add_option("--bound", cache_tune.bound, "of the false-hit rate, 0.0001 to 0.5 (0.01)")
      ->type_name("RATE")
      ->check(CLI::Range(0.0001, 0.5));
  tree.Then(tune, RunCacheTune, cache_tune);
}

}  // namespace quarry::app
