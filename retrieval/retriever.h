#pragma once

// Retriever: question -> ranked passages, on one snapshot of each collection that is searched.
//
//   operators, filters, principals -> the rows that may be found
//   lexical leg || dense leg       lexical_leg.h, dense_leg.h
//   fusion                         fusion.h; over several collections hybrid_search.h
//   feedback: legs and fusion again, with words of what was found          feedback.h    (off)
//   hops: what following names finds joins the list                        hops.h        (off)
//   rerank of the best few by a model                                      rerank.h      (none)
//   recency                                                                recency.h     (off)
//   diversity                                                              diversity.h   (off)
//   cut to k; neighbours or sections of what is left                       neighbours.h  (off)
//
// What the query requires and excludes (base/query_syntax.h) restricts the rows that either leg may
// return, as filters do; the embedder is given the text without operators. The dense leg is left
// out when the mode says so, below `dense_from_chunks` chunks, and while the collection has no
// vectors. Each stage leaves its time in the trace ("retrieve.lexical", ...), and in
// RankedHit::steps what it made of a hit. Options: base/retrieval_options.h; a query may bring its
// own.

#include <memory>
#include <string>
#include <vector>

#include "base/query.h"
#include "index/snapshot.h"
#include "model/cross_encoder.h"
#include "model/embedder_cache.h"
#include "retrieval/feedback.h"
#include "retrieval/hops.h"
#include "retrieval/hybrid_search.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

struct Retrieved {
  std::vector<RankedHit> hits;  // best first, at most query.k beside neighbours
  std::vector<RankedHit> cut;   // what was ranked behind them
  bool used_lexical = false;
  bool used_dense = false;
  std::string text;             // of the query, without operators
  index::LexicalQuery lexical;  // what the lexical leg searched; what both legs were held to
  FeedbackTerms feedback;       // that recall mode added
  std::vector<Hop> hops;        // names that were followed
  SharedStatistics statistics;  // of several collections
};

// Thread-safe; analyzer, cache and reranker must outlive it.
class Retriever {
 public:
  // `reranker` may be null: the fused order stands.
  Retriever(const Analyzer& analyzer, model::EmbedderCache& embedders, RetrievalOptions options,
            model::CrossEncoderFolder* reranker = nullptr)
      : analyzer_(analyzer),
        embedders_(embedders),
        options_(std::move(options)),
        reranker_(reranker) {}

  // Errors: kInvalidArgument (empty question, one that only excludes, too many operators, k of 0 or
  // above 10,000, bad filter, options out of range), kFailedPrecondition (mode dense on a
  // collection without vectors), those of the legs, the reranker and the context.
  Result<Retrieved> Retrieve(const Query& query, const index::Snapshot& snapshot,
                             const CallContext& context) const;

  // The same over several collections at once. kInvalidArgument also for none of them.
  Result<Retrieved> RetrieveAcross(const Query& query, Snapshots snapshots,
                                   const CallContext& context) const;

  // Of the reranker's scores; "" where there is none. Errors: those of opening it.
  Result<std::string> RerankerFingerprint() const;

  // Of queries that bring none.
  const RetrievalOptions& options() const { return options_; }
  const Analyzer& analyzer() const { return analyzer_; }
  model::EmbedderCache& embedders() const { return embedders_; }
  // Those that hold for a query.
  const RetrievalOptions& OptionsOf(const Query& query) const {
    return query.options ? *query.options : options_;
  }

 private:
  const Analyzer& analyzer_;
  model::EmbedderCache& embedders_;
  const RetrievalOptions options_;
  model::CrossEncoderFolder* const reranker_;
};

// The hits with their text, in the same order. Errors: those of the store.
Result<std::vector<Passage>> ReadPassages(Snapshots snapshots, const std::vector<RankedHit>& hits);
Result<std::vector<Passage>> ReadPassages(const index::Snapshot& snapshot,
                                          const std::vector<RankedHit>& hits);

}  // namespace quarry::retrieval
