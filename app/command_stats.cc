#include "app/command_engine.h"
#include "app/commands.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/token_density.h"

namespace quarry::app {
namespace {

Status AddCollection(Engine& engine, CollectionId id, StoreStats& stats) {
  QUARRY_ASSIGN_OR_RETURN(index::CollectionStats collection, engine.index().Stats(id));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.index().GetSnapshot(id));
  QUARRY_ASSIGN_OR_RETURN(std::vector<TokenDensity> densities,
                          MeasureTokenDensity(*snapshot, engine.token_counter()));
  stats.collections.push_back(std::move(collection));
  stats.token_densities.push_back(std::move(densities));
  return OkStatus();
}

}  // namespace

Result<std::vector<index::StoredCollection>> CollectionsInQuestion(const LoadedConfig& loaded,
                                                                   const index::Index& index) {
  std::vector<index::StoredCollection> collections = index.Collections();
  if (loaded.IsDefault("collection")) return collections;
  QUARRY_ASSIGN_OR_RETURN(const CollectionId id, index.FindCollection(loaded.config.collection));
  std::erase_if(collections, [&](const index::StoredCollection& one) { return one.id != id; });
  return collections;
}

Result<int> RunStats(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<index::StoredCollection> collections,
                          CollectionsInQuestion(context.loaded, engine->index()));
  StoreStats stats;
  stats.directory = context.config().store;
  stats.usage = engine->index().Usage();
  stats.bytes = stats.usage.database_bytes;
  QUARRY_ASSIGN_OR_RETURN(stats.kept_vectors, engine->kept_vectors().GetStats());
  QUARRY_ASSIGN_OR_RETURN(stats.kept_conversations, engine->kept_conversations().GetStats());
  stats.learn_from_chunks = context.config().embedding.learn_from_chunks;
  stats.counts_exactly = engine->token_counter().is_exact();
  for (const index::StoredCollection& collection : collections) {
    QUARRY_RETURN_IF_ERROR(context.call.Check());
    const Status added = AddCollection(*engine, collection.id, stats);
    if (!added.ok()) stats.unread.push_back({collection.name, added.message()});
  }
  context.console.Print(context.console.json() ? StatsJson(stats)
                                               : StatsText(stats, context.console));
  return stats.unread.empty() ? kExitDone : kExitPartly;
}

}  // namespace quarry::app
