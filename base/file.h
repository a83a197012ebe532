#pragma once

// Files: reading with a size limit, writing that is all or nothing, read-only mappings, locks.
// Every error names the path and the system's reason. By the reason it is kNotFound (nothing there,
// a parent that is no directory), kInvalidArgument (no permission, a read-only file system, a
// directory, a path with a NUL byte), kResourceExhausted (disk, memory, descriptors), kUnavailable
// (the device failed) or kInternal.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/shared_bytes.h"
#include "base/status.h"

namespace quarry {

// The whole file. Errors: as above; kResourceExhausted too where it is larger than `limit` bytes.
Result<std::string> ReadFile(const std::string& path, uint64_t limit = UINT64_MAX);

// Replaces `path` by `bytes` so that a crash at any moment leaves the old file or the new one:
// temporary file beside it, fsync, rename, fsync of the directory. Errors: as above; the old file
// stands unless it was the last of these that failed.
Status WriteFileAtomically(const std::string& path, std::string_view bytes);

// Removes the temporary files that crashes during WriteFileAtomically left beside `path`. REQUIRES:
// nobody is writing it.
void RemoveTemporaries(const std::string& path);

// Makes `path` and its parents so that they survive a power cut; fine if it is there. Errors: as
// above; kNotFound too where `path` or a parent is a file. Parents that were made stay.
Status CreateDirectories(const std::string& path);

// fsync of a directory, after a rename in it; of the one that holds the name `path`.
Status SyncDirectory(const std::string& path);
Status SyncParent(const std::string& path);

// A read-only mapping of a whole file. The view lives as long as the object; it is movable. The
// file must not be truncated meanwhile (ours are replaced by rename, never rewritten).
class MappedFile {
 public:
  // Errors: as above; kInvalidArgument where it is no regular file. An empty one has an empty view.
  static Result<MappedFile> Open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::string_view bytes() const { return {data_, size_}; }

  static SharedBytes Share(MappedFile file);

 private:
  MappedFile(const char* data, size_t size) : data_(data), size_(size) {}
  const char* data_ = nullptr;
  size_t size_ = 0;
};

// An advisory lock (flock) on a file, which is made if it is not there; held until destruction or
// process death. Exclusive for writers, shared for readers. Acquire does not wait: kLocked, with
// the holder's process id where it is known, where the lock is held and one of the two is
// exclusive, also where another FileLock of this process holds it. Other errors: as above.
class FileLock {
 public:
  enum class Kind { kShared, kExclusive };
  static Result<FileLock> Acquire(const std::string& path, Kind kind);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// A directory that is removed, with all that is in it, when the object goes.
class TemporaryDirectory {
 public:
  // In the system's directory for them (TMPDIR), readable by its owner alone. Errors: as above.
  static Result<TemporaryDirectory> Create(std::string_view prefix);
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace quarry
