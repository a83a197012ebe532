#include "server/router.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace quarry::server {
namespace {

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    segments.push_back(path.substr(0, path.find('/')));
    path.remove_prefix(segments.back().size());
  }
  return segments;
}

}  // namespace

Router::Pattern Router::Parse(std::string_view pattern) {
  constexpr std::string_view kRestEnd = "...}";
  Pattern parsed;
  for (std::string_view text : Segments(pattern)) {
    Segment segment;
    if (text.starts_with('{') && text.ends_with('}')) {
      const bool is_rest = text.ends_with(kRestEnd);
      segment.kind = is_rest ? Segment::Kind::kRest : Segment::Kind::kParameter;
      text.remove_prefix(1);
      text.remove_suffix(is_rest ? kRestEnd.size() : 1);
    }
    segment.text = text;
    parsed.push_back(std::move(segment));
  }
  return parsed;
}

bool Router::Fits(const Pattern& pattern, const std::vector<std::string_view>& path,
                  std::map<std::string, std::string>& values) {
  if (path.size() < pattern.size()) return false;
  const size_t extra =
      path.size() - pattern.size();  // segments that a "..." takes besides its first
  size_t at = 0;
  for (const Segment& segment : pattern) {
    if (segment.kind == Segment::Kind::kLiteral) {
      if (path[at++] != segment.text) return false;
      continue;
    }
    std::string value(path[at++]);
    if (segment.kind == Segment::Kind::kRest) {
      for (size_t i = 0; i < extra; ++i) value += '/' + std::string(path[at++]);
    }
    if (value.empty()) return false;
    values.emplace(segment.text, std::move(value));
  }
  return at == path.size();
}

void Router::Add(Route route) {
  Pattern pattern = Parse(route.pattern);
  QUARRY_CHECK(!pattern.empty());
  QUARRY_CHECK(std::ranges::count(pattern, Segment::Kind::kRest, &Segment::kind) <= 1);
  for (const Route& other : routes_) {
    QUARRY_CHECK(other.method != route.method || other.pattern != route.pattern);
  }
  routes_.push_back(std::move(route));
  patterns_.push_back(std::move(pattern));
}

Result<Router::Match> Router::Find(std::string_view method, std::string_view path) const {
  const std::vector<std::string_view> segments = Segments(path);
  Match match;
  const std::string* owner = nullptr;
  for (size_t i = 0; i < routes_.size(); ++i) {
    const Route& route = routes_[i];
    if (owner != nullptr && route.pattern != *owner) continue;
    std::map<std::string, std::string> values;
    if (!Fits(patterns_[i], segments, values)) continue;
    owner = &route.pattern;
    match.allow += (match.allow.empty() ? "" : ", ") + route.method;
    if (route.method == "GET") match.allow += ", HEAD";
    if (route.method != method) continue;
    for (const auto& [name, value] : values) {
      std::optional<std::string> decoded = PercentDecode(value);
      if (!decoded) {
        return InvalidArgumentError("path: \"" + value + "\" is not percent-encoded UTF-8");
      }
      match.params.emplace(name, *std::move(decoded));
    }
    match.route = &route;
    match.allow.clear();
    return match;
  }
  return match;
}

}  // namespace quarry::server
