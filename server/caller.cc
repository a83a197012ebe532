#include "server/caller.h"

#include <algorithm>

#include "base/text.h"
#include "server/rate_limit.h"

namespace quarry::server {
namespace {

bool Holds(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string_view ScopeName(Scope scope) {
  switch (scope) {
    case Scope::kQuery:
      return "query";
    case Scope::kIngest:
      return "ingest";
    case Scope::kMetrics:
      return "metrics";
    case Scope::kAdmin:
      return "admin";
    case Scope::kOwner:
      return "owner";
    case Scope::kOpen:
      return "open";
  }
  Fatal(__FILE__, __LINE__, "unknown Scope");
}

Result<Scope> ParseScope(std::string_view name) {
  for (const Scope scope : {Scope::kQuery, Scope::kIngest, Scope::kMetrics, Scope::kAdmin}) {
    if (ScopeName(scope) == name) return scope;
  }
  return InvalidArgumentError("expected query, ingest, metrics or admin, got \"" +
                              std::string(name) + "\"");
}

bool Caller::MayUse(std::string_view collection) const {
  return !collections || Holds(*collections, collection);
}

Status Caller::CheckCollection(std::string_view collection) const {
  if (MayUse(collection)) return OkStatus();
  return NotFoundError("no collection \"" + std::string(collection) +
                       "\"; there is: " + Join(*collections, ", "));
}

bool Caller::MayRead(const std::vector<std::string>& access) const {
  return !principals || access.empty() || std::ranges::any_of(access, [&](const std::string& name) {
    return Holds(*principals, name);
  });
}

bool Caller::MayActFor(const Principals& asked) const {
  return !principals ||
         (!asked.unrestricted && std::ranges::all_of(asked.names, [&](const std::string& name) {
           return Holds(*principals, name);
         }));
}

void Caller::ChargeTokens(uint64_t tokens) const {
  if (meter != nullptr) meter->ChargeTokens(tokens, KeyMeter::Clock::now());
}

}  // namespace quarry::server
