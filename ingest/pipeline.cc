#include "ingest/pipeline.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <unordered_map>
#include <utility>

#include "base/child_process.h"
#include "base/hash.h"
#include "ingest/helper_programs.h"
#include "ingest/ocr.h"
#include "ingest/pipeline_run.h"
#include "ingest/unchanged.h"

namespace quarry::ingest {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Sources parsed side by side before their documents are written: at most this many, and of this
// many bytes together unless one alone has more. Two windows bound what is in memory.
constexpr size_t kWindowItems = 128;
constexpr uint64_t kWindowBytes = 16u << 20;
constexpr std::chrono::milliseconds kProgressInterval{100};
// What was gathered is written behind a window though it fills no batch: when so much is to be
// remembered of sources, and when the last write was so long ago.
constexpr size_t kRememberedSources = kWindowItems;
constexpr std::chrono::seconds kFlushInterval{30};

// Which helper programs there are, and which languages they read: with another one the same file
// reads otherwise.
std::string InstalledHelpers() {
  std::string installed;
  for (const HelperProgram& program : HelperPrograms()) {
    if (FindProgram(program.name)) installed.append("+").append(program.name);
  }
  if (const std::string languages = RecognitionLanguages(); !languages.empty()) {
    installed.append("=").append(languages);
  }
  return installed;
}

// The last of several documents with one id counts.
void DropRepeated(std::vector<Document>& documents) {
  std::unordered_map<DocumentId, size_t> last;
  for (size_t i = 0; i < documents.size(); ++i) last[documents[i].id] = i;
  size_t i = 0;
  std::erase_if(documents, [&](const Document& document) { return last[document.id] != i++; });
}

size_t WindowEnd(const SourceItems& items, size_t begin) {
  size_t end = begin + 1;
  uint64_t bytes = items.bytes(begin);
  while (end < items.size() && end - begin < kWindowItems &&
         bytes + items.bytes(end) <= kWindowBytes) {
    bytes += items.bytes(end++);
  }
  return end;
}

// Passes progress on, at most every kProgressInterval.
class Reporter {
 public:
  explicit Reporter(const ProgressSink& sink) : sink_(sink) {}
  void Show(const IngestProgress& progress) {
    const SteadyClock::time_point now = SteadyClock::now();
    if (!sink_ || (now - last_ < kProgressInterval && progress.done < progress.total)) return;
    last_ = now;
    sink_(progress);
  }

 private:
  const ProgressSink& sink_;
  SteadyClock::time_point last_;
};

}  // namespace

const char* PlannedChangeName(PlannedChange::Kind kind) {
  switch (kind) {
    case PlannedChange::Kind::kAdd:
      return "add";
    case PlannedChange::Kind::kChange:
      return "change";
    case PlannedChange::Kind::kMove:
      return "move";
    case PlannedChange::Kind::kRemove:
      return "remove";
  }
  return "";
}

Pipeline::Pipeline(index::IndexWriter& writer, const Analyzer& analyzer, ThreadPool& pool,
                   model::EmbedderCache& embedders, IngestOptions options,
                   const SourceMemory* memory)
    : writer_(writer),
      analyzer_(analyzer),
      pool_(pool),
      embedders_(embedders),
      options_(std::move(options)),
      title_weight_(writer.snapshot()->collection().title_weight),
      given_(HashToHex(Hash64(CanonicalMetadata(options_.metadata, options_.access)))),
      fingerprint_(std::string(ParserFingerprint()) + '/' + options_.chunks.Fingerprint() + '/' +
                   given_ +
                   // Of weight 1 it is that of collections made before there was a weight.
                   (title_weight_ == 1 ? "" : "/title=" + std::to_string(title_weight_))),
      memory_(memory) {}

// What made documents of a source: RememberedSource::pipeline. Only a run that remembers something
// asks for the languages, which starts a program.
const std::string& Pipeline::ReadBy() const {
  std::call_once(asked_, [&] { read_by_ = fingerprint_ + InstalledHelpers(); });
  return read_by_;
}

Result<IngestReport> Pipeline::Sync(const FileList& list, const ProgressSink& progress,
                                    const CallContext& context) {
  Run run{.list = list};
  writer_.OutliveCancel();
  if (!options_.dry_run) QUARRY_RETURN_IF_ERROR(writer_.DropAliases(list.root));
  QUARRY_RETURN_IF_ERROR(TakeItems(run, list.items.size(), progress, context));
  return End(run, progress, context);
}

Result<IngestReport> Pipeline::Sync(FileList& list, ItemStream& stream,
                                    const ProgressSink& progress, const CallContext& context) {
  Run run{.list = list};
  writer_.OutliveCancel();
  if (!options_.dry_run) QUARRY_RETURN_IF_ERROR(writer_.DropAliases(list.root));
  for (bool has_more = true; has_more;) {
    QUARRY_ASSIGN_OR_RETURN(has_more, stream.Next(list, context));
    QUARRY_RETURN_IF_ERROR(TakeItems(run, /*total=*/0, progress, context));
    QUARRY_RETURN_IF_ERROR(Flush(run));
    if (!options_.dry_run) QUARRY_RETURN_IF_ERROR(stream.Stored());
  }
  return End(run, progress, context);
}

// Reads and takes the items that the list has by now. `total`: how many there will be; 0 = not known.
Status Pipeline::TakeItems(Run& run, size_t total, const ProgressSink& progress,
                           const CallContext& context) {
  Status taken = TakeWindows(run, total, progress, context);
  const bool was_given_up =
      taken.code() == Code::kCancelled || taken.code() == Code::kDeadlineExceeded;
  if (was_given_up) QUARRY_RETURN_IF_ERROR(Flush(run));
  return taken;
}

Status Pipeline::TakeWindows(Run& run, size_t total, const ProgressSink& progress,
                             const CallContext& context) {
  const FileList& list = run.list;
  IngestReport& report = run.report;
  Reporter reporter(progress);
  for (; run.failures_noted < list.failures.size(); ++run.failures_noted) {
    const FileList::Note& note = list.failures[run.failures_noted];
    report.failures.push_back({note.path, note.reason});
  }
  for (; run.skipped_noted < list.skipped.size(); ++run.skipped_noted) {
    const FileList::Note& note = list.skipped[run.skipped_noted];
    report.skipped.push_back({note.path, note.reason});
  }
  report.sources = list.items.size();
  const auto prepare = [&](size_t begin, std::shared_ptr<const index::Snapshot> snapshot) {
    const size_t end = begin < list.items.size() ? WindowEnd(list.items, begin) : begin;
    std::vector<Prepared> window(end - begin);
    ParallelFor(pool_, window.size(), 1, [&](size_t i) {
      if (context.cancel.cancelled()) return;
      window[i] = Prepare(list.items[begin + i], list.root, *snapshot);
    });
    return window;
  };
  for (std::vector<Prepared> window = prepare(run.done, writer_.snapshot()); !window.empty();) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    // The next window is read while this one is written. It may see the collection as it was before:
    // no document of it is one of this window's (Take).
    std::future<std::vector<Prepared>> next =
        std::async(std::launch::async, prepare, run.done + window.size(), writer_.snapshot());
    for (Prepared& prepared : window) {
      QUARRY_RETURN_IF_ERROR(Take(run.done++, std::move(prepared), run, context));
      reporter.Show({.stage = "reading",
                     .done = run.done,
                     .total = total,
                     .bytes = report.bytes,
                     .chunks = report.chunks_added + report.chunks_kept,
                     .done_is_files = true});
    }
    // Pictures in which nothing is found, say, fill no batch however long they take.
    if (run.remembered_sources >= kRememberedSources ||
        SteadyClock::now() - run.flushed >= kFlushInterval) {
      QUARRY_RETURN_IF_ERROR(Flush(run));
    }
    window = next.get();
  }
  return context.Check();
}

// Once all items are taken.
Result<IngestReport> Pipeline::End(Run& run, const ProgressSink& progress,
                                   const CallContext& context) {
  IngestReport& report = run.report;
  QUARRY_RETURN_IF_ERROR(Flush(run));
  QUARRY_ASSIGN_OR_RETURN(std::vector<DocumentId> gone, FindGone(run));
  if (options_.prune) {
    QUARRY_RETURN_IF_ERROR(Prune(std::move(gone), run));
  } else {
    report.documents_gone = gone.size();
  }
  if (options_.embed) QUARRY_RETURN_IF_ERROR(Embed(report, progress, context));
  report.seconds = std::chrono::duration<double>(SteadyClock::now() - run.start).count();
  return std::move(report);
}

Status Pipeline::Add(std::vector<Document> documents, IngestReport& report,
                     const CallContext& context) {
  QUARRY_RETURN_IF_ERROR(context.Check());
  const std::shared_ptr<const index::Snapshot> snapshot = writer_.snapshot();
  DropRepeated(documents);
  std::vector<Document> changed;
  for (Document& document : documents) {
    ++report.sources;
    report.bytes += document.text.size();
    document.source_hash = HashOfDocument(document);
    const Result<index::StoredDocument> stored = snapshot->ReadDocument(document.id);
    if (stored.ok() && IsUnchanged(*stored, document, fingerprint_, "")) {
      ++report.documents_unchanged;
    } else {
      changed.push_back(std::move(document));
    }
  }
  return PutDrafts(MakeDrafts(changed, ""), report);
}

Status Pipeline::Embed(IngestReport& report, const ProgressSink& progress,
                       const CallContext& context) {
  if (options_.dry_run) return OkStatus();
  Reporter reporter(progress);
  const WithWriter with_writer = [&](const WriterStep& step) { return step(writer_); };
  QUARRY_ASSIGN_OR_RETURN(
      report.embedding,
      UpdateEmbeddings(*writer_.snapshot(), with_writer, embedders_, options_.embedding, context,
                       [&](const char* stage, uint64_t done, uint64_t total) {
                         reporter.Show({.stage = stage,
                                        .done = done,
                                        .total = total,
                                        .bytes = report.bytes,
                                        .chunks = report.chunks_added + report.chunks_kept});
                       }));
  return OkStatus();
}

}  // namespace quarry::ingest
