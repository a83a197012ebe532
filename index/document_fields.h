#pragma once

// What filters and facets may name of a document besides its metadata:
//
//   $type      its media type: "text/markdown"
//   $language  "en", "zh"
//   $year      of the first of its metadata that is a time: date, modified, created: "2024"
//
// A field that the document has no value for is missing, as a key of the metadata is. A key of the
// metadata with such a name stands back. Free functions: thread-safe.

#include <string_view>

#include "base/filter.h"
#include "index/records.h"

namespace quarry::index {

bool IsBuiltInField(std::string_view field);

Metadata BuiltInFields(const StoredDocument& document);
// The same and the metadata.
Metadata FieldsOf(const StoredDocument& document);

// The documents in the language: "en", "zh".
Filter InLanguage(std::string_view language);
// Whether `filter` is that of InLanguage.
bool IsInLanguage(const Filter& filter, std::string_view language);

// Whether the document satisfies the filter, by all its fields.
bool Matches(const Filter& filter, const StoredDocument& document);

}  // namespace quarry::index
