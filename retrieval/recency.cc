#include "retrieval/recency.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace quarry::retrieval {
namespace {

constexpr double kMicrosPerDay = 86'400e6;

// The time in `field` of a document: a string, or the newest of a list.
std::optional<int64_t> TimeOf(const Metadata& metadata, const std::string& field) {
  const auto found = metadata.find(field);
  if (found == metadata.end()) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&found->second)) return ParseIso8601(*text);
  const auto* list = std::get_if<std::vector<std::string>>(&found->second);
  if (list == nullptr) return std::nullopt;
  std::optional<int64_t> newest;
  for (const std::string& text : *list) {
    if (const auto time = ParseIso8601(text)) newest = std::max(newest.value_or(*time), *time);
  }
  return newest;
}

}  // namespace

double RecencyFactor(int64_t micros, int64_t newest, const RecencyOptions& options) {
  const double days =
      std::max(0.0, (static_cast<double>(newest) - static_cast<double>(micros)) / kMicrosPerDay);
  return 1 - options.weight * (1 - std::exp2(-days / options.half_life_days));
}

Status BoostRecent(Snapshots snapshots, const RecencyOptions& options, const CallContext& context,
                   std::vector<RankedHit>& hits) {
  StageTimer timer(context, "retrieve.recency");
  std::map<std::pair<uint32_t, DocumentNumber>, std::optional<int64_t>> times;
  std::optional<int64_t> newest;
  for (const RankedHit& hit : hits) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    const index::Snapshot& snapshot = *snapshots[hit.collection];
    const DocumentNumber number = snapshot.rows().DocumentOf(hit.row).number;
    const auto [it, is_new] = times.try_emplace({hit.collection, number});
    if (!is_new) continue;
    QUARRY_ASSIGN_OR_RETURN(const index::StoredDocument document, snapshot.ReadDocument(number));
    it->second = TimeOf(document.metadata, options.field);
    if (it->second) newest = std::max(newest.value_or(*it->second), *it->second);
  }
  if (!options.as_of.empty()) newest = ParseIso8601(options.as_of);
  for (RankedHit& hit : hits) {
    const index::Snapshot& snapshot = *snapshots[hit.collection];
    const auto time = times[{hit.collection, snapshot.rows().DocumentOf(hit.row).number}];
    const double factor = time ? RecencyFactor(*time, *newest, options) : 1 - options.weight;
    hit.hit.score -= std::abs(hit.hit.score) * (1 - factor);
    hit.steps.push_back(
        {.stage = ScoreStep::Stage::kRecency, .score = hit.hit.score, .judged = time.has_value()});
  }
  SortHits(snapshots, hits);
  for (size_t i = 0; i < hits.size(); ++i) hits[i].steps.back().rank = static_cast<uint32_t>(i + 1);
  return OkStatus();
}

}  // namespace quarry::retrieval
