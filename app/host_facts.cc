#include "app/host_facts.h"

#include <link.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>

#include "base/file.h"
#include "base/word_lists.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;

// Libraries whose version matters when something goes wrong.
constexpr std::string_view kLibraries[] = {"librocksdb", "libfaiss",     "libopenblas", "libicuuc",
                                           "libgumbo",   "libcmark-gfm", "libyaml-cpp", "libssl",
                                           "libstdc++",  "libc."};

// The number that `text` begins with, behind spaces.
std::optional<uint64_t> LeadingNumber(std::string_view text) {
  uint64_t value = 0;
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

std::optional<uint64_t> NumberInFile(const std::string& path) {
  const Result<std::string> text = ReadFile(path);
  if (!text.ok()) return std::nullopt;
  return LeadingNumber(*text);
}

// Of version 2, at its root: what a container sees as its own.
std::optional<uint64_t> ControlGroupBytes() {
  const std::optional<uint64_t> limit = NumberInFile("/sys/fs/cgroup/memory.max");
  const std::optional<uint64_t> used = NumberInFile("/sys/fs/cgroup/memory.current");
  if (!limit || !used) return std::nullopt;
  return *limit - std::min(*limit, *used);
}

int CollectLibrary(dl_phdr_info* info, size_t, void* data) {
  if (info->dlpi_name == nullptr || *info->dlpi_name == 0) return 0;
  // The name that was linked is a link to the file that carries the full version.
  std::error_code error;
  const fs::path real = fs::canonical(info->dlpi_name, error);
  if (error) return 0;
  const std::string name = real.filename().string();
  if (StartsWithAny(name, kLibraries))
    static_cast<std::vector<std::string>*>(data)->push_back(name);
  return 0;
}

}  // namespace

std::optional<uint64_t> FreeDiskBytes(const std::string& path) {
  std::error_code error;
  fs::path existing = fs::absolute(path, error);
  while (!existing.empty() && !fs::exists(existing, error) && existing != existing.root_path()) {
    existing = existing.parent_path();
  }
  struct statvfs facts {};
  if (::statvfs(existing.c_str(), &facts) != 0) return std::nullopt;
  return uint64_t{facts.f_bavail} * facts.f_frsize;
}

std::optional<uint64_t> AvailableMemoryBytes() {
  const Result<std::string> text = ReadFile("/proc/meminfo");
  if (!text.ok()) return std::nullopt;
  constexpr std::string_view kKey = "MemAvailable:";
  const size_t at = text->find(kKey);
  if (at == std::string::npos) return std::nullopt;
  const std::optional<uint64_t> kilobytes =
      LeadingNumber(std::string_view(*text).substr(at + kKey.size()));
  if (!kilobytes) return std::nullopt;
  return std::min(*kilobytes * 1024, ControlGroupBytes().value_or(UINT64_MAX));
}

std::optional<uint64_t> OpenFileLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return limit.rlim_cur;
}

std::vector<std::string> CpuFeatures() {
  std::vector<std::string> features;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2")) features.emplace_back("sse4.2");
  if (__builtin_cpu_supports("avx2")) features.emplace_back("avx2");
  if (__builtin_cpu_supports("fma")) features.emplace_back("fma");
  if (__builtin_cpu_supports("avx512f")) features.emplace_back("avx512f");
#elif defined(__aarch64__)
  features.emplace_back("neon");
#endif
  return features;
}

std::vector<std::string> LibraryVersions() {
  std::vector<std::string> names;
  ::dl_iterate_phdr(CollectLibrary, &names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string CompilerVersion() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

bool IsWritable(const std::string& path) { return ::access(path.c_str(), W_OK) == 0; }

}  // namespace quarry::app
