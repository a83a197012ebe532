#include "app/build_info.h"

#include <algorithm>
#include <string_view>

#include "app/commit.h"
#include "app/engine.h"
#include "app/host_facts.h"
#include "app/json_line.h"
#include "base/build_id.h"
#include "base/child_process.h"
#include "index/records.h"
#include "ingest/helper_programs.h"

namespace quarry::app {

BuildInfo GetBuildInfo() {
  BuildInfo info{.version = ProgramVersion(),
                 .commit = QUARRY_COMMIT,
                 .build_id = BuildId(),
                 .build_type = QUARRY_BUILD_TYPE,
                 .compiler = CompilerVersion(),
                 .linkage = QUARRY_LINKAGE,
                 .store_format = index::kStoreFormatVersion};
  std::string_view rest = QUARRY_LIBRARIES;  // "rocksdb 7.8.3,faiss 1.7.3"
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    const size_t space = item.find(' ');
    info.libraries.emplace_back(item.substr(0, space), item.substr(space + 1));
  }
  for (const ingest::HelperProgram& program : ingest::HelperPrograms()) {
    info.helpers.emplace_back(program.name, FindProgram(program.name).has_value());
  }
  return info;
}

std::string BuildName() {
  return ProgramVersion() + "/" + QUARRY_COMMIT + "/" + QUARRY_BUILD_TYPE + "/" + BuildId();
}

std::string BuildInfoText(const BuildInfo& info) {
  std::string text = "quarry " + info.version + "\ncommit " + info.commit + "\nbuild " +
                     (info.build_id.empty() ? "" : info.build_id + ", ") + info.build_type + ", " +
                     info.compiler + ", " + info.linkage + " libraries\nstore format " +
                     std::to_string(info.store_format) + "\nlibraries";
  const char* separator = " ";
  for (const auto& [name, version] : info.libraries) {
    text += separator + name + " " + version;
    separator = ", ";
  }
  text += "\nhelper programs";
  separator = " ";
  for (const auto& [name, is_found] : info.helpers) {
    text += separator + name + (is_found ? "" : " (absent)");
    separator = ", ";
  }
  return text + "\n";
}

std::string BuildInfoJson(const BuildInfo& info) {
  Json libraries = Json::object();
  for (const auto& [name, version] : info.libraries) libraries[name] = version;
  Json helpers = Json::object();
  for (const auto& [name, is_found] : info.helpers) helpers[name] = is_found;
  return Line({{"version", info.version},
               {"commit", info.commit},
               {"build_id", info.build_id},
               {"build_type", info.build_type},
               {"compiler", info.compiler},
               {"linkage", info.linkage},
               {"store_format", info.store_format},
               {"libraries", libraries},
               {"helper_programs", helpers}});
}

}  // namespace quarry::app
