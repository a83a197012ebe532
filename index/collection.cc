#include "index/collection.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "index/index_rows.h"
#include "index/keys.h"

namespace quarry::index {
namespace {

Status CheckDraft(const DocumentDraft& draft) {
  QUARRY_RETURN_IF_ERROR(CheckDocumentId(draft.document.id));
  if (draft.chunks.empty())
    return InvalidArgumentError("document \"" + draft.document.id + "\": no text to index");
  return OkStatus();
}

// A move is from a document that is there to an id that is free.
Status CheckMove(const DocumentDraft& draft, bool there, const Snapshot& current) {
  if (!there) {
    return InvalidArgumentError("document \"" + draft.document.id + "\": moved from \"" +
                                draft.moved_from + "\", which is not there");
  }
  const Status target = current.ReadDocument(draft.document.id).status();
  if (target.code() == Code::kNotFound) return OkStatus();
  QUARRY_RETURN_IF_ERROR(target);
  return InvalidArgumentError("document \"" + draft.document.id + "\": moved from \"" +
                              draft.moved_from + "\" to an id that is taken");
}

uint32_t LengthOf(const std::vector<TermFrequency>& terms) {
  uint32_t length = 0;
  for (const TermFrequency& term : terms) length += term.count;
  return length;
}

// All of a document but what its collection decides: number, time, commit, chunks.
StoredDocument RecordOf(const DocumentDraft& draft) {
  const Document& document = draft.document;
  StoredDocument record;
  record.id = document.id;
  record.source = document.source;
  record.root = draft.root;
  record.uri = document.uri;
  record.title = document.title;
  record.media_type = document.media_type;
  record.language = document.language;
  record.metadata = document.metadata;
  record.access = document.access;
  record.source_hash = document.source_hash;
  record.content_hash = Hash64(document.text);
  record.pipeline = draft.pipeline;
  record.text_bytes = document.text.size();
  return record;
}

}  // namespace

// Which chunks of the old version a new one can take over: those of equal indexed text and terms, in
// order. The hash finds them and does not prove it: texts of equal hashes can be made, and one text
// has other terms where its title ends elsewhere (indexed_terms.h).
class Collection::Reusable {
 public:
  // `terms`, which are the chunk's, must outlive this.
  void Add(const std::string& title, StoredChunk chunk, const std::vector<TermFrequency>& terms) {
    Chunk old;
    old.text = std::move(chunk.text);
    old.span = std::move(chunk.span);
    by_hash_[chunk.input_hash].push_back({chunk.id, IndexedText(title, old), &terms});
  }
  std::optional<ChunkId> Take(const std::string& title, const ChunkDraft& draft) {
    const auto it = by_hash_.find(draft.chunk.input_hash);
    if (it == by_hash_.end() || it->second.empty()) return std::nullopt;
    const std::string text = IndexedText(title, draft.chunk);
    const auto same = std::find_if(it->second.begin(), it->second.end(), [&](const Old& old) {
      return old.text == text && *old.terms == draft.terms;
    });
    if (same == it->second.end()) return std::nullopt;
    const ChunkId chunk = same->chunk;
    it->second.erase(same);
    return chunk;
  }
  std::vector<ChunkId> Rest() const {
    std::vector<ChunkId> rest;
    for (const auto& [hash, chunks] : by_hash_) {
      for (const Old& old : chunks) rest.push_back(old.chunk);
    }
    std::sort(rest.begin(), rest.end());
    return rest;
  }

 private:
  struct Old {
    ChunkId chunk;
    std::string text;
    const std::vector<TermFrequency>* terms;
  };
  std::unordered_map<uint64_t, std::vector<Old>> by_hash_;
};

Status CheckDocumentId(const DocumentId& id) {
  if (id.empty() || id.size() > kMaxDocumentIdBytes) {
    return InvalidArgumentError("document id: expected 1 to " +
                                std::to_string(kMaxDocumentIdBytes) + " bytes, got " +
                                std::to_string(id.size()));
  }
  if (!IsValidUtf8(id) || id.find('\0') != std::string::npos) {
    return InvalidArgumentError("document id: expected UTF-8 without NUL");
  }
  return OkStatus();
}

std::shared_ptr<const Snapshot> Collection::snapshot() const {
  std::lock_guard lock(snapshot_mutex_);
  return snapshot_;
}

Result<WriterLock> Collection::LockWriter(const CallContext& context) {
  Result<WriterLock> lock = writer_place_.Take(context);
  if (lock.ok()) return lock;
  return std::move(lock).status().Annotate("collection \"" + name_ +
                                           "\": waiting for another writer");
}

Status Collection::CheckCounters() const {
  std::lock_guard lock(mutex_);
  if (counters_.damage.ok()) return OkStatus();
  return Status(counters_.damage).Annotate("collection \"" + name_ + "\"");
}

bool Collection::deleted() const { return deleted_; }

void Collection::MarkDeleted(bool deleted) {
  std::lock_guard lock(mutex_);
  deleted_ = deleted;
}

void Collection::Publish() {
  auto next = std::make_shared<const Snapshot>(state_.parts);
  std::lock_guard lock(snapshot_mutex_);
  snapshot_.swap(next);
}

void Collection::PlanRemoval(const std::vector<ChunkId>& chunks, WriteBatch& batch) const {
  const auto delete_vector = [&](const StoredGeneration& generation, ChunkId chunk) {
    batch.Delete(VectorKey(id_, SpaceHash(generation.space), generation.id, chunk));
  };
  for (const ChunkId chunk : chunks) {
    batch.Delete(ChunkKey(id_, chunk));
    batch.Delete(ChunkTermsKey(id_, chunk));
    if (state_.parts.generation) delete_vector(*state_.parts.generation, chunk);
    if (state_.parts.previous) delete_vector(*state_.parts.previous, chunk);
    if (building_) delete_vector(*building_, chunk);
  }
}

void Collection::PlanIndexRows(const StoredDocument* old, const StoredDocument* now,
                               WriteBatch& batch) const {
  if (old != nullptr) {
    for (std::string& key : IndexRowKeys(id_, *old)) batch.Delete(std::move(key));
  }
  if (now != nullptr) {
    for (std::string& key : IndexRowKeys(id_, *now)) batch.Put(std::move(key), "");
  }
}

// Those that the document has already keep their numbers.
void Collection::PlanChunks(DocumentDraft& draft, Reusable& reusable, Counters& counters,
                            StoredDocument& record, Applied& applied, WriteBatch& batch) const {
  for (size_t i = 0; i < draft.chunks.size(); ++i) {
    Chunk& chunk = draft.chunks[i].chunk;
    StoredChunk stored;
    if (const std::optional<ChunkId> kept = reusable.Take(record.title, draft.chunks[i])) {
      stored.id = *kept;
      applied.change.kept.push_back(*kept);
    } else {
      stored.id = ChunkId(counters.next_chunk++);
      applied.change.added.push_back(stored.id);
      batch.Put(ChunkTermsKey(id_, stored.id), EncodeTerms(draft.chunks[i].terms));
    }
    stored.document = record.number;
    stored.ordinal = static_cast<uint32_t>(i);
    stored.span = std::move(chunk.span);
    stored.token_count = chunk.token_count;
    stored.length = LengthOf(draft.chunks[i].terms);
    stored.text_hash = chunk.text_hash;
    stored.input_hash = chunk.input_hash;
    stored.text = std::move(chunk.text);
    stored.blocks = std::move(chunk.blocks);
    batch.Put(ChunkKey(id_, stored.id), EncodeChunk(stored));
    record.chunks.push_back(stored.id);
    applied.chunks.push_back(stored.id);
    applied.terms.push_back(std::move(draft.chunks[i].terms));
  }
}

Result<Collection::Applied> Collection::PlanPut(DocumentDraft& draft, Counters& counters,
                                                WriteBatch& batch) const {
  QUARRY_RETURN_IF_ERROR(CheckDraft(draft));
  const Snapshot& current = *snapshot_;  // replaced under mutex_ only
  Document& document = draft.document;

  Applied applied;
  applied.id = document.id;
  const bool moved = !draft.moved_from.empty();
  Result<StoredDocument> old = current.ReadDocument(moved ? draft.moved_from : document.id);
  if (!old.ok() && old.status().code() != Code::kNotFound) return std::move(old).status();
  if (moved) QUARRY_RETURN_IF_ERROR(CheckMove(draft, old.ok(), current));
  applied.change.created = !old.ok();
  applied.change.document = old.ok() ? old->number : DocumentNumber(counters.next_document++);

  Reusable reusable;
  if (old.ok()) {
    QUARRY_ASSIGN_OR_RETURN(applied.old_terms, ReadTerms(current.view(), old->chunks));
    for (size_t i = 0; i < old->chunks.size(); ++i) {
      QUARRY_ASSIGN_OR_RETURN(StoredChunk record, current.ReadChunk(old->chunks[i]));
      reusable.Add(old->title, std::move(record), applied.old_terms[i]);
    }
    QUARRY_RETURN_IF_ERROR(PlanCacheCuts(old->chunks, batch));
  }

  StoredDocument record = RecordOf(draft);
  record.number = applied.change.document;
  record.indexed_micros = environment_.clock.NowMicros();
  record.commit = CommitSequence(++counters.last_commit);
  if (moved) {
    record.aliases = old->aliases;
    record.aliases.push_back(old->id);
  }
  applied.change.commit = record.commit;

  PlanChunks(draft, reusable, counters, record, applied, batch);
  applied.change.removed = reusable.Rest();
  PlanRemoval(applied.change.removed, batch);
  PlanIndexRows(old.ok() ? &*old : nullptr, &record, batch);

  if (moved) {
    batch.Delete(DocumentByExternalIdKey(id_, old->id));
    batch.Put(DocumentByExternalIdKey(id_, record.id), EncodeInteger(record.number.value));
  }
  if (applied.change.created) {
    QUARRY_RETURN_IF_ERROR(current.view().Scan(ContentHashPrefix(id_, record.content_hash),
                                               [&](std::string_view, std::string_view) {
                                                 applied.change.duplicate = true;
                                                 return false;
                                               }));
    batch.Put(DocumentByExternalIdKey(id_, record.id), EncodeInteger(record.number.value));
  }
  batch.Put(DocumentKey(id_, record.number), EncodeDocument(record));
  batch.Put(DocumentTextKey(id_, record.number), std::move(document.text));
  batch.Put(ChangeLogKey(id_, record.commit), EncodeChange({.sequence = record.commit,
                                                            .document = record.number,
                                                            .id = record.id,
                                                            .kind = StoredChange::Kind::kPut,
                                                            .added = applied.change.added,
                                                            .kept = applied.change.kept,
                                                            .removed = applied.change.removed,
                                                            .micros = record.indexed_micros}));
  return applied;
}

Result<std::vector<std::vector<TermFrequency>>> Collection::ReadTerms(
    const StoreView& view, const std::vector<ChunkId>& chunks) const {
  std::vector<std::vector<TermFrequency>> terms;
  for (const ChunkId chunk : chunks) {
    const std::string what = "terms of chunk " + std::to_string(chunk.value);
    QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            view.Get(ChunkTermsKey(id_, chunk)));
    if (!bytes) return DataLossError(what + ": missing in the store");
    Result<std::vector<TermFrequency>> decoded = DecodeTerms(*bytes);
    if (!decoded.ok()) return std::move(decoded).status().Annotate(what);
    terms.push_back(*std::move(decoded));
  }
  return terms;
}

Result<Collection::Applied> Collection::PlanDelete(const StoredDocument& old, Counters& counters,
                                                   WriteBatch& batch) const {
  Applied applied;
  QUARRY_ASSIGN_OR_RETURN(applied.old_terms, ReadTerms(*state_.parts.view, old.chunks));
  applied.id = old.id;
  applied.change.document = old.number;
  applied.change.removed = old.chunks;
  applied.change.commit = CommitSequence(++counters.last_commit);
  PlanRemoval(old.chunks, batch);
  QUARRY_RETURN_IF_ERROR(PlanCacheCuts(old.chunks, batch));
  PlanIndexRows(&old, nullptr, batch);
  batch.Delete(DocumentByExternalIdKey(id_, old.id));
  batch.Delete(DocumentKey(id_, old.number));
  batch.Delete(DocumentTextKey(id_, old.number));
  batch.Put(ChangeLogKey(id_, applied.change.commit),
            EncodeChange({.sequence = applied.change.commit,
                          .document = old.number,
                          .id = old.id,
                          .kind = StoredChange::Kind::kDelete,
                          .added = {},
                          .kept = {},
                          .removed = old.chunks,
                          .micros = environment_.clock.NowMicros()}));
  return applied;
}

Result<std::vector<DocumentChange>> Collection::Put(std::vector<DocumentDraft> drafts) {
  std::lock_guard lock(mutex_);
  std::unordered_set<std::string_view> ids;
  for (const DocumentDraft& draft : drafts) {
    for (const DocumentId* id : {&draft.document.id, &draft.moved_from}) {
      if (id->empty() || ids.insert(*id).second) continue;
      return InvalidArgumentError("document id \"" + *id + "\": twice in one batch");
    }
  }
  WriteBatch batch;
  Counters counters = counters_;
  std::vector<Applied> applied;
  std::unordered_set<uint64_t> texts;  // of the batch: the store does not show them yet
  for (DocumentDraft& draft : drafts) {
    const uint64_t text = Hash64(draft.document.text);
    QUARRY_ASSIGN_OR_RETURN(Applied one, PlanPut(draft, counters, batch));
    if (!texts.insert(text).second) one.change.duplicate = one.change.created;
    applied.push_back(std::move(one));
  }
  std::vector<DocumentChange> changes;
  for (const Applied& one : applied) changes.push_back(one.change);
  QUARRY_RETURN_IF_ERROR(Commit(std::move(batch), counters, std::move(applied)));
  return changes;
}

Result<std::vector<DocumentChange>> Collection::Delete(std::span<const DocumentId> ids) {
  std::lock_guard lock(mutex_);
  WriteBatch batch;
  Counters counters = counters_;
  std::vector<Applied> applied;
  std::unordered_set<std::string_view> seen;
  for (const DocumentId& id : ids) {
    if (!seen.insert(id).second) continue;
    const Result<StoredDocument> old = snapshot_->ReadDocument(id);
    if (old.status().code() == Code::kNotFound) continue;
    if (!old.ok()) return old.status();
    QUARRY_ASSIGN_OR_RETURN(Applied one, PlanDelete(*old, counters, batch));
    applied.push_back(std::move(one));
  }
  std::vector<DocumentChange> changes;
  for (const Applied& one : applied) changes.push_back(one.change);
  QUARRY_RETURN_IF_ERROR(Commit(std::move(batch), counters, std::move(applied)));
  return changes;
}

Status Collection::DropAliases(const std::string& root) {
  std::lock_guard lock(mutex_);
  const Snapshot& current = *snapshot_;
  std::set<DocumentNumber> documents;
  QUARRY_RETURN_IF_ERROR(ForEachName(current.view(), TablePrefix(id_, Table::kAlias), Table::kAlias,
                                     [&](const NamedDocument& row) {
                                       documents.insert(row.document);
                                       return true;
                                     }));
  WriteBatch batch;
  for (const DocumentNumber number : documents) {
    QUARRY_ASSIGN_OR_RETURN(StoredDocument record, current.ReadDocument(number));
    if (record.root != root) continue;
    for (const DocumentId& alias : record.aliases) batch.Delete(AliasKey(id_, alias, number));
    record.aliases.clear();
    batch.Put(DocumentKey(id_, number), EncodeDocument(record));
  }
  if (batch.empty()) return OkStatus();
  QUARRY_RETURN_IF_ERROR(environment_.store.Write(batch));
  state_.parts.view = environment_.store.GetView();
  Publish();
  return OkStatus();
}

Status Collection::Commit(WriteBatch batch, const Counters& counters,
                          std::vector<Applied> applied) {
  if (applied.empty()) return OkStatus();
  batch.Put(CounterKey(id_, Counter::kNextDocument), EncodeInteger(counters.next_document));
  batch.Put(CounterKey(id_, Counter::kNextChunk), EncodeInteger(counters.next_chunk));
  batch.Put(CounterKey(id_, Counter::kLastCommit), EncodeInteger(counters.last_commit));
  QUARRY_RETURN_IF_ERROR(environment_.store.Write(batch));

  // Committed. What follows only brings memory in step.
  counters_ = counters;
  for (const Applied& one : applied) {
    for (const ChunkId chunk : one.change.removed) built_.erase(chunk);
  }
  state_.parts.view = environment_.store.GetView();
  state_.parts.commit = CommitSequence(counters.last_commit);
  Apply(state_, std::move(applied));

  Publish();
  return OkStatus();
}

void Collection::LetVersionDie(State& state, size_t position) {
  SnapshotParts& parts = state.parts;
  const DocumentEntry version = parts.rows.document(position);
  for (RowId row = version.first_row; row < version.first_row + version.rows; ++row) {
    parts.live.Clear(row);
    state.pending.erase(parts.rows.row(row).chunk);
    if (!state.has_vector.Test(row)) continue;
    state.has_vector.Clear(row);
    --parts.rows_with_vector;
  }
  state.unsaved_rows += version.rows;
  parts.live_versions.Clear(position);
  --parts.live_documents;
}

RowId Collection::RowOf(const State& state, ChunkId chunk) {
  const std::optional<uint32_t> row = state.chunk_rows.Find(chunk.value);
  return row && state.parts.live.Test(*row) ? *row : kNoRow;
}

void Collection::Apply(State& state, std::vector<Applied> applied) const {
  SnapshotParts& parts = state.parts;
  std::vector<LexicalRow> removed_rows;
  std::vector<LexicalRow> added_rows;
  std::unordered_set<ChunkId> had_vector;  // chunks that are kept and whose old row had a vector
  std::vector<RowId> vector_rows;
  std::vector<IdMap::Entry> positions;
  std::vector<IdMap::Entry> chunk_rows;
  for (Applied& one : applied) {
    const std::optional<uint32_t> position = parts.positions.Find(one.change.document.value);
    if (position && parts.live_versions.Test(*position)) {
      const DocumentEntry old = parts.rows.document(*position);
      for (RowId row = old.first_row; row < old.first_row + old.rows; ++row) {
        removed_rows.push_back({row, std::move(one.old_terms[row - old.first_row])});
        if (state.has_vector.Test(row)) had_vector.insert(parts.rows.row(row).chunk);
      }
      LetVersionDie(state, *position);
    }
    if (one.chunks.empty()) continue;

    const auto first_row = static_cast<RowId>(parts.rows.rows());
    const size_t version = parts.rows.Append(one.change.document, std::move(one.id), one.chunks);
    positions.push_back({one.change.document.value, static_cast<uint32_t>(version)});
    ++parts.live_documents;
    parts.live_versions.Resize(parts.rows.documents(), true);
    state.unsaved_rows += one.chunks.size();
    parts.live.Resize(parts.rows.rows(), true);
    state.has_vector.Resize(parts.rows.rows(), false);
    for (size_t i = 0; i < one.chunks.size(); ++i) {
      const auto row = static_cast<RowId>(first_row + i);
      added_rows.push_back({row, std::move(one.terms[i])});
      chunk_rows.push_back({one.chunks[i].value, row});
      if (!parts.generation) continue;
      if (had_vector.contains(one.chunks[i])) {
        vector_rows.push_back(row);
      } else {
        state.pending.insert(one.chunks[i]);
      }
    }
  }
  parts.positions.Put(std::move(positions));
  state.chunk_rows.Put(std::move(chunk_rows));
  parts.lexical = parts.lexical->Apply(added_rows, removed_rows, environment_.limits.inline_slots);
  if (vector_rows.empty()) return;
  const Status carried = AddVectorRows(state, vector_rows, CallContext());
  if (carried.ok()) return;
  // The chunks stay findable by their words; embedding them again repairs it.
  LogError("collection " + record_.name +
           ": vectors of kept chunks are pending again: " + carried.message());
  for (const RowId row : vector_rows) state.pending.insert(parts.rows.row(row).chunk);
}

}  // namespace quarry::index
