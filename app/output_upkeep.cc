// The parts of output_text.h and output_json.h for backups, compaction, embedders and models.

#include "app/json_line.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/text_layout.h"
#include "base/clock.h"

namespace quarry::app {
namespace {

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
    if (result.report.reused > 0) {
      text += " (" + WithThousands(result.report.reused) + " by kept vectors)";
    }
  }
  return text + "\n";
}

std::string EmbedderJson(const EmbedderResult& result) {
  return Line({{"collection", result.collection},
               {"done", result.verb},
               {"embedded", result.report.embedded},
               {"reused", result.report.reused},
               {"learn_seconds", result.report.learn_seconds},
               {"embed_seconds", result.report.embed_seconds},
               {"generations", ToJson(result.now)}});
}

std::string ModelPullText(const ModelPullResult& result) {
  return "fetched " + result.name + " to " + result.directory + ": " +
         WithThousands(result.report.files) + " files, " + FormatBytes(result.report.bytes) +
         ", commit " + result.report.commit + "\n" + "quarry model info " + result.directory +
         " says what it is\n";
}

std::string ModelPullJson(const ModelPullResult& result) {
  const Json json = {{"name", result.name},
                     {"directory", result.directory},
                     {"commit", result.report.commit},
                     {"files", result.report.files},
                     {"bytes", result.report.bytes},
                     {"fetched", result.report.fetched}};
  return Line(json);
}

std::string ModelInfoText(const model::ModelInfo& info) {
  const auto prefix = [](const std::string& text) {
    return text.empty() ? "none" : "\"" + text + "\"";
  };
  std::string text = info.use + ", " + info.architecture;
  if (info.layers > 0) {
    text +=
        ", " + std::to_string(info.layers) + " layers of " + std::to_string(info.heads) + " heads";
  }
  text += "\nspace        " + info.fingerprint;
  if (info.dimension > 0) {
    text += "\ndimension    " + std::to_string(info.dimension);
    text += "\npooling      " + info.pooling;
    text += "\nprefixes     query " + prefix(info.query_prefix) + ", document " +
            prefix(info.document_prefix);
  }
  if (info.max_tokens > 0) text += "\nlongest text " + std::to_string(info.max_tokens) + " tokens";
  text += "\ntokenizer    " + info.tokenizer + ", " + WithThousands(info.vocabulary) + " tokens";
  text += "\nweights      " + WithThousands(info.parameters) + " in " +
          FormatBytes(info.weight_bytes) + "\n";
  return text;
}

std::string ModelInfoJson(const model::ModelInfo& info) {
  return Line({{"use", info.use},
               {"architecture", info.architecture},
               {"space", info.fingerprint},
               {"dimension", info.dimension},
               {"layers", info.layers},
               {"heads", info.heads},
               {"max_tokens", info.max_tokens},
               {"pooling", info.pooling},
               {"query_prefix", info.query_prefix},
               {"document_prefix", info.document_prefix},
               {"tokenizer", info.tokenizer},
               {"vocabulary", info.vocabulary},
               {"parameters", info.parameters},
               {"weight_bytes", info.weight_bytes}});
}

}  // namespace quarry::app
