#pragma once

// What passes between the steps of a Pipeline: a source that was read and parsed, and how far a Sync
// has come. Internal to ingest/.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ingest/pipeline.h"

namespace quarry::ingest {

inline constexpr const char* kLastVersionAnswers = "; its last good version still answers";

// How many of the first documents become drafts together: of a file of many records, the terms of all
// chunks would be many times as large as the file.
inline size_t SliceSize(std::span<const Document> documents) {
  constexpr size_t kSliceDocuments = 512;
  constexpr uint64_t kSliceBytes = 1u << 20;
  size_t size = 0;
  for (uint64_t bytes = 0; size < documents.size() && size < kSliceDocuments && bytes < kSliceBytes;
       ++size) {
    bytes += documents[size].text.size();
  }
  return size;
}

// One source after reading and parsing.
struct Pipeline::Prepared {
  uint64_t bytes = 0;
  bool is_same = false;      // the bytes and the pipeline are those of before: so is all of it
  bool has_no_text = false;  // nothing in it at all: the one note in `skipped` says so
  std::vector<DocumentId> unchanged;
  std::vector<index::DocumentDraft> drafts;  // the first documents that are new or changed,
  std::vector<Document> documents;           // and those that become drafts when it is their turn
  std::vector<IngestNote> failures;
  std::vector<IngestNote> skipped;
  std::vector<std::string> metadata_taken;  // a field for each document that loses it
  // What the next sync is to know of it; `is_forgotten`: it has become simpler.
  std::optional<RememberedSource> remembered;
  bool is_forgotten = false;
};

// A set of items, by their numbers. Not thread-safe.
class ItemSet {
 public:
  void Add(size_t item) {
    if (item >= bits_.size()) bits_.resize(item + 1);
    bits_[item] = true;
  }
  bool Contains(size_t item) const { return item < bits_.size() && bits_[item]; }

 private:
  std::vector<bool> bits_;
};

// Which item brought which document. Of an item that is a document of its own id, as nearly every
// file is, a bit is kept; of other documents their ids. Not thread-safe.
class DocumentClaims {
 public:
  explicit DocumentClaims(const SourceItems& items) : items_(items) {}

  // The item that has taken `id`.
  std::optional<size_t> OwnerOf(const DocumentId& id) const {
    if (const auto other = item_of_.find(id); other != item_of_.end()) return other->second;
    const std::optional<size_t> item = items_.Find(id);
    return item && whole_.Contains(*item) ? item : std::nullopt;
  }
  // REQUIRES: no item has taken it.
  void Take(const DocumentId& id, size_t item) {
    if (items_.Find(id) == item) {
      whole_.Add(item);
    } else {
      item_of_.emplace(id, item);
    }
  }

 private:
  const SourceItems& items_;
  ItemSet whole_;  // items that have taken their own ids
  std::unordered_map<DocumentId, size_t> item_of_;
};

// What a Sync has gone through so far.
struct Pipeline::Run {
  const FileList& list;
  IngestReport report;
  DocumentClaims claims{list.items};
  // Items that say nothing against what the collection holds of them: they are as they were, or
  // something of them could not be used.
  ItemSet kept;
  std::vector<index::DocumentDraft> batch;
  uint64_t batch_bytes = 0;
  // Documents of the root whose files are gone, by the hash of those; filled when first asked for.
  std::optional<std::multimap<uint64_t, DocumentId>> gone;
  // Items that documents of the root are parts of; filled when first asked for.
  std::optional<std::set<DocumentId>> divided;
  std::set<DocumentId> moved;  // under the ids that they had
  size_t done = 0;             // items that were taken
  size_t failures_noted = 0;   // of the list's own
  size_t skipped_noted = 0;
  // To be written behind the documents of `batch`.
  index::ObjectBatch remembered;
  size_t remembered_sources = 0;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point flushed = start;
};

}  // namespace quarry::ingest
