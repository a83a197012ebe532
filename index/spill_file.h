#pragma once

// SpillFile: a file without a name, for what is too large to be in memory while it is made.
//
//   QUARRY_ASSIGN_OR_RETURN(SpillFile file, SpillFile::Create(directory));
//   QUARRY_RETURN_IF_ERROR(file.Append(bytes));
//   QUARRY_ASSIGN_OR_RETURN(const SharedBytes all, file.Map());
//
// The disk gets its space back when both the object and what Map gave are gone, however the process
// ends. Not thread-safe; movable.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"
#include "base/shared_bytes.h"
#include "base/status.h"

namespace quarry::index {

class SpillFile {
 public:
  // On the file system of `directory`. Errors, also of the others: the system's; kResourceExhausted
  // when the disk is full.
  static Result<SpillFile> Create(const std::string& directory);

  uint64_t size() const { return size_; }
  Status Append(std::string_view bytes);
  // Over what is there. REQUIRES: it ends within size().
  Status WriteAt(uint64_t offset, std::string_view bytes);
  // What was written so far, as pages of the file.
  Result<SharedBytes> Map() const;

 private:
  explicit SpillFile(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
  uint64_t size_ = 0;
};

// Gives back the memory of what was read so far of a mapped file; other bytes stay as they are.
void DropMappedPages(const SharedBytes& bytes);

}  // namespace quarry::index
