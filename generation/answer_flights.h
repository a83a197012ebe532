#pragma once

// AnswerFlights: one answer for all who ask the same at the same time. The first makes it, the others
// wait for it.
//
// Thread-safe.

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/answer.h"

namespace quarry::generation {

class AnswerFlights {
  struct Flight;

 public:
  // A place in the flight of one key. Movable; whoever leads and goes without landing leaves the others
  // to try again.
  class Place {
   public:
    Place(Place&& other) noexcept = default;
    Place& operator=(Place&&) = delete;
    ~Place();

    bool leads() const { return leads_; }
    // REQUIRES: leads(). The others get the answer, or the error.
    void Land(Result<Answer> answer);
    // Waits for the one who leads: the answer or its error; nullopt if there is none for others (the
    // leader stopped waiting itself). kDeadlineExceeded, kCancelled of `context`. REQUIRES: !leads().
    Result<std::optional<Answer>> Wait(const CallContext& context) const;

   private:
    friend class AnswerFlights;
    Place(AnswerFlights& flights, std::shared_ptr<Flight> flight, std::string key, bool leads)
        : flights_(flights), flight_(std::move(flight)), key_(std::move(key)), leads_(leads) {}
    void Finish(std::optional<Result<Answer>> result);

    AnswerFlights& flights_;
    std::shared_ptr<Flight> flight_;
    std::string key_;
    bool leads_;
  };

  Place Join(std::string key);

 private:
  struct Flight {
    bool done = false;                     // guarded by mutex_ of the flights
    std::optional<Result<Answer>> result;  // set before done, never changed after
    std::condition_variable landed;
  };

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;  // guarded by mutex_
};

}  // namespace quarry::generation
