#include "server/api_keys.h"

#include <algorithm>
#include <utility>

#include "index/index.h"
#include "model/digest.h"

namespace quarry::server {
namespace {

constexpr index::ObjectKind kKind = index::ObjectKind::kApiKey;
constexpr std::string_view kKeyPrefix = "qk-";
constexpr std::string_view kIdPrefix = "key_";
constexpr size_t kIdLetters = 24;
constexpr size_t kSecretLetters = 48;
constexpr size_t kMostNamed = 100;  // collections or principals of a key
constexpr size_t kMostNameBytes = 100;
constexpr uint32_t kRecordVersion = 1;

bool IsKeyText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return IsAsciiDigit(c) || IsAsciiLower(c); });
}

std::string HashOf(std::string_view salt, std::string_view secret) {
  model::Digest digest(model::Digest::Kind::kSha256, salt.size() + secret.size());
  digest.Update(salt);
  digest.Update(secret);
  return digest.Finish();
}

void WriteNames(const std::optional<std::vector<std::string>>& names, JsonWriter& json) {
  if (!names) {
    json.Null();
    return;
  }
  json.BeginArray();
  for (const std::string& name : *names) json.String(name);
  json.EndArray();
}

void ReadNames(ObjectReader& reader, std::string_view field,
               std::optional<std::vector<std::string>>& names) {
  ObjectReader::Field given = reader.Optional(field);
  if (!given.present()) return;
  std::vector<std::string> list;
  given.Strings(list);
  names = std::move(list);
}

void AddGrant(const KeyGrant& grant, JsonWriter& json) {
  json.Key("name").String(grant.name).Key("scopes").BeginArray();
  for (const Scope scope : grant.scopes) json.String(ScopeName(scope));
  json.EndArray();
  WriteNames(grant.collections, json.Key("collections"));
  WriteNames(grant.principals, json.Key("principals"));
  json.Key("expires_at");
  grant.expires_at.empty() ? json.Null() : json.String(grant.expires_at);
  json.Key("requests_per_minute").Uint(grant.limits.requests_per_minute);
  json.Key("requests_per_day").Uint(grant.limits.requests_per_day);
  json.Key("tokens_per_minute").Uint(grant.limits.tokens_per_minute);
  json.Key("tokens_per_day").Uint(grant.limits.tokens_per_day);
  if (!grant.instructions.empty()) json.Key("instructions").String(grant.instructions);
}

// As it is stored: the record with what checks the secret.
struct StoredKey {
  ApiKey record;
  std::string salt;
  std::string hash;
};

std::string Encode(const StoredKey& key) {
  JsonWriter json;
  json.BeginObject().Key("v").Uint(kRecordVersion);
  AddGrant(key.record.grant, json);
  json.Key("created_at").String(key.record.created_at);
  json.Key("revoked_at").String(key.record.revoked_at);
  json.Key("salt").String(key.salt).Key("hash").String(key.hash);
  return json.EndObject().Take();
}

Result<StoredKey> Decode(const index::Object& object) {
  StoredKey key;
  key.record.id = object.id;
  const auto read = [&]() -> Status {
    QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(object.value));
    ObjectReader reader(json, "");
    uint32_t version = 0;
    reader.Required("v").Uint(version, kRecordVersion, kRecordVersion);
    ReadGrant(reader, key.record.grant);
    reader.Required("created_at").String(key.record.created_at);
    reader.Required("revoked_at").String(key.record.revoked_at);
    reader.Required("salt").String(key.salt);
    reader.Required("hash").String(key.hash);
    return reader.Finish();
  };
  const Status status = read();
  if (!status.ok()) return DataLossError("key " + object.id + ": " + status.message());
  return key;
}

Status CheckNames(const char* field, const std::optional<std::vector<std::string>>& names) {
  if (!names) return OkStatus();
  if (names->empty() || names->size() > kMostNamed) {
    return InvalidArgumentError(std::string(field) + ": expected 1 to " +
                                std::to_string(kMostNamed) + " names, got " +
                                std::to_string(names->size()));
  }
  for (const std::string& name : *names) {
    if (name.empty()) return InvalidArgumentError(std::string(field) + ": a name is empty");
    if (std::string_view(field) != "collections") continue;
    QUARRY_RETURN_IF_ERROR(index::CheckCollectionName(name).Annotate(field));
  }
  return OkStatus();
}

}  // namespace

Status CheckGrant(const KeyGrant& grant, int64_t now_micros) {
  if (grant.name.empty() || grant.name.size() > kMostNameBytes) {
    return InvalidArgumentError("name: expected 1 to 100 bytes, got " +
                                std::to_string(grant.name.size()));
  }
  if (grant.scopes.empty()) {
    return InvalidArgumentError("scopes: expected some of query, ingest, metrics, admin");
  }
  QUARRY_RETURN_IF_ERROR(CheckNames("collections", grant.collections));
  QUARRY_RETURN_IF_ERROR(CheckNames("principals", grant.principals));
  const bool only_reads = grant.scopes == std::vector<Scope>{Scope::kQuery};
  if (grant.principals && !only_reads) {
    return InvalidArgumentError(
        "principals: bind what a key reads; one that writes, or administers, has none");
  }
  if (grant.instructions.size() > kMaxInstructionBytes) {
    return InvalidArgumentError("instructions: expected at most " +
                                std::to_string(kMaxInstructionBytes) + " bytes, got " +
                                std::to_string(grant.instructions.size()));
  }
  if (grant.expires_at.empty()) return OkStatus();
  const std::optional<int64_t> expires = ParseIso8601(grant.expires_at);
  if (!expires || *expires <= now_micros) {
    return InvalidArgumentError(
        "expires_at: expected a time to come, as 2027-01-31T12:00:00Z, got \"" + grant.expires_at +
        "\"");
  }
  return OkStatus();
}

bool ApiKey::Has(Scope scope) const {
  return std::ranges::any_of(grant.scopes,
                             [&](Scope own) { return own == scope || own == Scope::kAdmin; });
}

bool EqualSecrets(std::string_view a, std::string_view b) {
  volatile unsigned char difference = a.size() == b.size() ? 0 : 1;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

std::string IdOfKey(std::string_view key) {
  constexpr size_t kSize = kKeyPrefix.size() + kIdLetters + 1 + kSecretLetters;
  if (key.size() != kSize || !key.starts_with(kKeyPrefix)) return "";
  const std::string_view id = key.substr(kKeyPrefix.size(), kIdLetters);
  const bool is_whole = key[kKeyPrefix.size() + kIdLetters] == '-' && IsKeyText(id) &&
                        IsKeyText(key.substr(kSize - kSecretLetters));
  return is_whole ? std::string(kIdPrefix) + std::string(id) : "";
}

Result<CreatedKey> ApiKeys::Create(const KeyGrant& grant) const {
  const int64_t now = clock_.NowMicros();
  QUARRY_RETURN_IF_ERROR(CheckGrant(grant, now));
  const std::string id = index::NewObjectId("");
  const std::string secret = index::NewObjectId("") + index::NewObjectId("");
  StoredKey key;
  key.record.id = std::string(kIdPrefix) + id;
  key.record.grant = grant;
  key.record.created_at = FormatIso8601(now);
  key.salt = index::NewObjectId("");
  key.hash = HashOf(key.salt, secret);
  QUARRY_RETURN_IF_ERROR(objects_.Create({.kind = kKind, .id = key.record.id}, Encode(key)));
  return CreatedKey{std::move(key.record), std::string(kKeyPrefix) + id + '-' + secret};
}

Result<std::vector<ApiKey>> ApiKeys::List(std::vector<Status>* damaged) const {
  std::vector<ApiKey> keys;
  Status status;
  const auto add = [&](const index::Object& object) {
    Result<StoredKey> key = Decode(object);
    if (key.ok()) {
      keys.push_back(std::move(key->record));
    } else if (damaged != nullptr) {
      damaged->push_back(key.status());
    } else {
      status = key.status();
    }
    return status.ok();
  };
  QUARRY_RETURN_IF_ERROR(objects_.ForEach(kKind, add, damaged));
  QUARRY_RETURN_IF_ERROR(status);
  return keys;
}

Result<ApiKey> ApiKeys::Revoke(const std::string& id) const {
  ApiKey record;
  const Status status =
      objects_.Update({.kind = kKind, .id = id}, [&](std::string value) -> Result<std::string> {
        QUARRY_ASSIGN_OR_RETURN(StoredKey key, Decode({id, "", std::move(value), 0}));
        if (key.record.revoked_at.empty()) {
          key.record.revoked_at = FormatIso8601(clock_.NowMicros());
        }
        record = key.record;
        return Encode(key);
      });
  if (status.code() == Code::kNotFound) {
    return NotFoundError("no key \"" + id + "\"; `quarry keys ls` lists them");
  }
  QUARRY_RETURN_IF_ERROR(status);
  return record;
}

Result<bool> ApiKeys::Any() const {
  const uint64_t changes = objects_.Changes(kKind);
  if (none_until_ == changes + 1) return false;
  QUARRY_ASSIGN_OR_RETURN(const index::ObjectPage page, objects_.List(kKind, "", {.limit = 1}));
  // One that is damaged is a key all the same: a server opens to nobody because of it.
  const bool is_any = !page.objects.empty() || !page.damaged.empty();
  if (!is_any) none_until_ = changes + 1;
  return is_any;
}

Result<KeyCheck> ApiKeys::Check(std::string_view key) const {
  const std::string id = IdOfKey(key);
  if (id.empty()) return KeyCheck();
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object,
                          objects_.Get({.kind = kKind, .id = id}));
  if (!object) return KeyCheck();
  QUARRY_ASSIGN_OR_RETURN(StoredKey stored, Decode(*object));
  const std::string_view secret = key.substr(key.size() - kSecretLetters);
  if (!EqualSecrets(HashOf(stored.salt, secret), stored.hash)) {
    return KeyCheck{KeyCheck::State::kWrongSecret, std::nullopt};
  }
  KeyCheck check{KeyCheck::State::kGood, std::move(stored.record)};
  const ApiKey& record = *check.key;
  if (!record.revoked_at.empty()) {
    check.state = KeyCheck::State::kRevoked;
  } else if (!record.grant.expires_at.empty()) {
    const std::optional<int64_t> expires = ParseIso8601(record.grant.expires_at);
    if (!expires || clock_.NowMicros() >= *expires) check.state = KeyCheck::State::kExpired;
  }
  return check;
}

void ReadGrant(ObjectReader& reader, KeyGrant& grant) {
  reader.Required("name").String(grant.name);
  reader.Optional("scopes").Value([&](const JsonValue& value, const std::string& place) -> Status {
    if (value.AsArray() == nullptr) {
      return InvalidArgumentError(place + ": expected a list of scopes, not " + value.TypeName());
    }
    grant.scopes.clear();
    for (const JsonValue& one : *value.AsArray()) {
      const std::string* name = one.AsString();
      Result<Scope> scope = ParseScope(name == nullptr ? one.TypeName() : *name);
      if (!scope.ok()) return std::move(scope).status().Annotate(place);
      if (std::ranges::find(grant.scopes, *scope) == grant.scopes.end()) {
        grant.scopes.push_back(*scope);
      }
    }
    return OkStatus();
  });
  ReadNames(reader, "collections", grant.collections);
  ReadNames(reader, "principals", grant.principals);
  reader.Optional("expires_at").String(grant.expires_at);
  reader.Optional("requests_per_minute").Uint(grant.limits.requests_per_minute, 0, UINT32_MAX);
  reader.Optional("requests_per_day").Uint(grant.limits.requests_per_day, 0, UINT32_MAX);
  reader.Optional("tokens_per_minute").Uint(grant.limits.tokens_per_minute, 0, UINT32_MAX);
  reader.Optional("tokens_per_day").Uint(grant.limits.tokens_per_day, 0, UINT32_MAX);
  reader.Optional("instructions").String(grant.instructions);
}

void AddKeyFields(const ApiKey& key, JsonWriter& json) {
  json.Key("id").String(key.id);
  AddGrant(key.grant, json);
  json.Key("created_at").String(key.created_at).Key("revoked_at");
  key.revoked_at.empty() ? json.Null() : json.String(key.revoked_at);
}

}  // namespace quarry::server
