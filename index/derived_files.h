#pragma once

// The manifest of a store directory and the derived files that it names.
//
// A derived file is written in full, synced and renamed before the manifest that names it, with its
// size, checksum and the commit sequence that it stands at; files that no manifest names are
// removed. So a crash leaves the old state or the new one, and a file is never believed without its
// checksum.

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "base/file.h"
#include "base/ids.h"
#include "base/status.h"
#include "index/spill_file.h"

namespace quarry::index {

struct DerivedFile {
  std::string name;  // inside derived/
  uint64_t bytes = 0;
  uint64_t checksum = 0;  // Hash64
  uint64_t commit = 0;    // CommitSequence of the collection that it was made from
};

// What MANIFEST.json says.
struct Manifest {
  uint64_t format_version = 0;               // kStoreFormatVersion (records.h)
  std::string store_id;                      // 16 hexadecimal digits
  std::map<std::string, DerivedFile> files;  // by role: "1/3/graph" = collection 1, generation 3
};

std::string EncodeManifest(const Manifest& manifest);  // JSON
// kDataLoss naming what is wrong; kFailedPrecondition for another format version, naming both.
Result<Manifest> DecodeManifest(std::string_view json);

// 16 hexadecimal digits that no other store has.
std::string NewStoreId();

// Thread-safe.
class DerivedFiles {
 public:
  // Opens DIRECTORY/MANIFEST.json. With `read_only`, Save and Remove do nothing. What would leave
  // less than `min_free_bytes` of the disk is not saved: the store needs them more.
  static Result<std::unique_ptr<DerivedFiles>> Open(const std::string& directory, bool read_only,
                                                    uint64_t min_free_bytes = 0);
  // Writes the manifest of a new store.
  static Status Create(const std::string& directory, const std::string& store_id);

  // The file of `role`, checked against size and checksum. kNotFound when the manifest has none,
  // kDataLoss when the file is not what the manifest says.
  Result<MappedFile> Load(const std::string& role) const;
  // The same, with none of it in memory.
  Result<SharedBytes> LoadUnread(const std::string& role) const;
  // Replaces the file of `role`. kResourceExhausted when the disk is full; the file of before stays.
  Status Save(const std::string& role, std::string_view bytes, uint64_t commit);
  // Makes `saved` the files whose roles start with `prefix`, beside those of `kept` that are there
  // already. All at once: a crash leaves the old ones or the new ones.
  Status Replace(const std::string& prefix, const std::map<std::string, SharedBytes>& saved,
                 const std::set<std::string>& kept, uint64_t commit);
  // Forgets and removes every file whose role starts with `prefix`.
  Status Remove(const std::string& prefix);

  // A file without a name beside them, which is to hold so much. kFailedPrecondition where files are
  // only read, kResourceExhausted when the disk would have too little left.
  Result<SpillFile> MakeSpill(uint64_t bytes) const;

  // Copies the files to DIRECTORY/derived, which must be there, and returns the manifest that names
  // them; links where it is the same file system. One that is damaged is left out, and said: it can
  // be made again. Another thread may save meanwhile.
  Result<Manifest> CopyTo(const std::string& directory) const;

  bool read_only() const { return read_only_; }
  std::string store_id() const;
  std::map<std::string, DerivedFile> files() const;

 private:
  DerivedFiles(std::string directory, Manifest manifest, bool read_only, uint64_t min_free_bytes);
  // Writes files and then the manifest that names them, `next` with these. A file that cannot be
  // written leaves nothing behind. REQUIRES: mutex_ is held.
  Status Write(const std::map<std::string, SharedBytes>& saved, uint64_t commit, Manifest next);
  Status WriteManifest(const Manifest& manifest) const;
  Result<DerivedFile> WriteFile(const std::string& role, const SharedBytes& bytes,
                                uint64_t commit) const;
  std::set<std::string> NamesThere() const;
  void RemoveUnnamed() const;
  // What the manifest says of `role`, and its file if it is as large as that says.
  struct Opened {
    DerivedFile file;
    std::string path;
    MappedFile mapped;
  };
  Result<Opened> OpenNamed(const std::string& role) const;

  const std::string directory_;
  const bool read_only_;
  const uint64_t min_free_bytes_;
  mutable std::mutex mutex_;
  Manifest manifest_;  // guarded by mutex_
};

}  // namespace quarry::index
