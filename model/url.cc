#include "model/url.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/host_name.h"
#include "base/ip_address.h"
#include "base/numbers.h"

namespace quarry::model {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

Status WrongUrl(std::string_view problem) {
  return InvalidArgumentError("expected a URL such as https://example.org/v1: " +
                              std::string(problem));
}

bool IsSafe(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; });
}

uint16_t DefaultPort(bool tls) { return tls ? 443 : 80; }

// RFC 3986, 5.2.4: "/a/../b/./c" is "/b/c". What stands behind a "?" is no path.
std::string WithoutDotSegments(std::string_view target) {
  const size_t end = std::min(target.find('?'), target.size());
  std::string path;
  for (size_t at = 0; at < end;) {  // at the slash before a segment
    const size_t next = std::min(target.find('/', at + 1), end);
    const std::string_view segment = target.substr(at + 1, next - at - 1);
    const bool up = segment == "..";
    if (up) path.erase(std::min(path.rfind('/'), path.size()));
    if (up || segment == ".") {
      if (next == end) path += '/';
    } else {
      path.append("/").append(segment);
    }
    at = next;
  }
  return path.append(target.substr(end));
}

}  // namespace

std::string Url::Authority() const {
  std::string text = host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port != DefaultPort(tls)) text += ':' + std::to_string(port);
  return text;
}

std::string Url::Origin() const { return std::string(tls ? kHttps : kHttp) + Authority(); }

bool Url::IsLoopback() const {
  return host == "localhost" || host.ends_with(".localhost") || host == "::1" ||
         IsLoopbackIpv4(host);
}

std::string Url::Shown() const { return Origin() + target.substr(0, target.find('?')); }

std::string Url::Credentials() const { return DecodeHexEscapes(user_info, '%'); }

bool IsUrl(std::string_view text) {
  return StartsWithIgnoringCase(text, kHttp) || StartsWithIgnoringCase(text, kHttps);
}

Result<Url> ParseUrl(std::string_view text) {
  if (!IsUrl(text)) return WrongUrl("it begins with neither http:// nor https://");
  Url url;
  url.tls = StartsWithIgnoringCase(text, kHttps);
  text.remove_prefix(url.tls ? kHttps.size() : kHttp.size());
  text = text.substr(0, text.find('#'));
  const size_t end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  if (end < text.size()) url.target = text[end] == '/' ? "" : "/";
  if (end < text.size()) url.target += text.substr(end);
  // Bytes of UTF-8 are sent as they are written; white space and controls would end the request line.
  if (std::any_of(url.target.begin(), url.target.end(),
                  [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; })) {
    return WrongUrl("white space or a control character in its path");
  }
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) return WrongUrl("\"[\" without \"]\" in its host");
    url.host = authority.substr(1, close - 1);
    const Result<IpAddress> address = ParseIpAddress(url.host.substr(0, url.host.find('%')));
    if (!address.ok() || !address->is_v6) return WrongUrl("no IPv6 address stands between [ and ]");
    const std::string_view rest = authority.substr(close + 1);
    has_port = !rest.empty();
    if (has_port && rest[0] != ':') return WrongUrl("only a port may follow \"]\" in its host");
    if (has_port) port = rest.substr(1);
  } else {
    const size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    has_port = colon != std::string_view::npos;
    if (has_port) port = authority.substr(colon + 1);
  }
  if (url.host.empty()) return WrongUrl("its host is missing");
  if (!IsSafe(url.host)) return WrongUrl("its host holds white space or a control character");
  if (!authority.starts_with('[') && url.host.find_first_of("\"%<>[]\\^`{|}") != url.host.npos) {
    return WrongUrl("its host holds a character that no name has");
  }
  QUARRY_ASSIGN_OR_RETURN(url.host, AsciiHostName(url.host));
  url.port = DefaultPort(url.tls);
  if (has_port) {
    url.port = ParseNumber<uint16_t>(port).value_or(0);
    if (url.port == 0) {
      // Not shown: in "http://name:secret/" it is a password.
      return WrongUrl("the port of host " + url.host + " is no number from 1 to 65535");
    }
  }
  return url;
}

Result<Url> ResolveUrl(const Url& base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  if (IsUrl(reference) || reference.starts_with("//")) {
    const std::string scheme = IsUrl(reference) ? "" : base.tls ? "https:" : "http:";
    QUARRY_ASSIGN_OR_RETURN(Url url, ParseUrl(scheme + std::string(reference)));
    url.target = WithoutDotSegments(url.target);
    return url;
  }
  const std::string path = base.target.substr(0, base.target.find('?'));
  std::string target(reference);
  if (reference.empty()) {
    target = base.target;
  } else if (reference.starts_with('?')) {
    target = path + target;
  } else if (!reference.starts_with('/')) {
    target = path.substr(0, path.rfind('/') + 1) + target;
  }
  return ParseUrl(base.Origin() + WithoutDotSegments(target));
}

std::string JoinUrl(std::string_view base, std::string_view path) {
  base = base.substr(0, base.find('#'));
  const size_t query = std::min(base.find('?'), base.size());
  std::string joined(base.substr(0, query));
  while (joined.ends_with('/')) joined.pop_back();
  return joined.append(path).append(base.substr(query));
}

}  // namespace quarry::model
