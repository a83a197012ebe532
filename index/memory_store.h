#pragma once

// A Store in memory, for tests: the same promises except durability.

#include <memory>

#include "index/store.h"

namespace quarry::index {

std::unique_ptr<Store> NewMemoryStore();

}  // namespace quarry::index
