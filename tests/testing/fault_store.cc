#include "tests/testing/fault_store.h"

#include <utility>

namespace quarry::testing {

void FaultStore::FailWrite(uint64_t n, When when, Status status) {
  Arm(n, when, std::move(status), /*once=*/false);
}

void FaultStore::FailWriteOnce(uint64_t n, When when, Status status) {
  Arm(n, when, std::move(status), /*once=*/true);
}

void FaultStore::Arm(uint64_t n, When when, Status status, bool once) {
  QUARRY_CHECK(n >= 1 && !status.ok());
  const std::lock_guard lock(mutex_);
  fail_at_ = writes_ + n;
  when_ = when;
  status_ = std::move(status);
  once_ = once;
  failed_ = false;
}

void FaultStore::Heal() {
  const std::lock_guard lock(mutex_);
  fail_at_ = 0;
}

uint64_t FaultStore::writes() const {
  const std::lock_guard lock(mutex_);
  return writes_;
}

bool FaultStore::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

Status FaultStore::Write(const index::WriteBatch& batch) {
  const std::lock_guard lock(mutex_);
  ++writes_;
  const bool first = writes_ == fail_at_;
  const bool later = fail_at_ != 0 && writes_ > fail_at_ && !once_;
  if (!first && !later) return base_.Write(batch);
  failed_ = true;
  // After the crash nothing is applied, whatever the crash itself let through.
  if (first && when_ == When::kAfter) QUARRY_RETURN_IF_ERROR(base_.Write(batch));
  return status_;
}

}  // namespace quarry::testing
