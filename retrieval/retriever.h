#pragma once

// Retriever: question -> ranked passages, on one snapshot.
//
// Two legs, each asked for the chunks of its best `leg_documents` documents: lexical (BM25) and
// dense (the embedder of the snapshot's generation). Their lists are fused (fusion.h) and cut to k.
// What the query requires and excludes (base/query_syntax.h) restricts the rows that either leg may
// return, as filters do; the embedder is given the text without operators.
// With a reranker (model/reranker.h) the best `rerank_candidates` of the fused list are put in the order
// of its scores, which are the hits' then; what it did not read follows in the old order with score 0.
// The dense leg is left out when the mode says so, below `dense_from_chunks` chunks, and while the
// collection has no vectors; the trace says which legs ran.

#include <optional>
#include <string>
#include <vector>

#include "base/query.h"
#include "index/snapshot.h"
#include "model/cross_encoder.h"
#include "model/embedder_cache.h"
#include "retrieval/fusion.h"

namespace quarry::retrieval {

struct RetrievalOptions {
  FusionOptions fusion;
  uint32_t leg_documents = 100;
  uint32_t dense_from_chunks = 30;
  uint32_t rerank_candidates = 20;  // where there is a reranker
  index::VectorSearchOptions vectors;

  Status Validate() const;
};

// How a hit's score came about where a reranker ran: Hit::score is `score`, and the parts of the
// legs (ScoreBreakdown) add up to `fused`.
struct Reranking {
  double fused = 0;
  double score = 0;
  bool read = false;  // among the candidates; else `score` is 0
};

// A ranked chunk and its row in the snapshot that was searched.
struct RankedHit {
  RowId row = 0;
  Hit hit;
  std::optional<Reranking> reranking = std::nullopt;  // none: there is no reranker
};

struct Retrieved {
  std::vector<RankedHit> hits;  // best first, at most query.k
  bool used_lexical = false;
  bool used_dense = false;
  std::string text;             // of the query, without operators
  index::LexicalQuery lexical;  // what the lexical leg searched; what both legs were held to
};

// Thread-safe; analyzer, cache and reranker must outlive it.
class Retriever {
 public:
  // `reranker` may be null: the fused order stands.
  Retriever(const Analyzer& analyzer, model::EmbedderCache& embedders, RetrievalOptions options,
            model::CrossEncoderFolder* reranker = nullptr)
      : analyzer_(analyzer), embedders_(embedders), options_(options), reranker_(reranker) {}

  // Errors: kInvalidArgument (empty question, one that only excludes, too many operators, k of 0 or
  // above 10,000, bad filter),
  // kFailedPrecondition (mode dense on a collection without vectors), those of the legs, the reranker
  // and the context.
  Result<Retrieved> Retrieve(const Query& query, const index::Snapshot& snapshot,
                             const CallContext& context) const;

  // Of the reranker's scores; "" where there is none. Errors: those of opening it.
  Result<std::string> RerankerFingerprint() const;

  const RetrievalOptions& options() const { return options_; }

 private:
  Result<std::vector<index::ScoredRow>> SearchDenseLeg(const std::string& text, uint32_t k,
                                                       const index::Snapshot& snapshot,
                                                       const index::AllowedRows& allowed,
                                                       const CallContext& context) const;

  Status Rerank(const std::string& text, const index::Snapshot& snapshot,
                const CallContext& context, std::vector<RankedHit>& hits) const;

  const Analyzer& analyzer_;
  model::EmbedderCache& embedders_;
  const RetrievalOptions options_;
  model::CrossEncoderFolder* const reranker_;
};

// The hits with their text, in the same order.
Result<std::vector<Passage>> ReadPassages(const index::Snapshot& snapshot,
                                          const std::vector<RankedHit>& hits);

}  // namespace quarry::retrieval
