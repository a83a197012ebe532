#pragma once

// The strict check of a request's header block, on its raw bytes and before anything else reads
// them.
//
// Request smuggling lives on two parsers that understand the same bytes differently. So there is
// one here, and it refuses what RFC 9112 leaves to interpretation: bare CR or LF, NUL and other
// control characters, folded lines, white space before a colon, several or signed or listed
// Content-Length, Transfer-Encoding other than exactly "chunked", both of them at once, a missing
// or second Host, and names that only look like these ("Content_Length"). After a problem the place
// where the next request begins is unknown: the connection must be closed.
//
//   size_t scanned = 0;
//   const HeaderScan scan = ScanHeader(buffer, limits, scanned);  // again whenever bytes arrive
//   if (scan.state == HeaderScan::State::kComplete)
//     const auto head = ParseHeader(std::string_view(buffer).substr(0, scan.size), limits);
//
// Pure functions over bytes; thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "server/http_types.h"

namespace quarry::server {

struct GuardLimits {
  uint32_t header_bytes = 8 * 1024;  // request line, headers and the empty line
  uint32_t target_bytes = 4 * 1024;
  uint32_t header_count = 128;
};

// Why a request is refused before it is understood.
struct HttpProblem {
  int status = 400;
  std::string message;  // what was found and what was expected, for a person

  friend bool operator==(const HttpProblem&, const HttpProblem&) = default;
};

// A checked header block.
struct RequestHead {
  std::string method;
  std::string
      target;  // origin-form: begins with '/'; "*" for OPTIONS. Absolute-form is reduced to it
  int minor_version = 1;  // HTTP/1.0 or HTTP/1.1
  HeaderList headers;     // in order; white space around values is gone
  bool chunked = false;
  std::optional<uint64_t> content_length;
  bool keep_alive = true;  // what the client asks for, by version and Connection
  bool expect_continue = false;

  // Whether bytes of a body follow.
  bool HasBody() const { return chunked || content_length.value_or(0) > 0; }
};

struct HeaderScan {
  enum class State : uint8_t { kNeedMore, kComplete, kBad };
  State state = State::kNeedMore;
  size_t size = 0;      // kComplete: bytes of the block, its empty line included
  HttpProblem problem;  // kBad
};

// Finds the end of the header block at the start of `bytes`. Bare line ends and control characters
// are refused as soon as they are seen, so that nobody waits for the end of what is wrong already;
// likewise what is too long (414 where it is the target, else 431). `scanned` remembers between
// calls with a growing buffer what was looked at; set it to 0 for a new block. One empty line
// before the request line is allowed (RFC 9112, 2.2).
HeaderScan ScanHeader(std::string_view bytes, const GuardLimits& limits, size_t& scanned);

// Parses and checks a block that ScanHeader found complete.
std::variant<RequestHead, HttpProblem> ParseHeader(std::string_view block,
                                                   const GuardLimits& limits);

}  // namespace quarry::server
