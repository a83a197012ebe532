// What was prepared is written, in the order of the sources; what is gone is removed.

#include <chrono>
#include <future>
#include <iterator>
#include <utility>

#include "ingest/pipeline_run.h"
#include "ingest/unchanged.h"

namespace quarry::ingest {

// Brings what became of item number `item` into the run.
Status Pipeline::Take(size_t item, Prepared prepared, Run& run, const CallContext& context) {
  const SourceItems& items = run.list.items;
  const auto claim = [&](const DocumentId& id) {
    if (const std::optional<size_t> owner = run.claims.OwnerOf(id)) {
      prepared.failures.push_back(
          {items.path(item),
           "document \"" + id + "\": the id is taken by one of " + items.path(*owner)});
      return false;
    }
    run.claims.Take(id, item);
    return true;
  };
  run.report.bytes += prepared.bytes;
  for (const std::string& key : prepared.metadata_taken) ++run.report.metadata_taken[key];
  for (const DocumentId& id : prepared.unchanged) run.report.documents_unchanged += claim(id);
  QUARRY_RETURN_IF_ERROR(TakeDocuments(prepared, run, context, claim));
  const DocumentId id(items.id(item));
  if (prepared.has_no_text) {
    QUARRY_ASSIGN_OR_RETURN(const bool had_text, IsDivided(id, run));
    if (had_text) {
      prepared.skipped[0].reason += kLastVersionAnswers;
      prepared.failures = std::exchange(prepared.skipped, {});
    }
  }
  if (prepared.is_same || !prepared.failures.empty()) run.kept.Add(*items.Find(id));
  if (prepared.remembered) {
    prepared.remembered->failed = !prepared.failures.empty();
    memory_->Put(*prepared.remembered, run.remembered);
    ++run.remembered_sources;
  } else if (prepared.is_forgotten) {
    memory_->ForgetSource(id, run.remembered);
    ++run.remembered_sources;
  }
  const auto append = [](std::vector<IngestNote>& from, std::vector<IngestNote>& to) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
  };
  append(prepared.failures, run.report.failures);
  append(prepared.skipped, run.report.skipped);
  return OkStatus();
}

// The next slice of the documents becomes drafts while one is written.
Status Pipeline::TakeDocuments(Prepared& prepared, Run& run, const CallContext& context,
                               const std::function<bool(const DocumentId&)>& claim) {
  const auto take = [&](index::DocumentDraft& draft) -> Status {
    if (!claim(draft.document.id)) return OkStatus();
    QUARRY_RETURN_IF_ERROR(FindMove(draft, run));
    run.batch_bytes += draft.document.text.size();
    run.batch.push_back(std::move(draft));
    const bool is_full =
        run.batch.size() >= options_.batch_documents || run.batch_bytes >= options_.batch_bytes;
    return is_full ? Flush(run) : OkStatus();
  };
  std::vector<index::DocumentDraft> drafts = std::move(prepared.drafts);
  for (std::span<Document> rest(prepared.documents); !drafts.empty();) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    const std::span<Document> slice = rest.first(SliceSize(rest));
    rest = rest.subspan(slice.size());
    std::future<std::vector<index::DocumentDraft>> next =
        std::async(slice.empty() ? std::launch::deferred : std::launch::async,
                   [&, slice] { return MakeDrafts(slice, run.list.root); });
    for (index::DocumentDraft& draft : drafts) QUARRY_RETURN_IF_ERROR(take(draft));
    drafts = next.get();
  }
  return OkStatus();
}

// Writes what was gathered: first the documents, then what is remembered of their sources.
Status Pipeline::Flush(Run& run) {
  QUARRY_RETURN_IF_ERROR(PutDrafts(std::exchange(run.batch, {}), run.report));
  run.batch_bytes = 0;
  run.flushed = std::chrono::steady_clock::now();
  if (std::exchange(run.remembered_sources, 0) == 0) return OkStatus();
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
  if (memory_ != nullptr) {
    const Result<std::optional<RememberedSource>> known = memory_->FindSource(from->second);
    if (!known.ok() || known->has_value()) {  // a damaged one goes, too
      memory_->ForgetSource(from->second, run.remembered);
      ++run.remembered_sources;
    }
  }
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
    const std::optional<size_t> item = run.list.items.Find(source);
    if (run.claims.OwnerOf(document.id) || (item && run.kept.Contains(*item))) return false;
    if (options_.dry_run && run.moved.contains(document.id)) return false;  // else it has
    return item || !run.list.MayExist(source);
  };
  std::vector<DocumentId> gone;
  QUARRY_RETURN_IF_ERROR(
      writer_.snapshot()->ForEachDocument([&](const index::StoredDocument& document) {
        if (document.root == run.list.root && is_gone(document)) gone.push_back(document.id);
        return true;
      }));
  return gone;
}

Status Pipeline::Prune(std::vector<DocumentId> gone, Run& run) {
  IngestReport& report = run.report;
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
      // Of a file that is there, and has lost a part, this run has just written what it is now.
      if (!stored.ok() || run.list.items.Find(SourceOf(*stored))) continue;
      memory_->ForgetSource(SourceOf(*stored), forgotten);
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

}  // namespace quarry::ingest
