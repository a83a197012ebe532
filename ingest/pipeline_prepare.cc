// What becomes of one source, on any thread: it is read, parsed, chunked and analysed as far as it is not
// as the collection holds it.

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "index/indexed_terms.h"
#include "ingest/crash_note.h"
#include "ingest/pipeline_run.h"
#include "ingest/unchanged.h"

namespace quarry::ingest {

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

// On all threads. The documents are used up.
std::vector<index::DocumentDraft> Pipeline::MakeDrafts(std::span<Document> documents,
                                                       const std::string& root) const {
  std::vector<index::DocumentDraft> drafts(documents.size());
  ParallelFor(pool_, drafts.size(), 8,
              [&](size_t i) { drafts[i] = MakeDraft(std::move(documents[i]), root); });
  return drafts;
}

bool Pipeline::IsCurrent(const DocumentId& source, const std::string& root) const {
  const Result<std::vector<index::StoredDocument>> documents =
      DocumentsOf(source, *writer_.snapshot());
  if (!documents.ok() || documents->empty()) return false;
  if (memory_ != nullptr) {
    const Result<std::optional<RememberedSource>> known = memory_->FindSource(source);
    if (!known.ok()) return false;
    if (known->has_value() && ((*known)->failed || (*known)->pipeline != ReadBy())) return false;
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
      known->pipeline == ReadBy()) {
    std::vector<DocumentId> ids;
    const Result<bool> holds = HoldsAll(*known, snapshot, ids);
    if (!holds.ok()) return fail(holds.status());
    if (*holds) return keep(std::move(ids));
  } else if (!known && whole.ok() && IsUnchanged(*whole, file, fingerprint_, root)) {
    return keep({item.info.id});
  }

  RememberedSource remembered{.source = item.info.id, .root = root, .hash = file.source_hash};
  Result<ParsedSource> parsed = ParseWatched(*bytes, file.source_hash, item.info, options_.crashed);
  if (!parsed.ok()) {
    const bool named = root == item.info.path;
    const bool crashed = options_.crashed.contains(file.source_hash);
    if (named || crashed || whole.ok() || !IsPassedOver(parsed.status(), *bytes, item.info.path)) {
      return fail(parsed.status());
    }
    prepared.skipped.push_back({item.info.path, parsed.status().message()});
    prepared.has_no_text = true;
    // Whether there is text in a picture takes a second to find out.
    if (memory_ != nullptr && DetectBinaryFormat(*bytes, item.info.path) == Format::kImage) {
      remembered.pipeline = ReadBy();
      remembered.skipped.push_back(parsed.status().message());
      prepared.remembered = std::move(remembered);
    }
    return prepared;
  }
  const bool is_simple = parsed->documents.size() == 1 && parsed->documents[0].source.empty() &&
                         parsed->errors.empty() && parsed->skipped.empty() &&
                         !parsed->was_recognised;
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
  // Helper programs may read more of the same bytes than they did the last time. Where one is
  // missing now, or is stopped, what was read then stays.
  const bool may_be_more =
      known && parsed->errors.empty() && remembered.skipped.size() <= known->skipped.size();
  PrepareDocuments(item, root, snapshot, std::move(parsed->documents), may_be_more, prepared);
  if (memory_ != nullptr && !is_simple) {
    remembered.pipeline = ReadBy();
    prepared.remembered = std::move(remembered);
  }
  prepared.is_forgotten = is_simple && known.has_value();
  return prepared;
}

// The documents of an item that are not as they are stored, the first of them chunked and analysed.
// `may_be_more`: than was read of the same bytes when they were stored.
void Pipeline::PrepareDocuments(const SourceItem& item, const std::string& root,
                                const index::Snapshot& snapshot, std::vector<Document> documents,
                                bool may_be_more, Prepared& prepared) const {
  const auto is_stored = [&](const index::StoredDocument& stored, const Document& document) {
    if (!IsUnchanged(stored, document, fingerprint_, root)) return false;
    if (!may_be_more || !document.source.empty()) return true;
    const Result<std::string> text = snapshot.ReadText(stored.number);
    return text.ok() && *text == document.text;
  };
  std::vector<Document> changed;
  for (Document& document : documents) {
    if (const Status usable = index::CheckDocumentId(document.id); !usable.ok()) {
      prepared.failures.push_back({item.info.path, usable.message()});
      continue;
    }
    const Result<index::StoredDocument> stored = snapshot.ReadDocument(document.id);
    if (stored.ok() && is_stored(*stored, document)) {
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
  const size_t first = SliceSize(changed);
  prepared.drafts = MakeDrafts(std::span(changed).first(first), root);
  changed.erase(changed.begin(), changed.begin() + static_cast<ptrdiff_t>(first));
  prepared.documents = std::move(changed);
}

}  // namespace quarry::ingest
