#pragma once

// The sessions of MCP over HTTP. Thread-safe. They live in memory: after a restart clients are told
// that theirs is not known (404), and begin anew.

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/caller.h"
#include "server/mcp.h"

namespace quarry::server {

class McpSessions {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Then the one that was longest idle goes.
  static constexpr size_t kMost = 10'000;
  static constexpr size_t kMostOfKey = 1000;
  static constexpr std::chrono::hours kIdle{24};

  // Keeps a session under a new id, which nobody can guess.
  std::string Add(std::shared_ptr<McpSession> session, const Caller& caller, Time now);
  // Null for an id that is not known, or of another caller.
  std::shared_ptr<McpSession> Find(const std::string& id, const Caller& caller, Time now);
  bool Remove(const std::string& id, const Caller& caller);

 private:
  struct Entry {
    std::shared_ptr<McpSession> session;
    std::string key;  // Caller::key
    Time used;
  };
  std::mutex mutex_;
  std::map<std::string, Entry> sessions_;  // guarded by mutex_
};

}  // namespace quarry::server
