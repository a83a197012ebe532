#include "ingest/pipeline.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "base/coding.h"
#include "base/hash.h"
#include "base/text.h"

namespace quarry::ingest {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Sources parsed side by side before their documents are written; bounds what is in memory.
constexpr size_t kWindow = 128;
constexpr std::chrono::milliseconds kProgressInterval{100};

// Every part with its length and type, so that no two different ones give the same bytes.
std::string CanonicalMetadata(const Metadata& metadata, const std::vector<std::string>& access) {
  std::string bytes;
  const auto append_list = [&](const std::vector<std::string>& list) {
    AppendVarint(bytes, list.size());
    for (const std::string& element : list) AppendBytes(bytes, element);
  };
  AppendVarint(bytes, metadata.size());
  for (const auto& [key, value] : metadata) {
    AppendBytes(bytes, key);
    AppendVarint(bytes, value.index());
    if (const auto* flag = std::get_if<bool>(&value)) AppendVarint(bytes, *flag ? 1 : 0);
    if (const auto* number = std::get_if<double>(&value)) AppendDouble(bytes, *number);
    if (const auto* text = std::get_if<std::string>(&value)) AppendBytes(bytes, *text);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) append_list(*list);
  }
  append_list(access);
  return bytes;
}

// What decides whether a document given directly (or one record of many) is unchanged.
uint64_t HashOfDocument(const Document& document) {
  std::string bytes;
  for (const std::string* part :
       {&document.text, &document.title, &document.uri, &document.media_type, &document.language}) {
    AppendBytes(bytes, *part);
  }
  return Hash64(bytes + CanonicalMetadata(document.metadata, document.access));
}

bool IsUnchanged(const index::StoredDocument& stored, uint64_t source_hash,
                 const std::string& pipeline, const std::string& root) {
  return stored.source_hash == source_hash && stored.pipeline == pipeline && stored.root == root;
}

// Whether `id` is the source's own document or one of its records.
bool BelongsTo(std::string_view id, std::string_view source_id) {
  return id.starts_with(source_id) &&
         (id.size() == source_id.size() || id[source_id.size()] == '#');
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

// One source after reading and parsing.
struct Pipeline::Prepared {
  uint64_t bytes = 0;
  uint64_t unchanged = 0;
  std::vector<DocumentId> seen;  // documents that the source stands for, unchanged ones included
  std::vector<index::DocumentDraft> drafts;
  std::vector<IngestFailure> failures;
};

Pipeline::Pipeline(index::IndexWriter& writer, const Analyzer& analyzer, ThreadPool& pool,
                   IngestOptions options)
    : writer_(writer),
      analyzer_(analyzer),
      pool_(pool),
      options_(std::move(options)),
      fingerprint_(std::string(ParserFingerprint()) + '/' + options_.chunks.Fingerprint() + '/' +
                   HashToHex(Hash64(CanonicalMetadata(options_.metadata, options_.access)))) {}

index::DocumentDraft Pipeline::MakeDraft(Document document, const std::string& root) const {
  for (const auto& [key, value] : options_.metadata) document.metadata[key] = value;
  if (!options_.access.empty()) document.access = options_.access;

  index::DocumentDraft draft;
  draft.root = root;
  draft.pipeline = fingerprint_;
  for (Chunk& chunk : ChunkDocument(document, options_.chunks)) {
    index::ChunkDraft chunk_draft;
    chunk_draft.terms = CountTerms(analyzer_.Tokenize(IndexedText(document.title, chunk)));
    chunk_draft.chunk = std::move(chunk);
    draft.chunks.push_back(std::move(chunk_draft));
  }
  draft.document = std::move(document);
  return draft;
}

Pipeline::Prepared Pipeline::Prepare(const SourceItem& item, const std::string& root,
                                     const index::Snapshot& snapshot) const {
  Prepared prepared;
  const auto fail = [&](const Status& status) {
    prepared.failures.push_back({item.info.path, status.message()});
    return prepared;
  };
  Result<std::string> bytes = item.read();
  if (!bytes.ok()) return fail(bytes.status());
  prepared.bytes = bytes->size();

  const uint64_t bytes_hash = Hash64(*bytes);
  const Result<index::StoredDocument> whole = snapshot.ReadDocument(item.info.id);
  if (whole.ok() && IsUnchanged(*whole, bytes_hash, fingerprint_, root)) {
    prepared.seen.push_back(item.info.id);
    prepared.unchanged = 1;
    return prepared;
  }
  if (!whole.ok() && whole.status().code() != Code::kNotFound) return fail(whole.status());

  Result<ParsedSource> parsed = ParseSource(*bytes, item.info);
  if (!parsed.ok()) return fail(parsed.status());
  for (SourceError& error : parsed->errors) {
    prepared.failures.push_back({item.info.path, error.place + ": " + error.reason});
  }
  for (Document& document : parsed->documents) {
    const bool is_whole = document.id == item.info.id;
    document.source_hash = is_whole ? bytes_hash : HashOfDocument(document);
    prepared.seen.push_back(document.id);
    if (const Status usable = index::CheckDocumentId(document.id); !usable.ok()) {
      prepared.failures.push_back({item.info.path, usable.message()});
      continue;
    }
    if (!is_whole) {
      const Result<index::StoredDocument> stored = snapshot.ReadDocument(document.id);
      if (stored.ok() && IsUnchanged(*stored, document.source_hash, fingerprint_, root)) {
        ++prepared.unchanged;
        continue;
      }
    }
    prepared.drafts.push_back(MakeDraft(std::move(document), root));
  }
  return prepared;
}

Status Pipeline::PutDrafts(std::vector<index::DocumentDraft> drafts, IngestReport& report) {
  if (drafts.empty()) return OkStatus();
  if (options_.dry_run) {
    for (const index::DocumentDraft& draft : drafts) {
      const bool exists = writer_.snapshot()->ReadDocument(draft.document.id).ok();
      (exists ? report.documents_changed : report.documents_added) += 1;
    }
    return OkStatus();
  }
  QUARRY_ASSIGN_OR_RETURN(const std::vector<index::DocumentChange> changes,
                          writer_.Put(std::move(drafts)));
  for (const index::DocumentChange& change : changes) {
    (change.created ? report.documents_added : report.documents_changed) += 1;
    report.duplicates += change.duplicate ? 1 : 0;
    report.chunks_added += change.added.size();
    report.chunks_kept += change.kept.size();
    report.chunks_removed += change.removed.size();
  }
  return OkStatus();
}

Status Pipeline::Prune(const FileList& list, const std::set<DocumentId>& seen,
                       IngestReport& report) {
  // What could not be read says nothing about what is gone.
  std::vector<std::string> unseen_sources;
  for (const SourceItem& item : list.items) {
    const auto first = seen.lower_bound(item.info.id);
    if (first == seen.end() || !BelongsTo(*first, item.info.id)) {
      unseen_sources.push_back(item.info.id);
    }
  }
  std::set<std::string> failed_paths;
  for (const IngestFailure& failure : report.failures) failed_paths.insert(failure.path);
  for (const SourceItem& item : list.items) {
    if (failed_paths.contains(item.info.path)) unseen_sources.push_back(item.info.id);
  }
  const auto keep = [&](const DocumentId& id) {
    if (seen.contains(id)) return true;
    return std::any_of(unseen_sources.begin(), unseen_sources.end(),
                       [&](const std::string& source) { return BelongsTo(id, source); }) ||
           std::any_of(list.failures.begin(), list.failures.end(),
                       [&](const FileList::Failure& failure) {
                         return std::string_view(id).starts_with(failure.relative);
                       });
  };

  std::vector<DocumentId> gone;
  QUARRY_RETURN_IF_ERROR(
      writer_.snapshot()->ForEachDocument([&](const index::StoredDocument& document) {
        if (document.root == list.root && !keep(document.id)) gone.push_back(document.id);
        return true;
      }));
  if (options_.dry_run) {
    report.documents_removed += gone.size();
    return OkStatus();
  }
  QUARRY_ASSIGN_OR_RETURN(const std::vector<index::DocumentChange> changes, writer_.Delete(gone));
  report.documents_removed += changes.size();
  for (const index::DocumentChange& change : changes) {
    report.chunks_removed += change.removed.size();
  }
  return OkStatus();
}

Result<IngestReport> Pipeline::Sync(const FileList& list, const ProgressSink& progress,
                                    const CallContext& context) {
  const SteadyClock::time_point start = SteadyClock::now();
  Reporter reporter(progress);
  IngestReport report;
  for (const FileList::Failure& failure : list.failures) {
    report.failures.push_back({failure.path, failure.reason});
  }
  report.sources = list.items.size();

  std::set<DocumentId> seen;
  std::vector<index::DocumentDraft> batch;
  uint64_t batch_bytes = 0;
  for (size_t begin = 0; begin < list.items.size(); begin += kWindow) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    const std::shared_ptr<const index::Snapshot> snapshot = writer_.snapshot();
    const size_t count = std::min(kWindow, list.items.size() - begin);
    std::vector<Prepared> window(count);
    ParallelFor(pool_, count, 1, [&](size_t i) {
      if (context.cancel.cancelled()) return;
      window[i] = Prepare(list.items[begin + i], list.root, *snapshot);
    });
    QUARRY_RETURN_IF_ERROR(context.Check());

    for (size_t i = 0; i < count; ++i) {
      Prepared& prepared = window[i];
      report.bytes += prepared.bytes;
      report.documents_unchanged += prepared.unchanged;
      for (IngestFailure& failure : prepared.failures) {
        report.failures.push_back(std::move(failure));
      }
      seen.insert(prepared.seen.begin(), prepared.seen.end());
      for (index::DocumentDraft& draft : prepared.drafts) {
        // Put takes an id once; a source that repeats one means its last record.
        const auto repeated = std::find_if(batch.begin(), batch.end(), [&](const auto& other) {
          return other.document.id == draft.document.id;
        });
        if (repeated != batch.end()) {
          *repeated = std::move(draft);
          continue;
        }
        batch_bytes += draft.document.text.size();
        batch.push_back(std::move(draft));
        if (batch.size() >= options_.batch_documents || batch_bytes >= options_.batch_bytes) {
          QUARRY_RETURN_IF_ERROR(PutDrafts(std::exchange(batch, {}), report));
          batch_bytes = 0;
        }
      }
      reporter.Show({.stage = "reading",
                     .done = begin + i + 1,
                     .total = list.items.size(),
                     .bytes = report.bytes,
                     .chunks = report.chunks_added + report.chunks_kept});
    }
  }
  QUARRY_RETURN_IF_ERROR(PutDrafts(std::move(batch), report));
  if (options_.prune) QUARRY_RETURN_IF_ERROR(Prune(list, seen, report));
  QUARRY_RETURN_IF_ERROR(Embed(report, progress, context));
  report.seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  return report;
}

Status Pipeline::Add(std::vector<Document> documents, IngestReport& report,
                     const CallContext& context) {
  QUARRY_RETURN_IF_ERROR(context.Check());
  const std::shared_ptr<const index::Snapshot> snapshot = writer_.snapshot();
  // The last of several documents with one id counts.
  std::map<DocumentId, size_t> last;
  for (size_t i = 0; i < documents.size(); ++i) last[documents[i].id] = i;

  std::vector<size_t> changed;
  for (size_t i = 0; i < documents.size(); ++i) {
    if (last[documents[i].id] != i) continue;
    ++report.sources;
    report.bytes += documents[i].text.size();
    documents[i].source_hash = HashOfDocument(documents[i]);
    const Result<index::StoredDocument> stored = snapshot->ReadDocument(documents[i].id);
    if (stored.ok() && IsUnchanged(*stored, documents[i].source_hash, fingerprint_, "")) {
      ++report.documents_unchanged;
    } else {
      changed.push_back(i);
    }
  }
  std::vector<index::DocumentDraft> drafts(changed.size());
  ParallelFor(pool_, changed.size(), 8,
              [&](size_t i) { drafts[i] = MakeDraft(std::move(documents[changed[i]]), ""); });
  return PutDrafts(std::move(drafts), report);
}

Status Pipeline::Embed(IngestReport& report, const ProgressSink& progress,
                       const CallContext& context) {
  if (options_.dry_run) return OkStatus();
  Reporter reporter(progress);
  QUARRY_ASSIGN_OR_RETURN(
      report.embedding,
      UpdateEmbeddings(writer_, options_.embedding, context,
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
