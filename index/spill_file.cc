#include "index/spill_file.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/file.h"

namespace quarry::index {
namespace {

Status SpillError(const char* action, int error) {
  std::string message =
      std::string(action) + " a file to merge in: " + std::generic_category().message(error);
  if (error == ENOSPC || error == EDQUOT) return ResourceExhaustedError(std::move(message));
  return UnavailableError(std::move(message));
}

}  // namespace

Result<SpillFile> SpillFile::Create(const std::string& directory) {
  std::string path = directory + "/spill-XXXXXX";
  FileDescriptor file(::mkostemp(path.data(), O_CLOEXEC));
  if (file.get() < 0) return SpillError("create", errno);
  ::unlink(path.c_str());
  return SpillFile(std::move(file));
}

Status SpillFile::Append(std::string_view bytes) {
  const uint64_t offset = size_;
  size_ += bytes.size();
  return WriteAt(offset, bytes);
}

Status SpillFile::WriteAt(uint64_t offset, std::string_view bytes) {
  QUARRY_CHECK(offset + bytes.size() <= size_);
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return SpillError("write", written < 0 ? errno : ENOSPC);
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
  return OkStatus();
}

Result<SharedBytes> SpillFile::Map() const {
  QUARRY_ASSIGN_OR_RETURN(MappedFile mapped,
                          MappedFile::Open("/proc/self/fd/" + std::to_string(file_.get())));
  return MappedFile::Share(std::move(mapped));
}

void DropMappedPages(const SharedBytes& bytes) {
  if (!bytes.mapped || bytes.view.empty()) return;
  ::madvise(const_cast<char*>(bytes.view.data()), bytes.view.size(), MADV_DONTNEED);
}

}  // namespace quarry::index
