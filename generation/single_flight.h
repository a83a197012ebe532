#pragma once

// SingleFlight: one value for all who want the same at the same time. The first makes it, the others
// wait for it.
//
// Thread-safe.

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/call_context.h"
#include "base/status.h"

namespace quarry::generation {

template <typename Value>
class SingleFlight {
  struct Flight;

 public:
  // A place in the flight of one key. Movable; whoever leads and goes without landing leaves the others
  // to try again.
  class Place {
   public:
    Place(Place&& other) noexcept = default;
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (leads_ && flight_ != nullptr) Finish(std::nullopt);
    }

    bool leads() const { return leads_; }
    // REQUIRES: leads(). The others get the value, or the error.
    void Land(Result<Value> value) {
      std::optional<Result<Value>> result;
      if (value.ok() || !IsCallersOwn(value.status())) result = std::move(value);
      Finish(std::move(result));
    }
    // Waits for the one who leads: the value or its error; nullopt if there is none for others (the
    // leader stopped waiting itself). kDeadlineExceeded, kCancelled of `context`. REQUIRES: !leads().
    Result<std::optional<Value>> Wait(const CallContext& context) const {
      std::unique_lock lock(flights_.mutex_);
      while (!flight_->done) {
        QUARRY_RETURN_IF_ERROR(context.Check());
        flight_->landed.wait_for(lock, kStep);
      }
      lock.unlock();
      if (!flight_->result) return std::optional<Value>();
      if (!flight_->result->ok()) return flight_->result->status();
      return std::optional<Value>(**flight_->result);
    }

   private:
    friend class SingleFlight;
    Place(SingleFlight& flights, std::shared_ptr<Flight> flight, std::string key, bool leads)
        : flights_(flights), flight_(std::move(flight)), key_(std::move(key)), leads_(leads) {}
    void Finish(std::optional<Result<Value>> result) {
      const std::shared_ptr<Flight> flight = std::move(flight_);
      if (flight == nullptr) return;
      {
        std::lock_guard lock(flights_.mutex_);
        flight->result = std::move(result);
        flight->done = true;
        flights_.flights_.erase(key_);
      }
      flight->landed.notify_all();
    }

    SingleFlight& flights_;
    std::shared_ptr<Flight> flight_;
    std::string key_;
    bool leads_;
  };

  Place Join(std::string key) {
    std::lock_guard lock(mutex_);
    std::shared_ptr<Flight>& flight = flights_[key];
    const bool leads = flight == nullptr;
    if (leads) flight = std::make_shared<Flight>();
    return Place(*this, flight, std::move(key), leads);
  }

 private:
  // How long a wait goes without looking whether the caller still waits.
  static constexpr std::chrono::milliseconds kStep{20};

  struct Flight {
    bool done = false;                    // guarded by mutex_ of the flights
    std::optional<Result<Value>> result;  // set before done, never changed after
    std::condition_variable landed;
  };

  // Of the one who asked, not of what is wanted.
  static bool IsCallersOwn(const Status& status) {
    return status.code() == Code::kCancelled || status.code() == Code::kDeadlineExceeded;
  }

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;  // guarded by mutex_
};

}  // namespace quarry::generation
