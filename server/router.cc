#include "server/router.h"

#include <algorithm>
#include <optional>

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

bool IsParameter(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}
bool IsRest(std::string_view segment) { return IsParameter(segment) && segment.ends_with("...}"); }

std::string ParameterName(std::string_view segment) {
  return std::string(segment.substr(1, segment.size() - (IsRest(segment) ? 5 : 2)));
}

// The values of the pattern's parameters, still encoded; nullopt where the path does not fit.
std::optional<std::map<std::string, std::string>> Fit(const std::vector<std::string_view>& pattern,
                                                      const std::vector<std::string_view>& path) {
  if (path.size() < pattern.size()) return std::nullopt;
  const size_t extra =
      path.size() - pattern.size();  // segments that a "..." takes besides its first
  std::map<std::string, std::string> values;
  size_t at = 0;
  for (const std::string_view segment : pattern) {
    if (!IsParameter(segment)) {
      if (path[at++] != segment) return std::nullopt;
      continue;
    }
    std::string value(path[at++]);
    if (IsRest(segment)) {
      for (size_t i = 0; i < extra; ++i) value += '/' + std::string(path[at++]);
    }
    if (value.empty()) return std::nullopt;
    values.emplace(ParameterName(segment), std::move(value));
  }
  if (at != path.size()) return std::nullopt;
  return values;
}

}  // namespace

void Router::Add(Route route) {
  const std::vector<std::string_view> segments = Segments(route.pattern);
  QUARRY_CHECK(!segments.empty());
  QUARRY_CHECK(std::ranges::count_if(segments, IsRest) <= 1);
  for (const Route& other : routes_) {
    QUARRY_CHECK(other.method != route.method || other.pattern != route.pattern);
  }
  routes_.push_back(std::move(route));
}

Result<Router::Match> Router::Find(std::string_view method, std::string_view path) const {
  const std::vector<std::string_view> segments = Segments(path);
  Match match;
  const std::string* owner = nullptr;
  for (const Route& route : routes_) {
    if (owner != nullptr && route.pattern != *owner) continue;
    auto values = Fit(Segments(route.pattern), segments);
    if (!values) continue;
    owner = &route.pattern;
    match.allow += (match.allow.empty() ? "" : ", ") + route.method;
    if (route.method == "GET") match.allow += ", HEAD";
    if (route.method != method) continue;
    for (const auto& [name, value] : *values) {
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
