#include "index/index_rows.h"

#include <algorithm>

namespace quarry::index {

const char* IndexRowTableName(Table table) {
  switch (table) {
    case Table::kMetadataIndex:
      return "metadata";
    case Table::kPrincipal:
      return "access";
    case Table::kSource:
      return "source";
    case Table::kAlias:
      return "alias";
    case Table::kContentHash:
      return "content";
    default:
      return "index";
  }
}

std::vector<std::string> IndexRowKeys(CollectionId collection, const StoredDocument& document) {
  std::vector<std::string> keys = MetadataIndexKeys(collection, document.metadata, document.number);
  for (const std::string& principal : document.access) {
    keys.push_back(PrincipalKey(collection, principal, document.number));
  }
  if (!document.source.empty()) {
    keys.push_back(SourceKey(collection, document.source, document.number));
  }
  for (const DocumentId& alias : document.aliases) {
    keys.push_back(AliasKey(collection, alias, document.number));
  }
  keys.push_back(ContentHashKey(collection, document.content_hash, document.number));
  // A principal that is named twice has one row.
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

Status ForEachName(const StoreView& view, const std::string& prefix, Table table,
                   const std::function<bool(const NamedDocument&)>& visit) {
  Status parsed;
  QUARRY_RETURN_IF_ERROR(view.Scan(prefix, [&](std::string_view key, std::string_view) {
    const Result<NamedDocument> row = ParseNameKey(key, table);
    parsed = row.status();
    return parsed.ok() && visit(*row);
  }));
  return parsed;
}

}  // namespace quarry::index
