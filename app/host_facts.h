#pragma once

// What `quarry doctor` asks the machine. Linux; what cannot be found out is nullopt or empty.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quarry::app {

// Free for us at `path` or its nearest existing parent.
std::optional<uint64_t> FreeDiskBytes(const std::string& path);

// What this process may still use: of the machine, and of its control group where that is less.
std::optional<uint64_t> AvailableMemoryBytes();

// Files that may be open at a time (ulimit -n).
std::optional<uint64_t> OpenFileLimit();

// Of those that speed up vectors: "avx2", "fma", "avx512f".
std::vector<std::string> CpuFeatures();

// Libraries that the process has loaded and that carry a version: "librocksdb.so.7.8.3".
std::vector<std::string> LibraryVersions();

// "g++ 12.2.0".
std::string CompilerVersion();

bool IsWritable(const std::string& path);

}  // namespace quarry::app
