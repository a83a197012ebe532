#pragma once

// A Store that fails when it is told to: what a crash or a bad disk does to a commit, without
// either.

#include <cstdint>
#include <mutex>

#include "index/store.h"
#include "tests/testing/forwarding_store.h"

namespace quarry::testing {

// Wraps a Store (which must outlive it). Thread-safe.
class FaultStore final : public ForwardingStore {
 public:
  enum class When {
    kBefore,  // the batch is not applied: a full disk, a crash before the log was synced
    kAfter,   // the batch is applied and yet reported as failed: a crash before the acknowledgement
  };

  explicit FaultStore(index::Store& base) : ForwardingStore(base) {}

  // Lets the n-th Write from now (1 = the next) fail with `status`, and every later one too: after
  // a crash nothing is written. Replaces what was set before. REQUIRES: n >= 1, !status.ok().
  void FailWrite(uint64_t n, When when, Status status = UnavailableError("injected fault"));
  // Lets only the n-th Write from now fail; later ones succeed (a disk that was full for a while).
  void FailWriteOnce(uint64_t n, When when, Status status = UnavailableError("injected fault"));
  // Writes succeed again.
  void Heal();

  uint64_t writes() const;  // calls of Write so far, failed ones included
  bool failed() const;      // whether an injected fault has been reported

  Status Write(const index::WriteBatch& batch) override;

 private:
  void Arm(uint64_t n, When when, Status status, bool once);

  mutable std::mutex mutex_;  // held through Write, so that "the n-th" means something
  uint64_t writes_ = 0;
  uint64_t fail_at_ = 0;  // value of writes_ at which to fail; 0 = never
  bool once_ = false;
  bool failed_ = false;
  When when_ = When::kBefore;
  Status status_;
};

}  // namespace quarry::testing
