#include "tests/testing/test_environment.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

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

uint64_t NumberFromEnvironment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

bool Eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 1000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TemporaryDirectory MakeTemporaryDirectory() {
  return std::move(TemporaryDirectory::Create("quarry-test-")).value();
}

void WriteText(const std::string& directory, const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(directory) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  QUARRY_CHECK(file.write(text.data(), static_cast<std::streamsize>(text.size())).flush().good());
}

ScriptedProgram::ScriptedProgram(const std::string& name, const std::string& script)
    : directory_(MakeTemporaryDirectory()),
      path_(directory_.path() + "/" + name),
      before_(std::getenv("PATH")) {
  Become(script);
  ::setenv("PATH", directory_.path().c_str(), 1);
}

ScriptedProgram::~ScriptedProgram() { ::setenv("PATH", before_.c_str(), 1); }

void ScriptedProgram::Become(const std::string& script) const {
  std::ofstream(path_, std::ios::binary) << "#!/bin/sh\n" << script << "\n";
  std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
}

}  // namespace quarry::testing
