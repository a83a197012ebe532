#pragma once

// The rows by which documents are found other than by their id: of their metadata, of the
// principals that may read them, of their source, their aliases and their content.
//
// Free functions without state: thread-safe.

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "index/keys.h"
#include "index/records.h"
#include "index/store.h"

namespace quarry::index {

// The tables of these rows; nothing else is in them.
inline constexpr std::array kIndexRowTables = {Table::kMetadataIndex, Table::kPrincipal,
                                               Table::kSource, Table::kAlias, Table::kContentHash};

const char* IndexRowTableName(Table table);  // "metadata"; "index" for others

// The keys of all rows of `document`, each once. Their values are empty.
std::vector<std::string> IndexRowKeys(CollectionId collection, const StoredDocument& document);

// Calls visit for the rows of `table` (kPrincipal, kSource or kAlias) whose keys begin with
// `prefix`, in order of their keys, until it returns false.
Status ForEachName(const StoreView& view, const std::string& prefix, Table table,
                   const std::function<bool(const NamedDocument&)>& visit);

}  // namespace quarry::index
