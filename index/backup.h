#pragma once

// Backups: copies of a store that are checked, and stores made of them.
//
//   <directory>/BACKUP.json  every other file with its size and checksum (backup_json.cc); comes
//                            last, so a directory without it is an interrupted backup
//   <directory>/store/       the files of a store: db/, derived/, MANIFEST.json
//
// A backup is no store: opening one for writing would change what its checksums say. It is made by
// Index::Backup (index.h). On the file system of the store its tables are hard links: they cost no
// room, and are no protection from a bad disk.
//
// Free functions without state: thread-safe. Directories belong to one call at a time.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/call_context.h"
#include "base/status.h"
#include "index/progress.h"

namespace quarry::index {

class DerivedFiles;
class Store;

struct BackupFile {
  uint64_t bytes = 0;
  uint64_t checksum = 0;  // Hash64
};

// What BACKUP.json says.
struct BackupList {
  std::string store_id;
  int64_t created_micros = 0;
  std::map<std::string, BackupFile> files;  // by path below store/: "db/000012.sst"
};

std::string EncodeBackupList(const BackupList& list);  // JSON
// kDataLoss naming what is wrong; kFailedPrecondition for another version, naming both.
Result<BackupList> DecodeBackupList(std::string_view json);

struct BackupReport {
  std::string store_id;  // of the store that was copied
  int64_t created_micros = 0;
  uint64_t files = 0;
  uint64_t bytes = 0;
};

// The directory of the backup that `directory` is, or was to become, or whose files of a store it holds; "" = of none.
std::string BackupAt(const std::string& directory);

// kInvalidArgument naming both where `directory`, which need not be there, lies in the store, or is the store's own.
Status CheckOutside(const std::string& store, const std::string& directory);

// Copies a store as it is at a moment during the call, reads the copy's checksums, and syncs it.
// `directory` must be absent or empty: kAlreadyExists. kDataLoss when the store itself is damaged,
// naming the file; kResourceExhausted when the disk is full. What an error leaves is no backup: the
// copied files are removed as far as they can be, the directory stays.
Result<BackupReport> CreateBackup(const Store& store, const DerivedFiles& derived,
                                  int64_t now_micros, const std::string& directory,
                                  const CallContext& context, const Progress& progress = nullptr);

// Reads every file and compares sizes and checksums. kNotFound (no backup there), kInvalidArgument (no
// directory), kFailedPrecondition (a store), kDataLoss (incomplete or damaged; the message names the file).
Result<BackupReport> VerifyBackup(const std::string& directory, const CallContext& context,
                                  const Progress& progress = nullptr);

// Makes a store of a backup, in a directory that must be absent or empty (kAlreadyExists). Every
// file is checked while it is copied; the manifest comes last, so what an error or a crash leaves is
// no store. The store gets an id of its own: from here on its changes are others than those of the
// store that was copied, and whoever follows one by id and commit must not take it for the other.
// Errors: those of VerifyBackup; kResourceExhausted.
Result<BackupReport> RestoreBackup(const std::string& directory, const std::string& store,
                                   const CallContext& context, const Progress& progress = nullptr);

}  // namespace quarry::index
