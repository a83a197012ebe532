#pragma once

// RelayCache: replies of the upstream model to conversations without documents, served again to the
// same conversation: all messages, tools, options of sampling, choices and the model's name must be
// equal, byte for byte, and who asks. Kept in the store (index/object_cache.h; scope: who asks, id: the
// SHA-256 of all that), within cache.max_bytes, for cache.ttl_hours.
//
// What a model says at a temperature above 0, or with tools, is another reply each time or begins
// something: that is served again only where the request asks for it.
//
// Thread-safe.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "index/object_cache.h"
#include "model/chat_model.h"

namespace quarry::generation {

struct StoredReplies {
  std::vector<model::ChatReply> replies;  // one per choice
  int64_t age_seconds = 0;
};

struct RelayCacheOptions {
  uint64_t max_bytes = 64u << 20;
  uint32_t ttl_hours = 24 * 30;
  bool read_only = false;  // as the store was opened
};

class RelayCache {
 public:
  // Both must outlive it.
  RelayCache(index::ObjectTable& objects, RelayCacheOptions options, const Clock& clock);

  // Names a conversation with all that decides its replies.
  static std::string KeyOf(const model::ChatRequest& chat, uint32_t choices,
                           const std::string& model);

  // nullopt: none, or one that is too old. Errors of all: those of index::ObjectCache.
  Result<std::optional<StoredReplies>> Find(const std::string& asker, const std::string& key);
  // Replies that were cut or refused are not kept.
  Status Keep(const std::string& asker, const std::string& key,
              const std::vector<model::ChatReply>& replies);

  Result<index::ObjectCacheStats> GetStats() const { return replies_.GetStats(); }
  Status Clear() { return replies_.Clear(); }

 private:
  index::ObjectCache replies_;
  const RelayCacheOptions options_;
  const Clock& clock_;
};

}  // namespace quarry::generation
