#pragma once

// SourceItems: the things that a sync reads, of which there may be millions.
//
//   SourceItems items(/*folder=*/"/data/docs", /*max_file_bytes=*/1u << 30);
//   items.AddFile("guides/a.md", 1200);
//   items.SortFiles();
//   items[0].read();
//
// Of a file only its path below the folder and its size are kept, 24 bytes and the path; path, address
// and reader are made of them when the item is asked for. An item of another kind is kept as it is.
//
// A value; not thread-safe while it is changed.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "ingest/parser.h"

namespace quarry::ingest {

// One thing to read: a file, or a record given directly. `read` fetches its bytes when its turn
// comes.
struct SourceItem {
  SourceInfo info;
  uint64_t bytes = 0;  // as listed; what is read may differ
  std::function<Result<std::string>()> read;
  bool is_unchanged = false;  // what was made of it stands, its sender says; it is not read
};

class SourceItems {
 public:
  SourceItems() = default;  // of no files
  SourceItems(std::string folder, uint64_t max_file_bytes)
      : folder_(std::move(folder)), max_file_bytes_(max_file_bytes) {}

  // REQUIRES: each path comes once, before the items of other kinds.
  void AddFile(std::string_view relative, uint64_t bytes);
  // By their paths, bytewise. REQUIRES: called behind the last AddFile.
  void SortFiles();
  // Another item, behind those that are there. Of two with one id the first is found.
  void Add(SourceItem item);

  size_t size() const { return files_.size() + others_.size(); }
  bool empty() const { return size() == 0; }
  SourceItem operator[](size_t i) const;
  std::string_view id(size_t i) const;
  std::string path(size_t i) const;  // SourceInfo::path
  uint64_t bytes(size_t i) const;
  // Where the item of this id stands.
  std::optional<size_t> Find(std::string_view id) const;

  class Iterator {
   public:
    Iterator(const SourceItems& items, size_t at) : items_(items), at_(at) {}
    SourceItem operator*() const { return items_[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const SourceItems& items_;
    size_t at_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  struct File {
    uint64_t path_begin = 0;  // in paths_
    uint64_t bytes = 0;
    uint32_t path_bytes = 0;
  };
  std::string_view PathBelow(const File& file) const {
    return std::string_view(paths_).substr(file.path_begin, file.path_bytes);
  }

  std::string folder_;
  uint64_t max_file_bytes_ = 0;
  std::string paths_;
  std::vector<File> files_;
  std::vector<SourceItem> others_;
  std::unordered_map<std::string, size_t> other_of_;  // by id: place in others_
};

}  // namespace quarry::ingest
