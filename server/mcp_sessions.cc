#include "server/mcp_sessions.h"

#include <algorithm>
#include <utility>

#include "index/object_table.h"

namespace quarry::server {

std::string McpSessions::Add(std::shared_ptr<McpSession> session, const Caller& caller, Time now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [&](const auto& one) { return now - one.second.used > kIdle; });
  // One key's sessions push out its own.
  const auto is_callers = [&](const auto& one) { return one.second.key == caller.key; };
  if (static_cast<size_t>(std::ranges::count_if(sessions_, is_callers)) >= kMostOfKey) {
    auto oldest = sessions_.end();
    for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
      const bool is_older = oldest == sessions_.end() || it->second.used < oldest->second.used;
      if (is_callers(*it) && is_older) oldest = it;
    }
    sessions_.erase(oldest);
  }
  if (sessions_.size() >= kMost) {
    sessions_.erase(
        std::ranges::min_element(sessions_, {}, [](const auto& one) { return one.second.used; }));
  }
  std::string id = index::NewObjectId("");
  sessions_.emplace(id, Entry{std::move(session), caller.key, now});
  return id;
}

std::shared_ptr<McpSession> McpSessions::Find(const std::string& id, const Caller& caller,
                                              Time now) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.key != caller.key) return nullptr;
  found->second.used = now;
  return found->second.session;
}

bool McpSessions::Remove(const std::string& id, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.key != caller.key) return false;
  sessions_.erase(found);
  return true;
}

}  // namespace quarry::server
