#pragma once

// Pipeline: sources -> documents in the index, in sync.
//
//   read, decode, parse, chunk, analyse   (every thread of the pool, ingest.jobs; bounded)
//   -> Put in batches                      (this thread, in source order)
//   -> embed what is pending               (embedding.h)
//
// Idempotent: a source whose bytes and pipeline are those of the stored document is left alone; of
// a changed one only the changed chunks are new; of one whose file was moved within its root the
// document is kept under its new id. A source that cannot be read is reported and stops nothing;
// what the index held of it stays. Where two sources bring one document id, the first in order has
// it and the other is reported. Interrupted at any point, what was acknowledged is kept and the
// next run goes on from there. A run that is cancelled writes what it has taken, once the sources
// that are being parsed at that moment are through; a process that is killed loses what it read in
// the last half minute, or with the last two windows of sources (of 128, or 16 MB) where these took
// longer.

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/call_context.h"
#include "base/thread_pool.h"
#include "index/index_writer.h"
#include "ingest/chunker.h"
#include "ingest/embedding.h"
#include "ingest/source.h"
#include "ingest/source_memory.h"

namespace quarry::ingest {

struct IngestOptions {
  ChunkOptions chunks;
  EmbeddingOptions embedding;
  Metadata metadata;                // added to every document
  std::vector<std::string> access;  // likewise
  bool prune = false;               // remove documents of the same root whose source is gone
  bool dry_run = false;             // report what would be done, change nothing
  bool embed = true;  // at the end of each Sync; false: Embed is called behind the last of several
  uint64_t batch_bytes = 4u << 20;  // of text per Put
  uint32_t batch_documents = 1024;
  std::set<uint64_t> crashed = {};  // hashes of sources that are not parsed again (crash_note.h)
};

// A source, or a part of one, that was not indexed.
struct IngestNote {
  std::string path;
  std::string reason;  // with place: "line 17: expected ..."
};

// What a dry run would do to one document.
struct PlannedChange {
  enum class Kind { kAdd, kChange, kMove, kRemove };
  Kind kind = Kind::kAdd;
  DocumentId id;
  DocumentId from = {};  // kMove: the id that it has
};
const char* PlannedChangeName(PlannedChange::Kind kind);  // "add", "change", "move", "remove"

struct IngestReport {
  uint64_t sources = 0;
  uint64_t bytes = 0;  // read
  uint64_t documents_added = 0;
  uint64_t documents_changed = 0;  // moved ones included
  uint64_t documents_unchanged = 0;
  uint64_t documents_removed = 0;
  uint64_t documents_gone = 0;  // whose file is gone, left because pruning is not asked for
  uint64_t chunks_added = 0;
  uint64_t chunks_kept = 0;  // in changed documents
  uint64_t chunks_removed = 0;
  uint64_t duplicates = 0;  // documents added whose text another document already has
  // Fields that an earlier run gave its documents (IngestOptions::metadata) and this one does not, with
  // the number of documents that lost them.
  std::map<std::string, uint64_t> metadata_taken;
  EmbeddingReport embedding;
  double seconds = 0;
  std::vector<IngestNote> failures;  // by source order; parts of a source count too
  // Of a folder: files without text (pictures, archives, empty ones), links, devices. A file that
  // was a document before, or several, is a failure instead.
  std::vector<IngestNote> skipped;
  std::vector<PlannedChange> plan;  // of a dry run, in the order in which it would be done

  bool Changed() const {
    return documents_added + documents_changed + documents_removed + embedding.embedded > 0;
  }
};

// Told about progress from the calling thread, a few times a second at most.
struct IngestProgress {
  const char* stage = "";  // "reading", "learning", "embedding", "linking"
  uint64_t done = 0;       // sources, steps, chunks, nothing
  uint64_t total = 0;      // 0 = not known
  uint64_t bytes = 0;      // of the sources that were read
  uint64_t chunks = 0;     // of them
  bool done_is_files = false;
};
using ProgressSink = std::function<void(const IngestProgress&)>;

// Not thread-safe; the references must outlive it.
class Pipeline {
 public:
  // `memory` keeps what the next sync is to know of files that became several documents; null = such
  // files are read again each time.
  Pipeline(index::IndexWriter& writer, const Analyzer& analyzer, ThreadPool& pool,
           model::EmbedderCache& embedders, IngestOptions options,
           const SourceMemory* memory = nullptr);

  // Brings the collection in step with `list`, embedding included. Errors are those that stop the
  // run (store, cancel); what was committed before stays. From then on the writer outlives its cancel.
  Result<IngestReport> Sync(const FileList& list, const ProgressSink& progress,
                            const CallContext& context);
  // The same where the items of `list` are still to be found: they are stored window by window.
  Result<IngestReport> Sync(FileList& list, ItemStream& stream, const ProgressSink& progress,
                            const CallContext& context);

  // Whether all that the collection holds of a source is of this root and was made by this program,
  // with these options, and there is something.
  bool IsCurrent(const DocumentId& source, const std::string& root) const;

  // Adds documents that are parsed already (text and blocks filled); unchanged ones are skipped, a
  // repeated id replaces the one before. They are found lexically at once; call Embed after the
  // last.
  Status Add(std::vector<Document> documents, IngestReport& report, const CallContext& context);

  // Brings the vectors up to date (UpdateEmbeddings).
  Status Embed(IngestReport& report, const ProgressSink& progress, const CallContext& context);

 private:
  struct Prepared;
  struct Run;

  Prepared Prepare(const SourceItem& item, const std::string& root,
                   const index::Snapshot& snapshot) const;
  void PrepareDocuments(const SourceItem& item, const std::string& root,
                        const index::Snapshot& snapshot, std::vector<Document> documents,
                        bool may_be_more, Prepared& prepared) const;
  const std::string& ReadBy() const;
  std::optional<RememberedSource> Recall(const SourceItem& item, Prepared& prepared) const;
  Result<bool> HoldsAll(const RememberedSource& known, const index::Snapshot& snapshot,
                        std::vector<DocumentId>& ids) const;
  Status TakeItems(Run& run, size_t total, const ProgressSink& progress,
                   const CallContext& context);
  Status TakeWindows(Run& run, size_t total, const ProgressSink& progress,
                     const CallContext& context);
  Status Flush(Run& run);
  Result<IngestReport> End(Run& run, const ProgressSink& progress, const CallContext& context);
  index::DocumentDraft MakeDraft(Document document, const std::string& root) const;
  std::vector<index::DocumentDraft> MakeDrafts(std::span<Document> documents,
                                               const std::string& root) const;
  Status Take(size_t item, Prepared prepared, Run& run, const CallContext& context);
  Status TakeDocuments(Prepared& prepared, Run& run, const CallContext& context,
                       const std::function<bool(const DocumentId&)>& claim);
  Result<bool> IsDivided(const DocumentId& item, Run& run) const;
  Status FindMove(index::DocumentDraft& draft, Run& run) const;
  Status PutDrafts(std::vector<index::DocumentDraft> drafts, IngestReport& report);
  Result<std::vector<DocumentId>> FindGone(const Run& run) const;
  Status Prune(std::vector<DocumentId> gone, Run& run);

  index::IndexWriter& writer_;
  const Analyzer& analyzer_;
  ThreadPool& pool_;
  model::EmbedderCache& embedders_;
  const IngestOptions options_;
  const uint32_t title_weight_;    // of the collection
  const std::string given_;        // hash of the fields that are added to every document
  const std::string fingerprint_;  // of parser, chunker, added fields and the weight of the title:
                                   // DocumentDraft::pipeline
  const SourceMemory* const memory_;
  mutable std::once_flag asked_;
  mutable std::string read_by_;  // ReadBy(), once it was asked for
};

}  // namespace quarry::ingest
