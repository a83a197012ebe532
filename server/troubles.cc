#include "server/troubles.h"

#include <algorithm>

#include "base/log.h"

namespace quarry::server {
namespace {

constexpr int kLongestPause = 12;  // times the first: of 5 s a minute

}  // namespace

std::chrono::milliseconds Troubles::Add(const std::string& what, const Status& why) {
  std::chrono::milliseconds pause = first_pause_;
  {
    const std::lock_guard lock(mutex_);
    const auto [found, is_new] = troubles_.try_emplace(
        what, Trouble{.code = why.code(), .message = why.message(), .pause = first_pause_});
    if (!is_new) {
      Trouble& trouble = found->second;
      trouble.pause = std::min(trouble.pause * 2, first_pause_ * kLongestPause);
      trouble.message = why.message();  // how much of the disk is free, say
      pause = trouble.pause;
      if (trouble.code == why.code()) return pause;
      trouble.code = why.code();
    }
  }
  LogWarning(what + " is tried again: " + why.ToString());
  return pause;
}

void Troubles::End(const std::string& what) {
  {
    const std::lock_guard lock(mutex_);
    if (troubles_.erase(what) == 0) return;
  }
  LogInfo(what + " came to an end");
}

std::string Troubles::Of(const std::string& what) const {
  const std::lock_guard lock(mutex_);
  const auto found = troubles_.find(what);
  return found == troubles_.end() ? "" : found->second.message;
}

}  // namespace quarry::server
