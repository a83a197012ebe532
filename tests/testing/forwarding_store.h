#pragma once

// A Store that does what another does: what wraps one overrides what it changes.

#include <memory>
#include <string>

#include "index/store.h"

namespace quarry::testing {

// `base` must outlive it. As thread-safe as that.
class ForwardingStore : public index::Store {
 public:
  explicit ForwardingStore(index::Store& base) : base_(base) {}

  Status Write(const index::WriteBatch& batch) override { return base_.Write(batch); }
  std::shared_ptr<const index::StoreView> GetView() const override { return base_.GetView(); }
  Status VerifyChecksums() const override { return base_.VerifyChecksums(); }
  uint64_t ApproximateBytes() const override { return base_.ApproximateBytes(); }
  uint64_t ApproximateBytes(std::string_view begin, std::string_view end) const override {
    return base_.ApproximateBytes(begin, end);
  }
  index::StoreMemory Memory() const override { return base_.Memory(); }
  Status Checkpoint(const std::string& directory) const override {
    return base_.Checkpoint(directory);
  }
  Status Compact(std::string_view begin, std::string_view end,
                 const CallContext& context) override {
    return base_.Compact(begin, end, context);
  }

 protected:
  index::Store& base_;
};

}  // namespace quarry::testing
