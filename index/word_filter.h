#pragma once

// From what a query requires and excludes (lexical_query.h) to the rows that it may return.
//
// The index holds no positions. A phrase of one term is a look at its postings; for a longer one
// they give the candidates, the rows that hold all its terms (the rarest term's postings, looked up
// in the others' block by block), and the text of each candidate is analysed and read. A phrase
// stands in a row iff one field of it (the title, a heading, the chunk's own text) has every term
// at its place, counted from the first: words that the analyzer drops leave a gap, which any word
// fills. So the answer is exact, and costs in proportion to the candidates: those that the filter,
// the principals and all conditions that need no text have left over.

#include <vector>

#include "base/analyzer.h"
#include "base/bitmap.h"
#include "base/call_context.h"
#include "base/status.h"
#include "index/lexical_query.h"

namespace quarry::index {

class Snapshot;

// Takes out of `rows` what lacks something required or holds something excluded. REQUIRES: live
// rows of the snapshot; an analyzer of its fingerprint. Errors: those of the store and of
// context.Check().
Status FilterByWords(const Snapshot& snapshot, const LexicalQuery& query, const Analyzer& analyzer,
                     const CallContext& context, Bitmap& rows);

// Whether the tokens of one field, in text order, hold the phrase. REQUIRES: it is not empty.
bool HoldsPhrase(const std::vector<Token>& tokens, const std::vector<PhraseTerm>& phrase);

}  // namespace quarry::index
