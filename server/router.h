#pragma once

// Router: method and path -> handler. One table, built once and then only read.
//
//   Router router;
//   router.Add({.method = "GET", .pattern = "/api/v1/documents/{id...}", .handler = ...});
//   const Router::Match match = router.Find("GET", "/api/v1/documents/guides/pump.md");
//
// A pattern's segments are literal, "{name}" (exactly one segment, not empty) or "{name...}" (one
// or more segments, slashes included; anything may follow it but another "..."). Values are decoded
// after the path was cut, so an encoded slash stays inside its segment. The first pattern added
// that fits the path owns it: methods that it does not have are 405 there, even if a later pattern
// fits as well.
//
// Thread-safe once built.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/caller.h"
#include "server/http_types.h"

namespace quarry::server {

using Handler = std::function<Response(const Call& call)>;

// Which threads run a handler. Writing waits for the one writer of a collection, or for the disk, so
// it must not take the threads that search; an operator wants to hear from a server whose queues are
// full; and a command of the store's owner may take hours. kAtOnce is the network thread itself: for
// what is done in microseconds and waits for nothing.
enum class Lane : uint8_t { kRequest, kIngest, kOperations, kCommands, kAtOnce };

// What the body of a request is. kFile: any type that ingest parses, or JSON; kLines: JSON lines;
// kForm: multipart/form-data.
enum class BodyKind : uint8_t { kJson, kFile, kLines, kForm };

// The lane of a request where not all of a route have one.
using LaneOf = Lane(const Request& request);

struct Route {
  std::string method;
  std::string pattern;           // also the label of its metrics
  std::string description = {};  // one line for people
  Handler handler = {};
  Lane lane = Lane::kRequest;
  LaneOf* lane_of = nullptr;  // instead; called on the network thread
  BodyKind body = BodyKind::kJson;
  uint64_t body_limit = 0;  // bytes; 0 = the server's default
  // What a key must have for it. A route that says nothing is for administrators.
  Scope scope = Scope::kAdmin;
  // Whether the handler holds the request to the collections and principals of its caller
  // (caller.h). Where it does not, keys that are bound to some are refused.
  bool is_bounded = false;
  uint32_t seconds = 0;  // that a request may take; 0 = the server's default
};

class Router {
 public:
  // REQUIRES: a well-formed pattern; method and pattern not there yet.
  void Add(Route route);

  struct Match {
    const Route* route = nullptr;  // nullptr: see allow
    std::map<std::string, std::string> params;
    std::string
        allow;  // "GET, HEAD, PUT" where the path is known and the method is not; "" for no path
  };
  // kInvalidArgument when a value of the path is not percent-encoded UTF-8.
  Result<Match> Find(std::string_view method, std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  // One piece of a pattern.
  struct Segment {
    enum class Kind : uint8_t { kLiteral, kParameter, kRest };
    Kind kind = Kind::kLiteral;
    std::string text;  // the literal, or the name of the parameter
  };
  using Pattern = std::vector<Segment>;

  static Pattern Parse(std::string_view pattern);
  // Whether the pattern takes the path. Its parameters' values, still encoded, are put into `values`.
  static bool Fits(const Pattern& pattern, const std::vector<std::string_view>& path,
                   std::map<std::string, std::string>& values);

  std::vector<Route> routes_;
  std::vector<Pattern> patterns_;  // of routes_, cut into segments
};

}  // namespace quarry::server
