#pragma once

// Web pages of other sites. Their requests carry the Origin of the page; and a name of theirs that
// was made to resolve to this machine (DNS rebinding) stands in Host, in Origin too. None is served,
// so that no page can drive the server through a browser, but those of sites that the server is told
// of (CORS). Thread-safe.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http_types.h"

namespace quarry::server {

struct OriginPolicy {
  std::string host;                  // what the server listens on
  std::vector<std::string> allowed;  // "https://app.example"; "*" = every site
};

struct OriginCheck {
  std::string problem;  // why the request is refused; "" = it is not
  HeaderList headers;   // that let the page of another site read the response
};
OriginCheck CheckOrigin(const OriginPolicy& policy, const HeaderList& headers);

// The answer to a browser that asks before it sends (OPTIONS with Access-Control-Request-Method);
// nullopt for any other request. `methods` are those of the path: "GET, HEAD, PUT".
std::optional<Response> PreflightResponse(std::string_view method, const HeaderList& headers,
                                          const std::string& methods);

// Whether an address to listen on is reached from this machine only.
bool IsLoopbackHost(std::string_view host);
// Whether the Host that a request is meant for is this machine by name.
bool NamesLoopback(const HeaderList& headers);
// Whether Host is no name that another site can have made lead here: an address, a name without a
// dot (of this machine, of its network, of a container), this machine's host name, or the name of one
// of `sites`. Without Host it is no browser's request.
bool NamesNoOtherSite(const std::vector<std::string>& sites, const HeaderList& headers);

}  // namespace quarry::server
