#include "eval/beir_corpus.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.h"
#include "ingest/parser.h"

namespace quarry::eval {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kBatchDocuments = 1024;
constexpr uint64_t kBatchBytes = 8u << 20;

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

Status IndexCorpus(const std::string& directory, const EvalParts& parts,
                   const ingest::ProgressSink& progress, const CallContext& context,
                   CorpusReport& report) {
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer, parts.index.OpenWriter(parts.collection));
  ingest::Pipeline pipeline(writer, parts.analyzer, parts.pool, parts.embedders, parts.ingest);
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
  QUARRY_RETURN_IF_ERROR(ReadBeirCorpus(directory, [&](BeirDocument source) -> Status {
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
  report.index_seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  QUARRY_RETURN_IF_ERROR(pipeline.Embed(ingested, progress, context));
  report.learn_seconds = ingested.embedding.learn_seconds;
  report.embed_seconds = ingested.embedding.embed_seconds;
  report.indexed = true;
  return OkStatus();
}

}  // namespace

Result<std::shared_ptr<const index::Snapshot>> OpenBeirCorpus(const std::string& directory,
                                                              const EvalParts& parts,
                                                              const ingest::ProgressSink& progress,
                                                              const CallContext& context,
                                                              CorpusReport& report) {
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const index::Snapshot> snapshot,
                          parts.index.GetSnapshot(parts.collection));
  if (snapshot->live_documents() == 0) {
    QUARRY_RETURN_IF_ERROR(IndexCorpus(directory, parts, progress, context, report));
    QUARRY_RETURN_IF_ERROR(
        parts.index.WaitForMaintenance(context));  // a graph is measured, no scan
    QUARRY_ASSIGN_OR_RETURN(snapshot, parts.index.GetSnapshot(parts.collection));
  }
  report.documents = snapshot->live_documents();
  report.chunks = snapshot->live_chunks();
  return snapshot;
}

Result<uint64_t> CountMissingDocuments(const index::Snapshot& snapshot, const Qrels& qrels,
                                       const std::string& directory) {
  uint64_t relevant = 0;
  uint64_t missing = 0;
  for (const auto& [query, grades] : qrels) {
    for (const auto& [document, grade] : grades) {
      if (grade < 1) continue;
      ++relevant;
      const Result<index::StoredDocument> stored = snapshot.ReadDocument(document);
      if (!stored.ok() && stored.status().code() != Code::kNotFound) return stored.status();
      if (!stored.ok()) ++missing;
    }
  }
  if (relevant > 0 && missing == relevant) {
    return FailedPreconditionError("collection \"" + snapshot.collection().name +
                                   "\" holds none of the documents that " + directory +
                                   " judges; it was made from something else");
  }
  return missing;
}

}  // namespace quarry::eval
