#pragma once

// Index: a store directory opened for reading or writing; the entry to everything in index/.
//
//   <directory>/MANIFEST.json  format version, store id, derived files with checksums and the
//                              commit sequence that each stands at; replaced atomically
//   <directory>/LOCK           held exclusively by a writing process, shared by reading ones
//   <directory>/db/            RocksDB: the one truth
//   <directory>/derived/       vector graphs; can be deleted, they are rebuilt
//
// Thread-safe. Collections are loaded when they are first asked for.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/clock.h"
#include "index/index_writer.h"
#include "index/maintenance.h"
#include "index/rocks_store.h"
#include "index/snapshot.h"

namespace quarry::index {

struct IndexOptions {
  bool read_only = false;
  bool create_if_missing = true;  // ignored when read_only
  RocksStoreOptions store;        // read_only and create_if_missing are taken from above
  VectorIndexOptions vectors;     // their VectorSettings: of collections that are created
  Bm25Parameters bm25;            // of collections that are created
  // Whether closing leaves files from which the next start is quick. Without, it is as after a
  // crash: the next start does more.
  bool save_on_close = true;
  // Whether a thread keeps the derived indexes in shape (maintenance.h), unless read_only. Without,
  // they only grow.
  bool maintain = true;
  MaintenanceLimits limits;
};

struct CollectionStats {
  StoredCollection collection;
  uint64_t documents = 0;
  uint64_t chunks = 0;
  uint64_t tokens = 0;  // terms of all chunks
  uint64_t pending_vectors = 0;
  CommitSequence commit;
  std::string embedder;        // fingerprint of the space; "" before the first generation
  std::string vector_index;    // "flat", "hnsw+flat", ...
  uint64_t lexical_bytes = 0;  // in memory
  uint64_t vector_bytes = 0;
  MaintenanceStats maintenance;
};

struct VerifyReport {
  uint64_t documents = 0;
  uint64_t chunks = 0;
  uint64_t vectors = 0;
  uint64_t pending_vectors = 0;
  uint64_t postings = 0;
  // Each names what is wrong and where; empty = store, postings and vectors agree.
  std::vector<std::string> problems;
};

// 1 to 64 of letters, digits, '-', '_', '.', starting with a letter or digit. kInvalidArgument says
// so and shows the name.
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
  // Waits for the writer of the collection as OpenWriter does.
  Status DeleteCollection(const std::string& name, const CallContext& context = CallContext());
  std::vector<StoredCollection> Collections() const;  // by name
  // Changes what a collection was created with (IndexOptions::vectors). Waits for the writer. The
  // vectors are made searchable in the new way within the call, and linked in the background.
  Status SetVectorSettings(const std::string& name, const VectorSettings& settings,
                           const CallContext& context = CallContext());

  Result<std::shared_ptr<const Snapshot>> GetSnapshot(CollectionId collection);
  // Waits while another writer of the collection is open in this process. kNotFound when there is
  // no such collection, or when it was deleted during the wait; kDeadlineExceeded, kCancelled. The
  // context is also that of the writer's own waits (IndexWriter).
  Result<IndexWriter> OpenWriter(CollectionId collection,
                                 const CallContext& context = CallContext());

  // Waits until nothing of what is loaded is due for maintenance, and the files are saved from
  // which the next start is quick. What fails is logged and in Stats. Writers may go on meanwhile,
  // and leave it more to do. kDeadlineExceeded, kCancelled.
  Status WaitForMaintenance(const CallContext& context = CallContext());

  Result<CollectionStats> Stats(CollectionId collection);
  // Compares store, postings and vectors with each other and with the change log, and reads every
  // checksum. Problems are in the report; an error means that it could not look.
  Result<VerifyReport> Verify(CollectionId collection, const CallContext& context);

  const Analyzer& analyzer() const;
  const std::string& directory() const;
  uint64_t StoreBytes() const;

 private:
  struct Impl;
  explicit Index(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace quarry::index
