#pragma once

// What `quarry --version` says: which program this is, and what it was built with.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quarry::app {

struct BuildInfo {
  std::string version;
  std::string commit;      // "4faf92a31c07", "-dirty" behind it; "unknown" outside of a checkout
  std::string build_id;    // of the program's file (base/build_id.h); "" if it was linked without
  std::string build_type;  // "Release", with the sanitizers where there are any
  std::string compiler;
  std::string linkage;  // of libraries: "shared" or "static"
  uint64_t store_format = 0;
  std::vector<std::pair<std::string, std::string>> libraries;  // name and version it was built with
  std::vector<std::pair<std::string, bool>> helpers;           // programs of others; found on PATH
};

BuildInfo GetBuildInfo();
// "0.1.0/4faf92a31c07/Release/9f2b...": another one may do otherwise.
std::string BuildName();
std::string BuildInfoText(const BuildInfo& info);
std::string BuildInfoJson(const BuildInfo& info);

}  // namespace quarry::app
