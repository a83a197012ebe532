#pragma once

// What the parts of a verification share. Internal to verify*.cc. Used by one thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "index/index.h"
#include "index/keys.h"

namespace quarry::index {

// Adds to `problems` up to a limit, then counts.
class ProblemList {
 public:
  void Add(std::string problem) {
    if (problems_.size() < kMost) {
      problems_.push_back(std::move(problem));
    } else {
      ++more_;
    }
  }
  // Damage found on the way is a problem, not the end of the check.
  void AddError(const Status& status, const std::string& where) {
    if (!status.ok()) Add(where + ": " + status.message());
  }
  std::vector<std::string> Take() {
    if (more_ > 0) problems_.push_back("and " + std::to_string(more_) + " more");
    return std::move(problems_);
  }

 private:
  static constexpr size_t kMost = 100;
  std::vector<std::string> problems_;
  uint64_t more_ = 0;
};

struct VerifyScope {
  const Snapshot& snapshot;
  const CallContext& context;
  const Progress& progress;
  VerifyReport& report;  // its problems are taken from `problems` in the end
  ProblemList& problems;
  std::unordered_set<ChunkId>& owned;  // chunks that a document leads to

  CollectionId collection() const { return snapshot.collection().id; }
  const StoreView& view() const { return snapshot.view(); }

  // Visits the rows of a table. Errors: of the store, of context.Check().
  template <typename Visit>
  Status ScanTable(Table table, Visit visit) const {
    Status stopped;
    QUARRY_RETURN_IF_ERROR(view().Scan(TablePrefix(collection(), table),
                                       [&](std::string_view key, std::string_view value) {
                                         visit(key, value);
                                         stopped = context.Check();
                                         return stopped.ok();
                                       }));
    return stopped;
  }
};

// verify_vectors.cc: generations, stored vectors and what is searched of them.
Status VerifyVectors(const VerifyScope& scope);

// verify_cache.cc: entries of the answer cache and what they rest on.
Status VerifyCache(const VerifyScope& scope);

}  // namespace quarry::index
