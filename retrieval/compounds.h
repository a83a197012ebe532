#pragma once

// Words of a question that passages write otherwise: in one where the question has two ("back up" and "backup"), in two
// or with a hyphen where it has one ("wifi" and "Wi-Fi").

#include <span>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "index/lexical_query.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

// The terms to search beside `terms`, those of `text`: each pair of its words joined, where that stands in a passage, and
// both halves of each word that stands in none, where both do. Of several ways to halve it the one whose rarer half is
// in most passages, of equal ones the first.
std::vector<index::QueryTerm> CompoundTerms(std::string_view text,
                                            std::span<const index::QueryTerm> terms,
                                            Snapshots snapshots, const Analyzer& analyzer);

}  // namespace quarry::retrieval
