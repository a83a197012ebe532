#include "base/file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/mapped_pieces.h"

namespace quarry {
namespace {

// "read /x/y: No such file or directory", with the code that fits the reason.
Status SystemError(const char* action, const std::string& path, int error) {
  std::string message =
      std::string(action) + " " + path + ": " + std::generic_category().message(error);
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return NotFoundError(std::move(message));
    case EEXIST:
    case ENOTEMPTY:
      return AlreadyExistsError(std::move(message));
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR:
    case EINVAL:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO:
      return InvalidArgumentError(std::move(message));
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return ResourceExhaustedError(std::move(message));
    case EIO:
    case ESTALE:
      return UnavailableError(std::move(message));
    default:
      return InternalError(std::move(message));
  }
}

// "a/../b/" is "b": what a name is and which directory holds it can be told.
std::filesystem::path Plain(const std::string& path) {
  std::filesystem::path plain = std::filesystem::path(path).lexically_normal();
  return plain.has_filename() ? plain : plain.parent_path();
}

// `shown` is the path that an error names.
Result<FileDescriptor> Open(const char* action, const std::string& path, int flags,
                            const std::string& shown) {
  // The system would take the part before it for the path.
  if (path.find('\0') != std::string::npos) {
    return InvalidArgumentError(std::string(action) + " " +
                                shown.c_str() +  // NOLINT: up to the NUL
                                ": the path contains a NUL byte");
  }
  int fd;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return SystemError(action, shown, errno);
  return FileDescriptor(fd);
}

Result<FileDescriptor> Open(const char* action, const std::string& path, int flags) {
  return Open(action, path, flags, path);
}

// Opens for reading; directories are refused here, because reading would say it less clearly.
Result<FileDescriptor> OpenToRead(const char* action, const std::string& path, struct stat& info) {
  QUARRY_ASSIGN_OR_RETURN(FileDescriptor file, Open(action, path, O_RDONLY));
  if (::fstat(file.get(), &info) != 0) return SystemError(action, path, errno);
  if (S_ISDIR(info.st_mode)) {
    return InvalidArgumentError(std::string(action) + " " + path + ": is a directory");
  }
  return file;
}

Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError("write", path, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return OkStatus();
}

constexpr char kTemporary[] = ".tmp-";

// A new file beside `path`. Its name is put into `temporary`.
Result<FileDescriptor> CreateBeside(const std::string& path, std::string& temporary) {
  static std::atomic<uint64_t> counter = 0;
  while (true) {
    temporary = path + kTemporary + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    Result<FileDescriptor> file = Open("write", temporary, O_WRONLY | O_CREAT | O_EXCL, path);
    // Left by a crashed process that had our id: take the next name.
    if (!file.ok() && file.status().code() == Code::kAlreadyExists) continue;
    return file;
  }
}

Status WriteAndRename(FileDescriptor file, const std::string& temporary, const std::string& path,
                      const SharedBytes& bytes) {
  struct stat old {};
  if (::stat(path.c_str(), &old) == 0 && S_ISREG(old.st_mode)) {
    // Who could read the old file can read the new one, and nobody else.
    if (::fchmod(file.get(), old.st_mode & 07777) != 0) return SystemError("write", path, errno);
  }
  QUARRY_RETURN_IF_ERROR(ForEachPiece(
      bytes, [&](std::string_view piece) { return WriteAll(file.get(), piece, path); }));
  if (::fsync(file.get()) != 0) return SystemError("fsync", path, errno);
  if (::close(file.release()) != 0) return SystemError("write", path, errno);
  if (::rename(temporary.c_str(), path.c_str()) != 0) return SystemError("write", path, errno);
  return OkStatus();
}

}  // namespace

Result<std::string> ReadFile(const std::string& path, uint64_t limit) {
  struct stat info {};
  QUARRY_ASSIGN_OR_RETURN(const FileDescriptor file, OpenToRead("read", path, info));
  // The size is a hint: files of /proc say 0, pipes say nothing, and a file may grow meanwhile.
  const uint64_t expected = S_ISREG(info.st_mode) ? static_cast<uint64_t>(info.st_size) : 0;
  std::string bytes;
  size_t filled = 0;
  while (expected <= limit) {
    if (filled == bytes.size()) {
      bytes.resize(filled == 0 ? std::max<size_t>(expected + 1, 4096) : filled * 2);
    }
    const ssize_t count = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError("read", path, errno);
    filled += static_cast<size_t>(count);
    if (filled > limit) break;
    if (count == 0) {
      bytes.resize(filled);
      return bytes;
    }
  }
  return ResourceExhaustedError("read " + path + ": larger than the limit of " +
                                std::to_string(limit) + " bytes");
}

Status WriteFileAtomically(const std::string& path, std::string_view bytes) {
  return WritePiecesAtomically(path, {.view = bytes});
}

Status WritePiecesAtomically(const std::string& path, const SharedBytes& bytes) {
  std::string temporary;
  QUARRY_ASSIGN_OR_RETURN(FileDescriptor file, CreateBeside(path, temporary));
  if (Status status = WriteAndRename(std::move(file), temporary, path, bytes); !status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  return SyncParent(path);
}

void RemoveTemporaries(const std::string& path) {
  const std::filesystem::path plain = Plain(path);
  const std::string prefix = plain.filename().string() + kTemporary;
  std::error_code error;
  for (std::filesystem::directory_iterator it(plain.parent_path(), error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().filename().string().starts_with(prefix)) ::unlink(it->path().c_str());
  }
}

Status CreateDirectories(const std::string& path) {
  std::vector<std::filesystem::path> missing;
  std::error_code error;
  for (std::filesystem::path at = Plain(path); !at.empty() && !std::filesystem::exists(at, error);
       at = at.parent_path()) {
    missing.push_back(at);
  }
  if (missing.empty() && !std::filesystem::is_directory(path, error)) {
    return SystemError("create directory", path, ENOTDIR);
  }
  for (auto it = missing.rbegin(); it != missing.rend(); ++it) {
    std::filesystem::create_directory(*it, error);
    if (error) return SystemError("create directory", path, error.value());
    QUARRY_RETURN_IF_ERROR(SyncParent(it->string()));
  }
  return OkStatus();
}

Status SyncDirectory(const std::string& path) {
  QUARRY_ASSIGN_OR_RETURN(const FileDescriptor directory,
                          Open("fsync", path, O_RDONLY | O_DIRECTORY));
  // EINVAL: a file system that cannot sync directories (some network ones); nothing more can be
  // done.
  if (::fsync(directory.get()) != 0 && errno != EINVAL) return SystemError("fsync", path, errno);
  return OkStatus();
}

Status SyncParent(const std::string& path) {
  const std::string parent = Plain(path).parent_path().string();
  return SyncDirectory(parent.empty() ? "." : parent);
}

Result<MappedFile> MappedFile::Open(const std::string& path) {
  struct stat info {};
  QUARRY_ASSIGN_OR_RETURN(const FileDescriptor file, OpenToRead("map", path, info));
  if (!S_ISREG(info.st_mode)) return InvalidArgumentError("map " + path + ": not a regular file");
  const auto size = static_cast<size_t>(info.st_size);
  if (size == 0) return MappedFile(nullptr, 0);  // mmap refuses it
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (data == MAP_FAILED) return SystemError("map", path, errno);
  return MappedFile(static_cast<const char*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SharedBytes MappedFile::Share(MappedFile file) {
  auto owner = std::make_shared<const MappedFile>(std::move(file));
  return {.view = owner->bytes(), .owner = owner, .mapped = true};
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

namespace {

// Who wrote its id into the lock file, as words; "another process" where that cannot be told.
std::string HolderOf(int fd) {
  char text[32];
  const ssize_t size = ::pread(fd, text, sizeof(text), 0);
  pid_t pid = 0;
  if (size > 0) std::from_chars(text, text + size, pid);
  if (pid <= 0) return "another process";
  // A shared holder may have left its id behind: name only a process that lives.
  if (::kill(pid, 0) != 0 && errno == ESRCH) return "another process";
  return "process " + std::to_string(pid);
}

}  // namespace

Result<FileLock> FileLock::Acquire(const std::string& path, Kind kind) {
  bool writable = true;
  Result<FileDescriptor> opened = quarry::Open("lock", path, O_RDWR | O_CREAT);
  if (!opened.ok() && kind == Kind::kShared) {
    // Readers of a store that they may not write need no more than the lock.
    if (auto read_only = quarry::Open("lock", path, O_RDONLY); read_only.ok()) {
      opened = std::move(read_only);
      writable = false;
    }
  }
  QUARRY_ASSIGN_OR_RETURN(FileDescriptor file, std::move(opened));

  const int operation = (kind == Kind::kExclusive ? LOCK_EX : LOCK_SH) | LOCK_NB;
  int failed;
  do {
    failed = ::flock(file.get(), operation);
  } while (failed != 0 && errno == EINTR);
  if (failed != 0) {
    if (errno != EWOULDBLOCK) return SystemError("lock", path, errno);
    return LockedError("lock " + path + ": store is in use by " + HolderOf(file.get()));
  }
  if (writable) {
    // Only for the message of others: a full disk must not keep anybody from the store.
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::pwrite(file.get(), pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size())) {
      [[maybe_unused]] const int ignored = ::ftruncate(file.get(), static_cast<off_t>(pid.size()));
    }
  }
  return FileLock(file.release());
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<TemporaryDirectory> TemporaryDirectory::Create(std::string_view prefix) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  if (error) return SystemError("create temporary directory in", parent.string(), error.value());
  std::string path = (parent / (std::string(prefix) + "XXXXXX")).string();
  if (::mkdtemp(path.data()) == nullptr) {
    return SystemError("create temporary directory", path, errno);
  }
  return TemporaryDirectory(std::move(path));
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryDirectory::~TemporaryDirectory() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace quarry
