#pragma once

// RowTable: which chunk stands at which row. Postings and vectors speak of rows (small dense
// integers); the outside speaks of ChunkIds and documents.
//
// All rows of one document version are neighbours, in order of their ordinals. A new version gets
// new rows at the end, the old ones are cleared in the snapshot's bitmap of live rows.
//
// Append-only with structural sharing: a copy is a view of the rows that were there when it was
// taken and costs one pointer per 4,096 entries. One thread appends; copies taken before are read
// freely by others meanwhile. The first rows may lie in a mapped file (row_file.h).

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace quarry::index {

// Elements never move once appended; a copy sees the first size() of them.
template <typename T>
class AppendOnlyVector {
 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](size_t i) const { return (*blocks_[i / kBlock])[i % kBlock]; }
  size_t MemoryBytes() const { return blocks_.size() * kBlock * sizeof(T); }
  // REQUIRES: nothing has been appended to a copy of this object (one line of history).
  void Append(T value) {
    if (size_ % kBlock == 0) blocks_.push_back(std::make_shared<std::array<T, kBlock>>());
    (*blocks_.back())[size_ % kBlock] = std::move(value);
    ++size_;
  }

 private:
  static constexpr size_t kBlock = 4096;
  size_t size_ = 0;
  std::vector<std::shared_ptr<std::array<T, kBlock>>> blocks_;
};

struct RowEntry {
  ChunkId chunk;
  uint32_t document = 0;  // position in the documents of the table
  uint32_t ordinal = 0;
};

struct DocumentEntry {
  DocumentNumber number;
  std::string_view id;  // valid as long as the table or a copy of it
  RowId first_row = 0;
  uint32_t rows = 0;
};

// Rows that lie in memory as they lie in a file.
struct RowImage {
  struct Document {
    uint64_t number = 0;
    uint64_t id_end = 0;  // in ids; it begins where the one before ends
    RowId first_row = 0;
    uint32_t rows = 0;
  };
  std::span<const Document> documents;
  std::string_view ids;
  std::span<const RowEntry> rows;
  std::shared_ptr<const void> owner;  // keeps all of them valid
};

class RowTable {
 public:
  RowTable() = default;  // empty
  // REQUIRES: documents lie one behind the other and cover the rows; each row names its document.
  explicit RowTable(RowImage image) : image_(std::move(image)) {}

  size_t rows() const { return image_.rows.size() + rows_.size(); }
  // Versions, dead ones included.
  size_t documents() const { return image_.documents.size() + documents_.size(); }
  const RowEntry& row(RowId row) const {
    return row < image_.rows.size() ? image_.rows[row] : rows_[row - image_.rows.size()];
  }
  DocumentEntry document(size_t index) const;
  DocumentEntry DocumentOf(RowId row) const { return document(this->row(row).document); }

  // Appends a document version with its chunks in order; returns its position among the documents.
  size_t Append(DocumentNumber number, DocumentId id, const std::vector<ChunkId>& chunks);

  // Bytes of the rows and documents, and of them those of a mapped file.
  uint64_t MemoryBytes() const;
  uint64_t MappedBytes() const {
    return image_.documents.size_bytes() + image_.ids.size() + image_.rows.size_bytes();
  }

  // The order that breaks ties between equal scores: by (document id, ordinal), so that results do
  // not depend on the history of the index.
  bool Precedes(RowId a, RowId b) const;

 private:
  struct Appended {
    DocumentNumber number;
    DocumentId id;
    RowId first_row = 0;
    uint32_t rows = 0;
  };
  RowImage image_;
  AppendOnlyVector<RowEntry> rows_;
  AppendOnlyVector<Appended> documents_;
};

// A row and its score; larger is better.
struct ScoredRow {
  RowId row = 0;
  double score = 0;
};

// "a comes before b in a result list".
inline bool Better(const RowTable& table, const ScoredRow& a, const ScoredRow& b) {
  if (a.score != b.score) return a.score > b.score;
  return a.row != b.row && table.Precedes(a.row, b.row);
}

// How many rows a search brings.
struct ResultLimit {
  enum class Unit : uint8_t { kRows, kDocuments };

  // Implicit: a number alone is one of rows.
  ResultLimit(size_t rows) : count(rows) {}  // NOLINT(google-explicit-constructor)
  // The best rows down to the one that brings in the last of `count` documents. The chunks of a
  // document share one place, so that may be many more rows.
  static ResultLimit Documents(size_t count) {
    ResultLimit limit(count);
    limit.unit = Unit::kDocuments;
    return limit;
  }

  size_t count;
  Unit unit = Unit::kRows;
  double rows_a_document = 1;  // of the live ones: what a search expects, not what it brings
};

}  // namespace quarry::index
