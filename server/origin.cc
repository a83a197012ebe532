#include "server/origin.h"

#include <unistd.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/ip_address.h"

namespace quarry::server {
namespace {

constexpr const char* kExposed =
    "X-Request-Id, Retry-After, Mcp-Session-Id, x-ratelimit-limit-requests, "
    "x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, "
    "x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens";
constexpr const char* kAccepted =
    "Authorization, Content-Type, Cache-Control, X-Request-Id, Mcp-Session-Id, "
    "MCP-Protocol-Version, Last-Event-ID";

// A list of names of headers, as a browser writes it.
bool IsHeaderNames(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return IsAsciiAlphanumeric(c) || std::string_view("-_, ").find(c) != std::string_view::npos;
  });
}

// Beside those that are known here, what the page asks for: SDKs add headers of their own, and a site that
// is allowed may send what it likes.
std::string AcceptedHeaders(const HeaderList& headers) {
  const std::string* asked = FindHeader(headers, "Access-Control-Request-Headers");
  std::string accepted = kAccepted;
  if (asked != nullptr && IsHeaderNames(*asked)) accepted += ", " + *asked;
  return accepted;
}

// "localhost:8420" -> "localhost", "[::1]:8420" -> "[::1]".
std::string_view HostName(std::string_view authority) {
  const size_t bracket = authority.find(']');
  return authority.substr(0, authority.find(':', bracket == std::string_view::npos ? 0 : bracket));
}

// "https://app.example:8443" -> "app.example"; "" of what is no site.
std::string_view HostNameOfSite(std::string_view site) {
  const size_t scheme = site.find("://");
  return scheme == std::string_view::npos ? "" : HostName(site.substr(scheme + 3));
}

bool IsAddress(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return ParseIpAddress(host).ok();
}

bool IsNameOfThisMachine(std::string_view host) {
  char name[256] = "";  // POSIX: at most 255 bytes
  return ::gethostname(name, sizeof(name) - 1) == 0 && EqualsIgnoringCase(host, name);
}

}  // namespace

bool IsLoopbackHost(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return EqualsIgnoringCase(host, "localhost") || host == "::1" || IsLoopbackIpv4(host);
}

bool NamesLoopback(const HeaderList& headers) {
  const std::string* host = FindHeader(headers, "Host");
  return host != nullptr && IsLoopbackHost(HostName(*host));
}

bool IsForwarded(const HeaderList& headers) {
  return std::ranges::any_of(headers, [](const auto& header) {
    const std::string& name = header.first;
    return StartsWithIgnoringCase(name, "X-Forwarded-") || EqualsIgnoringCase(name, "Forwarded") ||
           EqualsIgnoringCase(name, "X-Real-IP") || EqualsIgnoringCase(name, "Via");
  });
}

std::string NameProblem(std::string_view listens_on, const std::vector<std::string>& sites,
                        const HeaderList& headers) {
  const std::string* authority = FindHeader(headers, "Host");
  if (authority == nullptr) return "";
  const std::string_view host = HostName(*authority);
  const bool on_loopback = IsLoopbackHost(listens_on);
  const bool has_dot = host.find('.') != std::string_view::npos;
  const bool is_own =
      on_loopback ? IsLoopbackHost(host) : !has_dot || IsAddress(host) || IsNameOfThisMachine(host);
  if (is_own || std::ranges::any_of(sites, [&](const std::string& site) {
        return EqualsIgnoringCase(HostNameOfSite(site), host);
      })) {
    return "";
  }
  return "Host " + *authority + ": without a key the server is used by " +
         (on_loopback ? "localhost, 127.0.0.1, [::1]"
                      : "its address, its host name, a name without a dot") +
         " or one of server.cors_origins; add this one there as https://NAME or http://NAME:PORT, "
         "or make a key (quarry keys create)";
}

OriginCheck CheckOrigin(const std::vector<std::string>& sites, const HeaderList& headers) {
  OriginCheck check;
  const std::string* host = FindHeader(headers, "Host");
  const std::string authority = host == nullptr ? "" : *host;
  const std::string* origin = FindHeader(headers, "Origin");
  if (origin == nullptr) return check;
  const size_t scheme = origin->find("://");
  if (scheme != std::string::npos &&
      EqualsIgnoringCase(std::string_view(*origin).substr(scheme + 3), authority)) {
    return check;
  }
  const bool is_allowed = std::ranges::any_of(sites, [&](const std::string& one) {
    return one == "*" || EqualsIgnoringCase(one, *origin);
  });
  if (!is_allowed) {
    check.problem = "Origin " + *origin + " is another site; requests of its pages are not served";
    return check;
  }
  check.headers = {{"Access-Control-Allow-Origin", *origin},
                   {"Access-Control-Expose-Headers", kExposed},
                   {"Vary", "Origin"}};
  return check;
}

std::optional<Response> PreflightResponse(std::string_view method, const HeaderList& headers,
                                          const std::string& methods) {
  const bool is_preflight = method == "OPTIONS" && FindHeader(headers, "Origin") != nullptr &&
                            FindHeader(headers, "Access-Control-Request-Method") != nullptr;
  if (!is_preflight) return std::nullopt;
  return Response{.status = 204,
                  .content_type = "",
                  .headers = {{"Access-Control-Allow-Methods", methods},
                              {"Access-Control-Allow-Headers", AcceptedHeaders(headers)},
                              {"Access-Control-Max-Age", "600"},
                              {"Vary", "Access-Control-Request-Headers"}}};
}

}  // namespace quarry::server
