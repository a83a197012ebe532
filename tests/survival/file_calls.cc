// The file calls of store_child: file_journal.h. They go to the kernel themselves, so that nothing
// lies between what is journalled and what is done.

#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <unordered_map>

#include "base/coding.h"
#include "tests/survival/file_journal.h"

namespace quarry::testing {
namespace {

struct OpenFile {
  uint64_t inode;
  std::string path;
  bool directory;
  bool append;
};

// Never destroyed: files are closed until the very end.
struct Watch {
  std::mutex mutex;
  std::string root;
  int journal = -1;
  std::unordered_map<int, OpenFile> open;  // files and directories below root, by descriptor
  uint64_t countdown[std::size(kFileCallNames)] = {};
  int error = 0;
  bool for_good = false;
  bool failed = false;
};
Watch* watch = nullptr;

void Append(const FileRecord& record) {
  if (watch->journal < 0) return;
  std::string bytes;
  AppendFixed32(bytes, 0);
  bytes.push_back(static_cast<char>(record.kind));
  AppendFixed64(bytes, record.file);
  AppendFixed64(bytes, record.offset);
  AppendFixed32(bytes, static_cast<uint32_t>(record.path.size()));
  bytes += record.path;
  bytes += record.bytes;
  std::string size;
  AppendFixed32(size, static_cast<uint32_t>(bytes.size()));
  bytes.replace(0, size.size(), size);
  if (::syscall(SYS_write, watch->journal, bytes.data(), bytes.size()) !=
      static_cast<long>(bytes.size())) {
    std::abort();
  }
}

bool IsBelowRoot(const std::string& path) {
  return path.size() > watch->root.size() && path.starts_with(watch->root) &&
         path[watch->root.size()] == '/';
}

// The absolute path that (directory, path) means.
std::string Absolute(int directory, const char* path) {
  if (path[0] == '/' || directory == AT_FDCWD) return path;
  char target[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(directory);
  const ssize_t size = ::readlink(link.c_str(), target, sizeof(target));
  return size < 0 ? path : std::string(target, static_cast<size_t>(size)) + "/" + path;
}

// Whether this call is one that shall fail; errno is set then.
bool Fails(FileCall call) {
  uint64_t& left = watch->countdown[static_cast<size_t>(call)];
  if (left == 0) return false;
  if (left > 1) {
    --left;
    return false;
  }
  if (!watch->for_good) left = 0;
  watch->failed = true;
  errno = watch->error;
  return true;
}

const OpenFile* Find(int fd) {
  const auto it = watch->open.find(fd);
  return it == watch->open.end() ? nullptr : &it->second;
}

int OpenAt(int directory, const char* path, int flags, mode_t mode) {
  const auto pass = [&] {
    return static_cast<int>(::syscall(SYS_openat, directory, path, flags, mode));
  };
  if (watch == nullptr) return pass();
  const std::lock_guard lock(watch->mutex);
  const std::string absolute = Absolute(directory, path);
  const bool below = IsBelowRoot(absolute);
  struct stat info {};
  const bool creates = (flags & O_CREAT) != 0 && below && ::stat(absolute.c_str(), &info) != 0;
  if (creates && Fails(FileCall::kOpen)) return -1;
  const int fd = pass();
  if (fd < 0) return fd;
  watch->open.erase(fd);
  if (!below && absolute != watch->root) return fd;
  if (::fstat(fd, &info) != 0) std::abort();
  watch->open[fd] = {info.st_ino, absolute, S_ISDIR(info.st_mode), (flags & O_APPEND) != 0};
  if (creates) {
    Append({.kind = FileRecord::Kind::kCreate, .file = info.st_ino, .path = absolute});
  } else if ((flags & O_TRUNC) != 0) {
    Append({.kind = FileRecord::Kind::kTruncate, .file = info.st_ino});
  }
  return fd;
}

// `write` does it and returns how much was written.
template <typename Write>
ssize_t WriteTo(int fd, off_t offset, std::string_view bytes, const Write& write) {
  if (watch == nullptr) return write();
  const std::lock_guard lock(watch->mutex);
  const OpenFile* file = Find(fd);
  if (file == nullptr) return write();
  if (Fails(FileCall::kWrite)) return -1;
  if (offset < 0) {
    struct stat info {};
    if (::fstat(fd, &info) != 0) std::abort();
    offset = file->append ? info.st_size : ::lseek(fd, 0, SEEK_CUR);
  }
  const ssize_t written = write();
  if (written > 0) {
    Append({.kind = FileRecord::Kind::kWrite,
            .file = file->inode,
            .offset = static_cast<uint64_t>(offset),
            .bytes = std::string(bytes.substr(0, static_cast<size_t>(written)))});
  }
  return written;
}

int Sync(int fd, long number) {
  const auto pass = [&] { return static_cast<int>(::syscall(number, fd)); };
  if (watch == nullptr) return pass();
  const std::lock_guard lock(watch->mutex);
  const OpenFile* file = Find(fd);
  if (file == nullptr) return pass();
  if (Fails(FileCall::kSync)) return -1;
  const int result = pass();
  if (result != 0) return result;
  if (file->directory) {
    Append({.kind = FileRecord::Kind::kSyncDirectory, .path = file->path});
  } else {
    Append({.kind = FileRecord::Kind::kSync, .file = file->inode});
  }
  return result;
}

// A call that changes the name `path`; `record` is what it does.
template <typename Call>
int ChangeName(const std::string& path, FileCall kind, const FileRecord& record, const Call& call) {
  if (watch == nullptr) return call();
  const std::lock_guard lock(watch->mutex);
  if (!IsBelowRoot(path)) return call();
  if (Fails(kind)) return -1;
  const int result = call();
  if (result == 0) Append(record);
  return result;
}

int Unlink(int directory, const char* path, int flags) {
  const std::string absolute = Absolute(directory, path);
  return ChangeName(
      absolute, FileCall::kUnlink, {.kind = FileRecord::Kind::kUnlink, .path = absolute},
      [&] { return static_cast<int>(::syscall(SYS_unlinkat, directory, path, flags)); });
}

int Resize(const OpenFile* file, off_t size, int (*call)(int, off_t), int fd) {
  if (file != nullptr && Fails(FileCall::kTruncate)) return -1;
  const int result = call(fd, size);
  if (result == 0 && file != nullptr) {
    Append({.kind = FileRecord::Kind::kTruncate,
            .file = file->inode,
            .offset = static_cast<uint64_t>(size)});
  }
  return result;
}

}  // namespace

void StartJournal(const std::string& path, const std::string& root) {
  auto* started = new Watch;
  started->root = root;
  if (!path.empty()) {
    started->journal = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path.c_str(),
                                                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    if (started->journal < 0) std::abort();
  }
  watch = started;
}

void FailCall(FileCall call, uint64_t n, int error, bool for_good) {
  const std::lock_guard lock(watch->mutex);
  watch->countdown[static_cast<size_t>(call)] = n;
  watch->error = error;
  watch->for_good = for_good;
}

void JournalPrint(std::string_view line) {
  if (watch == nullptr) return;
  const std::lock_guard lock(watch->mutex);
  Append({.kind = FileRecord::Kind::kPrint, .bytes = std::string(line)});
}

bool CallHasFailed() {
  const std::lock_guard lock(watch->mutex);
  return watch->failed;
}

}  // namespace quarry::testing

namespace testing = quarry::testing;
using Kind = testing::FileRecord::Kind;

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return testing::OpenAt(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return testing::OpenAt(AT_FDCWD, path, flags, mode);
}
int openat(int directory, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return testing::OpenAt(directory, path, flags, mode);
}
int close(int fd) {
  if (testing::watch == nullptr) return static_cast<int>(::syscall(SYS_close, fd));
  const std::lock_guard lock(testing::watch->mutex);
  testing::watch->open.erase(fd);
  return static_cast<int>(::syscall(SYS_close, fd));
}

ssize_t write(int fd, const void* bytes, size_t size) {
  return testing::WriteTo(fd, -1, {static_cast<const char*>(bytes), size},
                          [&] { return ::syscall(SYS_write, fd, bytes, size); });
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return testing::WriteTo(fd, offset, {static_cast<const char*>(bytes), size},
                          [&] { return ::syscall(SYS_pwrite64, fd, bytes, size, offset); });
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off_t offset) {
  return pwrite(fd, bytes, size, offset);
}
ssize_t writev(int fd, const iovec* parts, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    bytes.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  }
  return testing::WriteTo(fd, -1, bytes, [&] { return ::syscall(SYS_writev, fd, parts, count); });
}

int fsync(int fd) { return testing::Sync(fd, SYS_fsync); }
int fdatasync(int fd) { return testing::Sync(fd, SYS_fdatasync); }

int ftruncate(int fd, off_t size) noexcept {
  const auto call = [](int file, off_t bytes) {
    return static_cast<int>(::syscall(SYS_ftruncate, file, bytes));
  };
  if (testing::watch == nullptr) return call(fd, size);
  const std::lock_guard lock(testing::watch->mutex);
  return testing::Resize(testing::Find(fd), size, call, fd);
}
int ftruncate64(int fd, off_t size) noexcept { return ftruncate(fd, size); }
int fallocate(int fd, int mode, off_t offset, off_t size) {
  const auto pass = [&] {
    return static_cast<int>(::syscall(SYS_fallocate, fd, mode, offset, size));
  };
  if (testing::watch == nullptr) return pass();
  const std::lock_guard lock(testing::watch->mutex);
  const testing::OpenFile* file = testing::Find(fd);
  const int result = pass();
  struct stat info {};
  if (result == 0 && file != nullptr && (mode & FALLOC_FL_KEEP_SIZE) == 0 &&
      ::fstat(fd, &info) == 0) {
    testing::Append({.kind = Kind::kTruncate,
                     .file = file->inode,
                     .offset = static_cast<uint64_t>(info.st_size)});
  }
  return result;
}
int fallocate64(int fd, int mode, off_t offset, off_t size) {
  return fallocate(fd, mode, offset, size);
}

int mkdir(const char* path, mode_t mode) noexcept {
  return testing::ChangeName(path, testing::FileCall::kMakeDirectory,
                             {.kind = Kind::kMakeDirectory, .path = path},
                             [&] { return static_cast<int>(::syscall(SYS_mkdir, path, mode)); });
}
int rename(const char* from, const char* to) noexcept {
  return testing::ChangeName(from, testing::FileCall::kRename,
                             {.kind = Kind::kRename, .path = from, .bytes = to},
                             [&] { return static_cast<int>(::syscall(SYS_rename, from, to)); });
}
int link(const char* from, const char* to) noexcept {
  struct stat info {};
  const uint64_t inode = ::stat(from, &info) == 0 ? info.st_ino : 0;
  return testing::ChangeName(to, testing::FileCall::kOpen,
                             {.kind = Kind::kLink, .file = inode, .path = to},
                             [&] { return static_cast<int>(::syscall(SYS_link, from, to)); });
}
int unlink(const char* path) noexcept { return testing::Unlink(AT_FDCWD, path, 0); }
int unlinkat(int directory, const char* path, int flags) noexcept {
  return testing::Unlink(directory, path, flags);
}
int rmdir(const char* path) noexcept { return testing::Unlink(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char* path) noexcept {
  struct stat info {};
  const bool directory = ::lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
  return testing::Unlink(AT_FDCWD, path, directory ? AT_REMOVEDIR : 0);
}

}  // extern "C"
