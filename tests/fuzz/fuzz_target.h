#pragma once

// What every fuzz target gives: one function that takes any bytes and must neither crash nor break
// a promise (QUARRY_CHECK), and inputs to begin with.
//
// Each becomes two programs:
//   <name>_fuzz     with fuzz_main.cc: runs the seeds and random mutations of them; built with any
//                   compiler, a ctest of a few seconds, most useful under the dev preset
//   <name>_fuzzer   with libFuzzer (preset fuzz, clang): scripts/fuzz.sh runs them all for longer

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace quarry::fuzz {

std::vector<std::string> Seeds();

inline std::string_view View(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace quarry::fuzz
