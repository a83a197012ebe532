#include "index/backup.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "index/derived_files.h"
#include "index/rocks_store.h"

namespace quarry::index {
namespace {

namespace fs = std::filesystem;

constexpr const char* kListName = "BACKUP.json";
constexpr const char* kManifestName = "MANIFEST.json";
// In a directory that is being restored to: what has this is no store.
constexpr const char* kUnfinishedName = "RESTORE-INCOMPLETE";
constexpr uint64_t kListLimit = 64u << 20;

std::string ListPath(const std::string& directory) { return directory + "/" + kListName; }
std::string StorePath(const std::string& directory) { return directory + "/store"; }

// Makes a directory that is absent or empty. That one which is there is not so is said without its name:
// who calls says which it is.
Status TakeDirectory(const std::string& directory) {
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  if (fs::exists(status)) {
    if (!fs::is_directory(status)) return AlreadyExistsError("is not a directory");
    const fs::directory_iterator first(directory, error);
    if (error) return UnavailableError("list directory " + directory + ": " + error.message());
    if (first != fs::directory_iterator()) {
      return AlreadyExistsError("is not empty (it holds " + first->path().filename().string() +
                                "); expected a directory that is empty or not there");
    }
    return OkStatus();
  }
  QUARRY_RETURN_IF_ERROR(CreateDirectories(directory));
  fs::permissions(directory, fs::perms::owner_all, error);  // as a store's
  if (error) return UnavailableError("create " + directory + ": " + error.message());
  return OkStatus();
}

// The regular files below `root`, relative to it, by name.
Result<std::vector<std::string>> FilesBelow(const std::string& root) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
       it.increment(error)) {
    const bool is_file = it->is_regular_file(error);
    if (error) break;
    if (is_file) paths.push_back(fs::relative(it->path(), root, error).string());
    if (error) break;
  }
  if (error) return UnavailableError("list directory " + root + ": " + error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

BackupReport ReportOf(const BackupList& list) {
  BackupReport report{
      .store_id = list.store_id, .created_micros = list.created_micros, .files = list.files.size()};
  for (const auto& [path, file] : list.files) report.bytes += file.bytes;
  return report;
}

Result<BackupList> ReadList(const std::string& directory) {
  std::error_code error;
  if (!fs::exists(directory, error)) return NotFoundError("no backup there");
  if (!fs::is_directory(directory, error)) {
    return InvalidArgumentError("is not a directory; expected that of a backup");
  }
  if (fs::exists(directory + "/" + kManifestName, error)) {
    return FailedPreconditionError(
        "is a store, not a backup; make one of it with: quarry backup create DIR --store " +
        directory);
  }
  const Result<std::string> json = ReadFile(ListPath(directory), kListLimit);
  if (json.status().code() == Code::kNotFound) {
    return DataLossError(std::string(kListName) +
                         " is missing: the backup was interrupted, or it is none");
  }
  QUARRY_RETURN_IF_ERROR(json.status());
  Result<BackupList> list = DecodeBackupList(*json);
  if (!list.ok()) return std::move(list).status().Annotate(kListName);
  for (const char* needed : {kManifestName, "db/CURRENT"}) {
    if (!list->files.contains(needed)) {
      return DataLossError(std::string(kListName) + ": names no " + needed);
    }
  }
  return list;
}

// A file of a backup, compared with what the list says.
Result<MappedFile> OpenChecked(const std::string& directory, const std::string& path,
                               const BackupFile& expected) {
  const std::string name = "store/" + path;  // in the backup, which the caller names
  Result<MappedFile> file = MappedFile::Open(StorePath(directory) + "/" + path);
  if (file.status().code() == Code::kNotFound) {
    return DataLossError(name + ": is missing in the backup");
  }
  QUARRY_RETURN_IF_ERROR(file.status());
  if (file->bytes().size() != expected.bytes) {
    return DataLossError(name + ": " + std::to_string(file->bytes().size()) + " bytes, " +
                         kListName + " says " + std::to_string(expected.bytes));
  }
  if (Hash64(file->bytes()) != expected.checksum) {
    return DataLossError(name + ": checksum mismatch");
  }
  return file;
}

// Calls visit(path, file) for every file of a backup, checked.
Status ForEachFile(
    const std::string& directory, const BackupList& list, const CallContext& context,
    const Progress& progress, const char* stage,
    const std::function<Status(const std::string& path, const MappedFile& file)>& visit) {
  const uint64_t total = ReportOf(list).bytes;
  uint64_t done = 0;
  for (const auto& [path, expected] : list.files) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_ASSIGN_OR_RETURN(const MappedFile file, OpenChecked(directory, path, expected));
    QUARRY_RETURN_IF_ERROR(visit(path, file));
    done += expected.bytes;
    if (progress) progress(stage, done, total);
  }
  return OkStatus();
}

// The database opens and every checksum in it is right.
Status CheckDatabase(const std::string& directory) {
  RocksStoreOptions options;
  options.read_only = true;
  options.block_cache_bytes = 1u << 20;
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, OpenRocksStore(directory, options));
  return store->VerifyChecksums();
}

Status FillBackup(const Store& store, const DerivedFiles& derived, const std::string& directory,
                  const CallContext& context, const Progress& progress, BackupList& list) {
  const std::string root = StorePath(directory);
  QUARRY_RETURN_IF_ERROR(CreateDirectories(root + "/derived"));
  // What is derived first: files must not know of changes that the database lacks.
  if (progress) progress("copying", 0, 0);
  QUARRY_ASSIGN_OR_RETURN(const Manifest manifest, derived.CopyTo(root));
  QUARRY_RETURN_IF_ERROR(context.Check());
  QUARRY_RETURN_IF_ERROR(store.Checkpoint(root + "/db"));
  QUARRY_RETURN_IF_ERROR(context.Check());
  if (progress) progress("checking", 0, 0);
  QUARRY_RETURN_IF_ERROR(CheckDatabase(root + "/db"));
  QUARRY_RETURN_IF_ERROR(WriteFileAtomically(root + "/" + kManifestName, EncodeManifest(manifest)));

  list.store_id = manifest.store_id;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<std::string> paths, FilesBelow(root));
  for (const std::string& path : paths) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(root + "/" + path));
    list.files[path] = {.bytes = file.bytes().size(), .checksum = Hash64(file.bytes())};
  }
  for (const char* folder : {"/db", "/derived", ""}) {
    QUARRY_RETURN_IF_ERROR(SyncDirectory(root + folder));
  }
  return SyncDirectory(directory);
}

Status FillStore(const std::string& directory, const BackupList& list, const std::string& store,
                 const CallContext& context, const Progress& progress) {
  const std::string unfinished = store + "/" + kUnfinishedName;
  QUARRY_RETURN_IF_ERROR(WriteFileAtomically(unfinished, ""));
  QUARRY_RETURN_IF_ERROR(CreateDirectories(store + "/db"));
  QUARRY_RETURN_IF_ERROR(CreateDirectories(store + "/derived"));
  Manifest manifest;
  QUARRY_RETURN_IF_ERROR(
      ForEachFile(directory, list, context, progress, "restoring",
                  [&](const std::string& path, const MappedFile& file) -> Status {
                    if (path != kManifestName) {
                      return WriteFileAtomically(store + "/" + path, file.bytes());
                    }
                    QUARRY_ASSIGN_OR_RETURN(manifest, DecodeManifest(file.bytes()));
                    return OkStatus();
                  }));
  QUARRY_RETURN_IF_ERROR(CheckDatabase(store + "/db"));
  QUARRY_RETURN_IF_ERROR(SyncDirectory(store));
  std::error_code error;
  fs::remove(unfinished, error);
  if (error) return UnavailableError("remove " + unfinished + ": " + error.message());
  manifest.store_id = NewStoreId();
  return WriteFileAtomically(store + "/" + kManifestName, EncodeManifest(manifest));
}

}  // namespace

Status CheckOutside(const std::string& store, const std::string& directory) {
  std::error_code error;
  // Whatever is wrong with a path, others say it.
  const fs::path outer = fs::canonical(store, error);
  if (error) return OkStatus();
  const fs::path inner = fs::weakly_canonical(fs::absolute(directory, error), error);
  if (error) return OkStatus();
  const auto [end, at] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  if (end != outer.end()) return OkStatus();
  return InvalidArgumentError("backup " + directory + ": lies in the store " + store +
                              ", and would go with it; expected a directory outside it");
}

std::string BackupAt(const std::string& directory) {
  std::error_code error;
  if (fs::exists(ListPath(directory), error)) return directory;
  const fs::path resolved = fs::weakly_canonical(fs::absolute(directory, error), error);
  if (error) return "";
  // "store/" ends with a part that is empty.
  const fs::path files = resolved.has_filename() ? resolved : resolved.parent_path();
  const std::string parent = files.parent_path().string();
  const bool is_of_backup =
      files == fs::path(StorePath(parent)) && fs::exists(ListPath(parent), error);
  return is_of_backup ? parent : "";
}

Result<BackupReport> CreateBackup(const Store& store, const DerivedFiles& derived,
                                  int64_t now_micros, const std::string& directory,
                                  const CallContext& context, const Progress& progress) {
  const auto create = [&]() -> Result<BackupReport> {
    QUARRY_RETURN_IF_ERROR(TakeDirectory(directory));
    BackupList list;
    list.created_micros = now_micros;
    Status status = FillBackup(store, derived, directory, context, progress, list);
    if (status.ok()) status = WriteFileAtomically(ListPath(directory), EncodeBackupList(list));
    if (status.ok()) return ReportOf(list);
    std::error_code error;
    fs::remove_all(StorePath(directory), error);
    return status;
  };
  Result<BackupReport> report = create();
  if (!report.ok()) return std::move(report).status().Annotate("backup " + directory);
  return report;
}

Result<BackupReport> VerifyBackup(const std::string& directory, const CallContext& context,
                                  const Progress& progress) {
  const auto verify = [&]() -> Result<BackupReport> {
    QUARRY_ASSIGN_OR_RETURN(const BackupList list, ReadList(directory));
    QUARRY_RETURN_IF_ERROR(
        ForEachFile(directory, list, context, progress, "reading",
                    [](const std::string&, const MappedFile&) { return OkStatus(); }));
    return ReportOf(list);
  };
  Result<BackupReport> report = verify();
  if (!report.ok()) return std::move(report).status().Annotate("backup " + directory);
  return report;
}

Result<BackupReport> RestoreBackup(const std::string& directory, const std::string& store,
                                   const CallContext& context, const Progress& progress) {
  Result<BackupList> list = ReadList(directory);
  if (!list.ok()) return std::move(list).status().Annotate("backup " + directory);
  QUARRY_RETURN_IF_ERROR(TakeDirectory(store).Annotate("restore to " + store));
  Status status = FillStore(directory, *list, store, context, progress);
  if (status.ok()) return ReportOf(*list);
  // Only what was made here: the directory was empty.
  std::error_code error;
  for (const char* name : {"db", "derived", kUnfinishedName}) {
    fs::remove_all(store + "/" + name, error);
  }
  return std::move(status).Annotate("backup " + directory);
}

}  // namespace quarry::index
