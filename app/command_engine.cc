#include "app/command_engine.h"

namespace quarry::app {

Result<CommandEngine> CommandEngine::Open(const CommandContext& context, StoreAccess access) {
  const std::string& collection = context.config().collection;
  if (context.engine != nullptr) {
    // The server's: not ours to delete.
    return CommandEngine(std::shared_ptr<Engine>(std::shared_ptr<Engine>(), context.engine),
                         collection);
  }
  QUARRY_ASSIGN_OR_RETURN(std::unique_ptr<Engine> engine, Engine::Open(context.config(), access));
  if (access != StoreAccess::kRead) engine->WatchForCrashes();
  return CommandEngine(std::move(engine), collection);
}

Result<CollectionId> CommandEngine::FindCollection() const {
  return engine_->index().FindCollection(collection_);
}

Result<CollectionId> CommandEngine::FindOrCreateCollection() const {
  return app::FindOrCreateCollection(engine_->index(), collection_);
}

Result<std::shared_ptr<const index::Snapshot>> CommandEngine::GetSnapshot() const {
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, FindCollection());
  return engine_->index().GetSnapshot(collection);
}

std::string PathOf(const CommandContext& context, const std::string& path) {
  if (context.directory.empty() || path.empty() || path[0] == '/') return path;
  return context.directory + '/' + path;
}

}  // namespace quarry::app
