#include "app/index_records.h"

#include <chrono>
#include <set>
#include <utility>
#include <vector>

namespace quarry::app {
namespace {

constexpr const char* kSource = "standard input";

// No record waits longer for others to share its commit, while more of them come.
constexpr std::chrono::seconds kLongestWait{5};

// Gathers neighbouring records of one kind, so that many share a commit. What was read of a pipe
// cannot be read again, so it is written though the call was given up meanwhile.
class RecordBatch {
 public:
  RecordBatch(ingest::Pipeline& pipeline, index::IndexWriter& writer,
              const ingest::IngestOptions& options, ingest::IngestReport& report)
      : pipeline_(pipeline), writer_(writer), options_(options), report_(report) {}

  Status Add(Record record) {
    if (documents_.empty() && deletes_.empty()) oldest_ = std::chrono::steady_clock::now();
    if (auto* documents = std::get_if<std::vector<Document>>(&record)) {
      if (!deletes_.empty()) QUARRY_RETURN_IF_ERROR(Flush());
      for (Document& document : *documents) {
        bytes_ += document.text.size();
        documents_.push_back(std::move(document));
      }
    } else {
      if (!documents_.empty()) QUARRY_RETURN_IF_ERROR(Flush());
      deletes_.insert(std::move(std::get<DeleteRecord>(record).id));
      ++report_.sources;
    }
    const bool full = bytes_ >= options_.batch_bytes ||
                      documents_.size() + deletes_.size() >= options_.batch_documents ||
                      std::chrono::steady_clock::now() - oldest_ >= kLongestWait;
    return full ? Flush() : OkStatus();
  }

  Status Flush() {
    bytes_ = 0;
    if (!documents_.empty()) {
      QUARRY_RETURN_IF_ERROR(pipeline_.Add(std::exchange(documents_, {}), report_, CallContext()));
    }
    const std::set<DocumentId> gone = std::exchange(deletes_, {});
    if (options_.dry_run) {
      for (const DocumentId& id : gone) {
        if (!writer_.snapshot()->ReadDocument(id).ok()) continue;
        ++report_.documents_removed;
        report_.plan.push_back({ingest::PlannedChange::Kind::kRemove, id});
      }
      return OkStatus();
    }
    if (gone.empty()) return OkStatus();
    const std::vector<DocumentId> ids(gone.begin(), gone.end());
    QUARRY_ASSIGN_OR_RETURN(const std::vector<index::DocumentChange> changes, writer_.Delete(ids));
    report_.documents_removed += changes.size();
    for (const index::DocumentChange& change : changes) {
      report_.chunks_removed += change.removed.size();
    }
    return OkStatus();
  }

 private:
  ingest::Pipeline& pipeline_;
  index::IndexWriter& writer_;
  const ingest::IngestOptions& options_;
  ingest::IngestReport& report_;
  std::vector<Document> documents_;  // one of the two is empty
  std::set<DocumentId> deletes_;
  uint64_t bytes_ = 0;
  std::chrono::steady_clock::time_point oldest_;  // when the first of them came
};

}  // namespace

Status IndexRecords(LineInput& input, ingest::Pipeline& pipeline, index::IndexWriter& writer,
                    const ingest::IngestOptions& options, const ingest::ProgressSink& progress,
                    const CallContext& context, ingest::IngestReport& report) {
  const auto start = std::chrono::steady_clock::now();
  writer.OutliveCancel();
  RecordBatch batch(pipeline, writer, options, report);
  while (true) {
    const Result<bool> more = input.Next(context, [&] { return batch.Flush(); });
    if (!more.ok()) {
      QUARRY_RETURN_IF_ERROR(batch.Flush());
      return more.status();
    }
    if (!*more) break;
    Result<Record> record = ParseRecord(input.line());
    if (!record.ok()) {
      ++report.sources;
      report.failures.push_back(
          {kSource, "line " + std::to_string(input.number()) + ": " + record.status().message()});
      continue;
    }
    QUARRY_RETURN_IF_ERROR(batch.Add(std::move(record).value()));
  }
  QUARRY_RETURN_IF_ERROR(batch.Flush());
  QUARRY_RETURN_IF_ERROR(pipeline.Embed(report, progress, context));
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return OkStatus();
}

}  // namespace quarry::app
