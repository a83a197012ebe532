#pragma once

// ApiKeys: the keys of a store.
//
//   qk-<24 characters, the id>-<48 characters, the secret>
//
// The secret is shown once, when the key is made. Stored is SHA-256 of a salt of its own and the
// secret: 48 random characters of [0-9a-z] (248 bits) need no slow hash. A key that was revoked
// stays on record: a store that ever had a key is not open again because the last one is gone.
//
//   ApiKeys keys(index.objects(), clock);
//   QUARRY_ASSIGN_OR_RETURN(const CreatedKey created, keys.Create({.name = "ci", ...}));
//   QUARRY_ASSIGN_OR_RETURN(const KeyCheck check, keys.Check(created.key));   // kGood
//
// No key is kept in memory: every call reads the store, so a change holds from the next request on,
// whoever made it; that there is none at all is remembered until one is written. Thread-safe.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "index/object_table.h"
#include "server/caller.h"
#include "server/json_writer.h"
#include "server/rate_limit.h"
#include "server/strict_json.h"

namespace quarry::server {

// What a key is for.
struct KeyGrant {
  std::string name;  // for people: 1 to 100 characters
  std::vector<Scope> scopes = {Scope::kQuery};
  std::optional<std::vector<std::string>> collections = std::nullopt;  // nullopt = all
  // Whose documents it reads; nullopt = whom each request names. Only of keys that do not write.
  std::optional<std::vector<std::string>> principals = std::nullopt;
  std::string expires_at = {};  // ISO 8601; "" = never
  KeyLimits limits = {};
  std::string instructions = {};  // for answers to it (base/answer_guide.h)
};

// kInvalidArgument: "FIELD: " and what was expected of it.
Status CheckGrant(const KeyGrant& grant, int64_t now_micros);

struct ApiKey {
  std::string id;  // "key_..."
  KeyGrant grant;
  std::string created_at;
  std::string revoked_at;  // "" = it holds

  bool Has(Scope scope) const;
};

struct CreatedKey {
  ApiKey record;
  std::string key;  // to be shown once and never again
};

struct KeyCheck {
  enum class State : uint8_t { kGood, kUnknown, kWrongSecret, kExpired, kRevoked };
  State state = State::kUnknown;
  std::optional<ApiKey> key;  // where its secret was right
};

class ApiKeys {
 public:
  // Both must outlive it.
  ApiKeys(index::ObjectTable& objects, const Clock& clock) : objects_(objects), clock_(clock) {}

  // On disk when it returns. kInvalidArgument naming the field.
  Result<CreatedKey> Create(const KeyGrant& grant) const;
  // By age, revoked and expired ones too. Those whose records are damaged are left out where `damaged` takes why.
  Result<std::vector<ApiKey>> List(std::vector<Status>* damaged = nullptr) const;
  // The record as it is now. kNotFound. Again is no error.
  Result<ApiKey> Revoke(const std::string& id) const;

  // Whether there was ever a key.
  Result<bool> Any() const;
  // kDataLoss where the record is damaged.
  Result<KeyCheck> Check(std::string_view key) const;

 private:
  index::ObjectTable& objects_;
  const Clock& clock_;
  // Every request asks whether there is a key. 1 more than the number of changes at which there was none; 0:
  // not looked yet.
  mutable std::atomic<uint64_t> none_until_ = 0;
};

// The id of the key's record, "key_...", whether there is one or not; "" if this is no key at all.
std::string IdOfKey(std::string_view key);
// Compares in a time that does not depend on where they differ.
bool EqualSecrets(std::string_view a, std::string_view b);

// Reads the fields of a grant from a request. The errors are the reader's.
void ReadGrant(ObjectReader& reader, KeyGrant& grant);
// All but the secret, into an object that is open.
void AddKeyFields(const ApiKey& key, JsonWriter& json);

}  // namespace quarry::server
