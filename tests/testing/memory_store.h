#pragma once

// A Store in memory: the same promises except durability.

#include <memory>

#include "index/store.h"

namespace quarry::testing {

std::unique_ptr<index::Store> NewMemoryStore();

}  // namespace quarry::testing
