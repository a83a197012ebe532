#include "app/command_engine.h"
#include "app/commands.h"
#include "app/text_layout.h"
#include "base/file.h"
#include "generation/profile_store.h"
#include "server/json_writer.h"

namespace quarry::app {
namespace {

using generation::Profile;
using generation::ProfileStore;
using generation::StoredProfile;

void AddProfile(const Profile& profile, server::JsonWriter& json) {
  json.Key("name").String(profile.name).Key("description").String(profile.description);
  json.Key("collection").String(profile.collection);
  json.Key("needs_model").String(profile.guide.NeedsModel());
}

std::string ProfileJson(const Profile& profile, const std::string* yaml) {
  server::JsonWriter json;
  json.BeginObject();
  AddProfile(profile, json);
  if (yaml != nullptr) json.Key("yaml").String(*yaml);
  return json.EndObject().Take() + "\n";
}

void NoteNeeds(const Profile& profile, CommandContext& context) {
  const std::string parts = profile.guide.NeedsModel();
  if (parts.empty()) return;
  const bool has_model = !context.config().chat_model.empty();
  context.console.Note(has_model
                           ? "written by " + context.config().chat_model + ": " + parts
                           : "without a chat model (chat.model) these have no effect: " + parts);
}

struct ReadProfile {
  std::string name;
  std::string yaml;
};

Result<ReadProfile> ReadFileOf(const ProfileFileArguments& arguments, CommandContext& context) {
  ReadProfile read{.name = arguments.name};
  if (read.name.empty()) read.name = generation::ProfileNameOf(arguments.file);
  QUARRY_ASSIGN_OR_RETURN(read.yaml,
                          ReadFile(PathOf(context, arguments.file), generation::kMaxProfileBytes));
  return read;
}

}  // namespace

Result<int> RunProfileList(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  std::vector<Status> damaged;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<StoredProfile> profiles,
                          ProfileStore(engine->index().objects()).List(&damaged));
  Console& console = context.console;
  for (const Status& status : damaged) console.Note("left out: " + status.ToString());
  if (console.json()) {
    server::JsonWriter json;
    json.BeginObject().Key("profiles").BeginArray();
    for (const StoredProfile& stored : profiles) {
      json.BeginObject();
      AddProfile(stored.profile, json);
      json.EndObject();
    }
    console.Print(json.EndArray().EndObject().Take() + "\n");
    return kExitDone;
  }
  for (const StoredProfile& stored : profiles) {
    const Profile& profile = stored.profile;
    std::string line = profile.name;
    if (!profile.collection.empty()) line += "  of " + OneLine(profile.collection);
    if (!profile.description.empty()) line += "  " + OneLine(profile.description);
    console.Print(line + "\n");
  }
  if (profiles.empty() && damaged.empty()) {
    console.Note("there are no profiles; quarry profile put FILE makes one");
  }
  return kExitDone;
}

Result<int> RunProfileShow(const std::string& name, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const StoredProfile stored,
                          ProfileStore(engine->index().objects()).Get(name));
  Console& console = context.console;
  if (console.json()) {
    console.Print(ProfileJson(stored.profile, &stored.yaml));
    return kExitDone;
  }
  console.Print(console.out_is_terminal() ? Printable(stored.yaml) : stored.yaml);
  if (!stored.yaml.ends_with('\n')) console.Print("\n");
  NoteNeeds(stored.profile, context);
  return kExitDone;
}

Result<int> RunProfileCheck(const ProfileFileArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const ReadProfile read, ReadFileOf(arguments, context));
  QUARRY_ASSIGN_OR_RETURN(const Profile profile,
                          generation::ParseProfile(read.yaml, read.name, arguments.file));
  if (context.console.json()) {
    context.console.Print(ProfileJson(profile, nullptr));
    return kExitDone;
  }
  context.console.Print("profile " + profile.name + " is good\n");
  NoteNeeds(profile, context);
  return kExitDone;
}

Result<int> RunProfilePut(const ProfileFileArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const ReadProfile read, ReadFileOf(arguments, context));
  // Before a store is made for it.
  QUARRY_RETURN_IF_ERROR(generation::ParseProfile(read.yaml, read.name, arguments.file).status());
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kCreate));
  const ProfileStore profiles(engine->index().objects());
  QUARRY_ASSIGN_OR_RETURN(const Profile profile,
                          profiles.Put(read.name, read.yaml, arguments.file));
  if (context.console.json()) {
    context.console.Print(ProfileJson(profile, nullptr));
    return kExitDone;
  }
  context.console.Print("profile " + profile.name + " is in the store: quarry ask --profile " +
                        profile.name + " \"...\"\n");
  NoteNeeds(profile, context);
  return kExitDone;
}

Result<int> RunProfileDelete(const std::string& name, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kWrite));
  QUARRY_RETURN_IF_ERROR(ProfileStore(engine->index().objects()).Delete(name));
  if (context.console.json()) {
    server::JsonWriter json;
    context.console.Print(json.BeginObject().Key("deleted").String(name).EndObject().Take() + "\n");
  } else {
    context.console.Print("removed profile " + name + "\n");
  }
  return kExitDone;
}

}  // namespace quarry::app
