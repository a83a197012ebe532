#pragma once

// A server's parts out of an engine and the configuration.

#include "app/engine.h"
#include "server/server.h"

namespace quarry::app {

// The options of the server, with what questions have that say nothing themselves.
server::ServerOptions ServerOptionsOf(const Config& config);

// All must outlive what is made of it.
server::Services ServicesOf(Engine& engine, ingest::EmbeddingMaintainer& maintainer);

}  // namespace quarry::app
