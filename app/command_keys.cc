#include <string_view>
#include <utility>

#include "app/command_engine.h"
#include "app/commands.h"
#include "app/text_layout.h"
#include "base/clock.h"
#include "server/api_keys.h"

namespace quarry::app {
namespace {

using server::ApiKey;
using server::ApiKeys;

std::string JsonOf(const ApiKey& key, const std::string& secret = "") {
  server::JsonWriter json;
  json.BeginObject();
  if (!secret.empty()) json.Key("key").String(secret);
  server::AddKeyFields(key, json);
  return json.EndObject().Take() + "\n";
}

std::string JoinedNames(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + OneLine(name);
  return text;
}

// "ci  key_...  query, ingest  in manuals  as staff  60 requests per minute  until 2027-01-31".
std::string LineOf(const ApiKey& key) {
  const server::KeyGrant& grant = key.grant;
  std::vector<std::string> scopes;
  for (const server::Scope scope : grant.scopes) scopes.emplace_back(server::ScopeName(scope));
  std::string line = key.id + "  " + OneLine(grant.name) + "  " + JoinedNames(scopes);
  if (grant.collections) line += "  in " + JoinedNames(*grant.collections);
  if (grant.principals) line += "  as " + JoinedNames(*grant.principals);
  const auto add_limit = [&](uint32_t limit, const char* what) {
    if (limit > 0) line += "  " + WithThousands(limit) + " " + what;
  };
  add_limit(grant.limits.requests_per_minute, "requests per minute");
  add_limit(grant.limits.requests_per_day, "requests per day");
  add_limit(grant.limits.tokens_per_minute, "tokens per minute");
  add_limit(grant.limits.tokens_per_day, "tokens per day");
  if (!grant.expires_at.empty()) line += "  until " + grant.expires_at;
  line += "  made " + key.created_at;
  if (!key.revoked_at.empty()) line += "  revoked " + key.revoked_at;
  return line + "\n";
}

// What is wrong with a grant, by the names that the command line has for its fields.
Status ByArgument(const Status& wrong) {
  constexpr std::pair<std::string_view, const char*> kArguments[] = {
      {"name: ", "NAME: "},
      {"scopes: ", "--scope: "},
      {"collections: ", "--collections: "},
      {"principals: ", "--principal: "},
      {"instructions: ", "--instructions: "},
      {"expires_at: ", "--expires: "}};
  for (const auto& [field, argument] : kArguments) {
    if (!wrong.message().starts_with(field)) continue;
    return Status(wrong.code(), argument + wrong.message().substr(field.size()));
  }
  return wrong;
}

}  // namespace

Result<int> RunKeysCreate(const KeysCreateArguments& arguments, CommandContext& context) {
  server::KeyGrant grant{.name = arguments.name, .expires_at = arguments.expires};
  if (!arguments.scopes.empty()) grant.scopes.clear();
  for (const std::string& name : arguments.scopes) {
    Result<server::Scope> scope = server::ParseScope(name);
    if (!scope.ok()) return std::move(scope).status().Annotate("--scope");
    grant.scopes.push_back(*scope);
  }
  if (!arguments.collections.empty()) grant.collections = arguments.collections;
  if (!arguments.principals.empty()) grant.principals = arguments.principals;
  grant.limits = {.requests_per_minute = arguments.requests_per_minute,
                  .requests_per_day = arguments.requests_per_day,
                  .tokens_per_minute = arguments.tokens_per_minute,
                  .tokens_per_day = arguments.tokens_per_day};
  grant.instructions = arguments.instructions;
  // Before a store is made for it.
  QUARRY_RETURN_IF_ERROR(ByArgument(server::CheckGrant(grant, SystemClock().NowMicros())));
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kCreate));
  const ApiKeys keys(engine->index().objects(), engine->clock());
  QUARRY_ASSIGN_OR_RETURN(const server::CreatedKey created, keys.Create(grant));
  if (context.console.json()) {
    context.console.Print(JsonOf(created.record, created.key));
    return kExitDone;
  }
  context.console.Print(created.key + "\n");
  context.console.Note("this is " + created.record.id +
                       "; keep it now, it is not shown again. From now on servers of this store "
                       "ask for a key");
  return kExitDone;
}

Result<int> RunKeysList(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  const ApiKeys keys(engine->index().objects(), engine->clock());
  std::vector<Status> damaged;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<ApiKey> list, keys.List(&damaged));
  for (const Status& status : damaged) context.console.Note("left out: " + status.ToString());
  if (context.console.json()) {
    server::JsonWriter json;
    json.BeginObject().Key("keys").BeginArray();
    for (const ApiKey& key : list) {
      json.BeginObject();
      server::AddKeyFields(key, json);
      json.EndObject();
    }
    context.console.Print(json.EndArray().EndObject().Take() + "\n");
    return kExitDone;
  }
  for (const ApiKey& key : list) context.console.Print(LineOf(key));
  if (list.empty() && damaged.empty()) {
    context.console.Note("there are no keys: on this machine everybody may use a server");
  }
  return kExitDone;
}

Result<int> RunKeysRevoke(const std::string& id, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kWrite));
  const ApiKeys keys(engine->index().objects(), engine->clock());
  QUARRY_ASSIGN_OR_RETURN(const ApiKey key, keys.Revoke(id));
  context.console.Print(context.console.json()
                            ? JsonOf(key)
                            : "revoked " + key.id + " (" + OneLine(key.grant.name) + ")\n");
  return kExitDone;
}

}  // namespace quarry::app
