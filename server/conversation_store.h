#pragma once

// ConversationStore: the conversations of the web page: questions and their answers in order, under a
// title. Objects of kind kConversation (index/object_table.h), whose parts, from 1, are the turns: kept
// answers (stored_answer.h).
//
// The value, JSON: {"version": 1, "owner" (owner.h), "title", "instructions" where there are some,
// "created_us", "updated_us", "turns", "bytes"}.
//
// Thread-safe.

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "index/object_table.h"
#include "server/object_page.h"
#include "server/owner.h"

namespace quarry::server {

inline constexpr uint32_t kMaxStoredTurns = 200;
inline constexpr uint64_t kMaxConversationBytes = 1u << 20;
inline constexpr size_t kMaxTitleBytes = 400;
inline constexpr std::string_view kConversationPrefix = "conv_";  // of the ids

// Whether it is the form of one: also of the collection that has the conversation's files.
inline bool IsConversationId(std::string_view name) {
  return name.starts_with(kConversationPrefix);
}

struct Conversation {
  std::string id;
  Owner owner;
  std::string title;
  std::string instructions;  // for its answers, from who talks; "" = none
  int64_t created_micros = 0;
  int64_t updated_micros = 0;
  uint32_t turns = 0;
  uint64_t bytes = 0;  // of the turns
};

struct ConversationPage {
  std::vector<Conversation> conversations;
  bool has_more = false;
};

class ConversationStore {
 public:
  // All must outlive the store.
  ConversationStore(index::ObjectTable& objects, OwnerQuota& quota, const Clock& clock)
      : objects_(objects), quota_(quota), clock_(clock) {}

  // Errors of all: kDataLoss naming the conversation; kNotFound where the caller has none of that
  // id; kInvalidArgument for a title or instructions that are too long; of Create, Change and
  // Append those of OwnerQuota.
  Result<Conversation> Create(const Caller& caller, std::string title,
                              std::string instructions = "");
  Result<Conversation> Get(const Caller& caller, const std::string& id) const;
  // One whose record is damaged is left out, and logged once.
  Result<ConversationPage> List(const Caller& caller, const index::ObjectListing& listing) const;
  // Takes another title and other instructions, where they are given.
  Result<Conversation> Change(const Caller& caller, const std::string& id,
                              std::optional<std::string> title,
                              std::optional<std::string> instructions);
  Status Delete(const Caller& caller, const std::string& id);

  // kFailedPrecondition where the conversation has all the turns or bytes that it may have; the errors
  // of OwnerQuota.
  Status CheckRoom(const Caller& caller, const std::string& id) const;
  // Adds a turn. On disk when it returns ok. Errors: those of CheckRoom.
  Status Append(const Caller& caller, const std::string& id, std::string turn);
  // From the turn of that number on, in order.
  Status ForEachTurn(
      const std::string& id, uint32_t from,
      const std::function<Status(uint32_t number, std::string_view turn)>& visit) const;

 private:
  Result<std::optional<index::Object>> Find(const std::string& id) const;

  index::ObjectTable& objects_;
  OwnerQuota& quota_;
  const Clock& clock_;
  mutable DamagedRecords damaged_;
  std::mutex writing_;  // held from reading to writing one
};

}  // namespace quarry::server
