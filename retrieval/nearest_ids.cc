#include "retrieval/nearest_ids.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "base/ascii.h"
#include "base/names.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kLeastPart = 3;  // bytes of an id that others are searched for

std::string_view NameIn(std::string_view path) { return path.substr(path.rfind('/') + 1); }

Result<std::set<DocumentId>> ReadableIds(Snapshots snapshots, const Principals& principals,
                                         const CallContext& context) {
  std::set<DocumentId> ids;
  for (const index::Snapshot* snapshot : snapshots) {
    QUARRY_ASSIGN_OR_RETURN(const index::AllowedRows allowed,
                            snapshot->Allow(Filter(), principals, context));
    snapshot->live_versions().ForEachSet([&](size_t position) {
      const index::DocumentEntry document = snapshot->rows().document(position);
      if (!allowed || allowed->Test(document.first_row)) ids.emplace(document.id);
    });
    QUARRY_RETURN_IF_ERROR(context.Check());
  }
  return ids;
}

}  // namespace

Result<std::vector<DocumentId>> NearestIds(Snapshots snapshots, const std::string& id,
                                           const Principals& principals,
                                           const CallContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::set<DocumentId> ids,
                          ReadableIds(snapshots, principals, context));
  const std::string lower = AsciiLower(id);
  using Candidate = std::tuple<int, size_t, std::string_view>;
  std::vector<Candidate> alike;
  std::vector<std::string_view> others;
  for (const DocumentId& one : ids) {
    const std::string other = AsciiLower(one);
    if (!NameIn(lower).empty() && NameIn(other) == NameIn(lower)) {
      alike.emplace_back(0, one.size(), one);
    } else if (lower.size() >= kLeastPart && other.find(lower) != other.npos) {
      alike.emplace_back(1, one.size(), one);
    } else {
      others.push_back(one);
    }
  }
  std::ranges::sort(alike);
  std::vector<DocumentId> nearest;
  for (const Candidate& candidate : alike) {
    if (nearest.size() < kNearestIds) nearest.emplace_back(std::get<2>(candidate));
  }
  while (nearest.size() < kNearestIds) {
    const std::string_view next = NearestName(id, others);
    if (next.empty()) break;
    nearest.emplace_back(next);
    std::erase(others, next);
  }
  return nearest;
}

}  // namespace quarry::retrieval
