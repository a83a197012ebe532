#pragma once

// Authenticator: which requests are let in, and as whom.
//
//   no key was ever made            everybody may do everything, but no page of a site whose name was
//                                   made to lead here (NameProblem)
//   else                            a key is needed: "Authorization: Bearer qk-..."
//   ... and AuthOptions::loopback_open   not from this machine, unless a proxy on it says for others
//
// A key must have the scope of the route (Route::scope). One that is bound to collections or
// principals is admitted only where the handler holds it to them (Route::is_bounded): a route that
// does not say so refuses it. The owner of the store is known by a token that the server leaves in
// the store's directory, and may do everything from this machine.
//
// Ten failed attempts a minute are answered, of one address with one key; further ones are 429. The right
// secret is let in at any time: secrets are too long to be guessed, and who fails in the name of a key
// must not shut out its owner. Attempts with keys that do not exist stop nobody else at that address.
//
// Thread-safe.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/api_keys.h"
#include "server/caller.h"
#include "server/errors.h"
#include "server/rate_limit.h"
#include "server/router.h"

namespace quarry::server {

struct AuthOptions {
  bool loopback_open = false;
  std::string owner_token = {};         // "" = there is none
  std::string host = "127.0.0.1";       // what the server listens on
  std::vector<std::string> sites = {};  // whose names are the server's, too: "https://app.example"
};

class Authenticator {
 public:
  // `keys` must outlive it.
  Authenticator(const ApiKeys& keys, AuthOptions options)
      : keys_(keys), options_(std::move(options)) {}

  struct Decision {
    Caller caller;  // where refused, at most its key: of whom the secret was right
    std::optional<ErrorDetail> refusal;
    HeaderList headers;     // of the response, whatever it is
    bool is_owner = false;  // the request has the owner's token
  };
  // `remote` is the address and port of the client; `now` of the steady clock.
  Decision Decide(const Route& route, const HeaderList& headers, std::string_view remote,
                  KeyMeter::Time now);

 private:
  Decision DecideByKey(const Route& route, const std::string& token, const std::string& address,
                       KeyMeter::Time now);
  std::shared_ptr<KeyMeter> MeterOf(const ApiKey& key, KeyMeter::Time now);

  const ApiKeys& keys_;
  const AuthOptions options_;
  FailureLimiter failures_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<KeyMeter>> meters_;  // guarded by mutex_; by the key's id
};

// "127.0.0.1" of "127.0.0.1:51324", "::1" of "[::1]:51324".
std::string_view AddressOf(std::string_view remote);
bool IsLoopbackAddress(std::string_view address);

}  // namespace quarry::server
