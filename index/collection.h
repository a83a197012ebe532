#pragma once

// Collection: the loaded state of one collection and the changes to it. Internal to index/: the
// outside sees Snapshot (reading) and IndexWriter (writing).
//
// The state is the store's content turned into derived indexes: at load from the files that were
// saved of them and the changes since, or where those are missing or damaged by reading everything;
// later by applying each committed batch. A batch is committed first and applied second; applying
// cannot fail except by running out of memory, which ends the process, and a restart loads what was
// committed.

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "index/derived_files.h"
#include "index/index_writer.h"
#include "index/snapshot.h"
#include "index/writer_place.h"

namespace quarry::index {

// What collections share; all outlive them.
struct CollectionEnvironment {
  Store& store;
  DerivedFiles& derived;
  const Clock& clock;
  VectorIndexOptions vectors;
};

// snapshot() and LockWriter() are thread-safe. The other methods belong to the holder of the lock.
class Collection {
 public:
  static Result<std::shared_ptr<Collection>> Load(const CollectionEnvironment& environment,
                                                  StoredCollection record);

  std::shared_ptr<const Snapshot> snapshot() const;
  // Waits for the writer's place. kDeadlineExceeded, kCancelled.
  Result<WriterLock> LockWriter(const CallContext& context);
  // Whether the collection was deleted while its writer waited: nothing may be written any more.
  bool deleted() const { return deleted_; }
  void MarkDeleted() { deleted_ = true; }

  // Saves what a restart would otherwise have to do again, if that is much. Called before the store
  // is closed, when no other thread is there.
  void Close();

  // See IndexWriter.
  Result<std::vector<DocumentChange>> Put(std::vector<DocumentDraft> drafts);
  Result<std::vector<DocumentChange>> Delete(std::span<const DocumentId> ids);
  Status DropAliases(const std::string& root);
  Result<GenerationId> BeginGeneration(std::string_view embedder_kind, const EmbeddingSpace& space,
                                       std::string_view embedder, uint64_t learnt_chunks);
  uint64_t PendingCount(GenerationId generation) const;
  Result<std::vector<PendingChunk>> Pending(GenerationId generation, ChunkId after,
                                            size_t limit) const;
  Status PutVectors(GenerationId generation, std::span<const ChunkId> chunks,
                    const EmbeddingMatrix& vectors);
  Status PublishGeneration(GenerationId generation, const CallContext& context);

 private:
  // Numbers given out next, as they stand in the store.
  struct Counters {
    uint64_t next_document = 1;
    uint64_t next_chunk = 1;
    uint64_t next_generation = 1;
    uint64_t last_commit = 0;
  };
  // A change to one document that was written to a batch and awaits application.
  struct Applied {
    DocumentChange change;
    DocumentId id;
    std::vector<ChunkId> chunks;  // of the new version, by ordinal; empty = deleted
    std::vector<std::vector<TermFrequency>> terms;      // of those chunks
    std::vector<std::vector<TermFrequency>> old_terms;  // of the old version's, by ordinal
  };

  // The content of the store as derived indexes. Rows belong to one State: loading again renumbers
  // them.
  struct State {
    SnapshotParts parts;
    IdMap chunk_rows;             // ChunkId -> the newest row that has or had it
    Bitmap has_vector;            // rows with a vector of the current generation
    std::set<ChunkId> pending;    // live chunks without one; empty while there is no generation
    size_t unsaved_rows = 0;      // changed since the files were saved
    bool files_are_good = false;  // those that the manifest names have been read or written
  };

  Collection(const CollectionEnvironment& environment, StoredCollection record)
      : environment_(environment), id_(record.id), name_(record.name), record_(std::move(record)) {}

  // collection_load.cc
  Result<Counters> LoadCounters(const StoreView& view) const;
  Result<State> NewState(std::shared_ptr<const StoreView> view) const;
  // From the store alone.
  Result<State> LoadState(std::shared_ptr<const StoreView> view) const;
  Status LoadRows(State& state) const;
  Status LoadPostings(State& state) const;
  Result<StoredGeneration> ReadGeneration(const StoreView& view) const;
  Status FindVectors(State& state) const;
  Status LoadVectors(State& state) const;

  // collection_saved.cc
  // From the files and the changes since. kNotFound when there are none.
  Result<State> LoadSaved(std::shared_ptr<const StoreView> view) const;
  Status LoadSegments(State& state, const std::vector<std::string>& names) const;
  Result<std::vector<Applied>> ReadChangesSince(State& state, CommitSequence commit) const;
  Status FindNewVectors(State& state) const;
  void Save(State& state) const;
  void OpenEmbedderFile(State& state) const;
  std::string SavedPrefix() const;
  std::string EmbedderRole(GenerationId generation) const;

  // collection.cc
  Result<Applied> PlanPut(DocumentDraft& draft, Counters& counters, WriteBatch& batch) const;
  Result<Applied> PlanDelete(const StoredDocument& old, Counters& counters,
                             WriteBatch& batch) const;
  Result<std::vector<std::vector<TermFrequency>>> ReadTerms(
      const StoreView& view, const std::vector<ChunkId>& chunks) const;
  void PlanRemoval(const std::vector<ChunkId>& chunks, WriteBatch& batch) const;
  void PlanIndexRows(const StoredDocument* old, const StoredDocument* now, WriteBatch& batch) const;
  Status Commit(WriteBatch batch, const Counters& counters, std::vector<Applied> applied);
  void Apply(State& state, std::vector<Applied> applied) const;
  static void LetVersionDie(State& state, size_t position);
  // The live row of a chunk, kNoRow if it has none.
  static RowId RowOf(const State& state, ChunkId chunk);
  void Publish();

  // collection_vectors.cc
  Result<std::shared_ptr<const VectorIndex>> BuildFromStore(
      const State& state, std::vector<RowId> rows, VectorIndexKind kind, const CallContext& context,
      std::shared_ptr<const VectorIndex> base = nullptr) const;
  // Brings vectors of live rows, which are in the store, into the searched indexes: a fresh flat
  // one, merged with its neighbours when there are many, all of them made one when the fresh part is
  // large. On error `state` is as it was.
  Status AddVectorRows(State& state, std::vector<RowId> rows, const CallContext& context) const;
  VectorIndexKind FreshKind() const;
  // Makes one index of all vectors: the large one grown, or a new one.
  Status RebuildVectors(State& state, const CallContext& context) const;
  void SaveGraph(const State& state, const VectorIndex& graph) const;
  Result<std::shared_ptr<const VectorIndex>> LoadGraph(const State& state) const;
  std::string GraphRole(GenerationId generation) const;
  Result<std::string> ReadIndexedText(ChunkId chunk) const;

  const CollectionEnvironment environment_;
  const CollectionId id_;
  const std::string name_;
  WriterPlace writer_place_;

  // Writer's: guarded by writer_place_.
  bool deleted_ = false;
  StoredCollection record_;
  Counters counters_;
  State state_;
  std::optional<StoredGeneration> building_;
  std::unordered_set<ChunkId> built_;  // chunks with a vector of building_

  mutable std::mutex snapshot_mutex_;
  std::shared_ptr<const Snapshot> snapshot_;  // guarded by snapshot_mutex_
};

}  // namespace quarry::index
