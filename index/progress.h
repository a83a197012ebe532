#pragma once

// How far long work on a store has come.

#include <cstdint>
#include <functional>

namespace quarry::index {

// `stage` says what is done ("documents"), with so many of `total` done; total 0 = not known. Called
// from the thread that does the work.
using Progress = std::function<void(const char* stage, uint64_t done, uint64_t total)>;

}  // namespace quarry::index
