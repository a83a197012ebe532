#pragma once

// HeldBodies: how many bytes of the bodies of requests are in memory, in all and by whose they are.
//
//   BodyHold hold(bodies, holder);
//   if (!hold.Grow(more)) ...  // there is no room: 503
//   ... whoever keeps the body keeps the hold ...
//
// Thread-safe: a body goes where its handler ends, on whichever thread that is.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace quarry::server {

class HeldBodies {
 public:
  // `most` in all, and half of it of one holder; a body of up to `small` is always taken.
  HeldBodies(uint64_t most, uint64_t small) : most_(most), small_(small) {}
  HeldBodies(const HeldBodies&) = delete;
  HeldBodies& operator=(const HeldBodies&) = delete;

 private:
  friend class BodyHold;
  // Counts `more` bytes of a body that has `held`, unless there is no room for them.
  bool Take(const std::string& holder, uint64_t held, uint64_t more);
  void Return(const std::string& holder, uint64_t bytes);

  const uint64_t most_;
  const uint64_t small_;
  std::mutex mutex_;
  uint64_t in_all_ = 0;                        // guarded by mutex_
  std::map<std::string, uint64_t> by_holder_;  // guarded by mutex_
};

// What one body takes of them, given back when this goes. Not thread-safe.
class BodyHold {
 public:
  BodyHold() = default;  // takes nothing
  BodyHold(std::shared_ptr<HeldBodies> bodies, std::string holder);
  BodyHold(BodyHold&& other) noexcept;
  BodyHold& operator=(BodyHold&& other) noexcept;
  ~BodyHold();

  // False where there is no room. REQUIRES: not made by BodyHold().
  bool Grow(uint64_t more);
  uint64_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<HeldBodies> bodies_;
  std::string holder_;
  uint64_t bytes_ = 0;
};

}  // namespace quarry::server
