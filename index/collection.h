#pragma once

// Collection: the loaded state of one collection and the changes to it. Internal to index/: the
// outside sees Snapshot (reading) and IndexWriter (writing).
//
// The state is the store's content turned into derived indexes: at load from the files that were
// saved of them and the changes since, or where those are missing or damaged by reading everything;
// later by applying each committed batch. A batch is committed first and applied second; applying
// cannot fail except by running out of memory, which ends the process, and a restart loads what was
// committed.
//
// Applying only appends: a segment of postings, rows, a small flat index of vectors. What that
// leaves behind is the maintenance's (maintenance.h, collection_maintenance.cc). While nothing is
// due,
//   * there are O(log rows) segments, and at most a quarter of the slots of each is dead;
//   * dead rows <= live rows + 10,000;
//   * of the vectors that are searched at most a quarter is dead, and where there is a graph (or
//     another index that is not a scan) at most a twentieth is outside of it.
// A writer waits for the maintenance only where there are more than 128 segments, more than twice
// as many dead rows, or more than half of the vectors (and five times hnsw_from) outside of the
// graph. Where maintenance fails, or there is none, writers go on: what is searched is right all
// the same.

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "index/cache_record.h"
#include "index/derived_files.h"
#include "index/index_writer.h"
#include "index/maintenance.h"
#include "index/snapshot.h"
#include "index/writer_place.h"

namespace quarry::index {

// What collections share; all outlive them.
struct CollectionEnvironment {
  Store& store;
  DerivedFiles& derived;
  const Clock& clock;
  VectorIndexOptions vectors;
  MaintenanceLimits limits;
  Maintenance* maintenance = nullptr;  // nullptr: there is none
  bool keep_previous = true;           // IndexOptions::keep_previous
};

// Thread-safe are snapshot(), deleted() and LockWriter(), which do not wait for the mutex of the
// state, and MarkDeleted(), Notice(), NoticeAll(), WaitUntilMaintained(), RenewView(), Health(),
// PrepareGeneration() and what is CacheTable's, which do. Mostly it is held for milliseconds; by
// SetVectorSettings(), PublishGeneration() and Compact() as long as they take. Maintain() is for one
// thread at a time. The other methods belong to the holder of the writer's lock.
class Collection : public std::enable_shared_from_this<Collection> {
 public:
  static Result<std::shared_ptr<Collection>> Load(const CollectionEnvironment& environment,
                                                  StoredCollection record);

  std::shared_ptr<const Snapshot> snapshot() const;
  // Waits for the writer's place. kDeadlineExceeded, kCancelled.
  Result<WriterLock> LockWriter(const CallContext& context);
  // kDataLoss where the store does not tell which numbers are given out next: all can be read then,
  // and nothing may be written.
  Status CheckCounters() const;
  // Whether the collection was deleted while its writer waited: nothing may be written any more.
  // Waits for nothing.
  bool deleted() const;
  // From then on nothing is written that has no writer: stored answers. `deleted` false takes it back.
  void MarkDeleted(bool deleted);

  // Does a piece of the maintenance that is due, if any; whether there was one. Errors are logged
  // and kept for Health(); what failed is left alone for a while.
  bool Maintain(const CallContext& context);
  // When the first of what failed and is still due is to be tried again; nullopt where nothing is.
  std::optional<std::chrono::steady_clock::time_point> NextRetry() const;
  // Tells the maintenance if something is due.
  void Notice();
  // As Notice, and what a restart would otherwise have to do again is saved, if that is much.
  void NoticeAll();
  // Waits while the maintenance is so far behind that a writer may not go on.
  Status WaitUntilMaintained(const CallContext& context);
  MaintenanceStats Health() const;

  // Shows the store as it is now: what only the view of before showed can be freed. With `wait`,
  // after what holds the mutex; without, that is left to it.
  void RenewView(bool wait);

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
  // See IndexWriter. Needs no writer.
  Status PrepareGeneration(GenerationId generation, const CallContext& context);
  // See IndexWriter. Blocks statistics and writes to the cache.
  Status PublishGeneration(GenerationId generation, const CallContext& context);
  // See Index. Blocks statistics and writes to the cache.
  Status SetVectorSettings(const VectorSettings& settings, const CallContext& context);
  Result<GenerationId> ResumePreviousGeneration();
  Status DropPreviousGeneration();

  // See CacheTable. Need no writer.
  Result<bool> AddCacheEntry(const StoredCacheEntry& entry);
  Status UpdateCacheEntries(std::span<const StoredCacheEntry> entries);
  Status RemoveCacheEntries(std::span<const CacheEntryId> ids);
  Status ClearCache();
  Status SetCacheTuning(std::string tuning);
  std::shared_ptr<const StoreView> NewestView() const { return environment_.store.GetView(); }
  CollectionId id() const { return id_; }

  // Makes rows, postings and vectors anew without what is dead in them, removes what interrupted
  // learning left (a generation that was begun since the collection was loaded may be under way, and
  // stays), and saves all. On error the state is as it was, or it is only the files that are not
  // saved: that is due then. Blocks statistics and writes to the cache, for minutes where there is
  // much.
  Status Compact(const CallContext& context);
  // What opening the saved files now would give, without vectors: their rows and postings.
  // kNotFound when there are none.
  Result<SnapshotParts> ReadSavedFiles() const;

 private:
  // Numbers given out next, as they stand in the store.
  struct Counters {
    uint64_t next_document = 1;
    uint64_t next_chunk = 1;
    uint64_t next_generation = 1;
    uint64_t last_commit = 0;
    Status damage;  // of the first three
  };
  // A change to one document that was written to a batch and awaits application.
  struct Applied {
    DocumentChange change;
    DocumentId id;
    std::vector<ChunkId> chunks;  // of the new version, by ordinal; empty = deleted
    std::vector<std::vector<TermFrequency>> terms;      // of those chunks
    std::vector<std::vector<TermFrequency>> old_terms;  // of the old version's, by ordinal
  };

  // The content of the store as derived indexes. Rows belong to one State: taking out dead ones
  // renumbers them.
  struct State {
    SnapshotParts parts;
    IdMap chunk_rows;             // ChunkId -> the newest row that has or had it
    Bitmap has_vector;            // rows with a vector of the current generation
    std::set<ChunkId> pending;    // live chunks without one; empty while there is no generation
    size_t unsaved_rows = 0;      // changed since the files were saved
    bool files_are_good = false;  // those that the manifest names have been read or written
  };

  // What the maintenance does, in the order in which it is done.
  enum class Work : uint8_t { kPostings, kRows, kVectors, kFiles };
  static constexpr std::array kAllWorks = {Work::kPostings, Work::kRows, Work::kVectors,
                                           Work::kFiles};
  static const char* WorkName(Work work);
  // Of a work that failed: why, and how long and until when it is left alone.
  struct Failure {
    Status status;
    std::chrono::milliseconds pause;
    std::chrono::steady_clock::time_point until;
  };
  // What the vectors that are searched are made of.
  struct VectorCounts {
    size_t entries = 0;
    size_t fresh = 0;  // entries outside of the large index
    size_t dead = 0;
  };
  // The vectors of a generation that is not published yet, ready to be searched.
  struct Prepared {
    GenerationId generation;
    std::shared_ptr<const VectorIndex> index;  // nullptr: none
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
  Result<std::optional<StoredGeneration>> ReadPreviousGeneration(const StoreView& view) const;
  Status LoadVectors(State& state, const CallContext& context) const;

  // collection_saved.cc
  // From the files and the changes since. kNotFound when there are none.
  Result<State> LoadSaved(std::shared_ptr<const StoreView> view) const;
  // The part without vectors, and which rows had one of which generation.
  Result<State> LoadSavedRows(std::shared_ptr<const StoreView> view, GenerationId& generation,
                              Bitmap& has_vector) const;
  Status LoadSegments(State& state, const std::vector<std::string>& names) const;
  Result<std::vector<Applied>> ReadChangesSince(State& state, CommitSequence commit) const;
  Status FindNewVectors(State& state) const;
  // Writes the files of what `state` shows. Changes nothing of it that shows.
  Status Save(State& state) const;
  // For segments of `parts` that are in memory or spilled and, since Save, in files: the same from the
  // files.
  LexicalIndex::Replacements MapSaved(const SnapshotParts& parts) const;
  void OpenEmbedderFile(State& state) const;
  std::string SavedPrefix() const;
  std::string EmbedderRole(GenerationId generation) const;

  // collection.cc
  class Reusable;
  Result<Applied> PlanPut(DocumentDraft& draft, Counters& counters, WriteBatch& batch) const;
  void PlanChunks(DocumentDraft& draft, Reusable& reusable, Counters& counters,
                  StoredDocument& record, Applied& applied, WriteBatch& batch) const;
  Result<Applied> PlanDelete(const StoredDocument& old, Counters& counters,
                             WriteBatch& batch) const;
  Result<std::vector<std::vector<TermFrequency>>> ReadTerms(
      const StoreView& view, const std::vector<ChunkId>& chunks) const;
  void PlanRemoval(const std::vector<ChunkId>& chunks, WriteBatch& batch) const;
  void PlanIndexRows(const StoredDocument* old, const StoredDocument* now, WriteBatch& batch) const;
  Status Commit(WriteBatch batch, const Counters& counters, std::vector<Applied> applied);

  // collection_cache.cc
  // Takes the entries of the cache that rest on a chunk out of it: what they say may be of before.
  Status PlanCacheCuts(std::span<const ChunkId> chunks, WriteBatch& batch) const;
  Status PlanCacheRemoval(const StoreView& view, CacheEntryId entry, WriteBatch& batch) const;
  Result<bool> RestsOnWhatIs(const StoreView& view, const StoredCacheEntry& entry) const;

  void Apply(State& state, std::vector<Applied> applied) const;
  static void LetVersionDie(State& state, size_t position);
  // The live row of a chunk, kNoRow if it has none.
  static RowId RowOf(const State& state, ChunkId chunk);
  void Publish();

  // collection_maintenance.cc. REQUIRES (of those that tell what is due): mutex_ is held.
  bool IsDue(Work work) const;   // put off or not
  bool IsToDo(Work work) const;  // due and not put off
  std::optional<Work> NextToDo() const;
  bool LinkingIsDue() const;  // of all vectors
  bool IsFarBehind() const;
  size_t DeadRows() const;
  VectorCounts CountVectors() const;
  Status Do(Work work, const CallContext& context);
  // Merges `parts`, which were the neighbours that they are when `rows` and `view` were current.
  Status MergePostings(std::vector<SegmentView> parts, const RowTable& rows, const StoreView& view,
                       const CallContext& context);
  Status MergeNext(bool consolidate, const CallContext& context);
  Status LinkVectors(const CallContext& context);
  Status SaveFiles(const CallContext& context);

  // collection_compact.cc
  Status CompactRows(const CallContext& context);
  Status CatchUp(State& state, std::shared_ptr<const StoreView> view, CommitSequence commit) const;
  Status TakeVectorsOver(State& state, const SnapshotParts& then, std::span<const RowId> new_rows);

  // collection_vectors.cc
  VectorIndexOptions VectorOptions() const;  // the collection's own
  Result<std::shared_ptr<const VectorIndex>> BuildFromStore(
      const SnapshotParts& parts, std::vector<RowId> rows, const VectorIndexOptions& options,
      const CallContext& context, std::shared_ptr<const VectorIndex> base = nullptr) const;
  // Options of the small indexes of fresh vectors: the scan whose scores equal those of the large
  // index to the last bit.
  VectorIndexOptions FreshOptions() const;
  // Those of the index of all vectors, if they are `count`.
  VectorIndexOptions LargeOptions(size_t count) const;
  // Brings vectors of live rows, which are in the store, into the searched indexes: a fresh flat
  // one, merged with the small ones before it. On error `state` is as it was.
  Status AddVectorRows(State& state, std::vector<RowId> rows, const CallContext& context) const;
  // One index of the vectors of `parts` whose rows are `has_vector`: the large one grown, or a new
  // one.
  Result<std::shared_ptr<const VectorIndex>> BuildLarge(const SnapshotParts& parts,
                                                        const Bitmap& has_vector,
                                                        const VectorIndexOptions& options,
                                                        const CallContext& context) const;
  Status WriteGraph(const SnapshotParts& parts, const VectorIndex& graph) const;
  bool SaveGraph(const SnapshotParts& parts, const VectorIndex& graph);
  std::shared_ptr<const VectorIndex> MapGraph(GenerationId generation,
                                              std::shared_ptr<const VectorIndex> index) const;
  Result<std::shared_ptr<const VectorIndex>> LoadGraph(const State& state) const;
  std::string GraphRole(GenerationId generation) const;
  // Graphs of generations that are neither current nor kept.
  void RemoveOtherGraphs() const;
  void PlanDropGeneration(const StoredGeneration& generation, WriteBatch& batch) const;
  // What interrupted learning left: generations that are neither current, kept nor `spared` (0 =
  // none).
  Status PlanDropUnpublished(GenerationId spared, WriteBatch& batch) const;
  uint64_t CountPending(GenerationId generation) const;  // REQUIRES: mutex_ is held

  const CollectionEnvironment environment_;
  const CollectionId id_;
  const std::string name_;
  WriterPlace writer_place_;

  // Written under mutex_, so that what is done under it sees one value; whoever only asks does not
  // wait for what holds that.
  std::atomic<bool> deleted_ = false;

  // Guards what follows. Held by a call of the writer, and by the maintenance while it looks and
  // while it puts its work in place.
  mutable std::mutex mutex_;
  StoredCollection record_;
  Counters counters_;
  State state_;
  uint64_t numbering_ = 0;  // how often rows were renumbered
  std::optional<StoredGeneration> building_;
  std::unordered_set<ChunkId> built_;  // chunks with a vector of building_
  Prepared prepared_;
  size_t preparing_ = 0;  // calls of PrepareGeneration under way: rows keep their numbers
  bool save_is_due_ = false;
  bool linking_is_due_ = false;  // although there are few fresh vectors: settings have changed
  std::optional<Work> work_;     // under way
  std::array<std::optional<Failure>, kAllWorks.size()> failures_;
  std::condition_variable maintained_;  // a step of the maintenance is over

  mutable std::mutex snapshot_mutex_;  // taken after mutex_; the snapshot is replaced under both
  std::shared_ptr<const Snapshot> snapshot_;  // guarded by snapshot_mutex_
};

}  // namespace quarry::index
