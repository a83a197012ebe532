#pragma once

// IndexWriter: the one writer of a collection.
//
// A document version is one atomic batch of the store: text, chunks, terms, metadata rows and an
// entry of the change log. When Put returns ok it is on disk, and the next GetSnapshot shows it:
// lexically at once, by vector as soon as PutVectors has brought its vectors (until then it counts
// as pending).
//
// What a write leaves behind (small segments, dead rows, vectors outside of the graph) is seen to
// in the background (maintenance.h). Only where that is far behind (collection.h) do Put, Delete
// and PutVectors wait for it first, as long as the context given to OpenWriter allows.
//
// Obtained from Index::OpenWriter; at most one per collection and store. Not thread-safe: one
// thread at a time. Readers never wait for it.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/document.h"
#include "base/embedding.h"
#include "index/snapshot.h"
#include "index/writer_place.h"

namespace quarry::index {

class Collection;  // collection.h

// A chunk to index with its terms (IndexedTerms, with the title's weight of the collection).
struct ChunkDraft {
  Chunk chunk;  // id is ignored
  std::vector<TermFrequency> terms;
};

struct DocumentDraft {
  Document document;
  std::string root;      // the indexed root that it was read from, "" if given directly
  std::string pipeline;  // fingerprint of parser and chunker
  // The id that the document had, if its file was moved: number and unchanged chunks are kept, the
  // old id becomes an alias. "" = it was not moved.
  DocumentId moved_from = {};
  std::vector<ChunkDraft> chunks;
};

// What a Put or Delete did to one document.
struct DocumentChange {
  DocumentNumber document;
  CommitSequence commit;  // of the change log
  bool created = false;
  bool duplicate = false;  // created, and another document already has the same text
  std::vector<ChunkId> added;
  std::vector<ChunkId> kept;  // same text and header: id, postings and vectors stay
  std::vector<ChunkId> removed;
};

// A chunk that has no vector of the generation asked for.
struct PendingChunk {
  ChunkId chunk;
  std::string text;  // IndexedText: what the embedder is given
};

// What an id may be: 1 to kMaxDocumentIdBytes bytes of UTF-8 without NUL. kInvalidArgument says
// what it is instead.
inline constexpr size_t kMaxDocumentIdBytes = 1024;
Status CheckDocumentId(const DocumentId& id);

class IndexWriter {
 public:
  ~IndexWriter();
  IndexWriter(IndexWriter&& other) noexcept;
  IndexWriter& operator=(IndexWriter&&) = delete;

  // From now on who cancels the context that OpenWriter was given ends the waiting of Put and Delete,
  // and not what they were given: that is written. For what cannot be read again, of a pipe say. A
  // deadline still ends both.
  void OutliveCancel() { outlives_cancel_ = true; }

  // Adds or replaces documents: one batch, one fsync for all, one change-log entry each.
  // Errors leave everything as it was: kInvalidArgument (bad id, the same id twice, a move from
  // what is not there or to what is), those of the store; kDeadlineExceeded and kCancelled of the
  // wait.
  Result<std::vector<DocumentChange>> Put(std::vector<DocumentDraft> drafts);

  // Removes documents; ids that do not exist are ignored. Gone from the next snapshot on.
  Result<std::vector<DocumentChange>> Delete(std::span<const DocumentId> ids);

  // Forgets the aliases of the documents of `root`: they hold from the sync that moved the
  // documents to the next.
  Status DropAliases(const std::string& root);

  // The state after the last successful call.
  std::shared_ptr<const Snapshot> snapshot() const;

  // Starts a generation of vectors beside the current one. `embedder` are the bytes that
  // model::OpenEmbedder will be given, learnt from `learnt_chunks` chunks. What an earlier
  // unpublished generation left behind is removed.
  Result<GenerationId> BeginGeneration(std::string_view embedder_kind, const EmbeddingSpace& space,
                                       std::string_view embedder, uint64_t learnt_chunks);

  // How many live chunks have no vector of `generation`; all of them for one that is unknown.
  uint64_t PendingCount(GenerationId generation) const;

  // Up to `limit` chunks without a vector of `generation` whose ids are above `after`, by id.
  Result<std::vector<PendingChunk>> Pending(GenerationId generation, ChunkId after,
                                            size_t limit) const;

  // Stores one vector per chunk. In the current generation they are searched from the next snapshot
  // on; in one that was begun, once it is published. Chunks that are gone meanwhile are ignored.
  // REQUIRES: no chunk twice.
  // Errors: kInvalidArgument (count, dimension, a value that is not finite), kNotFound
  // (generation).
  Status PutVectors(GenerationId generation, std::span<const ChunkId> chunks,
                    const EmbeddingMatrix& vectors);

  // The task of making the index of the vectors that a generation which was begun has so far: a graph
  // where there are many, but of a first generation a scan, which the maintenance links. Run it before
  // publishing, without the writer. kNotFound: it is not being built any more. Not to outlive the Index.
  using Preparation = std::function<Status(const CallContext& context)>;
  Preparation PrepareGeneration(GenerationId generation) const;

  // Makes `generation` the current one, atomically. The one before is kept until the next is
  // published (IndexOptions::keep_previous), with its vectors and its embedder, but without vectors
  // of what is written from now on. Vectors that were not prepared and have no graph are scanned
  // until they are linked in the background. kFailedPrecondition while chunks are pending in it.
  Status PublishGeneration(GenerationId generation, const CallContext& context);

  // Takes up the kept generation again, as if it had just been begun: what it has no vectors of is
  // pending, and publishing it returns to it. Returns its id. kNotFound when none is kept.
  Result<GenerationId> ResumePreviousGeneration();
  // Removes the kept generation. kNotFound when none is kept.
  Status DropPreviousGeneration();

 private:
  friend class Index;
  IndexWriter(std::shared_ptr<Collection> collection, WriterLock lock, CallContext context);
  Status WaitToWrite();  // of Put and Delete
  std::shared_ptr<Collection> collection_;
  CallContext context_;
  bool outlives_cancel_ = false;
  WriterLock lock_;  // of the collection's writer; released before collection_
};

}  // namespace quarry::index
