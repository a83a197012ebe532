#include "server/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace quarry::server {
namespace {

constexpr std::chrono::seconds kMinute{60};
constexpr std::chrono::seconds kDay{24 * 3600};

uint32_t WholeSeconds(double seconds) {
  return static_cast<uint32_t>(std::max(1.0, std::ceil(seconds)));
}

// OpenAI's way to write a duration: "1h2m3s", "12s", "350ms".
std::string FormatReset(double seconds) {
  if (seconds < 1) return std::to_string(static_cast<uint64_t>(std::ceil(seconds * 1000))) + "ms";
  const auto whole = static_cast<uint64_t>(std::ceil(seconds));
  std::string text;
  if (whole >= 3600) text += std::to_string(whole / 3600) + "h";
  if (whole >= 60) text += std::to_string(whole / 60 % 60) + "m";
  return text + std::to_string(whole % 60) + "s";
}

// Of the buckets "requests per minute" and "requests per day" the one with less left.
void AddHeaders(const std::map<std::string, TokenBucket>& buckets, const std::string& what,
                TokenBucket::Time now, HeaderList& headers) {
  const TokenBucket* nearest = nullptr;
  for (const auto& [name, bucket] : buckets) {
    if (!name.starts_with(what)) continue;
    if (nearest == nullptr || bucket.Level(now) < nearest->Level(now)) nearest = &bucket;
  }
  if (nearest == nullptr) return;
  const double left = std::max(0.0, std::floor(nearest->Level(now)));
  headers.emplace_back("x-ratelimit-limit-" + what,
                       std::to_string(static_cast<uint64_t>(nearest->capacity())));
  headers.emplace_back("x-ratelimit-remaining-" + what,
                       std::to_string(static_cast<uint64_t>(left)));
  headers.emplace_back("x-ratelimit-reset-" + what, FormatReset(nearest->SecondsUntilFull(now)));
}

}  // namespace

double TokenBucket::Level(Time now) const {
  const double seconds = std::chrono::duration<double>(std::max(now, filled_) - filled_).count();
  return std::min(capacity_, level_ + seconds * per_second_);
}

void TokenBucket::Take(double amount, Time now) {
  level_ = Level(now) - amount;
  filled_ = std::max(now, filled_);
}

double TokenBucket::SecondsUntil(double amount, Time now) const {
  return std::max(0.0, (amount - Level(now)) / per_second_);
}

KeyMeter::KeyMeter(const KeyLimits& limits, Time now) {
  const auto add = [&](const char* name, uint32_t limit, std::chrono::seconds period) {
    if (limit > 0) buckets_.emplace(name, TokenBucket(limit, period, now));
  };
  add("requests per minute", limits.requests_per_minute, kMinute);
  add("requests per day", limits.requests_per_day, kDay);
  add("tokens per minute", limits.tokens_per_minute, kMinute);
  add("tokens per day", limits.tokens_per_day, kDay);
}

KeyMeter::Admission KeyMeter::Admit(Time now) {
  const std::lock_guard lock(mutex_);
  Admission admission;
  double wait = 0;
  for (const auto& [name, bucket] : buckets_) {
    if (bucket.Level(now) >= 1) continue;
    const double until = bucket.SecondsUntil(1, now);
    if (!admission.admitted && until <= wait) continue;
    wait = until;
    admission.admitted = false;
    admission.retry_seconds = WholeSeconds(until);
    admission.message = "this key is for " +
                        std::to_string(static_cast<uint64_t>(bucket.capacity())) + " " + name +
                        ", and they are used up";
  }
  if (admission.admitted) {
    for (auto& [name, bucket] : buckets_) {
      if (name.starts_with("requests")) bucket.Take(1, now);
    }
  }
  AddHeaders(buckets_, "requests", now, admission.headers);
  AddHeaders(buckets_, "tokens", now, admission.headers);
  return admission;
}

void KeyMeter::ChargeTokens(uint64_t tokens, Time now) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, bucket] : buckets_) {
    if (name.starts_with("tokens")) bucket.Take(static_cast<double>(tokens), now);
  }
}

uint32_t FailureLimiter::Blocked(const std::string& source, Time now) {
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(source);
  if (found == sources_.end() || found->second.Level(now) >= 1) return 0;
  return WholeSeconds(found->second.SecondsUntil(1, now));
}

void FailureLimiter::Failed(const std::string& source, Time now) {
  const std::lock_guard lock(mutex_);
  if (sources_.size() >= kMostSources) {
    std::erase_if(sources_,
                  [&](const auto& one) { return one.second.Level(now) >= one.second.capacity(); });
  }
  if (sources_.size() >= kMostSources) sources_.erase(sources_.begin());
  sources_.try_emplace(source, kFailures, kPeriod, now).first->second.Take(1, now);
}

}  // namespace quarry::server
