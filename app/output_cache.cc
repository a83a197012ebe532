#include "app/output_cache.h"

#include "app/json_line.h"
#include "app/text_layout.h"
#include "base/clock.h"
#include "base/numbers.h"

namespace quarry::app {
namespace {

double Seconds(uint64_t micros) { return static_cast<double>(micros) / 1e6; }

std::string Percent(double share) { return FormatFixed(share * 100, 2) + " %"; }

Json ToJson(const retrieval::HitRates& rates) {
  return {{"hits", rates.hits},
          {"false_hits", rates.false_hits},
          {"pairs_of_the_same", rates.same},
          {"false_hit_rate", rates.false_hit_rate},
          {"upper_bound", rates.upper_bound},
          {"hit_rate", rates.hit_rate}};
}

std::string Hits(uint64_t hits) { return Counted(hits, "hit"); }

std::string RatesText(const retrieval::HitRates& rates) {
  return Hits(rates.hits) + ", " + WithThousands(rates.false_hits) + " false (" +
         Percent(rates.false_hit_rate) + ", at most " + Percent(rates.upper_bound) + "), " +
         Percent(rates.hit_rate) + " of the " + WithThousands(rates.same) +
         " pairs that are the same";
}

}  // namespace

std::string CacheListText(const CacheList& list, const Console& console) {
  std::string text;
  for (const retrieval::CacheEntry& entry : list.entries) {
    text += std::to_string(entry->id.value) + "  " + FormatIso8601(entry->created_micros) + "  " +
            Hits(entry->hits) + "  " + FormatFixed(Seconds(entry->cost_micros), 3) + " s  " +
            console.Styled(Style::kTitle, OneLine(entry->question)) + "\n";
  }
  return text + "collection " + list.collection + ": " +
         Counted(list.stats.entries, "stored answer") + ", " + FormatBytes(list.stats.bytes) +
         "; " + Hits(list.stats.hits) + " saved " +
         FormatFixed(Seconds(list.stats.saved_micros), 1) +
         " s; other questions of the same meaning: " + list.stats.semantic_state + "\n";
}

std::string CacheListJson(const CacheList& list) {
  Json json = {
      {"collection", list.collection},
      {"entries_total", list.stats.entries},
      {"bytes", list.stats.bytes},
      {"hits", list.stats.hits},
      {"saved_seconds", Seconds(list.stats.saved_micros)},
      {"semantic", {{"open", list.stats.semantic_open}, {"state", list.stats.semantic_state}}},
      {"entries", Json::array()}};
  if (list.stats.tuning) {
    json["semantic"]["threshold"] = list.stats.tuning->threshold;
    json["semantic"]["measured"] = ToJson(list.stats.tuning->reported);
  }
  for (const retrieval::CacheEntry& entry : list.entries) {
    json["entries"].push_back({{"entry", entry->id.value},
                               {"question", entry->question},
                               {"created_at", FormatIso8601(entry->created_micros)},
                               {"used_at", FormatIso8601(entry->used_micros)},
                               {"hits", entry->hits},
                               {"cost_seconds", Seconds(entry->cost_micros)}});
  }
  return Line(json);
}

std::string CacheExplanationText(const retrieval::CacheExplanation& explanation) {
  std::string text = "normal form: " + OneLine(explanation.form) + "\n";
  if (explanation.of_the_day) {
    text += "not looked up: it asks for what changes by the day\n";
  } else if (explanation.hit) {
    text += "served: entry " + std::to_string(explanation.report.entry.value) + " for \"" +
            OneLine(explanation.report.question) + "\", by " +
            OneLine(explanation.report.verified_by) + "\n";
  } else {
    text += "not served: " + OneLine(explanation.why) + "\n";
  }
  text += "other questions of the same meaning: " + explanation.semantic_state + "\n";
  for (const retrieval::CacheNeighbour& neighbour : explanation.neighbours) {
    text += "  entry " + std::to_string(neighbour.entry->id.value) + ": \"" +
            OneLine(neighbour.entry->question) + "\"\n    similarity " +
            FormatFixed(neighbour.similarity, 3) + ", " +
            (neighbour.equal          ? "the same question"
             : neighbour.gate.empty() ? "verifier " + FormatFixed(neighbour.score, 3)
                                      : "kept apart by " + OneLine(neighbour.gate)) +
            "\n";
  }
  return text;
}

std::string CacheExplanationJson(const retrieval::CacheExplanation& explanation) {
  Json json = {{"form", explanation.form},
               {"of_the_day", explanation.of_the_day},
               {"hit", explanation.hit},
               {"why", explanation.why},
               {"semantic", explanation.semantic_state},
               {"neighbours", Json::array()}};
  if (explanation.hit) {
    json["entry"] = explanation.report.entry.value;
    json["verified_by"] = explanation.report.verified_by;
  }
  for (const retrieval::CacheNeighbour& neighbour : explanation.neighbours) {
    json["neighbours"].push_back({{"entry", neighbour.entry->id.value},
                                  {"question", neighbour.entry->question},
                                  {"similarity", neighbour.similarity},
                                  {"equal", neighbour.equal},
                                  {"gate", neighbour.gate},
                                  {"score", neighbour.score}});
  }
  return Line(json);
}

std::string CacheTuningText(const retrieval::CacheTuning& tuning) {
  std::string text = WithThousands(tuning.pairs) + " pairs, false-hit rate at most " +
                     Percent(tuning.bound) + "\n";
  text += "fitted:   " + RatesText(tuning.fitted) + "\n";
  text += "reported: " + RatesText(tuning.reported) + "\n";
  return text + (tuning.holds
                     ? "other questions are served from a score of " +
                           FormatFixed(tuning.threshold, 4) + " on\n"
                     : "other questions are not served: no score has been shown from which "
                       "false hits stay within the bound\n");
}

std::string CacheTuningJson(const retrieval::CacheTuning& tuning) {
  Json json = {{"holds", tuning.holds},           {"bound", tuning.bound},
               {"pairs", tuning.pairs},           {"fingerprint", tuning.fingerprint},
               {"fitted", ToJson(tuning.fitted)}, {"reported", ToJson(tuning.reported)}};
  if (tuning.holds) json["threshold"] = tuning.threshold;
  return Line(json);
}

}  // namespace quarry::app
