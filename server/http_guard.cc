#include "server/http_guard.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/numbers.h"

namespace quarry::server {
namespace {

HttpProblem Bad(std::string message) { return {400, std::move(message)}; }

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

// A piece of the request, fit for a message: short and without anything but printable ASCII.
std::string Quoted(std::string_view text) {
  constexpr size_t kShown = 60;
  std::string quoted = "\"";
  for (const char c : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\') {
      quoted += c;
    } else {
      quoted += "\\x";
      AppendHex(quoted, c);
    }
  }
  return quoted + (text.size() > kShown ? "...\"" : "\"");
}

// Takes the line at the start of `block`, which holds CRLF line ends only.
std::string_view TakeLine(std::string_view& block) {
  const size_t end = block.find("\r\n");
  const std::string_view line = block.substr(0, end);
  block.remove_prefix(std::min(block.size(), line.size() + 2));
  return line;
}

// Whether sloppy software, which compares only letters and digits and not their case, takes one name for the other.
bool LooksLike(std::string_view name, std::string_view other) {
  const auto next = [](std::string_view text, size_t at) {
    while (at < text.size() && !IsAsciiAlphanumeric(text[at])) ++at;
    return at;
  };
  size_t i = next(name, 0);
  size_t j = next(other, 0);
  while (i < name.size() && j < other.size() && AsciiLower(name[i]) == AsciiLower(other[j])) {
    i = next(name, i + 1);
    j = next(other, j + 1);
  }
  return i == name.size() && j == other.size();
}

// host [":" port], where host is a name, an IPv4 address or an IPv6 address in brackets.
bool IsHost(std::string_view host) {
  std::string_view port;
  if (host.starts_with('[')) {
    const size_t close = host.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    const std::string_view address = host.substr(1, close - 1);
    const auto in_address = [](char c) {
      return std::string_view("0123456789abcdefABCDEF:.").find(c) != std::string_view::npos;
    };
    if (!std::ranges::all_of(address, in_address)) return false;
    port = host.substr(close + 1);
    if (!port.empty() && port.front() != ':') return false;
  } else {
    const size_t colon = std::min(host.find(':'), host.size());
    const auto in_name = [](char c) {
      return IsAsciiAlphanumeric(c) || std::string_view("-._~%").find(c) != std::string_view::npos;
    };
    if (!std::ranges::all_of(host.substr(0, colon), in_name)) return false;
    port = host.substr(colon);
  }
  if (port.empty()) return true;
  port.remove_prefix(1);
  return port.size() <= 5 && std::ranges::all_of(port, IsAsciiDigit);
}

std::optional<HttpProblem> ParseVersion(std::string_view version, RequestHead& head) {
  if (version == "HTTP/1.1" || version == "HTTP/1.0") {
    head.minor_version = version.back() - '0';
    return std::nullopt;
  }
  if (version.size() == 8 && version.starts_with("HTTP/") && IsAsciiDigit(version[5]) &&
      version[6] == '.' && IsAsciiDigit(version[7])) {
    return HttpProblem{505, "request line: version " + std::string(version) +
                                " is not served; expected HTTP/1.1 or HTTP/1.0"};
  }
  return Bad("request line: expected \"METHOD target HTTP/1.1\", version is " + Quoted(version));
}

// Origin-form stays; of absolute-form (which a server must accept) the authority is taken off.
std::optional<HttpProblem> ParseTarget(std::string_view target, const GuardLimits& limits,
                                       RequestHead& head) {
  if (target.size() > limits.target_bytes) {
    return HttpProblem{414, "request line: the target has " + std::to_string(target.size()) +
                                " bytes; at most " + std::to_string(limits.target_bytes) +
                                " are accepted"};
  }
  if (target == "*" && head.method == "OPTIONS") {
    head.target = target;
    return std::nullopt;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualsIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
    const std::string_view rest = target.substr(scheme.size());
    const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    if (end == 0 || !IsHost(rest.substr(0, end))) {
      return Bad("request line: " + Quoted(target) + " names no host");
    }
    head.target = rest.substr(end);
    if (!head.target.starts_with('/')) head.target.insert(0, "/");
    return std::nullopt;
  }
  if (!target.starts_with('/')) {
    return Bad("request line: the target must begin with \"/\", it is " + Quoted(target));
  }
  head.target = target;
  return std::nullopt;
}

std::optional<HttpProblem> ParseRequestLine(std::string_view line, const GuardLimits& limits,
                                            RequestHead& head) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || line.find(' ', first + 1) != last) {
    return Bad("request line: expected \"METHOD target HTTP/1.1\" with single spaces, found " +
               Quoted(line));
  }
  const std::string_view method = line.substr(0, first);
  constexpr size_t kMaxMethod = 32;
  if (!IsHttpToken(method) || method.size() > kMaxMethod) {
    return Bad("request line: " + Quoted(method) + " is not a method");
  }
  head.method = method;
  // The version first: "PRI * HTTP/2.0" is a matter of version.
  if (auto problem = ParseVersion(line.substr(last + 1), head)) return problem;
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.empty() || std::ranges::any_of(target, IsControl)) {
    return Bad("request line: the target " + Quoted(target) +
               " is empty or holds a control character");
  }
  return ParseTarget(target, limits, head);
}

std::optional<HttpProblem> ParseFields(std::string_view block, const GuardLimits& limits,
                                       RequestHead& head) {
  while (true) {
    const std::string_view line = TakeLine(block);
    if (line.empty()) break;
    if (head.headers.size() == limits.header_count) {
      return HttpProblem{431, "more than " + std::to_string(limits.header_count) + " headers"};
    }
    if (line.front() == ' ' || line.front() == '\t') {
      return Bad("header " + Quoted(line) + ": a folded or indented line is not accepted");
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Bad("header " + Quoted(line) + " has no colon");
    const std::string_view name = line.substr(0, colon);
    if (!IsHttpToken(name)) {
      return Bad("header " + Quoted(line) +
                 ": the name is empty or holds a character that names do not have (no white space "
                 "before the colon)");
    }
    const std::string_view value = TrimBlanks(line.substr(colon + 1));
    if (std::ranges::any_of(value, [](char c) { return IsControl(c) && c != '\t'; })) {
      return Bad("header " + Quoted(name) + ": the value holds a control character");
    }
    // "Content_Length" is no header of ours, but a proxy before us may take it for one.
    for (const std::string_view framing : {"content-length", "transfer-encoding", "host"}) {
      if (LooksLike(name, framing) && !EqualsIgnoringCase(name, framing)) {
        return Bad("header " + Quoted(name) + " looks like " + std::string(framing) +
                   " and is not it");
      }
    }
    head.headers.emplace_back(name, value);
  }
  if (!block.empty()) return Bad("bytes after the empty line of the header block");
  return std::nullopt;
}

// The values of all fields of that name.
std::vector<std::string_view> ValuesOf(const RequestHead& head, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : head.headers) {
    if (EqualsIgnoringCase(key, name)) values.push_back(value);
  }
  return values;
}

std::optional<HttpProblem> CheckHost(const RequestHead& head) {
  const std::vector<std::string_view> hosts = ValuesOf(head, "Host");
  if (hosts.size() > 1) return Bad("header Host stands twice");
  if (hosts.empty()) {
    if (head.minor_version == 0) return std::nullopt;
    return Bad("header Host is missing; HTTP/1.1 requires it");
  }
  if (!IsHost(hosts[0])) return Bad("header Host: " + Quoted(hosts[0]) + " is not host[:port]");
  return std::nullopt;
}

// How the end of the body is found; everything that two servers could see differently is refused.
std::optional<HttpProblem> CheckFraming(RequestHead& head) {
  const std::vector<std::string_view> lengths = ValuesOf(head, "Content-Length");
  const std::vector<std::string_view> codings = ValuesOf(head, "Transfer-Encoding");
  if (!lengths.empty() && !codings.empty()) {
    return Bad("both Content-Length and Transfer-Encoding are given");
  }
  if (lengths.size() > 1) return Bad("header Content-Length stands twice");
  if (!lengths.empty()) {
    const std::string_view value = lengths[0];
    head.content_length = ParseNumber<uint64_t>(value);
    // An unsigned number has no sign, nor "-0"; neither a list nor white space is part of one.
    if (!head.content_length) {
      return Bad("header Content-Length: expected digits, found " + Quoted(value));
    }
  }
  if (codings.empty()) return std::nullopt;
  if (head.minor_version == 0) return Bad("header Transfer-Encoding in an HTTP/1.0 request");
  for (const std::string_view coding : codings) {
    if (!EqualsIgnoringCase(coding, "chunked")) {
      return HttpProblem{
          501, "header Transfer-Encoding: only \"chunked\" is served, found " + Quoted(coding)};
    }
  }
  if (codings.size() > 1) return Bad("header Transfer-Encoding stands twice");
  head.chunked = true;
  return std::nullopt;
}

std::optional<HttpProblem> CheckConnection(RequestHead& head) {
  bool close = false;
  bool keep_alive = false;
  for (std::string_view list : ValuesOf(head, "Connection")) {
    while (!list.empty()) {
      const size_t comma = std::min(list.find(','), list.size());
      const std::string_view option = TrimBlanks(list.substr(0, comma));
      list.remove_prefix(std::min(comma + 1, list.size()));
      close |= EqualsIgnoringCase(option, "close");
      keep_alive |= EqualsIgnoringCase(option, "keep-alive");
    }
  }
  head.keep_alive = !close && (head.minor_version == 1 || keep_alive);

  const std::vector<std::string_view> expected = ValuesOf(head, "Expect");
  if (expected.empty() || head.minor_version == 0) return std::nullopt;
  if (expected.size() > 1 || !EqualsIgnoringCase(expected[0], "100-continue")) {
    return HttpProblem{417, "header Expect: only \"100-continue\" is known"};
  }
  head.expect_continue = true;
  return std::nullopt;
}

}  // namespace

HeaderScan ScanHeader(std::string_view bytes, const GuardLimits& limits, size_t& scanned) {
  const auto bad = [](HttpProblem problem) {
    return HeaderScan{HeaderScan::State::kBad, 0, std::move(problem)};
  };
  const size_t leading = bytes.starts_with("\r\n") ? 2 : 0;
  const size_t limit = leading + limits.header_bytes;
  for (size_t& i = scanned; i < std::min(bytes.size(), limit); ++i) {
    const char c = bytes[i];
    // Also what speaks TLS to this port finds out at once.
    if (IsControl(c) && c != '\r' && c != '\n' && c != '\t') {
      return bad(Bad("a control character at offset " + std::to_string(i)));
    }
    if (c == '\n' && (i == 0 || bytes[i - 1] != '\r')) {
      return bad(Bad("a line feed without carriage return at offset " + std::to_string(i)));
    }
    if (i > 0 && bytes[i - 1] == '\r' && c != '\n') {
      return bad(Bad("a carriage return without line feed at offset " + std::to_string(i - 1)));
    }
    // An empty line that is not the one allowed at the start.
    if (c == '\n' && i > leading && i >= 3 && bytes[i - 2] == '\n') {
      return {HeaderScan::State::kComplete, i + 1, {}};
    }
  }
  if (bytes.size() < limit) return {};
  if (bytes.find('\n', leading) >= limit) {
    return bad(
        {414, "the request line is longer than " + std::to_string(limits.header_bytes) + " bytes"});
  }
  return bad(
      {431, "the headers are longer than " + std::to_string(limits.header_bytes) + " bytes"});
}

std::variant<RequestHead, HttpProblem> ParseHeader(std::string_view block,
                                                   const GuardLimits& limits) {
  if (block.starts_with("\r\n")) block.remove_prefix(2);
  RequestHead head;
  if (auto problem = ParseRequestLine(TakeLine(block), limits, head)) return *problem;
  if (auto problem = ParseFields(block, limits, head)) return *problem;
  if (auto problem = CheckHost(head)) return *problem;
  if (auto problem = CheckFraming(head)) return *problem;
  if (auto problem = CheckConnection(head)) return *problem;
  return head;
}

}  // namespace quarry::server
