#include "ingest/source_items.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/ascii.h"
#include "base/file.h"
#include "base/hex.h"

namespace quarry::ingest {
namespace {

Result<std::string> ReadListedFile(const std::string& path, uint64_t limit) {
  Result<std::string> bytes = ReadFile(path, limit);
  if (bytes.ok()) return bytes;
  // Whoever reports it names the path.
  std::string message = bytes.status().message();
  if (const std::string prefix = "read " + path + ": "; message.starts_with(prefix)) {
    message.erase(0, prefix.size());
  }
  return Status(bytes.status().code(), "cannot read: " + message);
}

}  // namespace

void SourceItems::AddFile(std::string_view relative, uint64_t bytes) {
  QUARRY_CHECK(others_.empty());
  files_.push_back({.path_begin = paths_.size(),
                    .bytes = bytes,
                    .path_bytes = static_cast<uint32_t>(relative.size())});
  paths_ += relative;
}

void SourceItems::SortFiles() {
  std::sort(files_.begin(), files_.end(),
            [this](const File& a, const File& b) { return PathBelow(a) < PathBelow(b); });
  files_.shrink_to_fit();
  paths_.shrink_to_fit();
}

void SourceItems::Add(SourceItem item) {
  other_of_.emplace(item.info.id, others_.size());
  others_.push_back(std::move(item));
}

SourceItem SourceItems::operator[](size_t i) const {
  if (i >= files_.size()) return others_[i - files_.size()];
  SourceItem item;
  item.info.id = id(i);
  item.info.path = path(i);
  item.info.uri = "file://" + PercentEncode(item.info.path, "/");
  item.bytes = files_[i].bytes;
  item.read = [path = item.info.path, limit = max_file_bytes_] {
    return ReadListedFile(path, limit);
  };
  return item;
}

std::string_view SourceItems::id(size_t i) const {
  return i < files_.size() ? PathBelow(files_[i]) : others_[i - files_.size()].info.id;
}

std::string SourceItems::path(size_t i) const {
  if (i >= files_.size()) return others_[i - files_.size()].info.path;
  return (std::filesystem::path(folder_) / PathBelow(files_[i])).string();
}

uint64_t SourceItems::bytes(size_t i) const {
  return i < files_.size() ? files_[i].bytes : others_[i - files_.size()].bytes;
}

std::optional<size_t> SourceItems::Find(std::string_view id) const {
  const auto file = std::lower_bound(
      files_.begin(), files_.end(), id,
      [this](const File& other, std::string_view path) { return PathBelow(other) < path; });
  if (file != files_.end() && PathBelow(*file) == id) {
    return static_cast<size_t>(file - files_.begin());
  }
  const auto other = other_of_.empty() ? other_of_.end() : other_of_.find(std::string(id));
  if (other == other_of_.end()) return std::nullopt;
  return files_.size() + other->second;
}

}  // namespace quarry::ingest
