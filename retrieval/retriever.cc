#include "retrieval/retriever.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "retrieval/query_terms.h"

namespace quarry::retrieval {
namespace {

// The best rows down to the one that brings in the last of `documents` documents. A document's
// chunks share one place, so 100 rows can hold far fewer than 100 documents: search(k) is called
// with growing k.
template <typename Search>
Result<std::vector<index::ScoredRow>> FetchDocuments(const index::RowTable& table,
                                                     uint32_t documents, Search search) {
  size_t k = documents;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(std::vector<index::ScoredRow> rows, search(k));
    std::unordered_set<uint32_t> distinct;
    for (size_t i = 0; i < rows.size(); ++i) {
      distinct.insert(table.row(rows[i].row).document);
      if (distinct.size() == documents) {
        rows.resize(i + 1);
        return rows;
      }
    }
    if (rows.size() < k) return rows;
    k *= 2;
  }
}

RankedHit ToHit(const FusedRow& row, const index::RowTable& table) {
  RankedHit ranked;
  ranked.row = row.row;
  ranked.hit.chunk = table.row(row.row).chunk;
  ranked.hit.score = row.score;
  ranked.hit.breakdown = {.lexical_rank = row.lexical_rank,
                          .dense_rank = row.dense_rank,
                          .lexical_score = row.lexical_score,
                          .dense_score = row.dense_score,
                          .lexical_part = row.lexical_part,
                          .dense_part = row.dense_part};
  return ranked;
}

}  // namespace

Status RetrievalOptions::Validate() const {
  if (!(fusion.dense_weight >= 0 && fusion.dense_weight <= 1)) {
    return InvalidArgumentError("retrieval.dense_weight: expected a number from 0 to 1");
  }
  if (!(fusion.rrf_k > 0) || !std::isfinite(fusion.rrf_k)) {
    return InvalidArgumentError("retrieval.rrf_k: expected a number above 0");
  }
  if (leg_documents == 0 || leg_documents > kMaxK) {
    return InvalidArgumentError("retrieval.leg_documents: expected 1 to 10000");
  }
  if (rerank_candidates == 0 || rerank_candidates > 1000) {
    return InvalidArgumentError("rerank.candidates: expected 1 to 1000");
  }
  return OkStatus();
}

Result<std::vector<index::ScoredRow>> Retriever::SearchDenseLeg(const std::string& text, uint32_t k,
                                                                const index::Snapshot& snapshot,
                                                                const index::AllowedRows& allowed,
                                                                const CallContext& context) const {
  const index::StoredGeneration& generation = *snapshot.generation();
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          embedders_.Get(generation.space, generation.embedder_kind,
                                         [&] { return snapshot.ReadEmbedderBlob(); }));
  EmbeddingMatrix vector;
  {
    StageTimer timer(context, "retrieve.embed");
    const std::string texts[] = {text};
    QUARRY_ASSIGN_OR_RETURN(vector, embedder->Embed(texts, model::EmbeddingRole::kQuery, context));
  }
  StageTimer timer(context, "retrieve.dense");
  return FetchDocuments(snapshot.rows(), std::max(options_.leg_documents, k), [&](size_t rows) {
    return snapshot.SearchDense(vector.Row(0), rows, allowed, options_.vectors, context);
  });
}

Result<Retrieved> Retriever::Retrieve(const Query& query, const index::Snapshot& snapshot,
                                      const CallContext& context) const {
  if (Trim(query.text).empty()) return InvalidArgumentError("query: empty; expected a question");
  if (const size_t bad = FindInvalidUtf8(query.text); bad != std::string::npos) {
    return InvalidArgumentError("query: invalid UTF-8 at byte " + std::to_string(bad));
  }
  if (query.k == 0 || query.k > kMaxK) {
    return InvalidArgumentError("k: expected 1 to " + std::to_string(kMaxK) + ", got " +
                                std::to_string(query.k));
  }
  QUARRY_RETURN_IF_ERROR(context.Check());
  const ParsedQuery parsed = query.has_operators ? ParseQuery(query.text) : PlainQuery(query.text);
  if (Trim(parsed.text).empty()) {
    return InvalidArgumentError("query: only excludes; expected something to look for beside it");
  }
  if (parsed.operators() > kMaxOperators) {
    return InvalidArgumentError("query: " + std::to_string(parsed.operators()) +
                                " phrases, signs and prefixes; expected at most " +
                                std::to_string(kMaxOperators));
  }

  const bool has_vectors = snapshot.generation().has_value();
  if (query.mode == SearchMode::kDense && !has_vectors) {
    return FailedPreconditionError("mode dense: collection \"" + snapshot.collection().name +
                                   "\" has no vectors yet (it needs at least " +
                                   std::to_string(options_.dense_from_chunks) + " chunks)");
  }
  Retrieved retrieved;
  retrieved.text = parsed.text;
  retrieved.lexical = MakeLexicalQuery(analyzer_, parsed);
  index::AllowedRows allowed;
  {
    StageTimer timer(context, "retrieve.filter");
    QUARRY_ASSIGN_OR_RETURN(allowed, snapshot.Allow(query.filter, query.principals, context));
    QUARRY_ASSIGN_OR_RETURN(
        allowed, snapshot.Restrict(std::move(allowed), retrieved.lexical, analyzer_, context));
  }
  retrieved.used_lexical = query.mode != SearchMode::kDense;
  retrieved.used_dense =
      query.mode == SearchMode::kDense ||
      (query.mode == SearchMode::kHybrid && has_vectors && options_.fusion.dense_weight > 0 &&
       snapshot.live_chunks() >= options_.dense_from_chunks);

  std::vector<index::ScoredRow> lexical;
  if (retrieved.used_lexical) {
    StageTimer timer(context, "retrieve.lexical");
    QUARRY_ASSIGN_OR_RETURN(
        lexical,
        FetchDocuments(snapshot.rows(), std::max(options_.leg_documents, query.k), [&](size_t k) {
          return snapshot.SearchLexical(retrieved.lexical.terms, k, allowed, context);
        }));
  }
  std::vector<index::ScoredRow> dense;
  if (retrieved.used_dense) {
    QUARRY_ASSIGN_OR_RETURN(dense,
                            SearchDenseLeg(parsed.text, query.k, snapshot, allowed, context));
  }

  // One leg alone keeps its own scores: they say more than scaled ones.
  StageTimer timer(context, "retrieve.fuse");
  std::vector<FusedRow> fused = Fuse(lexical, dense, options_.fusion, snapshot.rows());
  if (!retrieved.used_dense || !retrieved.used_lexical) {
    for (FusedRow& row : fused) {
      row.score = retrieved.used_dense ? row.dense_score : row.lexical_score;
      (retrieved.used_dense ? row.dense_part : row.lexical_part) = row.score;
    }
  }
  const size_t wanted =
      reranker_ == nullptr ? query.k : std::max(query.k, options_.rerank_candidates);
  if (fused.size() > wanted) fused.resize(wanted);
  retrieved.hits.reserve(fused.size());
  for (const FusedRow& row : fused) retrieved.hits.push_back(ToHit(row, snapshot.rows()));
  if (reranker_ != nullptr) {
    QUARRY_RETURN_IF_ERROR(Rerank(parsed.text, snapshot, context, retrieved.hits));
    if (retrieved.hits.size() > query.k) retrieved.hits.resize(query.k);
  }
  return retrieved;
}

Result<std::string> Retriever::RerankerFingerprint() const {
  if (reranker_ == nullptr) return std::string();
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Reranker> reranker, reranker_->Get());
  return reranker->fingerprint();
}

Status Retriever::Rerank(const std::string& text, const index::Snapshot& snapshot,
                         const CallContext& context, std::vector<RankedHit>& hits) const {
  StageTimer timer(context, "retrieve.rerank");
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Reranker> reranker, reranker_->Get());
  const size_t judged = std::min<size_t>(hits.size(), options_.rerank_candidates);
  std::vector<std::string> texts;
  for (size_t i = 0; i < judged; ++i) {
    QUARRY_ASSIGN_OR_RETURN(const Passage passage, snapshot.ReadPassage(hits[i].row));
    texts.push_back(IndexedText(passage.title, passage.chunk));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::vector<float> scores, reranker->Score(text, texts, context));
  for (size_t i = 0; i < hits.size(); ++i) {
    const bool read = i < judged;
    Hit& hit = hits[i].hit;
    hits[i].reranking = Reranking{hit.score, read ? scores[i] : 0.0, read};
    hit.score = hits[i].reranking->score;
  }
  // Equal scores keep the order that they had.
  std::stable_sort(hits.begin(), hits.end(), [](const RankedHit& a, const RankedHit& b) {
    return a.hit.score > b.hit.score;
  });
  return OkStatus();
}

Result<std::vector<Passage>> ReadPassages(const index::Snapshot& snapshot,
                                          const std::vector<RankedHit>& hits) {
  std::vector<Passage> passages;
  passages.reserve(hits.size());
  for (const RankedHit& ranked : hits) {
    QUARRY_ASSIGN_OR_RETURN(Passage passage, snapshot.ReadPassage(ranked.row));
    passage.score = ranked.hit.score;
    passage.breakdown = ranked.hit.breakdown;
    passages.push_back(std::move(passage));
  }
  return passages;
}

}  // namespace quarry::retrieval
