#include <nlohmann/json.hpp>

#include "index/derived_files.h"
#include "index/json_fields.h"
#include "index/records.h"

namespace quarry::index {
namespace {

using Json = nlohmann::json;

Result<DerivedFile> DecodeFile(const Json& object) {
  if (!object.is_object()) return DataLossError("expected an object");
  DerivedFile file;
  QUARRY_ASSIGN_OR_RETURN(file.name, StringField(object, "name"));
  QUARRY_ASSIGN_OR_RETURN(file.bytes, UnsignedField(object, "bytes"));
  QUARRY_ASSIGN_OR_RETURN(file.checksum, UnsignedField(object, "checksum"));
  QUARRY_ASSIGN_OR_RETURN(file.commit, UnsignedField(object, "commit"));
  if (file.name.empty() || file.name.find('/') != std::string::npos || file.name[0] == '.') {
    return DataLossError("name: expected a plain file name");
  }
  return file;
}

}  // namespace

std::string EncodeManifest(const Manifest& manifest) {
  Json files = Json::object();
  for (const auto& [role, file] : manifest.files) {
    files[role] = {{"name", file.name},
                   {"bytes", file.bytes},
                   {"checksum", file.checksum},
                   {"commit", file.commit}};
  }
  const Json json = {{"format_version", manifest.format_version},
                     {"store_id", manifest.store_id},
                     {"files", files}};
  return json.dump(2) + "\n";
}

Result<Manifest> DecodeManifest(std::string_view text) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseObject(text));
  Manifest manifest;
  QUARRY_ASSIGN_OR_RETURN(const uint64_t version, UnsignedField(json, "format_version"));
  if (version != kStoreFormatVersion) {
    return FailedPreconditionError("format version " + std::to_string(version) +
                                   ", this program reads " + std::to_string(kStoreFormatVersion) +
                                   "; open it with the Quarry that wrote it, or index again into "
                                   "another directory (--store)");
  }
  manifest.format_version = version;
  QUARRY_ASSIGN_OR_RETURN(manifest.store_id, StringField(json, "store_id"));
  const auto files = json.find("files");
  if (files == json.end() || !files->is_object()) return DataLossError("files: expected an object");
  for (const auto& [role, object] : files->items()) {
    Result<DerivedFile> file = DecodeFile(object);
    if (!file.ok()) return std::move(file).status().Annotate("files." + role);
    manifest.files[role] = *std::move(file);
  }
  return manifest;
}

}  // namespace quarry::index
