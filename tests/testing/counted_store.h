#pragma once

// A Store that counts how it is read.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "index/store.h"
#include "tests/testing/forwarding_store.h"

namespace quarry::testing {

struct ReadCounts {
  size_t scans = 0;
  size_t keys = 0;   // that the scans visited
  size_t bytes = 0;  // of their values
};

// Not thread-safe. `counts` must outlive it.
class CountedView final : public index::StoreView {
 public:
  CountedView(std::shared_ptr<const index::StoreView> view, ReadCounts& counts)
      : view_(std::move(view)), counts_(counts) {}

  Result<std::optional<std::string>> Get(std::string_view key) const override {
    return view_->Get(key);
  }
  Status Scan(std::string_view prefix, std::string_view from, const Visitor& visit) const override {
    return view_->Scan(prefix, from, Counted(visit));
  }
  using StoreView::Scan;
  Status ScanBackward(std::string_view prefix, std::string_view before,
                      const Visitor& visit) const override {
    return view_->ScanBackward(prefix, before, Counted(visit));
  }

 private:
  Visitor Counted(const Visitor& visit) const {
    ++counts_.scans;
    return [this, &visit](std::string_view key, std::string_view value) {
      ++counts_.keys;
      counts_.bytes += value.size();
      return visit(key, value);
    };
  }

  const std::shared_ptr<const index::StoreView> view_;
  ReadCounts& counts_;
};

// Wraps a Store (which must outlive it) and counts what its views read. Not thread-safe.
class CountedStore final : public ForwardingStore {
 public:
  explicit CountedStore(index::Store& base) : ForwardingStore(base) {}

  // What was read since it was asked last.
  ReadCounts TakeCounts() { return std::exchange(counts_, {}); }

  std::shared_ptr<const index::StoreView> GetView() const override {
    return std::make_shared<const CountedView>(base_.GetView(), counts_);
  }

 private:
  mutable ReadCounts counts_;
};

}  // namespace quarry::testing
