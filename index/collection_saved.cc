// What is kept of a collection in derived files, so that opening it does not read all documents: its
// rows (row_file.h) and its lexical segments (lexical_segment.h). The graph of its vectors has a file
// of its own (collection_vectors.cc).

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/log.h"
#include "index/collection.h"
#include "index/keys.h"
#include "index/row_file.h"

namespace quarry::index {
namespace {

constexpr size_t kSpilledPieceBytes = 1u << 20;

Result<SharedBytes> SpillRowFile(const RowFile& file, const DerivedFiles& derived) {
  QUARRY_ASSIGN_OR_RETURN(SpillFile spill, derived.MakeSpill(RowFileBytes(file)));
  std::string pieces;
  const auto flush = [&] {
    Status status = spill.Append(pieces);
    pieces.clear();
    return status;
  };
  QUARRY_RETURN_IF_ERROR(WriteRowFile(file, [&](std::string_view piece) {
    pieces += piece;
    return pieces.size() < kSpilledPieceBytes ? OkStatus() : flush();
  }));
  QUARRY_RETURN_IF_ERROR(flush());
  return spill.Map();
}

// In memory where it is smaller than `spill_bytes`, or there is no place for it on the disk or no way to
// map it: there it takes as much again as the rows that it shows. `mapped` tells which.
SharedBytes BytesOfRowFile(const RowFile& file, const DerivedFiles& derived, uint64_t spill_bytes) {
  if (RowFileBytes(file) >= spill_bytes) {
    if (Result<SharedBytes> spilled = SpillRowFile(file, derived); spilled.ok()) {
      return *std::move(spilled);
    }
  }
  return ShareString(EncodeRowFile(file));
}

}  // namespace

std::string Collection::SavedPrefix() const { return std::to_string(id_.value) + "/saved/"; }

Status Collection::Save(State& state) const {
  DerivedFiles& derived = environment_.derived;
  if (derived.read_only() || state.parts.rows.rows() == 0) return OkStatus();
  const SnapshotParts& parts = state.parts;

  RowFile file;
  file.commit = parts.commit;
  if (parts.generation) file.generation = parts.generation->id;
  file.rows = parts.rows;
  file.live = parts.live;
  file.has_vector = state.has_vector;
  file.positions = parts.positions;
  file.chunk_rows = state.chunk_rows;
  const std::map<std::string, DerivedFile> there = derived.files();
  std::map<std::string, SharedBytes> saved;
  std::set<std::string> kept;
  for (const SegmentView& view : parts.lexical->segments()) {
    file.segments.push_back(HashToHex(view.segment->Hash()));
    const std::string role = SavedPrefix() + file.segments.back();
    if (state.files_are_good && there.contains(role)) {
      kept.insert(role);
    } else {
      saved[role] = view.segment->bytes();
    }
  }
  if (parts.generation) {
    const std::string role = EmbedderRole(parts.generation->id);
    if (parts.embedder) {
      kept.insert(role);
    } else if (Result<SharedBytes> read = Snapshot(parts).ReadEmbedderBlob(); read.ok()) {
      saved[role] = *std::move(read);
    }
  }
  SharedBytes& rows = saved[SavedPrefix() + "rows"];
  rows = BytesOfRowFile(file, derived, environment_.limits.spill_bytes);
  Status status = derived.Replace(SavedPrefix(), saved, kept, parts.commit.value);
  if (status.code() == Code::kResourceExhausted && rows.mapped) {
    // The spilled rows take the place of the file that they are to become.
    rows = {};
    rows = ShareString(EncodeRowFile(file));
    status = derived.Replace(SavedPrefix(), saved, kept, parts.commit.value);
  }
  state.files_are_good = status.ok();
  if (status.ok()) OpenEmbedderFile(state);
  return status;
}

LexicalIndex::Replacements Collection::MapSaved(const SnapshotParts& parts) const {
  LexicalIndex::Replacements mapped;
  for (const SegmentView& view : parts.lexical->segments()) {
    const SharedBytes& bytes = view.segment->bytes();
    if (bytes.mapped && !view.segment->is_spilled()) continue;
    const uint64_t hash = view.segment->Hash();
    Result<SharedBytes> file = environment_.derived.LoadUnread(SavedPrefix() + HashToHex(hash));
    if (!file.ok()) continue;  // what is in memory is as good
    Result<std::shared_ptr<const LexicalSegment>> segment =
        LexicalSegment::Parse(*std::move(file), hash);
    if (segment.ok()) mapped[view.segment.get()] = *std::move(segment);
  }
  return mapped;
}

// The store has the embedder too, in parts: the file spares putting them together.
void Collection::OpenEmbedderFile(State& state) const {
  if (!state.parts.generation || state.parts.embedder) return;
  Result<MappedFile> file = environment_.derived.Load(EmbedderRole(state.parts.generation->id));
  if (file.ok()) {
    state.parts.embedder = MappedFile::Share(*std::move(file));
  } else if (file.status().code() != Code::kNotFound) {
    LogWarning("embedder of collection " + name_ +
               " is read from the store: " + file.status().message());
  }
}

std::string Collection::EmbedderRole(GenerationId generation) const {
  return SavedPrefix() + "embedder-" + std::to_string(generation.value);
}

Result<Collection::State> Collection::LoadSaved(std::shared_ptr<const StoreView> view) const {
  GenerationId generation;
  Bitmap has_vector;
  QUARRY_ASSIGN_OR_RETURN(State state, LoadSavedRows(std::move(view), generation, has_vector));
  if (record_.current_generation && record_.current_generation == generation) {
    has_vector.Resize(state.parts.rows.rows());
    has_vector.IntersectWith(state.parts.live);
    state.has_vector = std::move(has_vector);
    QUARRY_RETURN_IF_ERROR(FindNewVectors(state));
  } else {
    QUARRY_RETURN_IF_ERROR(FindVectors(state));
  }
  QUARRY_RETURN_IF_ERROR(LoadVectors(state, CallContext()));
  OpenEmbedderFile(state);
  state.files_are_good = true;
  return state;
}

Result<Collection::State> Collection::LoadSavedRows(std::shared_ptr<const StoreView> view,
                                                    GenerationId& generation,
                                                    Bitmap& has_vector) const {
  QUARRY_ASSIGN_OR_RETURN(MappedFile mapped, environment_.derived.Load(SavedPrefix() + "rows"));
  QUARRY_ASSIGN_OR_RETURN(RowFile file, ParseRowFile(MappedFile::Share(std::move(mapped))));
  QUARRY_ASSIGN_OR_RETURN(State state, NewState(std::move(view)));
  SnapshotParts& parts = state.parts;
  if (file.commit > parts.commit) {
    return DataLossError("rows: of change " + std::to_string(file.commit.value) +
                         ", the store's last is " + std::to_string(parts.commit.value));
  }
  parts.rows = std::move(file.rows);
  parts.live = std::move(file.live);
  parts.live_versions = Bitmap(parts.rows.documents());
  for (size_t d = 0; d < parts.rows.documents(); ++d) {
    const DocumentEntry version = parts.rows.document(d);
    // All rows of a version live and die together.
    if (version.rows > 0 && parts.live.Test(version.first_row)) parts.live_versions.Set(d);
  }
  parts.live_documents = parts.live_versions.Count();
  parts.positions = std::move(file.positions);
  state.chunk_rows = std::move(file.chunk_rows);
  state.has_vector = Bitmap(parts.rows.rows());

  // Versions that are no more go first: the terms of their rows are no longer in the store.
  QUARRY_ASSIGN_OR_RETURN(std::vector<Applied> changes, ReadChangesSince(state, file.commit));
  for (const Applied& change : changes) {
    const std::optional<uint32_t> position = parts.positions.Find(change.change.document.value);
    if (position && parts.live_versions.Test(*position)) LetVersionDie(state, *position);
  }
  QUARRY_RETURN_IF_ERROR(LoadSegments(state, file.segments));
  Apply(state, std::move(changes));
  generation = file.generation;
  has_vector = std::move(file.has_vector);
  return state;
}

// The documents that have changed, in order of their last change, as they are now.
Result<std::vector<Collection::Applied>> Collection::ReadChangesSince(State& state,
                                                                      CommitSequence commit) const {
  const StoreView& view = *state.parts.view;
  std::map<DocumentNumber, CommitSequence> last;
  Status decoded;
  QUARRY_RETURN_IF_ERROR(view.Scan(TablePrefix(id_, Table::kChangeLog),
                                   ChangeLogKey(id_, CommitSequence(commit.value + 1)),
                                   [&](std::string_view, std::string_view value) {
                                     const Result<StoredChange> change = DecodeChange(value);
                                     decoded = change.status();
                                     if (decoded.ok()) last[change->document] = change->sequence;
                                     return decoded.ok();
                                   }));
  QUARRY_RETURN_IF_ERROR(decoded);
  std::vector<std::pair<CommitSequence, DocumentNumber>> order;
  for (const auto& [document, sequence] : last) order.emplace_back(sequence, document);
  std::sort(order.begin(), order.end());

  std::vector<Applied> changes;
  for (const auto& [sequence, number] : order) {
    Applied applied;
    applied.change.document = number;
    QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            view.Get(DocumentKey(id_, number)));
    if (bytes) {
      QUARRY_ASSIGN_OR_RETURN(StoredDocument document, DecodeDocument(*bytes));
      applied.id = std::move(document.id);
      QUARRY_ASSIGN_OR_RETURN(applied.terms, ReadTerms(view, document.chunks));
      applied.chunks = std::move(document.chunks);
    }
    changes.push_back(std::move(applied));
  }
  return changes;
}

Status Collection::LoadSegments(State& state, const std::vector<std::string>& names) const {
  SnapshotParts& parts = state.parts;
  const std::map<std::string, DerivedFile> there = environment_.derived.files();
  std::vector<SegmentView> segments;
  size_t next_row = 0;
  size_t live = 0;
  for (const std::string& name : names) {
    const std::string role = SavedPrefix() + name;
    QUARRY_ASSIGN_OR_RETURN(MappedFile mapped, environment_.derived.Load(role));
    const uint64_t hash = there.at(role).checksum;  // what Load compared it with
    QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const LexicalSegment> segment,
                            LexicalSegment::Parse(MappedFile::Share(std::move(mapped)), hash));
    if (segment->parameters() != parts.lexical->parameters()) {
      return FailedPreconditionError("lexical segment: made for other parameters");
    }
    Bitmap dead(segment->slots());
    for (uint32_t slot = 0; slot < segment->slots(); ++slot) {
      const RowId row = segment->row(slot);
      if (row < next_row || row >= parts.rows.rows()) {
        return DataLossError("lexical segment: a row is out of order or none of the collection's");
      }
      next_row = row + 1;
      if (!parts.live.Test(row)) dead.Set(slot);
    }
    segments.push_back(SegmentView::WithDead(std::move(segment), std::move(dead)));
    live += segments.back().live_slots();
  }
  if (live != parts.live.Count()) {
    return DataLossError("lexical segments: " + std::to_string(live) + " rows of " +
                         std::to_string(parts.live.Count()));
  }
  parts.lexical = LexicalIndex::Restore(parts.lexical->parameters(), std::move(segments));
  return OkStatus();
}

// Of rows that had none when the files were saved, or that are new.
Status Collection::FindNewVectors(State& state) const {
  SnapshotParts& parts = state.parts;
  const size_t without = parts.live.Count() - state.has_vector.Count();
  if (without > parts.rows.rows() / 8) return FindVectors(state);
  QUARRY_ASSIGN_OR_RETURN(parts.generation, ReadGeneration(*parts.view));
  const uint64_t space = SpaceHash(parts.generation->space);
  for (RowId row = 0; row < parts.rows.rows() && without > 0; ++row) {
    if (!parts.live.Test(row) || state.has_vector.Test(row)) continue;
    const ChunkId chunk = parts.rows.row(row).chunk;
    QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> vector,
                            parts.view->Get(VectorKey(id_, space, parts.generation->id, chunk)));
    if (vector) state.has_vector.Set(row);
  }
  return OkStatus();
}

}  // namespace quarry::index
