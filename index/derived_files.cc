#include "index/derived_files.h"

#include <filesystem>
#include <random>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/log.h"
#include "base/mapped_pieces.h"
#include "index/records.h"
#include "index/store_directory.h"

namespace quarry::index {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kManifestLimit = 16u << 20;

std::string ManifestPath(const std::string& directory) { return directory + "/MANIFEST.json"; }
std::string DerivedPath(const std::string& directory, const std::string& name) {
  return directory + "/derived/" + name;
}

Status WrongSum(const std::string& path) { return DataLossError(path + ": checksum mismatch"); }

}  // namespace

std::string NewStoreId() {
  std::random_device device;
  return HashToHex((uint64_t{device()} << 32) ^ device());
}

DerivedFiles::DerivedFiles(std::string directory, Manifest manifest, bool read_only,
                           uint64_t min_free_bytes)
    : directory_(std::move(directory)),
      read_only_(read_only),
      min_free_bytes_(min_free_bytes),
      manifest_(std::move(manifest)) {}

Status DerivedFiles::Create(const std::string& directory, const std::string& store_id) {
  Manifest manifest;
  manifest.format_version = kStoreFormatVersion;
  manifest.store_id = store_id;
  return WriteFileAtomically(ManifestPath(directory), EncodeManifest(manifest));
}

Result<std::unique_ptr<DerivedFiles>> DerivedFiles::Open(const std::string& directory,
                                                         bool read_only, uint64_t min_free_bytes) {
  QUARRY_ASSIGN_OR_RETURN(const std::string json,
                          ReadFile(ManifestPath(directory), kManifestLimit));
  Result<Manifest> manifest = DecodeManifest(json);
  if (!manifest.ok()) return std::move(manifest).status().Annotate("manifest");
  std::unique_ptr<DerivedFiles> files(
      new DerivedFiles(directory, *std::move(manifest), read_only, min_free_bytes));
  if (!read_only) {
    QUARRY_RETURN_IF_ERROR(CreateDirectories(directory + "/derived"));
    files->RemoveUnnamed();
    RemoveTemporaries(ManifestPath(directory));
  }
  return files;
}

// The files of derived/, whether or not they are named.
std::set<std::string> DerivedFiles::NamesThere() const {
  std::set<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(directory_ + "/derived", error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    names.insert(it->path().filename().string());
  }
  return names;
}

// What a crash between writing a file and naming it left behind. REQUIRES: manifest_ is that on disk.
void DerivedFiles::RemoveUnnamed() const {
  std::set<std::string> unnamed = NamesThere();
  for (const auto& [role, file] : manifest_.files) unnamed.erase(file.name);
  std::error_code error;
  for (const std::string& name : unnamed) fs::remove(DerivedPath(directory_, name), error);
}

Status DerivedFiles::WriteManifest(const Manifest& manifest) const {
  return WriteFileAtomically(ManifestPath(directory_), EncodeManifest(manifest))
      .Annotate("manifest");
}

Result<DerivedFiles::Opened> DerivedFiles::OpenNamed(const std::string& role) const {
  DerivedFile file;
  {
    std::lock_guard lock(mutex_);
    const auto it = manifest_.files.find(role);
    if (it == manifest_.files.end()) return NotFoundError("no derived file for " + role);
    file = it->second;
  }
  std::string path = DerivedPath(directory_, file.name);
  Result<MappedFile> mapped = MappedFile::Open(path);
  if (!mapped.ok()) return DataLossError("derived file missing: " + mapped.status().message());
  if (mapped->bytes().size() != file.bytes) {
    return DataLossError(path + ": " + std::to_string(mapped->bytes().size()) +
                         " bytes, the manifest says " + std::to_string(file.bytes));
  }
  return Opened{std::move(file), std::move(path), *std::move(mapped)};
}

Result<MappedFile> DerivedFiles::Load(const std::string& role) const {
  QUARRY_ASSIGN_OR_RETURN(Opened opened, OpenNamed(role));
  if (Hash64(opened.mapped.bytes()) != opened.file.checksum) return WrongSum(opened.path);
  return std::move(opened.mapped);
}

Result<SharedBytes> DerivedFiles::LoadUnread(const std::string& role) const {
  QUARRY_ASSIGN_OR_RETURN(Opened opened, OpenNamed(role));
  SharedBytes bytes = MappedFile::Share(std::move(opened.mapped));
  if (HashOfPieces(bytes) != opened.file.checksum) return WrongSum(opened.path);
  return bytes;
}

Result<DerivedFile> DerivedFiles::WriteFile(const std::string& role, const SharedBytes& bytes,
                                            uint64_t commit) const {
  DerivedFile file;
  file.bytes = bytes.view.size();
  file.checksum = HashOfPieces(bytes);
  file.commit = commit;
  file.name = HashToHex(HashCombine(Hash64(role), file.checksum)) + "-" + std::to_string(commit);
  QUARRY_RETURN_IF_ERROR(WritePiecesAtomically(DerivedPath(directory_, file.name), bytes));
  return file;
}

Status DerivedFiles::Write(const std::map<std::string, SharedBytes>& saved, uint64_t commit,
                           Manifest next) {
  uint64_t needed = 0;
  for (const auto& [role, bytes] : saved) needed += bytes.view.size();
  // Removing is always allowed: it makes room.
  if (needed > 0) QUARRY_RETURN_IF_ERROR(CheckFreeSpace(directory_, needed, min_free_bytes_));
  const std::set<std::string> there = saved.empty() ? std::set<std::string>() : NamesThere();
  std::set<std::string> made;
  for (const auto& [role, bytes] : saved) {
    Result<DerivedFile> file = WriteFile(role, bytes, commit);
    if (!file.ok()) {
      // No others: the manifest on disk may be one that could not be synced, and names files that
      // the one in memory does not.
      std::error_code error;
      for (const std::string& name : made) fs::remove(DerivedPath(directory_, name), error);
      return std::move(file).status();
    }
    if (!there.contains(file->name)) made.insert(file->name);
    next.files[role] = *std::move(file);
  }
  // On error either may stand on disk: the files of both stay.
  QUARRY_RETURN_IF_ERROR(WriteManifest(next));
  manifest_ = std::move(next);
  RemoveUnnamed();
  return OkStatus();
}

Status DerivedFiles::Save(const std::string& role, std::string_view bytes, uint64_t commit) {
  if (read_only_) return OkStatus();
  std::lock_guard lock(mutex_);
  return Write({{role, {.view = bytes}}}, commit, manifest_);
}

Status DerivedFiles::Replace(const std::string& prefix,
                             const std::map<std::string, SharedBytes>& saved,
                             const std::set<std::string>& kept, uint64_t commit) {
  if (read_only_) return OkStatus();
  std::lock_guard lock(mutex_);
  Manifest next = manifest_;
  std::erase_if(next.files, [&](const auto& entry) {
    return entry.first.starts_with(prefix) && !kept.contains(entry.first);
  });
  return Write(saved, commit, std::move(next));
}

Status DerivedFiles::Remove(const std::string& prefix) {
  if (read_only_) return OkStatus();
  std::lock_guard lock(mutex_);
  Manifest next = manifest_;
  std::erase_if(next.files, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  if (next.files.size() == manifest_.files.size()) return OkStatus();
  return Write({}, 0, std::move(next));
}

Result<SpillFile> DerivedFiles::MakeSpill(uint64_t bytes) const {
  if (read_only_) return FailedPreconditionError("derived files: opened for reading");
  QUARRY_RETURN_IF_ERROR(CheckFreeSpace(directory_, bytes, min_free_bytes_));
  return SpillFile::Create(directory_ + "/derived");
}

Result<Manifest> DerivedFiles::CopyTo(const std::string& directory) const {
  Manifest copy;
  std::map<std::string, MappedFile> opened;  // by role: stay readable when they are replaced
  {
    std::lock_guard lock(mutex_);
    copy = manifest_;
    for (const auto& [role, file] : copy.files) {
      Result<MappedFile> mapped = MappedFile::Open(DerivedPath(directory_, file.name));
      if (mapped.ok()) opened.emplace(role, *std::move(mapped));
    }
  }
  std::erase_if(copy.files, [&](const auto& entry) {
    const auto it = opened.find(entry.first);
    const bool good = it != opened.end() && it->second.bytes().size() == entry.second.bytes &&
                      Hash64(it->second.bytes()) == entry.second.checksum;
    if (!good) {
      LogWarning("left out of the copy: " + DerivedPath(directory_, entry.second.name) +
                 " is missing or damaged");
    }
    return !good;
  });
  for (const auto& [role, file] : copy.files) {
    const std::string to = DerivedPath(directory, file.name);
    std::error_code error;
    fs::create_hard_link(DerivedPath(directory_, file.name), to, error);
    if (error) QUARRY_RETURN_IF_ERROR(WriteFileAtomically(to, opened.at(role).bytes()));
  }
  return copy;
}

std::string DerivedFiles::store_id() const {
  std::lock_guard lock(mutex_);
  return manifest_.store_id;
}

std::map<std::string, DerivedFile> DerivedFiles::files() const {
  std::lock_guard lock(mutex_);
  return manifest_.files;
}

}  // namespace quarry::index
