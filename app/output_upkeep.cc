// The parts of output_text.h and output_json.h for backups, compaction and embedders.

#include <nlohmann/json.hpp>

#include "app/output_json.h"
#include "app/output_text.h"
#include "app/text_layout.h"
#include "base/clock.h"

namespace quarry::app {
namespace {

using Json = nlohmann::ordered_json;

std::string Line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json ToJson(const GenerationList& list) {
  Json generations = Json::array();
  for (const index::GenerationStats& one : list.generations) {
    generations.push_back({{"id", one.record.id.value},
                           {"state", one.current ? "current" : "previous"},
                           {"kind", one.record.embedder_kind},
                           {"space", one.record.space.fingerprint},
                           {"dimension", one.record.space.dimension},
                           {"chunks", one.chunks},
                           {"learnt_chunks", one.record.learnt_chunks},
                           {"created_at", FormatIso8601(one.record.created_micros)},
                           {"bytes", one.bytes}});
  }
  return generations;
}

}  // namespace

std::string BackupText(const BackupResult& result) {
  return result.verb + " " + (result.store.empty() ? "" : result.store + " from ") +
         result.directory + ": " + WithThousands(result.report.files) + " files, " +
         FormatBytes(result.report.bytes) + ", the store as it was at " +
         FormatIso8601(result.report.created_micros) + "\n";
}

std::string BackupJson(const BackupResult& result) {
  Json json = {{result.verb, result.directory}};
  if (!result.store.empty()) json["store"] = result.store;
  json["store_id"] = result.report.store_id;
  json["created_at"] = FormatIso8601(result.report.created_micros);
  json["files"] = result.report.files;
  json["bytes"] = result.report.bytes;
  return Line(json);
}

std::string CompactText(const index::CompactReport& report) {
  return "compacted: " + FormatBytes(report.bytes_before) + " before, " +
         FormatBytes(report.bytes_after) + " after\n";
}

std::string CompactJson(const index::CompactReport& report) {
  return Line({{"bytes_before", report.bytes_before}, {"bytes_after", report.bytes_after}});
}

std::string GenerationsText(const GenerationList& list, const Console& console) {
  if (list.generations.empty()) return "no embedder yet: words are searched\n";
  std::vector<std::vector<std::string>> rows = {
      {"id", "state", "kind", "dimension", "chunks", "learnt from", "size", "created"}};
  for (const index::GenerationStats& one : list.generations) {
    rows.push_back({std::to_string(one.record.id.value), one.current ? "current" : "previous",
                    OneLine(one.record.embedder_kind), std::to_string(one.record.space.dimension),
                    WithThousands(one.chunks), WithThousands(one.record.learnt_chunks),
                    FormatBytes(one.bytes), FormatIso8601(one.record.created_micros)});
  }
  return Table(rows, {0, 3, 4, 5, 6}, console);
}

std::string GenerationsJson(const GenerationList& list) {
  return Line({{"collection", list.collection}, {"generations", ToJson(list)}});
}

std::string EmbedderText(const EmbedderResult& result) {
  std::string text = result.verb;
  if (!result.now.generations.empty()) {
    text += result.verb == "dropped" ? ": the current generation is "
                                     : ": the current generation is now ";
    text += std::to_string(result.now.generations.front().record.id.value);
  }
  if (result.report.embedded > 0) {
    text += ", " + WithThousands(result.report.embedded) + " chunks embedded in " +
            FormatSeconds(result.report.embed_seconds);
  }
  return text + "\n";
}

std::string EmbedderJson(const EmbedderResult& result) {
  return Line({{"collection", result.collection},
               {"done", result.verb},
               {"embedded", result.report.embedded},
               {"learn_seconds", result.report.learn_seconds},
               {"embed_seconds", result.report.embed_seconds},
               {"generations", ToJson(result.now)}});
}

}  // namespace quarry::app
