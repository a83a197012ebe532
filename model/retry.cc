#include "model/retry.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

namespace quarry::model {

using std::chrono::milliseconds;

bool IsRetryable(int status) {
  return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504) ||
         status == 529;  // "overloaded" of some model servers
}

std::optional<milliseconds> RetryDelay(const RetryOptions& options, uint32_t attempt,
                                       std::optional<milliseconds> retry_after, Random& random) {
  if (attempt >= options.attempts) return std::nullopt;
  if (retry_after && *retry_after > options.longest_asked) return std::nullopt;
  const double whole = std::min(static_cast<double>(options.initial.count()) *
                                    std::pow(2.0, static_cast<double>(attempt - 1)),
                                static_cast<double>(options.longest.count()));
  const milliseconds jittered(static_cast<int64_t>(whole * (0.5 + 0.5 * random.Uniform())));
  return std::max(jittered, retry_after.value_or(milliseconds(0)));
}

std::optional<milliseconds> ParseRetryAfter(std::string_view value, int64_t now) {
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  constexpr int64_t kMaxSeconds = int64_t{365} * 24 * 3600;
  uint64_t seconds = 0;
  const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (!value.empty() && rest == value.data() + value.size()) {
    const bool is_huge = error == std::errc::result_out_of_range || seconds > kMaxSeconds;
    return std::chrono::seconds(is_huge ? kMaxSeconds : static_cast<int64_t>(seconds));
  }
  std::tm time{};
  const std::string text(value);
  const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const int64_t at = ::timegm(&time);
  return std::chrono::seconds(std::clamp<int64_t>(at - now, 0, kMaxSeconds));
}

std::optional<CircuitBreaker::Call> CircuitBreaker::Begin(Time now) {
  const std::lock_guard lock(mutex_);
  if (!open_until_) return Call(this, 0);
  if (now < *open_until_ || trial_ != 0) return std::nullopt;
  trial_ = ++trials_;
  return Call(this, trial_);
}

void CircuitBreaker::Succeeded() {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  open_until_.reset();
}

void CircuitBreaker::Failed(Time now, uint64_t trial) {
  const std::lock_guard lock(mutex_);
  if (trial == trial_) trial_ = 0;
  if (++failures_ >= options_.failures) open_until_ = now + options_.open_for;
}

// Of calls that began before the breaker opened, and of trials long ended, it ends none.
void CircuitBreaker::EndTrial(uint64_t trial) {
  const std::lock_guard lock(mutex_);
  if (trial == trial_) trial_ = 0;
}

bool CircuitBreaker::is_open(Time now) const {
  const std::lock_guard lock(mutex_);
  return open_until_ && (now < *open_until_ || trial_ != 0);
}

std::optional<milliseconds> RateLimiter::Take(Time now, milliseconds max_wait) {
  if (per_second_ <= 0) return milliseconds(0);
  const std::lock_guard lock(mutex_);
  const double idle = last_ ? std::chrono::duration<double>(now - *last_).count() : 0;
  tokens_ = std::min(burst_, tokens_ + std::max(0.0, idle) * per_second_);
  last_ = now;
  const double missing = std::max(0.0, 1 - tokens_);
  const double wait = std::ceil(missing / per_second_ * 1000);
  if (wait > static_cast<double>(max_wait.count())) return std::nullopt;
  tokens_ -= 1;
  return milliseconds(static_cast<int64_t>(wait));
}

void RateLimiter::Return() {
  const std::lock_guard lock(mutex_);
  tokens_ = std::min(burst_, tokens_ + 1);
}

}  // namespace quarry::model
