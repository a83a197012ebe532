#pragma once

// Requests and responses in our own types: what handlers see. The transport makes them and writes
// them; no foreign HTTP type goes further than transport.cc.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/call_context.h"
#include "server/caller.h"

namespace quarry::server {

// Header fields in order. Names compare without regard to case.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

// The first field of that name, nullptr if there is none.
const std::string* FindHeader(const HeaderList& headers, std::string_view name);

struct Request {
  std::string id;      // X-Request-Id: the client's, if it is sane, or a new one
  std::string method;  // "GET"; HEAD is handed to handlers as GET
  std::string path;    // as sent, still percent-encoded, without the query
  std::map<std::string, std::string> query;   // decoded
  std::map<std::string, std::string> params;  // decoded {names} of the route
  HeaderList headers;
  std::string body;
  std::string remote;      // "127.0.0.1:51324"
  bool is_secure = false;  // it came over TLS
  Caller caller = {};      // who it comes from
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";  // "" where there is no body (204)
  HeaderList headers = {};  // beside Content-Type, Content-Length and those of the connection
  std::string body = {};
};

// The way out for a handler that answers piece by piece. The first Begin sends the header; what the
// handler returns is then ignored. Used by the handler's thread only.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  // The body of `head` is sent first. Once begun, only that body.
  virtual void Begin(Response head) = 0;
  // Waits while the client is slow (the buffer is bounded). False once nobody listens any more: the
  // client is gone, the deadline passed or the server ends; the rest may then be saved. Begins a
  // stream of server-sent events where none was begun.
  virtual bool Write(std::string_view bytes) = 0;
  virtual bool begun() const = 0;
  // For a stream of server-sent events whose first piece may take long. From now on a comment is
  // sent whenever nothing else was for a while, `head` before the first of them: so nothing on the
  // way takes the connection for dead. Begin is called as ever. An error that is returned without
  // it, once a comment was sent, ends the stream as an event.
  virtual void KeepAlive(Response head) = 0;
};

// One request on its way through a handler.
struct Call {
  const Request& request;
  const CallContext& context;  // cancelled when the client goes away
  StreamWriter& stream;
};

// "Not Found"; "Unknown" for a status that has no name here.
std::string_view ReasonPhrase(int status);

// "Sun, 06 Nov 1994 08:49:37 GMT", for seconds since 1970.
std::string FormatHttpDate(int64_t seconds);

// Decodes %XX. nullopt where '%' is not followed by two hexadecimal digits, for NUL, and where the
// result is not UTF-8. `plus_is_space` for queries.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space = false);

// "a=1&b=x%20y" -> {a: "1", b: "x y"}. An error names the parameter that is malformed or given
// twice.
Result<std::map<std::string, std::string>> ParseQuery(std::string_view query);

}  // namespace quarry::server
