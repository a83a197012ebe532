#include "server/held_bodies.h"

#include <utility>

namespace quarry::server {

bool HeldBodies::Take(const std::string& holder, uint64_t held, uint64_t more) {
  const std::lock_guard lock(mutex_);
  const auto found = by_holder_.find(holder);
  const uint64_t of_holder = found == by_holder_.end() ? 0 : found->second;
  const bool has_room = in_all_ + more <= most_ && of_holder + more <= most_ / 2;
  if (!has_room && held + more > small_) return false;
  if (more == 0) return true;
  by_holder_[holder] = of_holder + more;
  in_all_ += more;
  return true;
}

void HeldBodies::Return(const std::string& holder, uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  in_all_ -= bytes;
  const auto found = by_holder_.find(holder);
  found->second -= bytes;
  if (found->second == 0) by_holder_.erase(found);
}

BodyHold::BodyHold(std::shared_ptr<HeldBodies> bodies, std::string holder)
    : bodies_(std::move(bodies)), holder_(std::move(holder)) {}

BodyHold::BodyHold(BodyHold&& other) noexcept
    : bodies_(std::move(other.bodies_)),
      holder_(std::move(other.holder_)),
      bytes_(std::exchange(other.bytes_, 0)) {}

BodyHold& BodyHold::operator=(BodyHold&& other) noexcept {
  if (this == &other) return *this;
  if (bytes_ > 0) bodies_->Return(holder_, bytes_);
  bodies_ = std::move(other.bodies_);
  holder_ = std::move(other.holder_);
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

BodyHold::~BodyHold() {
  if (bytes_ > 0) bodies_->Return(holder_, bytes_);
}

bool BodyHold::Grow(uint64_t more) {
  if (!bodies_->Take(holder_, bytes_, more)) return false;
  bytes_ += more;
  return true;
}

}  // namespace quarry::server
