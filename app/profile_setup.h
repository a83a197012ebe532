#pragma once

// What the commands that ask share: a question to a profile of the store.

#include <string>

#include "app/commands.h"
#include "app/engine.h"
#include "base/query.h"

namespace quarry::app {

// Makes the query one to the profile; "" leaves it as it is. Flags stand over it. The name of the
// collection to ask: the flag's, the profile's, the configuration's. kNotFound tells what there is.
Result<std::string> UseProfile(const std::string& name, const CommandContext& context,
                               Engine& engine, Query& query);

// The state of the collection of that name.
Result<std::shared_ptr<const index::Snapshot>> SnapshotOf(Engine& engine,
                                                          const std::string& collection);

}  // namespace quarry::app
