#include "eval/retrieval_eval.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "eval/beir.h"
#include "eval/query_ranking.h"
#include "eval/statistics.h"

namespace quarry::eval {
namespace {

constexpr const char* kRunTag = "quarry";

double PeakRssMegabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
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
    QUARRY_ASSIGN_OR_RETURN(QueryRanking ranked, RankDocuments(parts.retriever, request, query.id,
                                                               options.k, *snapshot, context));
    micros.push_back(ranked.micros);
    std::vector<RankedDocument>& ranking = ranked.documents;
    if (ranking.empty()) ++report.queries_without_results;
    run[query.id] = std::move(ranking);
    if (progress) {
      progress({.stage = "searching", .done = micros.size(), .total = queries.queries.size()});
    }
  }
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
