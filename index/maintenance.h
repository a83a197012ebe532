#pragma once

// Maintenance: one thread per index that keeps what is derived from the store in shape while its
// collections are written to: it merges segments of postings, takes out dead rows, links fresh
// vectors into the graph and saves files. A writer only appends.
//
//   maintenance.Notice(collection);   // after a write that left something to do
//
// What is to be done, and how, is the collection's (Collection::Maintain): a step of it is made
// from a copy, beside writers and readers, and put in its place under a short lock. Collections
// take turns, a step each. A step that fails is reported by the collection, left alone for a while
// and then tried again, whether anything is written meanwhile or not.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/call_context.h"

namespace quarry::index {

class Collection;

// From where on something is due. Tests make them small.
struct MaintenanceLimits {
  uint64_t inline_slots = 4096;  // what a write merges itself, in slots of segments that it reads
  size_t dead_rows = 10'000;     // more than there are live ones
  size_t unsaved_rows = 20'000;  // and at least an eighth of all
  // Segments of so many bytes together are merged in a file, and rows of so many put together for
  // theirs in one; others in memory.
  uint64_t spill_bytes = 4u << 20;
  // What failed is left alone for so long; twice as long where it fails again, up to an hour.
  std::chrono::milliseconds retry_after{60'000};
};

// What is to be done for the derived indexes of a collection.
struct MaintenanceStats {
  std::string pending;  // "postings, vectors", put off after a failure or not; "": nothing is due
  std::string error;    // of the last step that failed and has not succeeded since; "" if none
  uint64_t rows = 0;    // dead ones included
  uint64_t dead_rows = 0;
  uint64_t segments = 0;
  uint64_t slots = 0;  // rows of the segments
  uint64_t dead_slots = 0;
  uint64_t vector_entries = 0;  // of the indexes that are searched
  uint64_t fresh_vectors = 0;   // of those, outside of the large index
  uint64_t dead_vectors = 0;
};

// Thread-safe.
class Maintenance {
 public:
  Maintenance();
  ~Maintenance() { Stop(); }
  Maintenance(const Maintenance&) = delete;
  Maintenance& operator=(const Maintenance&) = delete;

  // Has the collection looked at, soon.
  void Notice(std::shared_ptr<Collection> collection);
  // Gives up what is under way for the collection, as far as it can be.
  void Forget(const Collection& collection);
  // Waits until nothing that was noticed is left to do but what failed. kDeadlineExceeded,
  // kCancelled.
  Status WaitUntilIdle(const CallContext& context);
  // Gives up what is under way and ends the thread. Nothing is lost: it is found due again.
  void Stop();

  // While one is there, nothing is done: what is under way is given up first, and done again later.
  class Pause {
   public:
    explicit Pause(Maintenance* maintenance);  // nullptr: there is nothing to pause
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Maintenance* const maintenance_;
  };

 private:
  // A collection of whose work something failed, and when that is tried again.
  struct PutOff {
    std::chrono::steady_clock::time_point until;
    std::shared_ptr<Collection> collection;
  };

  void Run();
  // Queues what was put off until now. Returns when the next of it is due, at the latest in an
  // hour. REQUIRES: mutex_ is held.
  std::chrono::steady_clock::time_point QueueRetries();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Collection>> queue_;  // guarded by mutex_; each once
  std::vector<PutOff> put_off_;                    // guarded by mutex_; each once
  std::shared_ptr<Collection> current_;            // guarded by mutex_
  CancelToken cancel_;                             // of the step under way; guarded by mutex_
  bool stopping_ = false;                          // guarded by mutex_
  int pauses_ = 0;                                 // guarded by mutex_
  std::thread thread_;                             // last: uses all of the above
};

}  // namespace quarry::index
