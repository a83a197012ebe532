#include "ingest/unchanged.h"

#include <utility>
#include <variant>

#include "base/coding.h"
#include "base/hash.h"

namespace quarry::ingest {

std::string CanonicalMetadata(const Metadata& metadata, const std::vector<std::string>& access) {
  std::string bytes;
  const auto append_list = [&](const std::vector<std::string>& list) {
    AppendVarint(bytes, list.size());
    for (const std::string& element : list) AppendBytes(bytes, element);
  };
  AppendVarint(bytes, metadata.size());
  for (const auto& [key, value] : metadata) {
    AppendBytes(bytes, key);
    AppendVarint(bytes, value.index());
    if (const auto* flag = std::get_if<bool>(&value)) AppendVarint(bytes, *flag ? 1 : 0);
    if (const auto* number = std::get_if<double>(&value)) AppendDouble(bytes, *number);
    if (const auto* text = std::get_if<std::string>(&value)) AppendBytes(bytes, *text);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) append_list(*list);
  }
  append_list(access);
  return bytes;
}

uint64_t HashOfDocument(const Document& document) {
  std::string bytes;
  for (const std::string* part :
       {&document.text, &document.title, &document.uri, &document.media_type, &document.language}) {
    AppendBytes(bytes, *part);
  }
  return Hash64(bytes + CanonicalMetadata(document.metadata, document.access));
}

bool IsUnchanged(const index::StoredDocument& stored, const Document& document,
                 const std::string& pipeline, const std::string& root) {
  return stored.source_hash == document.source_hash && stored.source == document.source &&
         stored.pipeline == pipeline && stored.root == root;
}

Result<std::vector<index::StoredDocument>> DocumentsOf(const DocumentId& source,
                                                       const index::Snapshot& snapshot) {
  std::vector<index::StoredDocument> documents;
  Result<index::StoredDocument> whole = snapshot.ReadDocument(source);
  if (!whole.ok() && whole.status().code() != Code::kNotFound) return whole.status();
  if (whole.ok() && whole->source.empty()) documents.push_back(*std::move(whole));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<DocumentId> records, snapshot.RecordsOf(source));
  for (const DocumentId& id : records) {
    QUARRY_ASSIGN_OR_RETURN(index::StoredDocument record, snapshot.ReadDocument(id));
    documents.push_back(std::move(record));
  }
  return documents;
}

}  // namespace quarry::ingest
