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

struct OriginCheck {
  std::string problem;  // why the request is refused; "" = it is not
  HeaderList headers;   // that let the page of another site read the response
};
// `sites` may ask beside the server's own pages: "https://app.example"; "*" = every site.
OriginCheck CheckOrigin(const std::vector<std::string>& sites, const HeaderList& headers);

// The answer to a browser that asks before it sends (OPTIONS with Access-Control-Request-Method);
// nullopt for any other request. `methods` are those of the path: "GET, HEAD, PUT".
std::optional<Response> PreflightResponse(std::string_view method, const HeaderList& headers,
                                          const std::string& methods);

// Whether an address to listen on is reached from this machine only.
bool IsLoopbackHost(std::string_view host);
// Whether the Host that a request is meant for is this machine by name.
bool NamesLoopback(const HeaderList& headers);
// Whether a proxy says that it hands on what another has sent.
bool IsForwarded(const HeaderList& headers);
// Why a server that listens on `listens_on` is not to answer a request without a key under the Host that it is
// meant for: another site can have made the name lead here. "" where it cannot: an address, a name without a
// dot (of this machine, of its network, of a container), this machine's host name (on loopback none of these
// but its own names), or the name of one of `sites`. Without Host it is no browser's request.
std::string NameProblem(std::string_view listens_on, const std::vector<std::string>& sites,
                        const HeaderList& headers);

}  // namespace quarry::server
