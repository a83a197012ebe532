#pragma once

// What decides whether a source is as the collection holds it. Internal to ingest/.

#include <cstdint>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/status.h"
#include "index/snapshot.h"

namespace quarry::ingest {

// Every part with its length and type, so that no two different ones give the same bytes.
std::string CanonicalMetadata(const Metadata& metadata, const std::vector<std::string>& access);

// What decides whether a document given directly (or one record of many) is unchanged.
uint64_t HashOfDocument(const Document& document);

// Whether `stored` is what `document` (with its source_hash) of that root would become. `pipeline`:
// DocumentDraft::pipeline.
bool IsUnchanged(const index::StoredDocument& stored, const Document& document,
                 const std::string& pipeline, const std::string& root);

// What the collection holds of a source: the document, or those that it became. Errors: of reading.
Result<std::vector<index::StoredDocument>> DocumentsOf(const DocumentId& source,
                                                       const index::Snapshot& snapshot);

// The file that a document was made of, by its id.
inline const DocumentId& SourceOf(const index::StoredDocument& document) {
  return document.source.empty() ? document.id : document.source;
}

}  // namespace quarry::ingest
