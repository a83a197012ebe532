#include "server/auth.h"

#include <algorithm>
#include <utility>

#include "server/origin.h"

namespace quarry::server {
namespace {

using Decision = Authenticator::Decision;

constexpr std::string_view kBearer = "Bearer ";

Decision Refuse(ErrorDetail detail) {
  Decision decision;
  decision.refusal = std::move(detail);
  return decision;
}

// 401: `challenge` is what WWW-Authenticate says beside the scheme.
Decision Unauthenticated(std::string message, const char* challenge) {
  Decision decision = Refuse({401, "UNAUTHENTICATED", std::move(message), "", "invalid_api_key"});
  decision.headers.emplace_back("WWW-Authenticate",
                                std::string("Bearer realm=\"quarry\"") + challenge);
  return decision;
}

Decision Forbidden(std::string message) {
  return Refuse({403, "FORBIDDEN", std::move(message), "", "insufficient_permissions"});
}

// The decision, with the key that it is about: for the log.
Decision Of(const ApiKey& key, Decision decision) {
  decision.caller.key = key.id;
  return decision;
}

Decision TooMany(std::string message, uint32_t seconds) {
  Decision decision = Refuse(
      {429, InfoOf(Code::kResourceExhausted).name, std::move(message), "", "rate_limit_exceeded"});
  decision.headers.emplace_back("Retry-After", std::to_string(seconds));
  return decision;
}

Decision Unreadable(const Status& status) {
  return Refuse(
      DetailOf(UnavailableError("the keys of the store cannot be read: " + status.message())));
}

// What stands behind "Bearer": nullopt where the request has no Authorization.
struct Credential {
  std::optional<std::string> token;
  const char* problem = nullptr;
};

Credential CredentialOf(const HeaderList& headers) {
  Credential credential;
  for (const auto& [name, value] : headers) {
    if (!EqualsIgnoringCase(name, "Authorization")) continue;
    if (credential.token) {
      credential.problem = "header Authorization stands twice";
      break;
    }
    credential.token = "";
    if (!StartsWithIgnoringCase(value, kBearer)) {
      credential.problem = "header Authorization: expected \"Bearer\" and a key";
      break;
    }
    const size_t begin = value.find_first_not_of(' ', kBearer.size());
    credential.token = begin == std::string::npos ? "" : value.substr(begin);
  }
  return credential;
}

const char* ProblemOf(KeyCheck::State state) {
  switch (state) {
    case KeyCheck::State::kExpired:
      return "the key has expired";
    case KeyCheck::State::kRevoked:
      return "the key was revoked";
    default:
      return "the key is not known here";
  }
}

}  // namespace

std::string_view AddressOf(std::string_view remote) {
  std::string_view address = remote.substr(0, remote.rfind(':'));
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  return address;
}

bool IsLoopbackAddress(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";  // IPv4 as a socket of IPv6 shows it
  if (StartsWithIgnoringCase(address, kMapped)) address.remove_prefix(kMapped.size());
  return IsLoopbackHost(address);
}

std::shared_ptr<KeyMeter> Authenticator::MeterOf(const ApiKey& key, KeyMeter::Time now) {
  if (key.grant.limits == KeyLimits()) return nullptr;
  const std::lock_guard lock(mutex_);
  std::shared_ptr<KeyMeter>& meter = meters_[key.id];
  if (meter == nullptr) meter = std::make_shared<KeyMeter>(key.grant.limits, now);
  return meter;
}

Decision Authenticator::DecideByKey(const Route& route, const std::string& token,
                                    const std::string& address, KeyMeter::Time now) {
  // A wrong secret counts against its key; what is no key here cannot succeed, and counts against
  // nobody else.
  const std::string source = address + ' ' + IdOfKey(token);
  const Result<KeyCheck> check = keys_.Check(token);
  if (!check.ok()) return Unreadable(check.status());
  if (check->state != KeyCheck::State::kGood) {
    const bool is_key = check->state != KeyCheck::State::kUnknown;
    const std::string& counted = is_key ? source : address;
    const uint32_t wait = failures_.Blocked(counted, now);
    // Those that are not answered add nothing: else who keeps trying would be told to wait ever longer.
    if (wait != 0) return TooMany("too many failed attempts", wait);
    failures_.Failed(counted, now);
    Decision refused = Unauthenticated(ProblemOf(check->state), ", error=\"invalid_token\"");
    return check->key ? Of(*check->key, std::move(refused)) : refused;
  }
  const ApiKey& key = *check->key;
  if (route.scope == Scope::kOwner || !key.Has(route.scope)) {
    return Of(key, Forbidden("this needs the scope " + std::string(ScopeName(route.scope)) +
                             ", which the key does not have"));
  }
  Caller caller{.key = key.id,
                .collections = key.grant.collections,
                .principals = key.grant.principals,
                .meter = MeterOf(key, now),
                .instructions = key.grant.instructions,
                .is_admin = key.Has(Scope::kAdmin)};
  if (caller.IsBound() && !route.is_bounded) {
    return Of(key, Forbidden("the key is bound to collections or principals, and this is about all "
                             "of them"));
  }
  Decision decision;
  if (caller.meter != nullptr) {
    KeyMeter::Admission admission = caller.meter->Admit(now);
    if (!admission.admitted) {
      decision = TooMany(std::move(admission.message), admission.retry_seconds);
    }
    std::ranges::move(admission.headers, std::back_inserter(decision.headers));
  }
  decision.caller = std::move(caller);
  return decision;
}

Decision Authenticator::Decide(const Route& route, const HeaderList& headers,
                               std::string_view remote, KeyMeter::Time now) {
  const std::string address(AddressOf(remote));
  const bool is_here = IsLoopbackAddress(address);
  const Credential credential = CredentialOf(headers);
  const std::string token = credential.token.value_or("");
  if (!options_.owner_token.empty() && is_here && EqualSecrets(token, options_.owner_token)) {
    Decision decision;
    decision.is_owner = true;
    return decision;
  }
  if (route.scope == Scope::kOpen) return {};
  if (route.scope == Scope::kOwner) {
    return Forbidden("this is for the owner of the store, through the `quarry` program");
  }
  const Result<bool> any = keys_.Any();
  if (!any.ok()) return Unreadable(any.status());
  if (!*any) {
    std::string problem = NameProblem(options_.host, options_.sites, headers);
    if (problem.empty()) return {};
    return Forbidden(std::move(problem));
  }
  // A page of another site, whose name was made to lead here, is not at home here; nor are those whose requests a
  // proxy on this machine hands on.
  const bool is_open =
      options_.loopback_open && is_here && NamesLoopback(headers) && !IsForwarded(headers);
  // SDKs send something in any case; what looks like a key of ours is meant as one.
  if (is_open && !token.starts_with("qk-")) return {};
  if (credential.problem != nullptr) {
    return Unauthenticated(credential.problem, ", error=\"invalid_request\"");
  }
  if (!credential.token) {
    return Unauthenticated(
        "a key is needed: send \"Authorization: Bearer qk-...\"; `quarry keys "
        "create` makes one",
        "");
  }
  return DecideByKey(route, token, address, now);
}

}  // namespace quarry::server
