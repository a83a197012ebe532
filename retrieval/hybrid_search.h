#pragma once

// HybridSearch: both legs and their fusion, over the collections of a query.
//
//   HybridSearch search(parts, options, embedders, documents);
//   QUARRY_RETURN_IF_ERROR(search.SearchBoth(terms, text, threads, context));
//   std::vector<RankedHit> hits = search.Fuse(context);
//
// One collection: fusion.h. Several are searched each for itself and put on one scale:
//   * lexical scores are made anew with the statistics of all (shared_statistics.h) and scaled by
//     the range of all lists together, so that they compare;
//   * dense scores of collections that share an embedding space are scaled together too. Where each
//     has learnt its own space, scores say nothing across collections: each list is scaled by its
//     own range and counts by how well its collection fits the question, which is its best lexical
//     score as a part of the best of all, with a belief of 0.4 in every collection (after Callan, Lu, Croft: "Searching distributed
//     collections with inference networks", 1995). So does every list under `rrf`.
// One leg alone keeps its own scores. Where a question is in another language than all of its
// collection the dense leg counts options.cross_language_weight.

#include <string>
#include <vector>

#include "model/embedder_cache.h"
#include "retrieval/fusion.h"
#include "retrieval/leg_threads.h"
#include "retrieval/ranked_hit.h"
#include "retrieval/shared_statistics.h"

namespace quarry::retrieval {

// A collection, and what each leg found in it: best first.
struct SearchPart {
  const index::Snapshot* snapshot = nullptr;
  index::AllowedRows allowed;
  bool uses_dense = false;
  bool only_other_language = false;  // Query::only_language
  std::vector<index::ScoredRow> lexical = {};
  std::vector<index::ScoredRow> dense = {};
  bool crosses_languages = false;  // the question is in a language that no text is in
};

// Not thread-safe. What it is given must outlive it.
class HybridSearch {
 public:
  // Each leg brings the chunks of its best `documents` documents of each part.
  HybridSearch(std::vector<SearchPart> parts, const RetrievalOptions& options,
               model::EmbedderCache& embedders, size_t documents);

  // Each replaces what its leg found before. Errors: those of the legs.
  Status SearchLexical(std::span<const index::QueryTerm> terms, const CallContext& context);
  // In the parts that use vectors. Where their embedder is behind HTTP and does not answer, and the
  // lexical leg was searched, that part goes without, and notes() says so: half of the caller's time
  // is left then.
  // `terms` are those of the question: which language they are found in.
  Status SearchDense(const std::string& text, std::span<const index::QueryTerm> terms,
                     const CallContext& context);

  // Both, at once where it pays: the same is found. The errors of the words come before those of the vectors.
  Status SearchBoth(std::span<const index::QueryTerm> terms, const std::string& text,
                    LegThreads& threads, const CallContext& context);

  // What was found, best first.
  std::vector<RankedHit> Fuse(const CallContext& context) const;

  const std::vector<SearchPart>& parts() const { return parts_; }
  bool used_lexical() const { return used_lexical_; }
  bool used_dense() const { return used_dense_; }
  const std::vector<std::string>& notes() const { return notes_; }
  // Of several collections; empty for one.
  const SharedStatistics& statistics() const { return statistics_; }

 private:
  // Touches nothing that SearchDense does.
  Status RunLexical(std::span<const index::QueryTerm> terms, const CallContext& context);

  // How the legs of each part scale.
  struct Scales {
    LegScale lexical;
    LegScale dense;
  };
  std::vector<Scales> MakeScales() const;

  std::vector<SearchPart> parts_;
  const RetrievalOptions& options_;
  model::EmbedderCache& embedders_;
  const size_t documents_;
  bool used_lexical_ = false;
  bool used_dense_ = false;
  std::vector<std::string> notes_;
  SharedStatistics statistics_;
};

}  // namespace quarry::retrieval
