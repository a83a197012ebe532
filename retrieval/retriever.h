#pragma once

// Retriever: question -> ranked passages, on one snapshot of each collection that is searched.
//
//   operators, filters, principals -> the rows that may be found
//   a chat model's wordings, parts and passage for the question            query_model.h (off)
//   lexical leg || dense leg       lexical_leg.h, dense_leg.h
//   fusion                         fusion.h; over several collections hybrid_search.h
//   feedback: legs and fusion again, with words of what was found          feedback.h    (off)
//   what other wordings and parts of the question find joins the list      expansion.h   (off)
//   hops: what following names finds joins the list                        hops.h        (off)
//   rerank of the best few by a model                                      rerank.h      (none)
//   recency                                                                recency.h     (off)
//   what other documents say in nearly the same words is folded            collapse.h    (off)
//   diversity                                                              diversity.h   (off)
//   cut to k; neighbours or sections of what is left                       neighbours.h  (off)
//
// What the query requires and excludes (base/query_syntax.h) restricts the rows that either leg may
// return, as filters do; the embedder is given the text without operators. The dense leg is left
// out when the mode says so, below `dense_from_chunks` chunks, and while the collection has no
// vectors. Each stage leaves its time in the trace ("retrieve.lexical", ...), and in
// RankedHit::steps what it made of a hit. A chat model is asked at most four times, within
// expansion.model_millis; what it does not give, the search goes without, and a note says so.
// Options: base/retrieval_options.h; a query may bring its own.

#include <memory>
#include <string>
#include <vector>

#include "base/query.h"
#include "index/snapshot.h"
#include "model/cross_encoder.h"
#include "model/embedder_cache.h"
#include "retrieval/collapse.h"
#include "retrieval/expansion.h"
#include "retrieval/feedback.h"
#include "retrieval/hops.h"
#include "retrieval/hybrid_search.h"
#include "retrieval/leg_threads.h"
#include "retrieval/query_model.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

struct Retrieved {
  std::vector<RankedHit> hits;          // best first, at most query.k beside neighbours
  std::vector<RankedHit> cut;           // what was ranked behind them
  std::vector<CollapsedHit> collapsed;  // under one of either
  bool used_lexical = false;
  bool used_dense = false;
  std::string text;                   // of the query, without operators
  index::LexicalQuery lexical;        // what the lexical leg searched; what both legs were held to
  uint64_t asked_terms = 0;           // of them, those of the query itself
  FeedbackTerms feedback;             // that recall mode added
  std::vector<Expansion> expansions;  // that a chat model made of the question
  std::vector<Hop> hops;              // names that were followed
  SharedStatistics statistics;        // of several collections
  // What the search went without though the options ask for it, and why: a model did not answer.
  std::vector<std::string> notes;
};

// Thread-safe; analyzer, cache and models must outlive it.
class Retriever {
 public:
  // `reranker` may be null: the fused order stands. So may `query_model`: options that need it are
  // refused.
  Retriever(const Analyzer& analyzer, model::EmbedderCache& embedders, RetrievalOptions options,
            model::CrossEncoderFolder* reranker = nullptr, const QueryModel* query_model = nullptr)
      : analyzer_(analyzer),
        embedders_(embedders),
        options_(std::move(options)),
        reranker_(reranker),
        query_model_(query_model) {}

  // Errors: kInvalidArgument (empty question, one that only excludes, too many operators, k of 0 or
  // above 10,000, bad filter, options out of range or without a chat model), kFailedPrecondition (mode dense on a
  // collection without vectors), those of the legs, the reranker and the context.
  Result<Retrieved> Retrieve(const Query& query, const index::Snapshot& snapshot,
                             const CallContext& context) const;

  // The same over several collections at once. kInvalidArgument also for none of them.
  Result<Retrieved> RetrieveAcross(const Query& query, Snapshots snapshots,
                                   const CallContext& context) const;

  // Of the models, and of the translations of words, that may have a say beside the embedder under these
  // options; "" where there are none.
  // Errors: those of opening the reranker.
  Result<std::string> ModelFingerprint(const RetrievalOptions& options) const;

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
  const QueryModel* const query_model_;
  mutable LegThreads leg_threads_;
};

// The hits with their text, in the same order. Errors: those of the store.
Result<std::vector<Passage>> ReadPassages(Snapshots snapshots, const std::vector<RankedHit>& hits);
Result<std::vector<Passage>> ReadPassages(const index::Snapshot& snapshot,
                                          const std::vector<RankedHit>& hits);

}  // namespace quarry::retrieval
