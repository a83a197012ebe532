#include "retrieval/retriever.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "retrieval/diversity.h"
#include "retrieval/neighbours.h"
#include "retrieval/query_terms.h"
#include "retrieval/recency.h"
#include "retrieval/rerank.h"

namespace quarry::retrieval {
namespace {

Status CheckQuery(const Query& query) {
  if (Trim(query.text).empty()) return InvalidArgumentError("query: empty; expected a question");
  if (const size_t bad = FindInvalidUtf8(query.text); bad != std::string::npos) {
    return InvalidArgumentError("query: invalid UTF-8 at byte " + std::to_string(bad));
  }
  if (query.k == 0 || query.k > kMaxK) {
    return InvalidArgumentError("k: expected 1 to " + std::to_string(kMaxK) + ", got " +
                                std::to_string(query.k));
  }
  return query.options ? query.options->Validate() : OkStatus();
}

Result<ParsedQuery> Parse(const Query& query) {
  ParsedQuery parsed = query.has_operators ? ParseQuery(query.text) : PlainQuery(query.text);
  if (Trim(parsed.text).empty()) {
    return InvalidArgumentError("query: only excludes; expected something to look for beside it");
  }
  if (parsed.operators() > kMaxOperators) {
    return InvalidArgumentError("query: " + std::to_string(parsed.operators()) +
                                " phrases, signs and prefixes; expected at most " +
                                std::to_string(kMaxOperators));
  }
  return parsed;
}

// Whether vectors of the collection are searched.
Result<bool> UsesDense(const Query& query, const index::Snapshot& snapshot,
                       const RetrievalOptions& options) {
  const bool has_vectors = snapshot.generation().has_value();
  if (query.mode == SearchMode::kDense && !has_vectors) {
    return FailedPreconditionError("mode dense: collection \"" + snapshot.collection().name +
                                   "\" has no vectors yet (it needs at least " +
                                   std::to_string(options.dense_from_chunks) + " chunks)");
  }
  return query.mode == SearchMode::kDense ||
         (query.mode == SearchMode::kHybrid && has_vectors &&
          options.DenseWeightOf(snapshot.collection().name) > 0 &&
          snapshot.live_chunks() >= options.dense_from_chunks);
}

}  // namespace

Result<Retrieved> Retriever::Retrieve(const Query& query, const index::Snapshot& snapshot,
                                      const CallContext& context) const {
  const index::Snapshot* const snapshots[] = {&snapshot};
  return RetrieveAcross(query, snapshots, context);
}

Result<Retrieved> Retriever::RetrieveAcross(const Query& query, Snapshots snapshots,
                                            const CallContext& context) const {
  QUARRY_RETURN_IF_ERROR(CheckQuery(query));
  if (snapshots.empty()) return InvalidArgumentError("collections: expected at least one");
  QUARRY_RETURN_IF_ERROR(context.Check());
  const RetrievalOptions& options = OptionsOf(query);
  QUARRY_ASSIGN_OR_RETURN(const ParsedQuery parsed, Parse(query));
  Retrieved retrieved;
  retrieved.text = parsed.text;
  retrieved.lexical = MakeLexicalQuery(analyzer_, parsed);

  std::vector<SearchPart> parts;
  for (const index::Snapshot* snapshot : snapshots) {
    SearchPart& part = parts.emplace_back();
    part.snapshot = snapshot;
    QUARRY_ASSIGN_OR_RETURN(part.uses_dense, UsesDense(query, *snapshot, options));
    StageTimer timer(context, "retrieve.filter");
    QUARRY_ASSIGN_OR_RETURN(part.allowed, snapshot->Allow(query.filter, query.principals, context));
    QUARRY_ASSIGN_OR_RETURN(
        part.allowed,
        snapshot->Restrict(std::move(part.allowed), retrieved.lexical, analyzer_, context));
  }

  HybridSearch search(std::move(parts), options, embedders_,
                      std::max(options.leg_documents, query.k));
  const bool uses_lexical = query.mode != SearchMode::kDense;
  const auto run = [&](std::span<const index::QueryTerm> terms, const std::string& text,
                       const CallContext& call) -> Result<std::vector<RankedHit>> {
    if (uses_lexical) QUARRY_RETURN_IF_ERROR(search.SearchLexical(terms, call));
    QUARRY_RETURN_IF_ERROR(search.SearchDense(text, call));
    return search.Fuse(call);
  };
  QUARRY_ASSIGN_OR_RETURN(std::vector<RankedHit> hits,
                          run(retrieved.lexical.terms, parsed.text, context));
  retrieved.used_lexical = search.used_lexical();
  retrieved.used_dense = search.used_dense();

  if (options.feedback.enabled && uses_lexical) {
    {
      StageTimer timer(context, "retrieve.feedback");
      QUARRY_ASSIGN_OR_RETURN(retrieved.feedback,
                              TermsOfFeedback(snapshots, hits, options.feedback));
    }
    if (!retrieved.feedback.empty()) {
      retrieved.lexical.terms =
          AddFeedback(retrieved.lexical.terms, retrieved.feedback, options.feedback);
      QUARRY_RETURN_IF_ERROR(search.SearchLexical(retrieved.lexical.terms, context));
      hits = search.Fuse(context);
    }
  }
  retrieved.statistics = search.statistics();

  const model::CrossEncoderFolder* reranker = options.rerank.enabled ? reranker_ : nullptr;
  const bool has_stages = options.hops.hops > 1 || reranker != nullptr ||
                          !options.recency.field.empty() || options.diversity.weight > 0;
  if (has_stages) RecordStep(ScoreStep::Stage::kFusion, hits);
  if (options.hops.hops > 1) {
    CallContext untraced = context;  // the stage has a time of its own
    untraced.trace = nullptr;
    const auto search_text = [&](const std::string& text) {
      return run(MakeLexicalQuery(analyzer_, PlainQuery(text)).terms, text, untraced);
    };
    QUARRY_RETURN_IF_ERROR(FollowNames(parsed.text, snapshots, analyzer_, options.hops, search_text,
                                       context, hits, retrieved.hops));
  }
  if (reranker != nullptr) {
    QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Reranker> model, reranker_->Get());
    QUARRY_RETURN_IF_ERROR(Rerank(parsed.text, snapshots, *model, options.rerank, context, hits));
  }
  if (!options.recency.field.empty()) {
    QUARRY_RETURN_IF_ERROR(BoostRecent(snapshots, options.recency, context, hits));
  }
  if (options.diversity.weight > 0) {
    QUARRY_RETURN_IF_ERROR(Diversify(snapshots, options.diversity, context, hits));
  }
  if (hits.size() > query.k) {
    const auto end = hits.begin() + query.k;
    retrieved.cut.assign(std::make_move_iterator(end), std::make_move_iterator(hits.end()));
    hits.erase(end, hits.end());
  }
  if (options.section_tokens > 0) {
    QUARRY_ASSIGN_OR_RETURN(
        hits, AddSections(snapshots, options.section_tokens, context, std::move(hits)));
  } else if (options.neighbours > 0) {
    hits = AddNeighbours(snapshots, options.neighbours, std::move(hits));
  }
  retrieved.hits = std::move(hits);
  return retrieved;
}

Result<std::string> Retriever::RerankerFingerprint() const {
  if (reranker_ == nullptr) return std::string();
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Reranker> reranker, reranker_->Get());
  return reranker->fingerprint();
}

Result<std::vector<Passage>> ReadPassages(Snapshots snapshots, const std::vector<RankedHit>& hits) {
  std::vector<Passage> passages;
  passages.reserve(hits.size());
  for (const RankedHit& ranked : hits) {
    QUARRY_ASSIGN_OR_RETURN(Passage passage, snapshots[ranked.collection]->ReadPassage(ranked.row));
    passage.score = ranked.hit.score;
    passage.breakdown = ranked.hit.breakdown;
    passages.push_back(std::move(passage));
  }
  return passages;
}

Result<std::vector<Passage>> ReadPassages(const index::Snapshot& snapshot,
                                          const std::vector<RankedHit>& hits) {
  const index::Snapshot* const snapshots[] = {&snapshot};
  return ReadPassages(snapshots, hits);
}

}  // namespace quarry::retrieval
