#pragma once

// Caller: who makes a request, and what it may read and write. The authenticator (auth.h) makes it
// from the key of the request; handlers hold every collection and principal that a request names
// to it.
//
//   QUARRY_RETURN_IF_ERROR(call.request.caller.CheckCollection(collection));
//   QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, question));   // question.h
//
// A value; thread-safe.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/filter.h"
#include "base/status.h"

namespace quarry::server {

class KeyMeter;

// Of a key, and of a conversation: what their answers are to hold to.
inline constexpr size_t kMaxInstructionBytes = 4000;

// What a route asks for. A key has some of the first four; admin stands for all of them.
enum class Scope : uint8_t {
  kQuery,    // reads: searches, answers, documents
  kIngest,   // writes documents
  kMetrics,  // reads what a monitoring system reads
  kAdmin,    // everything
  kOwner,    // the owner of the store's directory: the token of ServerOptions
  kOpen,     // no key
};

std::string_view ScopeName(Scope scope);
// Of those that keys have. kInvalidArgument.
Result<Scope> ParseScope(std::string_view name);

struct Caller {
  std::string key;  // its id, never the key; "" = none was needed
  std::optional<std::vector<std::string>> collections;  // nullopt = all
  std::optional<std::vector<std::string>> principals;   // nullopt = whom the request names
  std::shared_ptr<KeyMeter> meter;                      // null: nothing is limited
  std::string instructions = {};                        // for answers to it, from who made the key
  bool is_admin = true;  // sees what other keys left, too; so does who needs no key

  bool IsBound() const { return collections.has_value() || principals.has_value(); }
  bool MayUse(std::string_view collection) const;
  // kNotFound for a collection that the caller may not use, as for one that does not exist.
  Status CheckCollection(std::string_view collection) const;
  // Whether a document with that access list may be read.
  bool MayRead(const std::vector<std::string>& access) const;
  // Whether it may ask on behalf of those.
  bool MayActFor(const Principals& asked) const;
  // Whether it is told of an object that the key of that id made (owner.h).
  bool MaySee(std::string_view owner) const { return is_admin || owner == key; }
  // What a request took, against the key's limits of tokens (token_charge.h).
  void ChargeTokens(uint64_t tokens) const;
};

}  // namespace quarry::server
