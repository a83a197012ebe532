#include "generation/answer_flights.h"

#include <chrono>
#include <utility>

namespace quarry::generation {
namespace {

// How long a wait goes without looking whether the caller still waits.
constexpr std::chrono::milliseconds kStep{20};

// Of the one who asked, not of the question.
bool IsCallersOwn(const Status& status) {
  return status.code() == Code::kCancelled || status.code() == Code::kDeadlineExceeded;
}

}  // namespace

AnswerFlights::Place AnswerFlights::Join(std::string key) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<Flight>& flight = flights_[key];
  const bool leads = flight == nullptr;
  if (leads) flight = std::make_shared<Flight>();
  return Place(*this, flight, std::move(key), leads);
}

AnswerFlights::Place::~Place() {
  if (leads_ && flight_ != nullptr) Finish(std::nullopt);
}

void AnswerFlights::Place::Land(Result<Answer> answer) {
  std::optional<Result<Answer>> result;
  if (answer.ok() || !IsCallersOwn(answer.status())) result = std::move(answer);
  Finish(std::move(result));
}

void AnswerFlights::Place::Finish(std::optional<Result<Answer>> result) {
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

Result<std::optional<Answer>> AnswerFlights::Place::Wait(const CallContext& context) const {
  std::unique_lock lock(flights_.mutex_);
  while (!flight_->done) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    flight_->landed.wait_for(lock, kStep);
  }
  lock.unlock();
  if (!flight_->result) return std::optional<Answer>();
  if (!flight_->result->ok()) return flight_->result->status();
  return std::optional<Answer>(**flight_->result);
}

}  // namespace quarry::generation
