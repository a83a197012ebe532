#pragma once

// Files: reading with a size limit, writing that is all or nothing, read-only mappings, locks.
// Every error names the path and the system's reason.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/shared_bytes.h"
#include "base/status.h"

namespace quarry {

// The whole file. kNotFound, kInvalidArgument (a directory, no permission), kResourceExhausted
// (larger than `limit` bytes).
Result<std::string> ReadFile(const std::string& path, uint64_t limit = UINT64_MAX);

// Replaces `path` by `bytes` so that a crash at any moment leaves the old file or the new one:
// temporary file beside it, fsync, rename, fsync of the directory.
Status WriteFileAtomically(const std::string& path, std::string_view bytes);

// Removes the temporary files that crashes during WriteFileAtomically left beside `path`. REQUIRES:
// nobody is writing it.
void RemoveTemporaries(const std::string& path);

// Makes `path` and its parents so that they survive a power cut; fine if it is there.
Status CreateDirectories(const std::string& path);

// fsync of a directory, after a rename in it; of the one that holds the name `path`.
Status SyncDirectory(const std::string& path);
Status SyncParent(const std::string& path);

// A read-only mapping of a whole file. The view lives as long as the object; it is movable. The
// file must not be truncated meanwhile (ours are replaced by rename, never rewritten).
class MappedFile {
 public:
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

// An advisory lock (flock) on a file, held until destruction or process death. Exclusive for
// writers, shared for readers. kLocked, with the holder's process id where it is known, when
// another process holds it the other way.
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
