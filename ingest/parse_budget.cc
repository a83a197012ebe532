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
  if (used_up_.ok() && unpacked_ > may_unpack_) {
    used_up_ =
        InvalidArgumentError("the file unpacks to more than " + std::to_string(may_unpack_) +
                             " bytes, " + std::to_string(limits_.expansion) + " times its size");
  }
  return Check();
}

Status ParseBudget::TakeEntries(uint64_t entries) {
  if (used_up_.ok() && entries > entries_left_) {
    used_up_ = InvalidArgumentError("more entries than the " + std::to_string(limits_.entries) +
                                    " that a file may have");
  }
  if (used_up_.ok()) entries_left_ -= entries;
  return used_up_;
}

Status ParseBudget::Check() const {
  QUARRY_RETURN_IF_ERROR(used_up_);
  if (std::chrono::steady_clock::now() < deadline_) return OkStatus();
  return InvalidArgumentError("not read within " + std::to_string(limits_.time.count()) + " s");
}

bool ParseBudget::TakeRecognition() {
  if (recognised_ == limits_.recognitions || recognition_time_ > limits_.recognition_time) {
    return false;
  }
  ++recognised_;
  return true;
}

void ParseBudget::EndRecognition(std::chrono::steady_clock::duration took) {
  recognition_time_ += took;
  ExcuseTime(took);
}

void ParseBudget::EndConversion(std::chrono::steady_clock::duration took) {
  const std::chrono::steady_clock::duration limit = limits_.conversion_time;
  ExcuseTime(std::min(took, std::max(limit - conversion_time_, limit.zero())));
  conversion_time_ += took;
}

Status ParseBudget::EnterPackage() {
  if (used_up_.ok() && depth_ >= limits_.package_depth) {
    used_up_ = InvalidArgumentError("packages in packages more than " +
                                    std::to_string(limits_.package_depth) + " deep");
  }
  if (used_up_.ok()) ++depth_;
  return used_up_;
}

}  // namespace quarry::ingest
