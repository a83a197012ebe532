#pragma once

// QueryPostings: the postings of a query's terms in every segment of a lexical index.
//
// A prefix is one term: its postings are the union of those of the terms that begin with it, the
// count in a row is the sum of theirs, its document frequency is the number of rows that hold one
// of them. So it scores as if all its terms were the same word, and a row that holds many of them
// gains no more than one that repeats one. Of more than kPrefixTerms such terms those in the most
// rows count. The translations of a term are one term in the same way.

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "base/call_context.h"
#include "index/lexical_query.h"
#include "index/segment_view.h"

namespace quarry::index {

inline constexpr size_t kPrefixTerms = 64;

// The indexed terms that `term` stands for: the one itself, or those of a prefix, by falling number
// of live rows that hold them, equal ones in the order of their bytes. Those after the first
// `limit` are left out. Errors: those of context.Check().
Result<std::vector<std::string>> ExpandTerm(std::span<const SegmentView> segments,
                                            const QueryTerm& term, size_t limit,
                                            const CallContext& context);

// Holds what it made of the terms; the segments must outlive it.
class QueryPostings {
 public:
  struct Term {
    QueryTerm term;
    uint32_t query_count = 0;
    std::vector<std::string> expansion;  // what a prefix or a translated term stands for
    uint64_t document_frequency = 0;     // live rows
  };

  // Errors: those of context.Check().
  static Result<QueryPostings> Make(std::span<const SegmentView> segments,
                                    std::span<const QueryTerm> terms, const CallContext& context);

  // Distinct, in the order of their first occurrence.
  const std::vector<Term>& terms() const { return terms_; }
  // In one segment, by term; empty where it does not occur.
  std::span<const PostingsList> Lists(size_t segment) const {
    return std::span(lists_).subspan(segment * terms_.size(), terms_.size());
  }

 private:
  PostingsList Union(const SegmentView& view, Term& term);

  std::vector<Term> terms_;
  std::vector<PostingsList> lists_;  // by segment, then by term
  std::deque<std::string> unions_;   // the bytes of lists that were made
};

}  // namespace quarry::index
