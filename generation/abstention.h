#pragma once

// What a reader is told when the corpus does not say. Reads the snapshot only.

#include <string>
#include <string_view>
#include <vector>

#include "base/query.h"
#include "index/field_mismatch.h"
#include "index/snapshot.h"

namespace quarry::generation {

// "no document has the metadata key "lnag"; did you mean "lang"?", of several each; "" of none.
std::string FieldMismatchText(const std::vector<index::FieldMismatch>& mismatches,
                              std::string_view language);

// In the language of the question: that it was searched, how much, and what lies nearest, or what
// of the filter no document has. Of documents that the query's limits left out nothing is said.
std::string AbstentionText(const Query& query, const Context& context,
                           const index::Snapshot& snapshot);

// The same where it says what was asked before and not why that is so.
std::string NoReasonText(const Query& query);

}  // namespace quarry::generation
