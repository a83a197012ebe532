#pragma once

// StoreFileIndexer: brings files that were attached to vector stores into their collections.
//
//   objects.Put(AttachedName(store, file), Encode(attached));   // kInProgress
//   indexer.Notice(store, file);                                // completed or failed, soon
//
// Parsing holds no writer. What a stop interrupts is done again by the next process (NoticeAll); what
// cannot be read is kFailed and says why.

#include <string>
#include <utility>

#include "base/call_context.h"
#include "base/thread_pool.h"
#include "server/server.h"
#include "server/vector_store.h"

namespace quarry::server {

// Thread-safe. Runs one thread of its own; what `services` name must outlive it.
class StoreFileIndexer {
 public:
  explicit StoreFileIndexer(const Services& services);
  // Gives up what is under way.
  ~StoreFileIndexer();
  StoreFileIndexer(const StoreFileIndexer&) = delete;
  StoreFileIndexer& operator=(const StoreFileIndexer&) = delete;

  // Has the file indexed if it is kInProgress, soon.
  void Notice(std::string store, std::string file);
  // Notices every file that is kInProgress. Errors: those of the store.
  Status NoticeAll();
  // The same now. Errors leave it kInProgress: kCancelled, kDeadlineExceeded, those of the store.
  Status Index(const std::string& store, const std::string& file, const CallContext& context);
  // Takes the file out of the store: its documents, and that it is attached. kNotFound.
  Status Detach(const std::string& store, const std::string& file, const CallContext& context);

  void WaitUntilIdle() { thread_.Wait(); }

 private:
  Status Write(const std::string& store, const std::string& file, AttachedFile attached,
               std::vector<Document> documents, const CallContext& context);

  const Services services_;
  const CallContext context_;  // cancelled by the destructor
  ThreadPool thread_;          // last: its tasks use all of the above
};

}  // namespace quarry::server
