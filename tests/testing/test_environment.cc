#include "tests/testing/test_environment.h"

#include <cstdlib>
#include <filesystem>

namespace quarry::testing {
namespace {

std::optional<std::string> Beside(const char* variable, const char* folder,
                                  const std::string& path) {
  const char* root = std::getenv(variable);
  const std::filesystem::path base =
      root != nullptr ? std::filesystem::path(root)
                      : std::filesystem::path(SourceDirectory()) / ".." / "shared" / folder;
  const std::filesystem::path full = (base / path).lexically_normal();
  std::error_code error;
  if (!std::filesystem::exists(full, error)) return std::nullopt;
  return full.string();
}

}  // namespace

std::string SourceDirectory() { return QUARRY_SOURCE_DIR; }

std::string QuarryBinary() { return QUARRY_BINARY; }

std::optional<std::string> DataPath(const std::string& path) {
  return Beside("QUARRY_DATA", "data", path);
}

std::optional<std::string> SuitePath(const std::string& path) {
  return Beside("QUARRY_SUITES", "suites", path);
}

TemporaryDirectory MakeTemporaryDirectory() {
  return std::move(TemporaryDirectory::Create("quarry-test-")).value();
}

}  // namespace quarry::testing
