#include <nlohmann/json.hpp>

#include "index/backup.h"
#include "index/json_fields.h"
#include "index/records.h"

namespace quarry::index {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kBackupVersion = 1;

// "db/000012.sst": below the directory that it is read in, whatever a list says.
bool IsPlainPath(const std::string& path) {
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    if (end == begin || path[begin] == '.') return false;
    begin = end + 1;
  }
  return path.find('\0') == std::string::npos;
}

}  // namespace

std::string EncodeBackupList(const BackupList& list) {
  Json files = Json::object();
  for (const auto& [path, file] : list.files) {
    files[path] = {{"bytes", file.bytes}, {"checksum", file.checksum}};
  }
  const Json json = {{"backup_version", kBackupVersion},
                     {"format_version", kStoreFormatVersion},
                     {"store_id", list.store_id},
                     {"created_micros", static_cast<uint64_t>(list.created_micros)},
                     {"files", files}};
  return json.dump(2) + "\n";
}

Result<BackupList> DecodeBackupList(std::string_view text) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseObject(text));
  QUARRY_ASSIGN_OR_RETURN(const uint64_t version, UnsignedField(json, "backup_version"));
  QUARRY_ASSIGN_OR_RETURN(const uint64_t format, UnsignedField(json, "format_version"));
  if (version != kBackupVersion || format != kStoreFormatVersion) {
    return FailedPreconditionError(
        "backup version " + std::to_string(version) + " of format version " +
        std::to_string(format) + ", this program reads " + std::to_string(kBackupVersion) + " of " +
        std::to_string(kStoreFormatVersion) + "; restore it with the Quarry that made it");
  }
  BackupList list;
  QUARRY_ASSIGN_OR_RETURN(list.store_id, StringField(json, "store_id"));
  QUARRY_ASSIGN_OR_RETURN(const uint64_t created, UnsignedField(json, "created_micros"));
  list.created_micros = static_cast<int64_t>(created);
  const auto files = json.find("files");
  if (files == json.end() || !files->is_object()) return DataLossError("files: expected an object");
  for (const auto& [path, object] : files->items()) {
    if (!IsPlainPath(path)) return DataLossError("files: \"" + path + "\" is no path of a store");
    if (!object.is_object()) return DataLossError("files." + path + ": expected an object");
    BackupFile& file = list.files[path];
    QUARRY_ASSIGN_OR_RETURN(file.bytes, UnsignedField(object, "bytes"));
    QUARRY_ASSIGN_OR_RETURN(file.checksum, UnsignedField(object, "checksum"));
  }
  return list;
}

}  // namespace quarry::index
