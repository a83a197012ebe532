#pragma once

// What a reader is told when the corpus does not say. Pure.

#include <string>

#include "base/query.h"
#include "index/snapshot.h"

namespace quarry::generation {

// In the language of the question: that it was searched, how much, and what lies nearest. Of
// documents that the query's limits left out nothing is said.
std::string AbstentionText(const Query& query, const Context& context,
                           const index::Snapshot& snapshot);

}  // namespace quarry::generation
