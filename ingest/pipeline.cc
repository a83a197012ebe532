#include "ingest/pipeline.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/child_process.h"
#include "base/coding.h"
#include "base/hash.h"
#include "base/text.h"
#include "index/indexed_terms.h"
#include "ingest/helper_programs.h"

namespace quarry::ingest {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Sources parsed side by side before their documents are written: at most this many, and of this
// many bytes together unless one alone has more. Two windows bound what is in memory.
constexpr size_t kWindow = 128;
constexpr uint64_t kWindowBytes = 16u << 20;
constexpr std::chrono::milliseconds kProgressInterval{100};
constexpr const char* kLastVersionAnswers = "; its last good version still answers";

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

bool IsUnchanged(const index::StoredDocument& stored, const Document& document,
                 const std::string& pipeline, const std::string& root) {
  return stored.source_hash == document.source_hash && stored.source == document.source &&
         stored.pipeline == pipeline && stored.root == root;
}

// What the collection holds of a source.
Result<std::vector<index::StoredDocument>> DocumentsOf(const DocumentId& source,
                                                       const index::Snapshot& snapshot) {
  std::vector<index::StoredDocument> documents;
  Result<index::StoredDocument> whole = snapshot.ReadDocument(source);
  if (!whole.ok() && whole.status().code() != Code::kNotFound) return whole.status();
  if (whole.ok() && whole->source.empty()) documents.push_back(*std::move(whole));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<DocumentId> records, snapshot.RecordsOf(source));
  for (const DocumentId& id : records) {
    QUARRY_ASSIGN_OR_RETURN(index::StoredDocument record, snapshot.ReadDocument(id));
    documents.push_back(std::move(record));
  }
  return documents;
}

// Which helper programs there are: with another one the same file reads otherwise.
std::string InstalledHelpers() {
  std::string installed;
  for (const HelperProgram& program : HelperPrograms()) {
    if (FindProgram(program.name)) installed.append("+").append(program.name);
  }
  return installed;
}

// The file that a document was made of, by its id.
const DocumentId& SourceOf(const index::StoredDocument& document) {
  return document.source.empty() ? document.id : document.source;
}

// The last of several documents with one id counts.
void DropRepeated(std::vector<Document>& documents) {
  std::unordered_map<DocumentId, size_t> last;
  for (size_t i = 0; i < documents.size(); ++i) last[documents[i].id] = i;
  size_t i = 0;
  std::erase_if(documents, [&](const Document& document) { return last[document.id] != i++; });
}

size_t WindowEnd(const std::vector<SourceItem>& items, size_t begin) {
  size_t end = begin + 1;
  uint64_t bytes = items[begin].bytes;
  while (end < items.size() && end - begin < kWindow && bytes + items[end].bytes <= kWindowBytes) {
    bytes += items[end++].bytes;
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

// One source after reading and parsing.
struct Pipeline::Prepared {
  uint64_t bytes = 0;
  bool is_same = false;      // the bytes and the pipeline are those of before: so is all of it
  bool has_no_text = false;  // nothing in it at all: the one note in `skipped` says so
  std::vector<DocumentId> unchanged;
  std::vector<index::DocumentDraft> drafts;
  std::vector<IngestNote> failures;
  std::vector<IngestNote> skipped;
  std::vector<std::string> metadata_taken;  // a field for each document that loses it
  // What the next sync is to know of it; `is_forgotten`: it has become simpler.
  std::optional<RememberedSource> remembered;
  bool is_forgotten = false;
};

// What a Sync has gone through so far.
struct Pipeline::Run {
  const FileList& list;
  IngestReport report;
  std::unordered_map<DocumentId, size_t> item_of;  // every document that an item stands for
  // Items that say nothing against what the collection holds of them: they are as they were, or
  // something of them could not be used.
  std::set<DocumentId> kept;
  std::vector<index::DocumentDraft> batch;
  uint64_t batch_bytes = 0;
  // Documents of the root whose files are gone, by the hash of those; filled when first asked for.
  std::optional<std::multimap<uint64_t, DocumentId>> gone;
  // Items that documents of the root are parts of; filled when first asked for.
  std::optional<std::set<DocumentId>> divided;
  std::set<DocumentId> moved;  // under the ids that they had
  size_t done = 0;             // items that were taken
  size_t failures_noted = 0;   // of the list's own
  size_t skipped_noted = 0;
  // To be written behind the documents of `batch`.
  index::ObjectBatch remembered;
  bool has_remembered = false;
  SteadyClock::time_point start = SteadyClock::now();
};

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
      memory_(memory),
      helpers_(memory == nullptr ? "" : InstalledHelpers()) {}

index::DocumentDraft Pipeline::MakeDraft(Document document, const std::string& root) const {
  for (const auto& [key, value] : options_.metadata) document.metadata[key] = value;
  if (!options_.access.empty()) document.access = options_.access;

  index::DocumentDraft draft;
  draft.root = root;
  draft.pipeline = fingerprint_;
  for (Chunk& chunk : ChunkDocument(document, options_.chunks)) {
    index::ChunkDraft chunk_draft;
    chunk_draft.terms = index::IndexedTerms(analyzer_, document.title, chunk, title_weight_);
    chunk_draft.chunk = std::move(chunk);
    draft.chunks.push_back(std::move(chunk_draft));
  }
  draft.document = std::move(document);
  return draft;
}

bool Pipeline::IsCurrent(const DocumentId& source, const std::string& root) const {
  const Result<std::vector<index::StoredDocument>> documents =
      DocumentsOf(source, *writer_.snapshot());
  if (!documents.ok() || documents->empty()) return false;
  if (memory_ != nullptr) {
    const Result<std::optional<RememberedSource>> known = memory_->FindSource(source);
    if (!known.ok() || (known->has_value() && (*known)->failed)) return false;
  }
  return std::all_of(documents->begin(), documents->end(), [&](const auto& document) {
    return document.root == root && document.pipeline == fingerprint_;
  });
}

// Whether the collection holds all of a source, as it was when it was remembered; their ids.
Result<bool> Pipeline::HoldsAll(const RememberedSource& known, const index::Snapshot& snapshot,
                                std::vector<DocumentId>& ids) const {
  QUARRY_ASSIGN_OR_RETURN(const std::vector<index::StoredDocument> documents,
                          DocumentsOf(known.source, snapshot));
  uint64_t sum = 0;
  for (const index::StoredDocument& document : documents) {
    if (document.root != known.root || document.pipeline != fingerprint_) return false;
    sum += HashOfStored(document.id, document.source_hash);
    ids.push_back(document.id);
  }
  return sum == known.documents;
}

// What is remembered of an item; nothing, and a failure, where it is damaged.
std::optional<RememberedSource> Pipeline::Recall(const SourceItem& item, Prepared& prepared) const {
  if (memory_ == nullptr) return std::nullopt;
  Result<std::optional<RememberedSource>> known = memory_->FindSource(item.info.id);
  if (known.ok()) return *std::move(known);
  prepared.failures.push_back({item.info.path, known.status().message() + "; it was read anew"});
  return std::nullopt;
}

Pipeline::Prepared Pipeline::Prepare(const SourceItem& item, const std::string& root,
                                     const index::Snapshot& snapshot) const {
  Prepared prepared;
  const Result<index::StoredDocument> whole = snapshot.ReadDocument(item.info.id);
  const auto fail = [&](const Status& status) {
    prepared.failures.push_back(
        {item.info.path, status.message() + (whole.ok() ? kLastVersionAnswers : "")});
    return prepared;
  };
  if (!whole.ok() && whole.status().code() != Code::kNotFound) return fail(whole.status());
  const std::optional<RememberedSource> known = Recall(item, prepared);
  const auto keep = [&](std::vector<DocumentId> documents) {
    prepared.unchanged = std::move(documents);
    prepared.is_same = true;
    if (!known) return prepared;
    for (const std::string& reason : known->skipped) {
      prepared.skipped.push_back({item.info.path, reason});
    }
    return prepared;
  };
  if (item.is_unchanged) {
    const Result<std::vector<index::StoredDocument>> documents =
        DocumentsOf(item.info.id, snapshot);
    if (!documents.ok()) return fail(documents.status());
    std::vector<DocumentId> ids;
    for (const index::StoredDocument& document : *documents) ids.push_back(document.id);
    return keep(std::move(ids));
  }
  Result<std::string> bytes = item.read();
  if (!bytes.ok()) return fail(bytes.status());
  prepared.bytes = bytes->size();

  Document file;  // if the source is one document
  file.source_hash = Hash64(*bytes);
  if (known && !known->failed && known->root == root && known->hash == file.source_hash &&
      known->pipeline == fingerprint_ + helpers_) {
    std::vector<DocumentId> ids;
    const Result<bool> holds = HoldsAll(*known, snapshot, ids);
    if (!holds.ok()) return fail(holds.status());
    if (*holds) return keep(std::move(ids));
  } else if (!known && whole.ok() && IsUnchanged(*whole, file, fingerprint_, root)) {
    return keep({item.info.id});
  }

  RememberedSource remembered{.source = item.info.id,
                              .root = root,
                              .hash = file.source_hash,
                              .pipeline = fingerprint_ + helpers_};
  Result<ParsedSource> parsed = ParseSource(*bytes, item.info);
  if (!parsed.ok()) {
    const bool named = root == item.info.path;
    if (named || whole.ok() || !HoldsNoText(*bytes, item.info.path)) return fail(parsed.status());
    prepared.skipped.push_back({item.info.path, parsed.status().message()});
    prepared.has_no_text = true;
    // Whether there is text in a picture takes a second to find out.
    if (memory_ != nullptr && DetectBinaryFormat(*bytes, item.info.path) == Format::kImage) {
      remembered.skipped.push_back(parsed.status().message());
      prepared.remembered = std::move(remembered);
    }
    return prepared;
  }
  const bool is_simple = parsed->documents.size() == 1 && parsed->documents[0].source.empty() &&
                         parsed->errors.empty() && parsed->skipped.empty();
  for (SourceError& error : parsed->errors) {
    prepared.failures.push_back({item.info.path, error.place + ": " + error.reason});
  }
  for (SourceError& part : parsed->skipped) {
    std::string reason = part.place + ": " + part.reason;
    // A picture that is read only where a program for it is installed.
    const bool was_read = snapshot.ReadDocument(item.info.id + '#' + part.place).ok();
    if (was_read) {
      prepared.failures.push_back({item.info.path, reason + kLastVersionAnswers});
    } else {
      prepared.skipped.push_back({item.info.path, reason});
    }
    remembered.skipped.push_back(std::move(reason));
  }
  for (Document& document : parsed->documents) {
    document.source_hash = document.source.empty() ? file.source_hash : HashOfDocument(document);
    remembered.documents += HashOfStored(document.id, document.source_hash);
  }
  PrepareDocuments(item, root, snapshot, std::move(parsed->documents), prepared);
  if (memory_ != nullptr && !is_simple) prepared.remembered = std::move(remembered);
  prepared.is_forgotten = is_simple && known.has_value();
  return prepared;
}

// The documents of an item that are not as they are stored, chunked and analysed.
void Pipeline::PrepareDocuments(const SourceItem& item, const std::string& root,
                                const index::Snapshot& snapshot, std::vector<Document> documents,
                                Prepared& prepared) const {
  std::vector<Document> changed;
  for (Document& document : documents) {
    if (const Status usable = index::CheckDocumentId(document.id); !usable.ok()) {
      prepared.failures.push_back({item.info.path, usable.message()});
      continue;
    }
    const Result<index::StoredDocument> stored = snapshot.ReadDocument(document.id);
    if (stored.ok() && IsUnchanged(*stored, document, fingerprint_, root)) {
      prepared.unchanged.push_back(document.id);
      continue;
    }
    // The same text, made in the same way but with other fields given.
    const std::string_view made =
        std::string_view(fingerprint_).substr(0, fingerprint_.find(given_));
    if (stored.ok() && stored->source_hash == document.source_hash &&
        stored->pipeline.starts_with(made) && stored->pipeline.find(given_) == std::string::npos) {
      for (const auto& [key, value] : stored->metadata) {
        if (document.metadata.contains(key) || options_.metadata.contains(key)) continue;
        prepared.metadata_taken.push_back(key);
      }
    }
    changed.push_back(std::move(document));
  }
  // A file of many records is work for all threads.
  prepared.drafts.resize(changed.size());
  ParallelFor(pool_, changed.size(), 16,
              [&](size_t i) { prepared.drafts[i] = MakeDraft(std::move(changed[i]), root); });
}

// Brings what became of item number `item` into the run.
Status Pipeline::Take(size_t item, Prepared prepared, Run& run) {
  const std::string& path = run.list.items[item].info.path;
  const auto claim = [&](const DocumentId& id) {
    const auto [owner, is_new] = run.item_of.emplace(id, item);
    if (is_new) return true;
    prepared.failures.push_back({path, "document \"" + id + "\": the id is taken by one of " +
                                           run.list.items[owner->second].info.path});
    return false;
  };
  run.report.bytes += prepared.bytes;
  for (const std::string& key : prepared.metadata_taken) ++run.report.metadata_taken[key];
  for (const DocumentId& id : prepared.unchanged) run.report.documents_unchanged += claim(id);
  for (index::DocumentDraft& draft : prepared.drafts) {
    if (!claim(draft.document.id)) continue;
    QUARRY_RETURN_IF_ERROR(FindMove(draft, run));
    run.batch_bytes += draft.document.text.size();
    run.batch.push_back(std::move(draft));
    if (run.batch.size() >= options_.batch_documents || run.batch_bytes >= options_.batch_bytes) {
      QUARRY_RETURN_IF_ERROR(Flush(run));
    }
  }
  const DocumentId& id = run.list.items[item].info.id;
  if (prepared.has_no_text) {
    QUARRY_ASSIGN_OR_RETURN(const bool had_text, IsDivided(id, run));
    if (had_text) {
      prepared.skipped[0].reason += kLastVersionAnswers;
      prepared.failures = std::exchange(prepared.skipped, {});
    }
  }
  if (prepared.is_same || !prepared.failures.empty()) run.kept.insert(id);
  if (prepared.remembered) {
    prepared.remembered->failed = !prepared.failures.empty();
    memory_->Put(*prepared.remembered, run.remembered);
    run.has_remembered = true;
  } else if (prepared.is_forgotten) {
    memory_->ForgetSource(id, run.remembered);
    run.has_remembered = true;
  }
  const auto append = [](std::vector<IngestNote>& from, std::vector<IngestNote>& to) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
  };
  append(prepared.failures, run.report.failures);
  append(prepared.skipped, run.report.skipped);
  return OkStatus();
}

// Writes what was gathered: first the documents, then what is remembered of their sources.
Status Pipeline::Flush(Run& run) {
  QUARRY_RETURN_IF_ERROR(PutDrafts(std::exchange(run.batch, {}), run.report));
  run.batch_bytes = 0;
  if (!std::exchange(run.has_remembered, false)) return OkStatus();
  const index::ObjectBatch remembered = std::exchange(run.remembered, {});
  return options_.dry_run ? OkStatus() : memory_->Write(remembered);
}

// Whether the collection holds parts of an item: members of an archive, records of a file.
Result<bool> Pipeline::IsDivided(const DocumentId& item, Run& run) const {
  if (!run.divided) {
    run.divided.emplace();
    QUARRY_RETURN_IF_ERROR(
        writer_.snapshot()->ForEachDocument([&](const index::StoredDocument& document) {
          if (document.root == run.list.root && !document.source.empty()) {
            run.divided->insert(document.source);
          }
          return true;
        }));
  }
  return run.divided->contains(item);
}

// A new file with the bytes of one that is gone is that one, moved.
Status Pipeline::FindMove(index::DocumentDraft& draft, Run& run) const {
  const std::shared_ptr<const index::Snapshot> snapshot = writer_.snapshot();
  if (!draft.document.source.empty() || snapshot->ReadDocument(draft.document.id).ok()) {
    return OkStatus();
  }
  if (!run.gone) {
    run.gone.emplace();
    QUARRY_RETURN_IF_ERROR(snapshot->ForEachDocument([&](const index::StoredDocument& document) {
      if (document.root == run.list.root && document.source.empty() &&
          document.pipeline == fingerprint_ && !run.list.MayExist(document.id)) {
        run.gone->emplace(document.source_hash, document.id);
      }
      return true;
    }));
  }
  const auto from = run.gone->find(draft.document.source_hash);
  if (from == run.gone->end()) return OkStatus();
  draft.moved_from = from->second;
  run.moved.insert(from->second);
  run.gone->erase(from);
  return OkStatus();
}

Status Pipeline::PutDrafts(std::vector<index::DocumentDraft> drafts, IngestReport& report) {
  if (drafts.empty()) return OkStatus();
  if (options_.dry_run) {
    for (index::DocumentDraft& draft : drafts) {
      PlannedChange change{.id = std::move(draft.document.id), .from = std::move(draft.moved_from)};
      if (!change.from.empty()) {
        change.kind = PlannedChange::Kind::kMove;
      } else if (writer_.snapshot()->ReadDocument(change.id).ok()) {
        change.kind = PlannedChange::Kind::kChange;
      }
      const bool is_new = change.kind == PlannedChange::Kind::kAdd;
      (is_new ? report.documents_added : report.documents_changed) += 1;
      report.plan.push_back(std::move(change));
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

// A document goes if its file is gone, or no longer brings it. One whose file is merely not wanted
// this time stays, and so does one of a file that could not be used or was not read again: that says
// nothing about it.
Result<std::vector<DocumentId>> Pipeline::FindGone(const Run& run) const {
  const auto is_gone = [&](const index::StoredDocument& document) {
    const DocumentId& source = SourceOf(document);
    if (run.item_of.contains(document.id) || run.kept.contains(source)) return false;
    if (options_.dry_run && run.moved.contains(document.id)) return false;  // else it has
    return run.list.IsItem(source) || !run.list.MayExist(source);
  };
  std::vector<DocumentId> gone;
  QUARRY_RETURN_IF_ERROR(
      writer_.snapshot()->ForEachDocument([&](const index::StoredDocument& document) {
        if (document.root == run.list.root && is_gone(document)) gone.push_back(document.id);
        return true;
      }));
  return gone;
}

Status Pipeline::Prune(std::vector<DocumentId> gone, IngestReport& report) {
  if (options_.dry_run) {
    report.documents_removed += gone.size();
    for (DocumentId& id : gone) {
      report.plan.push_back({PlannedChange::Kind::kRemove, std::move(id)});
    }
    return OkStatus();
  }
  if (memory_ != nullptr && !gone.empty()) {
    index::ObjectBatch forgotten;
    for (const DocumentId& id : gone) {
      const Result<index::StoredDocument> stored = writer_.snapshot()->ReadDocument(id);
      if (stored.ok()) memory_->ForgetSource(SourceOf(*stored), forgotten);
    }
    QUARRY_RETURN_IF_ERROR(memory_->Write(forgotten));
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
  Run run{.list = list};
  if (!options_.dry_run) QUARRY_RETURN_IF_ERROR(writer_.DropAliases(list.root));
  QUARRY_RETURN_IF_ERROR(TakeItems(run, list.items.size(), progress, context));
  return End(run, progress, context);
}

Result<IngestReport> Pipeline::Sync(FileList& list, ItemStream& stream,
                                    const ProgressSink& progress, const CallContext& context) {
  Run run{.list = list};
  if (!options_.dry_run) QUARRY_RETURN_IF_ERROR(writer_.DropAliases(list.root));
  for (bool has_more = true; has_more;) {
    QUARRY_ASSIGN_OR_RETURN(has_more, stream.Next(list, context));
    QUARRY_RETURN_IF_ERROR(TakeItems(run, /*total=*/0, progress, context));
    QUARRY_RETURN_IF_ERROR(Flush(run));
    if (!options_.dry_run) QUARRY_RETURN_IF_ERROR(stream.Stored());
  }
  std::sort(list.items.begin(), list.items.end(),
            [](const SourceItem& a, const SourceItem& b) { return a.info.id < b.info.id; });
  return End(run, progress, context);
}

// Reads and takes the items that the list has by now. `total`: how many there will be; 0 = not known.
Status Pipeline::TakeItems(Run& run, size_t total, const ProgressSink& progress,
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
      QUARRY_RETURN_IF_ERROR(Take(run.done++, std::move(prepared), run));
      reporter.Show({.stage = "reading",
                     .done = run.done,
                     .total = total,
                     .bytes = report.bytes,
                     .chunks = report.chunks_added + report.chunks_kept,
                     .done_is_files = true});
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
    QUARRY_RETURN_IF_ERROR(Prune(std::move(gone), report));
  } else {
    report.documents_gone = gone.size();
  }
  QUARRY_RETURN_IF_ERROR(Embed(report, progress, context));
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
  std::vector<index::DocumentDraft> drafts(changed.size());
  ParallelFor(pool_, changed.size(), 8,
              [&](size_t i) { drafts[i] = MakeDraft(std::move(changed[i]), ""); });
  return PutDrafts(std::move(drafts), report);
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
