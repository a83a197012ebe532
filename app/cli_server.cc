#include "app/cli_groups.h"

namespace quarry::app {

void AddServe(CommandTree& tree) {
  CLI::App& command = tree.AddCommand(tree.root(), "serve", "serve HTTP until it is stopped",
                                      "quarry serve --port 8420");
  tree.AddKey(command, "--host", "server.host", "ADDRESS", "to listen on (127.0.0.1)");
  tree.AddKey(command, "--port", "server.port", "N", "to listen on (8420); 0 = any free one");
  tree.Then(command, [](CommandContext& context, SignalScope& signals) {
    return RunServe(signals, context);
  });
}

void AddKeys(CommandTree& tree) {
  KeysCreateArguments& keys_create = tree.Keep<KeysCreateArguments>();
  std::string& key_id = tree.Keep<std::string>();
  CLI::App& keys = tree.AddFamily("keys", "who may use a server of the store", "quarry keys ls");
  CLI::App& create = tree.AddCommand(keys, "create", "make a key, which is shown once",
                                     "quarry keys create ci --scope query --scope ingest "
                                     "--collections manuals --requests-per-minute 60");
  create.add_option("NAME", keys_create.name, "a label, shown in lists and logs")->required();
  const auto add_list = [&](const char* name, std::vector<std::string>& list, const char* type,
                            const char* description) {
    create.add_option(name, list, description)->type_name(type)->allow_extra_args(false);
  };
  add_list("--scope", keys_create.scopes, "SCOPE",
           "query, ingest, metrics or admin (query); repeatable");
  add_list("--collections", keys_create.collections, "NAME", "only this one; repeatable");
  add_list("--principal", keys_create.principals, "NAME",
           "only what NAME may read (and what everybody may); repeatable");
  create.add_option("--expires", keys_create.expires, "as 2027-01-31T12:00:00Z")->type_name("TIME");
  create
      .add_option("--instructions", keys_create.instructions,
                  "for answers to it, behind those of a profile")
      ->type_name("TEXT");
  const auto add_limit = [&](const char* name, uint32_t& limit, const char* description) {
    create.add_option(name, limit, description)->type_name("N")->check(IntegerFrom(1, UINT32_MAX));
  };
  add_limit("--requests-per-minute", keys_create.requests_per_minute, "more are refused");
  add_limit("--requests-per-day", keys_create.requests_per_day, "more are refused");
  add_limit("--tokens-per-minute", keys_create.tokens_per_minute, "of prompts and answers");
  add_limit("--tokens-per-day", keys_create.tokens_per_day, "of prompts and answers");
  tree.Then(create, RunKeysCreate, keys_create);
  CLI::App& list = tree.AddCommand(keys, "ls", "list keys, revoked ones too", "quarry keys ls");
  tree.Then(list, RunKeysList);
  CLI::App& revoke = tree.AddCommand(keys, "revoke", "take a key back, from the next request on",
                                     "quarry keys revoke key_3v9c0kq2m1x7t5b8n4z6w0ya");
  revoke.add_option("ID", key_id, "of `quarry keys ls`")->required();
  tree.Then(revoke, RunKeysRevoke, key_id);
}

void AddMcp(CommandTree& tree) {
  CLI::App& command = tree.AddCommand(
      tree.root(), "mcp", "speak the Model Context Protocol on standard input and output",
      R"(quarry mcp --store ~/documents/.quarry)"
      "\n  for assistants that start their servers themselves: docs/mcp.md");
  tree.Then(command, RunMcp);
}

}  // namespace quarry::app
