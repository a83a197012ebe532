#pragma once

// A journal of what a process asks of the file system, so that a test can work out what a power cut
// at any moment would have left of it (crash_disk_testing.h), and faults in those calls.
//
// store_child is linked with file_calls.cc, whose open, write, fsync, rename, ... stand before
// those of the C library for the program and for every library that it loads. Until StartJournal
// they only pass on. A record is written to the journal after its call has succeeded, under one
// lock: the order of the records is that of the calls. The journal survives SIGKILL.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quarry::testing {

struct FileRecord {
  enum class Kind : uint8_t {
    kCreate,         // path, file: a new empty file
    kLink,           // path, file: another name of a file
    kWrite,          // file, offset, bytes
    kTruncate,       // file, offset: its new size
    kSync,           // file
    kMakeDirectory,  // path
    kRename,         // path, bytes: its new path
    kUnlink,         // path: of a file or an empty directory
    kSyncDirectory,  // path
    kPrint,          // bytes: a line that the process printed
  };
  Kind kind;
  uint64_t file = 0;  // inode
  uint64_t offset = 0;
  std::string path;
  std::string bytes;
};

// The whole records of a journal; a last one that is cut is left out.
std::vector<FileRecord> ParseJournal(std::string_view journal);

// The rest is for the process that is watched.

// The calls that can be made to fail.
enum class FileCall : uint8_t { kOpen, kWrite, kSync, kRename, kUnlink, kTruncate, kMakeDirectory };
inline constexpr const char* kFileCallNames[] = {"open",   "write",    "sync", "rename",
                                                 "unlink", "truncate", "mkdir"};

// From now on calls on files below `root` (an absolute path) are journalled into `path` ("" = they
// are not). Once.
void StartJournal(const std::string& path, const std::string& root);
// Lets the n-th such call from now (1 = the next) fail with `error`, and all later ones too if
// `for_good`. n = 0: none. An open fails only where it would create.
void FailCall(FileCall call, uint64_t n, int error, bool for_good);
// Puts a line into the journal.
void JournalPrint(std::string_view line);
// Whether a call was made to fail.
bool CallHasFailed();

}  // namespace quarry::testing
