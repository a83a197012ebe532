#include "app/command_engine.h"
#include "app/commands.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "base/text.h"

namespace quarry::app {
namespace {

// The options that a collection keeps (index::VectorSettings).
constexpr const char* kKeptKeys[] = {"vectors.kind", "vectors.codes", "vectors.hnsw_links",
                                     "vectors.hnsw_build_width", "vectors.target_recall"};

// The options as the collection has them.
Config ConfigOf(const Config& config, const index::VectorSettings& settings) {
  Config own = config;
  own.vectors = index::WithSettings(config.vectors, settings);
  return own;
}

}  // namespace

void NoteStoredSettings(CommandContext& context, const index::Index& index) {
  const Config& given = context.config();
  for (const index::StoredCollection& collection : index.Collections()) {
    if (collection.name != given.collection || !collection.vectors) continue;
    const Config stored = ConfigOf(given, *collection.vectors);
    for (const char* name : kKeptKeys) {
      const ConfigKey& key = *FindConfigKey(name);
      const std::string wanted = FormatConfigValue(key.get(given));
      const std::string kept = FormatConfigValue(key.get(stored));
      if (context.loaded.IsDefault(name) || wanted == kept) continue;
      context.console.Note("warning: " + context.loaded.OriginOf(name) + ": " + name + "=" +
                           wanted + " is not used: collection \"" + collection.name + "\" keeps " +
                           kept + "; change it with: quarry collections set " + collection.name +
                           " --set " + name + "=" + wanted);
    }
  }
}

Result<int> RunCollectionsList(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  CollectionList list;
  for (const index::StoredCollection& collection : engine->index().Collections()) {
    QUARRY_RETURN_IF_ERROR(context.call.Check());
    Result<index::CollectionStats> stats = engine->index().Stats(collection.id);
    if (stats.ok()) {
      list.collections.push_back(*std::move(stats));
    } else {
      list.unread.push_back({collection.name, stats.status().message()});
    }
  }
  context.console.Print(context.console.json() ? CollectionsJson(list)
                                               : CollectionsText(list, context.console));
  return list.unread.empty() ? kExitDone : kExitPartly;
}

Result<int> RunCollectionsCreate(const std::string& name, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kCreate));
  QUARRY_RETURN_IF_ERROR(engine->index().CreateCollection(name).status());
  context.console.Print(context.console.json() ? CollectionChangedJson("created", name)
                                               : "created collection " + name + "\n");
  return kExitDone;
}

Result<int> RunCollectionsSet(const std::string& name, CommandContext& context) {
  Config own = context.config();
  std::vector<const ConfigKey*> given;
  for (const char* key : kKeptKeys) {
    if (!context.loaded.IsDefault(key)) given.push_back(FindConfigKey(key));
  }
  if (given.empty()) {
    return InvalidArgumentError("nothing to set; give --set KEY=VALUE of " + Join(kKeptKeys, ", "));
  }
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kWrite));
  index::Index& index = engine->index();
  QUARRY_RETURN_IF_ERROR(index.FindCollection(name).status());
  for (const index::StoredCollection& collection : index.Collections()) {
    if (collection.name != name || !collection.vectors) continue;
    own = ConfigOf(own, *collection.vectors);
  }
  for (const ConfigKey* key : given) {
    QUARRY_RETURN_IF_ERROR(
        key->set(own, {FormatConfigValue(key->get(context.config()))}).Annotate(key->name));
  }
  QUARRY_RETURN_IF_ERROR(
      index.SetVectorSettings(name, index::SettingsOf(own.vectors), context.call));
  QUARRY_RETURN_IF_ERROR(index.WaitForMaintenance(context.call));
  context.console.Print(context.console.json() ? CollectionChangedJson("changed", name)
                                               : "changed collection " + name + "\n");
  return kExitDone;
}

Result<int> RunCollectionsDelete(const std::string& name, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kWrite));
  QUARRY_RETURN_IF_ERROR(engine->index().DeleteCollection(name, context.call));
  context.console.Print(context.console.json() ? CollectionChangedJson("deleted", name)
                                               : "deleted collection " + name + "\n");
  return kExitDone;
}

}  // namespace quarry::app
