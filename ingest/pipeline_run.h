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

// What a Sync has gone through so far.
struct Pipeline::Run {
  const FileList& list;
  IngestReport report;
  std::unordered_map<DocumentId, size_t> item_of;  // every document that an item stands for
  // Items that say nothing against what the collection holds of them: they are as they were, or
  // something of them could not be used.
  std::set<DocumentId> kept;
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
  bool has_remembered = false;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

}  // namespace quarry::ingest
