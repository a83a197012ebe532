#pragma once

// Index: a store directory opened for reading or writing; the entry to everything in index/.
//
//   <directory>/MANIFEST.json  format version, store id, derived files with checksums and the
//                              commit sequence that each stands at; replaced atomically
//   <directory>/LOCK           held exclusively by a writing process, shared by reading ones
//   <directory>/db/            RocksDB: the one truth
//   <directory>/derived/       rows, postings, vector graphs, embedders; can be deleted, they are
//                              rebuilt
//
// Thread-safe. Collections are loaded when they are first asked for by their number: without files of
// before that takes minutes, and no deadline ends it. Who asks for others does not wait.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/clock.h"
#include "index/backup.h"
#include "index/cache_table.h"
#include "index/index_writer.h"
#include "index/maintenance.h"
#include "index/object_table.h"
#include "index/progress.h"
#include "index/rocks_store.h"
#include "index/snapshot.h"

namespace quarry::index {

struct IndexOptions {
  bool read_only = false;
  bool create_if_missing = true;  // ignored when read_only
  RocksStoreOptions store;        // read_only and create_if_missing are taken from above
  VectorIndexOptions vectors;     // their VectorSettings: of collections that are created
  // Of collections that are created.
  Bm25Parameters bm25;
  uint32_t title_weight = 4;  // indexed_terms.h; measured: docs/benchmarks.md
  // Whether closing leaves files from which the next start is quick. Without, it is as after a
  // crash: the next start does more.
  bool save_on_close = true;
  // Whether a thread keeps the derived indexes in shape (maintenance.h), unless read_only. Without,
  // they only grow.
  bool maintain = true;
  MaintenanceLimits limits;
  // Whether publishing a generation of vectors keeps the one before, to return to.
  bool keep_previous = true;
};

// Approximate bytes of a collection in the database, compressed, by what they are.
struct DiskUsage {
  uint64_t documents = 0;  // records and texts
  uint64_t chunks = 0;
  uint64_t terms = 0;
  uint64_t vectors = 0;  // of all generations
  uint64_t change_log = 0;
  uint64_t other = 0;  // embedders, index rows, ids
};

struct CollectionStats {
  StoredCollection collection;
  uint64_t documents = 0;
  uint64_t chunks = 0;
  uint64_t tokens = 0;  // terms of all chunks
  uint64_t pending_vectors = 0;
  CommitSequence commit;
  std::string embedder;      // fingerprint of the space; "" before the first generation
  std::string vector_index;  // "flat", "hnsw+flat", ...
  // In memory; "mapped" are pages of files, which the system takes back when it needs them.
  uint64_t lexical_bytes = 0;
  uint64_t lexical_mapped_bytes = 0;
  uint64_t vector_bytes = 0;
  uint64_t vector_mapped_bytes = 0;
  uint64_t row_bytes = 0;
  uint64_t row_mapped_bytes = 0;
  MaintenanceStats maintenance;
  DiskUsage disk;
  std::map<std::string, uint64_t>
      derived;                       // bytes of files: "rows", "postings", "embedder", "graph"
  GenerationId previous_generation;  // kept beside the current one; 0 = none
  uint64_t previous_bytes = 0;  // of its vectors, embedder and graph; they are part of the above
};

// A generation of vectors that is there.
struct GenerationStats {
  StoredGeneration record;
  bool current = false;  // else it is kept to return to
  uint64_t chunks = 0;   // live ones that have a vector of it
  uint64_t bytes = 0;    // on disk, approximately: vectors, embedder, graph
};

// Bytes of a store beside those of its collections.
struct StoreUsage {
  uint64_t database_bytes = 0;  // files of db/
  uint64_t derived_bytes = 0;   // files of derived/
  StoreMemory memory;
};

struct CompactReport {
  uint64_t bytes_before = 0;  // of db/ and derived/
  uint64_t bytes_after = 0;
};

struct VerifyReport {
  uint64_t documents = 0;
  uint64_t chunks = 0;
  uint64_t vectors = 0;
  uint64_t pending_vectors = 0;
  uint64_t postings = 0;
  uint64_t previous_vectors = 0;     // of the kept generation
  uint64_t unreachable_vectors = 0;  // by walks over graphs: only exact scans find them
  // Each names what is wrong and where; empty = store, postings and vectors agree.
  std::vector<std::string> problems;
  // What is as it should be, and still to be known.
  std::vector<std::string> notes;
};

// Whether it is a name as people give them (base/text_given_name.h). kInvalidArgument says what is expected
// and shows the name.
Status CheckCollectionName(const std::string& name);

class Index {
 public:
  // `analyzer` and `clock` must outlive the index.
  // Errors: kNotFound (no store there), kFailedPrecondition (another format version or analyzer; a
  // directory that is not a store), kLocked, kDataLoss.
  static Result<std::unique_ptr<Index>> Open(const std::string& directory,
                                             const IndexOptions& options, const Analyzer& analyzer,
                                             const Clock& clock);
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // Names: CheckCollectionName.
  Result<CollectionId> CreateCollection(
      const std::string& name);  // kAlreadyExists, kInvalidArgument
  Result<CollectionId> FindCollection(
      const std::string& name) const;  // kNotFound lists what there is
  // Waits for the writer of the collection as OpenWriter does, and until it is loaded where that is
  // under way.
  Status DeleteCollection(const std::string& name, const CallContext& context = CallContext());
  std::vector<StoredCollection> Collections() const;  // by name
  // Changes what a collection was created with (IndexOptions::vectors). Waits for the writer. The
  // vectors are made searchable in the new way within the call, and linked in the background.
  Status SetVectorSettings(const std::string& name, const VectorSettings& settings,
                           const CallContext& context = CallContext());

  // May load the collection, without a deadline, as OpenWriter, OpenCache, Stats, Generations, Verify
  // and SetVectorSettings may before they look at theirs.
  Result<std::shared_ptr<const Snapshot>> GetSnapshot(CollectionId collection);
  // Waits while another writer of the collection is open in this process. kNotFound when there is
  // no such collection, or when it was deleted during the wait; kDeadlineExceeded, kCancelled;
  // kDataLoss: it may be read only. The context is also that of the writer's own waits.
  Result<IndexWriter> OpenWriter(CollectionId collection,
                                 const CallContext& context = CallContext());

  // The collection's stored answers (cache_table.h). Needs no writer. kNotFound: no such collection.
  Result<CacheTable> OpenCache(CollectionId collection);

  // What belongs to no collection. Needs no writer; lives as long as the index.
  ObjectTable& objects();

  // Waits until nothing of what is loaded is due for maintenance, and the files are saved from
  // which the next start is quick. What fails is logged and in Stats. Writers may go on meanwhile,
  // and leave it more to do. kDeadlineExceeded, kCancelled.
  Status WaitForMaintenance(const CallContext& context = CallContext());

  // Waits while the collection is compacted, gets other vector settings or publishes a generation.
  Result<CollectionStats> Stats(CollectionId collection);
  // The current generation first.
  Result<std::vector<GenerationStats>> Generations(CollectionId collection);
  StoreUsage Usage() const;

  // Compares store, postings, vectors and saved files of a collection with each other and with the
  // change log (verify.h). Problems are in the report, also that it is too damaged to be opened; an
  // error means that it could not look. Waits for the writer to look at the saved files.
  Result<VerifyReport> Verify(CollectionId collection, const CallContext& context,
                              const Progress& progress = nullptr);
  // The same for what belongs to no collection, and every checksum: the problems.
  Result<std::vector<std::string>> VerifyStore(const CallContext& context,
                                               const Progress& progress = nullptr);

  // Copies the store to `directory`, which must be absent or empty, as it is at a moment during the
  // call (backup.h). Readers and writers go on.
  Result<BackupReport> Backup(const std::string& directory, const CallContext& context,
                              const Progress& progress = nullptr) const;

  // Takes out of one collection, or of all and of what deleted ones left, everything that is dead:
  // rows, postings and vectors of old versions, interrupted learning, deleted keys. Waits for the
  // writers, and needs as much free disk as the store takes. Interrupted, it has done a part.
  Result<CompactReport> Compact(std::optional<CollectionId> collection, const CallContext& context,
                                const Progress& progress = nullptr);

  const Analyzer& analyzer() const;
  const std::string& directory() const;

 private:
  struct Impl;
  explicit Index(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace quarry::index
