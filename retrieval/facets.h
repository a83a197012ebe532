#pragma once

// Facets: how the documents of a result spread over the values of their metadata, and over type,
// language and year (index/document_fields.h).
//
// Counted are the documents of all that was ranked, not only of what is shown. Thread-safe: free
// functions over immutable snapshots.

#include <cstdint>
#include <string>
#include <vector>

#include "base/document.h"
#include "retrieval/retriever.h"

namespace quarry::retrieval {

struct FacetValue {
  MetadataValue value;  // one of a list is a string
  uint32_t documents = 0;
};

struct Facet {
  std::string key;
  std::vector<FacetValue> values;  // most documents first, then by value; at most kFacetValues
};

inline constexpr size_t kFacets = 12;
inline constexpr size_t kFacetValues = 10;

// By key, those of most documents where there are too many. A key of whose values no two documents
// share one tells nothing and is left out, as is a built-in field with one value. Errors: those of
// the store and of the context.
Result<std::vector<Facet>> CountFacets(const Retrieved& retrieved, Snapshots snapshots,
                                       const CallContext& context);

}  // namespace quarry::retrieval
