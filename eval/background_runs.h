#pragma once

// Runs that are asked beside other work: a server's. One at a time; records are in the store as they
// come, so progress is read there, and a run that the server's end cuts off stays unfinished.

#include <mutex>
#include <string>
#include <thread>

#include "base/call_context.h"
#include "eval/suite_run.h"

namespace quarry::eval {

// What a run is asked of, kept alive while it goes on.
struct BackgroundRun {
  Suite suite;
  RunManifest manifest;  // what DescribeRun says of it
  std::shared_ptr<const index::Snapshot> snapshot;
  std::unique_ptr<const Judge> judge;  // null: none
  RunSettings settings;
};

// Thread-safe. What the constructor is given must outlive it.
class BackgroundRuns {
 public:
  BackgroundRuns(index::ObjectTable& objects, const retrieval::Retriever& retriever,
                 const generation::CachedAnswerer& answerer)
      : store_(objects), retriever_(retriever), answerer_(answerer) {}
  // Ends the run under way.
  ~BackgroundRuns();

  // Creates the run in the store and has it asked; its manifest, now with its id. kResourceExhausted while
  // another is asked: then there is none of it in the store.
  Result<RunManifest> Start(BackgroundRun run);
  // The run that is asked now; "" if none.
  std::string running() const;
  RunStore& store() { return store_; }

 private:
  void Ask(BackgroundRun run);

  RunStore store_;
  const retrieval::Retriever& retriever_;
  const generation::CachedAnswerer& answerer_;
  const CancelToken stopping_;
  mutable std::mutex mutex_;
  std::string running_;  // guarded by mutex_
  std::thread thread_;   // guarded by mutex_; joined before the next
};

}  // namespace quarry::eval
