#pragma once

// CommandEngine: what a command works on. An engine of its own over the store, or, where a server
// that holds the store runs the command (command_relay.h), that of the server; and in either case
// the collection that the command is for.

#include <memory>
#include <string>
#include <utility>

#include "app/commands.h"
#include "app/engine.h"

namespace quarry::app {

// Used by the thread of the command.
class CommandEngine {
 public:
  // Errors: those of Engine::Open; none where the engine is the server's.
  static Result<CommandEngine> Open(const CommandContext& context, StoreAccess access);
  // For an engine that was opened otherwise.
  CommandEngine(std::shared_ptr<Engine> engine, std::string collection)
      : engine_(std::move(engine)), collection_(std::move(collection)) {}

  Engine& operator*() const { return *engine_; }
  Engine* operator->() const { return engine_.get(); }

  // As those of Engine, of the command's collection.
  Result<CollectionId> FindCollection() const;
  Result<CollectionId> FindOrCreateCollection() const;
  Result<std::shared_ptr<const index::Snapshot>> GetSnapshot() const;

 private:
  std::shared_ptr<Engine> engine_;
  std::string collection_;
};

// A path that was given to the command: relative ones are meant from where the user is.
std::string PathOf(const CommandContext& context, const std::string& path);

}  // namespace quarry::app
