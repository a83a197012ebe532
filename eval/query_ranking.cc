#include "eval/query_ranking.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

namespace quarry::eval {
namespace {

constexpr uint32_t kDepth = 100;  // recall@100 needs so many documents

std::vector<RankedDocument> DocumentsOf(const retrieval::Retrieved& retrieved,
                                        const index::Snapshot& snapshot) {
  std::vector<RankedDocument> documents;
  std::unordered_set<std::string> seen;
  float limit = std::numeric_limits<float>::infinity();
  for (const retrieval::RankedHit& hit : retrieved.hits) {
    const DocumentId id(snapshot.rows().DocumentOf(hit.row).id);
    if (!seen.insert(id).second) continue;
    double score = hit.hit.score;
    if (static_cast<float>(score) >= limit) {
      score = std::nextafter(limit, -std::numeric_limits<float>::infinity());
    }
    limit = static_cast<float>(score);
    documents.push_back({id, score});
  }
  return documents;
}

// One more where a hit will be dropped as the query itself.
size_t DocumentsNeeded(const std::vector<RankedDocument>& ranking, const std::string& query,
                       uint32_t depth) {
  const bool has_self =
      std::any_of(ranking.begin(), ranking.end(),
                  [&](const RankedDocument& document) { return document.id == query; });
  return size_t{std::max(kDepth, depth)} + (has_self ? 1 : 0);
}

}  // namespace

Result<QueryRanking> RankDocuments(const retrieval::Retriever& retriever, Query query,
                                   const std::string& id, uint32_t depth,
                                   const index::Snapshot& snapshot, const CallContext& context) {
  QueryRanking ranking;
  query.k = std::min(std::max(retriever.OptionsOf(query).leg_documents, depth), kMaxK);
  const auto start = std::chrono::steady_clock::now();
  QUARRY_ASSIGN_OR_RETURN(retrieval::Retrieved retrieved,
                          retriever.Retrieve(query, snapshot, context));
  const std::chrono::duration<double, std::micro> elapsed =
      std::chrono::steady_clock::now() - start;
  ranking.micros = elapsed.count();
  // What a model is left out of is not what was to be measured.
  if (!retrieved.notes.empty()) return UnavailableError(retrieved.notes.front());
  ranking.documents = DocumentsOf(retrieved, snapshot);
  while (ranking.documents.size() < DocumentsNeeded(ranking.documents, id, depth) &&
         retrieved.hits.size() >= query.k && query.k < kMaxK) {
    query.k = std::min(query.k * 2, kMaxK);
    QUARRY_ASSIGN_OR_RETURN(retrieved, retriever.Retrieve(query, snapshot, context));
    ranking.documents = DocumentsOf(retrieved, snapshot);
  }
  std::erase_if(ranking.documents,
                [&](const RankedDocument& document) { return document.id == id; });
  return ranking;
}

}  // namespace quarry::eval
