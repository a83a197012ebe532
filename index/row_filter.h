#pragma once

// From a metadata filter and principals to the rows that a query may see, by the metadata and
// principal indexes of the store.

#include "base/bitmap.h"
#include "base/call_context.h"
#include "base/filter.h"
#include "base/status.h"

namespace quarry::index {

class Snapshot;

// The live rows whose documents match. Agrees with Matches() (document_fields.h) on every document.
// Cost: one index scan per comparison and per principal, of the rows of that value or name, plus one
// bit per document and row; a comparison with a built-in field reads every document. Once a snapshot
// (document_sets.h): the first selection by principals scans all access lists, and the first by
// InLanguage of English or of Chinese reads every document. REQUIRES: a valid filter
// (ValidateFilter).
Result<Bitmap> SelectRows(const Snapshot& snapshot, const Filter& filter,
                          const Principals& principals, const CallContext& context);

}  // namespace quarry::index
