#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/output_text.h"

namespace quarry::app {

Result<int> RunCollectionsList(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kRead));
  std::vector<index::CollectionStats> collections;
  for (const index::StoredCollection& collection : engine->index().Collections()) {
    QUARRY_RETURN_IF_ERROR(context.call.Check());
    QUARRY_ASSIGN_OR_RETURN(collections.emplace_back(), engine->index().Stats(collection.id));
  }
  context.console.Print(context.console.json() ? CollectionsJson(collections)
                                               : CollectionsText(collections, context.console));
  return kExitDone;
}

Result<int> RunCollectionsCreate(const std::string& name, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kCreate));
  QUARRY_RETURN_IF_ERROR(engine->index().CreateCollection(name).status());
  context.console.Print(context.console.json() ? CollectionChangedJson("created", name)
                                               : "created collection " + name + "\n");
  return kExitDone;
}

Result<int> RunCollectionsDelete(const std::string& name, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kWrite));
  QUARRY_RETURN_IF_ERROR(engine->index().DeleteCollection(name));
  context.console.Print(context.console.json() ? CollectionChangedJson("deleted", name)
                                               : "deleted collection " + name + "\n");
  return kExitDone;
}

}  // namespace quarry::app
