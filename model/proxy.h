#pragma once

// Proxies, as the environment names them for every program: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and
// NO_PROXY, in capitals or small letters. Pure but for ProxyEnvironment.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/url.h"

namespace quarry::model {

struct ProxySettings {
  std::optional<Url> http;   // for http:// targets
  std::optional<Url> https;  // for https:// targets, by CONNECT
  // Host names and suffixes (".example.org" and "example.org" alike, with ":port" for one port only),
  // addresses; "*" = every host.
  std::vector<std::string> direct;

  // The proxy to reach `url` by; nullptr = none. Loopback is always reached directly.
  const Url* For(const Url& url) const;
};

// From variables by name; small letters win, as in curl. A proxy without scheme is one of http.
// kInvalidArgument naming the variable for one that is no URL of http.
Result<ProxySettings> ProxyFromEnvironment(const std::map<std::string, std::string>& environment);

// The variables of this process that the function above looks at.
std::map<std::string, std::string> ProxyEnvironment();

}  // namespace quarry::model
