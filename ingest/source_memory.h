#pragma once

// SourceMemory: what a sync keeps of its sources for the next one, beside their documents.
//
// Of a file that became one document nothing is kept: the document says from which bytes it was
// made. Unless text was recognised in it: what that gives depends on the languages installed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/status.h"
#include "index/object_table.h"
#include "ingest/html_links.h"

namespace quarry::ingest {

// A file that became several documents, or none, or of which something could not be used, or in
// which text was recognised.
struct RememberedSource {
  DocumentId source;
  std::string root;
  uint64_t hash = 0;       // of its bytes
  std::string pipeline;    // what read it, helper programs and their languages included
  uint64_t documents = 0;  // what became of it: the sum of HashOfStored over its documents
  bool failed = false;     // something of it could not be used: it is read again each time
  std::vector<std::string> skipped;  // what was passed over in it, told at each sync

  friend bool operator==(const RememberedSource&, const RememberedSource&) = default;
};

// A page of the web as it was last fetched.
struct RememberedPage {
  std::string url;
  std::string etag;
  std::string last_modified;
  bool indexed = false;  // given to the pipeline
  PageLinks links;

  friend bool operator==(const RememberedPage&, const RememberedPage&) = default;
};

uint64_t HashOfStored(const DocumentId& id, uint64_t source_hash);

// Of one collection. Thread-safe, as the table is.
class SourceMemory {
 public:
  SourceMemory(index::ObjectTable& objects, CollectionId collection);

  // nullopt where nothing is kept. kDataLoss names the object that is damaged.
  Result<std::optional<RememberedSource>> FindSource(const DocumentId& source) const;
  Result<std::optional<RememberedPage>> FindPage(const std::string& url) const;

  // Changes are gathered and written together, on disk when Write returns ok. What is larger than an
  // object may be is not kept.
  void Put(const RememberedSource& source, index::ObjectBatch& batch) const;
  void Put(const RememberedPage& page, index::ObjectBatch& batch) const;
  void ForgetSource(const DocumentId& source, index::ObjectBatch& batch) const;
  Status Write(const index::ObjectBatch& batch) const { return objects_.Write(batch); }

 private:
  index::ObjectName NameOf(index::ObjectKind kind, const std::string& id) const;

  index::ObjectTable& objects_;
  const std::string scope_;
};

}  // namespace quarry::ingest
