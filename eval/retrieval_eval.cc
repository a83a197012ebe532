#include "eval/retrieval_eval.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

#include "base/file.h"
#include "eval/beir.h"

namespace quarry::eval {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr uint32_t kDepth = 100;  // recall@100 needs so many documents
constexpr uint32_t kMaxChunks = 10'000;
constexpr const char* kRunTag = "quarry";

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

double PeakRssMegabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Documents by their best chunk, best first. The order is the retriever's, ties included: as a
// document ties with the one before it, its score is lowered to the next float below, so that
// neither SortRanking nor trec_eval, which order ties by id, change what a user would have seen
// (docs/decisions/0006-ties-in-runs.md).
std::vector<RankedDocument> RankDocuments(const retrieval::Retrieved& retrieved,
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
                       uint32_t k) {
  const bool has_self =
      std::any_of(ranking.begin(), ranking.end(),
                  [&](const RankedDocument& document) { return document.id == query; });
  return size_t{std::max(kDepth, k)} + (has_self ? 1 : 0);
}

}  // namespace

Result<RetrievalEvalReport> EvaluateRetrieval(const RetrievalEvalOptions& options,
                                              const EvalParts& parts,
                                              const ingest::ProgressSink& progress,
                                              const CallContext& context) {
  if (options.k == 0) return InvalidArgumentError("k: expected at least 1");
  RetrievalEvalReport report;
  report.directory = options.directory;
  report.split = options.split;
  report.mode = options.mode;
  report.k = options.k;
  // First what is quickly found wrong.
  QUARRY_ASSIGN_OR_RETURN(BeirQueries queries, ReadBeirQueries(options.directory, options.split));
  report.warnings = std::move(queries.warnings);
  if (queries.queries.empty()) {
    return InvalidArgumentError(options.directory + ": the split " + options.split +
                                " judges no query");
  }

  QUARRY_ASSIGN_OR_RETURN(
      const std::shared_ptr<const index::Snapshot> snapshot,
      OpenBeirCorpus(options.directory, parts, progress, context, report.corpus));
  QUARRY_ASSIGN_OR_RETURN(report.missing_judged_documents,
                          CountMissingDocuments(*snapshot, queries.qrels, options.directory));

  // Opens the embedder, which every later query finds open.
  Query first;
  first.text = queries.queries[0].text;
  first.mode = options.mode;
  QUARRY_RETURN_IF_ERROR(parts.retriever.Retrieve(first, *snapshot, context).status());
  RankedRun run;
  std::vector<double> micros;
  micros.reserve(queries.queries.size());
  for (const BeirQuery& query : queries.queries) {
    Query request;
    request.text = query.text;
    request.mode = options.mode;
    request.k = std::min(std::max(parts.retriever.options().leg_documents, options.k), kMaxChunks);
    const SteadyClock::time_point start = SteadyClock::now();
    QUARRY_ASSIGN_OR_RETURN(retrieval::Retrieved retrieved,
                            parts.retriever.Retrieve(request, *snapshot, context));
    micros.push_back(SecondsSince(start) * 1e6);
    std::vector<RankedDocument> ranking = RankDocuments(retrieved, *snapshot);
    while (ranking.size() < DocumentsNeeded(ranking, query.id, options.k) &&
           retrieved.hits.size() == request.k && request.k < kMaxChunks) {
      request.k = std::min(request.k * 2, kMaxChunks);
      QUARRY_ASSIGN_OR_RETURN(retrieved, parts.retriever.Retrieve(request, *snapshot, context));
      ranking = RankDocuments(retrieved, *snapshot);
    }
    if (ranking.empty()) ++report.queries_without_results;
    run[query.id] = std::move(ranking);
    if (progress) {
      progress({.stage = "searching", .done = micros.size(), .total = queries.queries.size()});
    }
  }
  DropSelf(run);
  if (!options.run_file.empty()) {
    QUARRY_ASSIGN_OR_RETURN(const std::string text, FormatTrecRun(run, kRunTag));
    QUARRY_RETURN_IF_ERROR(WriteFileAtomically(options.run_file, text));
  }
  report.queries = queries.queries.size();
  report.mean = MeasureRun(run, queries.qrels, options.k, Averaging::kAllJudged).mean;

  for (const double value : micros) report.search_mean_us += value;
  if (!micros.empty()) report.search_mean_us /= static_cast<double>(micros.size());
  std::sort(micros.begin(), micros.end());
  report.search_p50_us = Percentile(micros, 0.50);
  report.search_p99_us = Percentile(micros, 0.99);
  report.peak_rss_mb = PeakRssMegabytes();
  return report;
}

}  // namespace quarry::eval
