#include "ingest/parse_budget.h"

#include <algorithm>
#include <string>

namespace quarry::ingest {

ParseBudget::ParseBudget(uint64_t file_bytes, const ParseLimits& limits)
    : limits_(limits),
      deadline_(std::chrono::steady_clock::now() + limits.time),
      may_unpack_(std::min(std::max(file_bytes * limits.expansion, limits.always_bytes),
                           limits.unpacked_bytes)),
      entries_left_(limits.entries) {}

Status ParseBudget::TakeBytes(uint64_t bytes, uint64_t part) {
  if (part > limits_.part_bytes) {
    return InvalidArgumentError("unpacks to more than " + std::to_string(limits_.part_bytes) +
                                " bytes");
  }
  unpacked_ += bytes;
  if (unpacked_ > may_unpack_) {
    return InvalidArgumentError("the file unpacks to more than " + std::to_string(may_unpack_) +
                                " bytes, " + std::to_string(limits_.expansion) + " times its size");
  }
  return CheckTime();
}

Status ParseBudget::TakeEntries(uint64_t entries) {
  if (entries > entries_left_) {
    return InvalidArgumentError("more entries than the " + std::to_string(limits_.entries) +
                                " that a file may have");
  }
  entries_left_ -= entries;
  return OkStatus();
}

Status ParseBudget::CheckTime() const {
  if (std::chrono::steady_clock::now() < deadline_) return OkStatus();
  return InvalidArgumentError("not read within " + std::to_string(limits_.time.count()) + " s");
}

Status ParseBudget::EnterPackage() {
  if (depth_ >= limits_.package_depth) {
    return InvalidArgumentError("packages in packages more than " +
                                std::to_string(limits_.package_depth) + " deep");
  }
  ++depth_;
  return OkStatus();
}

}  // namespace quarry::ingest
