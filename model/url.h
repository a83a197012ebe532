#pragma once

// URL: where an upstream is. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::model {

// An absolute URL of http or https. Without fragment: that is never sent.
struct Url {
  bool tls = false;
  std::string host;  // as AsciiHostName has it; of an IPv6 address without the brackets
  uint16_t port = 0;
  std::string user_info;     // "name:secret", still percent-encoded; "" = none
  std::string target = "/";  // path and query, as they are sent

  // "example.org:8080", "[::1]", the port left out where it is the scheme's own.
  std::string Authority() const;
  // "https://example.org:8080".
  std::string Origin() const;
  // "name:secret", decoded.
  std::string Credentials() const;
  // Whether it names this machine itself.
  bool IsLoopback() const;
  // For messages: without user info and query, either of which may hold a secret.
  std::string Shown() const;
};

// kInvalidArgument says what was expected and shows no more of `text` than its scheme and host.
Result<Url> ParseUrl(std::string_view text);

// Whether `text` begins as such a URL does.
bool IsUrl(std::string_view text);

// What `reference`, as in a Location header or a link, names where it stands in `base`: an absolute
// URL, a path, a path relative to the base's, a query (RFC 3986, 5.2).
Result<Url> ResolveUrl(const Url& base, std::string_view reference);

// `base` with "/path" behind its path, before its query.
std::string JoinUrl(std::string_view base, std::string_view path);

}  // namespace quarry::model
