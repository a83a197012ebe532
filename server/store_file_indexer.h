#pragma once

// StoreFileIndexer: brings files that were attached to vector stores into their collections.
//
//   objects.Put(AttachedName(store, file), Encode(attached));   // kInProgress
//   indexer.Notice(store, file);                                // completed or failed, soon
//
// Parsing holds no writer. Stores take turns, and a file that waits already waits once. What a stop
// interrupts is done again by the next process (NoticeAll); what cannot be read is kFailed and says why.
// So is what went wrong kMostAttempts times, for whatever reason: a file that the process does not survive
// is not parsed at each start again. An attempt that cannot be counted, since the disk takes not even that, is
// none. The pause between two doubles; why a file waits is logged once and told (TroubleOf).

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "base/call_context.h"
#include "server/server.h"
#include "server/troubles.h"
#include "server/vector_store.h"

namespace quarry::server {

// Thread-safe. Runs one thread of its own; what `services` name must outlive it.
class StoreFileIndexer {
 public:
  static constexpr uint32_t kMostAttempts = 3;

  explicit StoreFileIndexer(const Services& services);
  // Gives up what is under way.
  ~StoreFileIndexer();
  StoreFileIndexer(const StoreFileIndexer&) = delete;
  StoreFileIndexer& operator=(const StoreFileIndexer&) = delete;

  // Has the file indexed if it is kInProgress, soon.
  void Notice(std::string store, std::string file);
  // Notices every file that is kInProgress; one whose record is damaged is logged. Errors: those of the store.
  Status NoticeAll();
  // The same now. Errors leave it kInProgress: kCancelled, kDeadlineExceeded, those of the store.
  Status Index(const std::string& store, const std::string& file, const CallContext& context);
  // Why a file that is kInProgress was not indexed yet, though it was tried; "" where it was not.
  std::string TroubleOf(const std::string& store, const std::string& file) const;
  // Takes the file out of the store: its documents, and that it is attached. kNotFound.
  Status Detach(const std::string& store, const std::string& file, const CallContext& context);

 private:
  using Time = std::chrono::steady_clock::time_point;
  using Attachment = std::pair<std::string, std::string>;  // store and file

  void Run();
  // The next one; nullopt when the indexer stops.
  std::optional<Attachment> Next();
  // Index for the thread: what goes wrong is tried again later, or has failed.
  void IndexNoticed(const Attachment& attachment);
  // Counts an attempt (`by` 1), or takes one back (-1); how many that makes.
  Result<uint32_t> CountAttempt(const Attachment& attachment, int by);
  Status Attempt(const Attachment& attachment, const CallContext& context);
  Status Fail(const Attachment& attachment, const std::string& message);
  Status Write(const std::string& store, const std::string& file, AttachedFile attached,
               std::vector<Document> documents, const CallContext& context);

  const Services services_;
  const CallContext context_;  // cancelled by the destructor
  Troubles troubles_;          // of the files in later_

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;                                  // guarded by mutex_, as all below are
  std::set<Attachment> waiting_;                           // in one of the queues
  std::map<std::string, std::deque<std::string>> queues_;  // files by store
  std::deque<std::string> turns_;          // stores with a queue, the next one first
  std::multimap<Time, Attachment> later_;  // what went wrong, when it is tried again
  std::thread thread_;                     // last: it uses all of the above
};

}  // namespace quarry::server
