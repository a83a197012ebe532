#pragma once

// Words of a search that no passage holds, and the nearest that some do.
//
// For short keyword queries: at most kMostWords words and no operator. A word is corrected when it is of
// Latin letters only, at least four of them, and its term stands in none of the collections; by the term
// that needs the fewest edits (a letter put in, taken out, replaced, or two neighbours swapped), of equal
// ones by that in most passages, then by that which comes first. One edit for words of up to seven
// letters, two for longer ones; the first letter is taken to be right, which leaves a small part of the
// dictionary to be read. A word that a passage holds is never touched.

#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/call_context.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

inline constexpr uint32_t kMostWords = 6;

struct Correction {
  std::string word;  // as it was written
  std::string by;    // as a passage writes it
};

struct CorrectedQuery {
  std::string
      text;  // the query with the words that are there; as it was where nothing is corrected
  std::vector<Correction> corrections;
};

// Errors: those of the store and of the context.
Result<CorrectedQuery> CorrectQuery(const Analyzer& analyzer, std::string_view text,
                                    Snapshots snapshots, const CallContext& context);

}  // namespace quarry::retrieval
