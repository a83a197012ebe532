#include "eval/retrieval_eval.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "eval/beir.h"
#include "ingest/parser.h"

namespace quarry::eval {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr uint32_t kDepth = 100;  // recall@100 needs so many documents
constexpr uint32_t kMaxChunks = 10'000;
constexpr size_t kBatchDocuments = 1024;
constexpr uint64_t kBatchBytes = 8u << 20;
constexpr const char* kRunTag = "quarry";

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

double PeakRssMegabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// The value below which `share` of the sorted values lie (nearest rank).
double Percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<size_t>(rank, 1) - 1];
}

Result<Document> ParseDocument(BeirDocument source) {
  // A title alone is what there is to find.
  if (Trim(source.text).empty()) source.text = std::exchange(source.title, "");
  const ingest::SourceInfo info{.id = source.id, .path = source.id, .uri = ""};
  QUARRY_ASSIGN_OR_RETURN(ingest::ParsedSource parsed,
                          ingest::ParserFor(ingest::Format::kPlainText).Parse(source.text, info));
  if (parsed.documents.size() != 1) return InternalError("plain text made several documents");
  Document document = std::move(parsed.documents[0]);
  document.id = std::move(source.id);
  document.title = std::move(source.title);
  document.language = DetectLanguage(document.text);
  return document;
}

Status IndexCorpus(const RetrievalEvalOptions& options, RetrievalEvalParts& parts,
                   const ingest::ProgressSink& progress, const CallContext& context,
                   RetrievalEvalReport& report) {
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer, parts.index.OpenWriter(parts.collection));
  ingest::Pipeline pipeline(writer, parts.analyzer, parts.pool, parts.ingest);
  ingest::IngestReport ingested;
  const SteadyClock::time_point start = SteadyClock::now();
  std::vector<Document> batch;
  uint64_t batch_bytes = 0;
  uint64_t read = 0;
  const auto flush = [&]() -> Status {
    QUARRY_RETURN_IF_ERROR(pipeline.Add(std::exchange(batch, {}), ingested, context));
    batch_bytes = 0;
    if (progress) {
      // The corpus is read line by line: how many documents are to come is not known.
      progress({.stage = "indexing",
                .done = read,
                .total = 0,
                .bytes = ingested.bytes,
                .chunks = ingested.chunks_added});
    }
    return OkStatus();
  };
  QUARRY_RETURN_IF_ERROR(ReadBeirCorpus(options.directory, [&](BeirDocument source) -> Status {
    ++read;
    if (Trim(source.text).empty() && Trim(source.title).empty()) {
      ++report.empty_documents;
      return OkStatus();
    }
    QUARRY_ASSIGN_OR_RETURN(Document document, ParseDocument(std::move(source)));
    batch_bytes += document.text.size();
    batch.push_back(std::move(document));
    return batch.size() >= kBatchDocuments || batch_bytes >= kBatchBytes ? flush() : OkStatus();
  }));
  QUARRY_RETURN_IF_ERROR(flush());
  report.index_seconds = SecondsSince(start);
  QUARRY_RETURN_IF_ERROR(pipeline.Embed(ingested, progress, context));
  report.learn_seconds = ingested.embedding.learn_seconds;
  report.embed_seconds = ingested.embedding.embed_seconds;
  report.indexed = true;
  return OkStatus();
}

// Documents by their best chunk, best first.
std::vector<RankedDocument> RankDocuments(const retrieval::Retrieved& retrieved,
                                          const index::Snapshot& snapshot) {
  std::vector<RankedDocument> documents;
  std::unordered_map<std::string, size_t> seen;
  for (const retrieval::RankedHit& hit : retrieved.hits) {
    const DocumentId& id = snapshot.rows().DocumentOf(hit.row).id;
    if (seen.emplace(id, documents.size()).second) documents.push_back({id, hit.hit.score});
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

Status CheckJudged(const index::Snapshot& snapshot, const BeirQueries& queries,
                   RetrievalEvalReport& report) {
  uint64_t relevant = 0;
  for (const auto& [query, grades] : queries.qrels) {
    for (const auto& [document, grade] : grades) {
      if (grade < 1) continue;
      ++relevant;
      const Result<index::StoredDocument> stored = snapshot.ReadDocument(document);
      if (!stored.ok() && stored.status().code() != Code::kNotFound) return stored.status();
      if (!stored.ok()) ++report.missing_judged_documents;
    }
  }
  if (relevant > 0 && report.missing_judged_documents == relevant) {
    return FailedPreconditionError("collection \"" + snapshot.collection().name +
                                   "\" holds none of the documents that " + report.directory +
                                   " judges; it was made from something else");
  }
  return OkStatus();
}

}  // namespace

Result<RetrievalEvalReport> EvaluateRetrieval(const RetrievalEvalOptions& options,
                                              RetrievalEvalParts parts,
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

  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const index::Snapshot> snapshot,
                          parts.index.GetSnapshot(parts.collection));
  if (snapshot->live_documents() == 0) {
    QUARRY_RETURN_IF_ERROR(IndexCorpus(options, parts, progress, context, report));
    QUARRY_ASSIGN_OR_RETURN(snapshot, parts.index.GetSnapshot(parts.collection));
  }
  report.documents = snapshot->live_documents();
  report.chunks = snapshot->live_chunks();
  QUARRY_RETURN_IF_ERROR(CheckJudged(*snapshot, queries, report));

  if (!queries.queries.empty()) {
    // Opens the embedder, which every later query finds open.
    Query first;
    first.text = queries.queries[0].text;
    first.mode = options.mode;
    QUARRY_RETURN_IF_ERROR(parts.retriever.Retrieve(first, *snapshot, context).status());
  }
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
