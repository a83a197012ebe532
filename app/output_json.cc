#include "app/output_json.h"

#include "app/engine.h"
#include "app/json_line.h"
#include "base/clock.h"
#include "base/hash.h"

namespace quarry::app {
namespace {

Json ToJson(const index::StoredDocument& document) {
  Json json;
  json["id"] = document.id;
  json["title"] = document.title;
  json["uri"] = document.uri;
  json["media_type"] = document.media_type;
  json["language"] = document.language;
  json["chunks"] = document.chunks.size();
  json["text_bytes"] = document.text_bytes;
  json["indexed_at"] = FormatIso8601(document.indexed_micros);
  json["commit"] = document.commit.value;
  json["root"] = document.root;
  json["content_hash"] = HashToHex(document.content_hash);
  json["metadata"] = MetadataJson(document.metadata);
  if (!document.access.empty()) json["access"] = document.access;
  return json;
}

Json ToJson(const index::StoredChunk& chunk) {
  Json json;
  json["id"] = chunk.id.value;
  json["ordinal"] = chunk.ordinal;
  AddSpan(chunk.span, json);
  json["tokens"] = chunk.token_count;
  json["text"] = chunk.text;
  return json;
}

void AddUnread(const std::vector<UnreadCollection>& unread, Json& collections) {
  for (const UnreadCollection& one : unread) {
    collections.push_back({{"name", one.name}, {"error", one.error}});
  }
}

Json ToJson(const index::CollectionStats& stats) {
  Json json;
  json["name"] = stats.collection.name;
  json["documents"] = stats.documents;
  json["chunks"] = stats.chunks;
  json["tokens"] = stats.tokens;
  json["pending_vectors"] = stats.pending_vectors;
  json["commit"] = stats.commit.value;
  json["created_at"] = FormatIso8601(stats.collection.created_micros);
  json["embedder"] = stats.embedder;
  json["vector_index"] = stats.vector_index;
  json["lexical_bytes"] = stats.lexical_bytes;
  json["lexical_mapped_bytes"] = stats.lexical_mapped_bytes;
  json["vector_bytes"] = stats.vector_bytes;
  json["vector_mapped_bytes"] = stats.vector_mapped_bytes;
  json["row_bytes"] = stats.row_bytes;
  json["row_mapped_bytes"] = stats.row_mapped_bytes;
  json["disk"] = {{"documents", stats.disk.documents},   {"chunks", stats.disk.chunks},
                  {"terms", stats.disk.terms},           {"vectors", stats.disk.vectors},
                  {"change_log", stats.disk.change_log}, {"other", stats.disk.other}};
  json["derived"] = stats.derived;
  json["previous_generation"] = stats.previous_generation.value;
  json["previous_bytes"] = stats.previous_bytes;
  json["bm25"] = {{"k1", stats.collection.k1},
                  {"b", stats.collection.b},
                  {"title_weight", stats.collection.title_weight}};
  if (const auto& vectors = stats.collection.vectors) {
    json["vectors"] = {{"kind", VectorIndexKindName(vectors->kind)},
                       {"codes", VectorCodeKindName(vectors->codes)},
                       {"hnsw_links", vectors->hnsw_links},
                       {"hnsw_build_width", vectors->hnsw_build_width},
                       {"target_recall", vectors->target_recall}};
  }
  const index::MaintenanceStats& maintenance = stats.maintenance;
  json["maintenance"] = {{"pending", maintenance.pending},
                         {"error", maintenance.error},
                         {"rows", maintenance.rows},
                         {"dead_rows", maintenance.dead_rows},
                         {"segments", maintenance.segments},
                         {"postings_rows", maintenance.slots},
                         {"dead_postings_rows", maintenance.dead_slots},
                         {"vectors", maintenance.vector_entries},
                         {"fresh_vectors", maintenance.fresh_vectors},
                         {"dead_vectors", maintenance.dead_vectors}};
  return json;
}

Json ToJson(const ConfigValue& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

}  // namespace

std::string ErrorJson(const Status& status) {
  return Line({{"error", {{"code", InfoOf(status.code()).name}, {"message", status.message()}}}});
}

std::string IndexJson(const IndexResult& result) {
  const ingest::IngestReport& report = result.report;
  Json json;
  json["collection"] = result.collection;
  json["dry_run"] = result.dry_run;
  json["changed_anything"] = !result.dry_run && report.Changed();
  json["documents"] = {
      {"added", report.documents_added},         {"changed", report.documents_changed},
      {"unchanged", report.documents_unchanged}, {"removed", report.documents_removed},
      {"gone", report.documents_gone},           {"failed", report.failures.size()},
      {"duplicates", report.duplicates}};
  json["chunks"] = {{"added", report.chunks_added},
                    {"kept", report.chunks_kept},
                    {"removed", report.chunks_removed},
                    {"total", result.chunks_total}};
  json["metadata_taken"] = report.metadata_taken;
  json["embedding"] = {{"embedded", report.embedding.embedded},
                       {"reused", report.embedding.reused},
                       {"learnt", report.embedding.learnt},
                       {"learn_seconds", report.embedding.learn_seconds},
                       {"embed_seconds", report.embedding.embed_seconds}};
  json["sources"] = report.sources;
  json["bytes"] = report.bytes;
  json["seconds"] = report.seconds;
  json["failures"] = Json::array();
  for (const ingest::IngestNote& failure : report.failures) {
    json["failures"].push_back({{"path", failure.path}, {"reason", failure.reason}});
  }
  json["skipped"] = Json::array();
  for (const ingest::IngestNote& skipped : report.skipped) {
    json["skipped"].push_back({{"path", skipped.path}, {"reason", skipped.reason}});
  }
  if (result.dry_run) json["plan"] = Json::array();
  for (const ingest::PlannedChange& change : report.plan) {
    Json planned = {{"do", ingest::PlannedChangeName(change.kind)}, {"id", change.id}};
    if (!change.from.empty()) planned["from"] = change.from;
    json["plan"].push_back(std::move(planned));
  }
  return Line(json);
}

std::string DocumentListJson(const DocumentList& list) {
  Json json;
  json["collection"] = list.collection;
  json["total"] = list.total;
  json["limit"] = list.limit;
  json["offset"] = list.offset;
  json["documents"] = Json::array();
  for (const index::StoredDocument& document : list.documents) {
    json["documents"].push_back(ToJson(document));
  }
  return Line(json);
}

std::string DuplicateListJson(const DuplicateList& list) {
  Json json;
  json["collection"] = list.collection;
  json["similarity"] = list.similarity;
  json["duplicates"] = Json::array();
  for (const ingest::NearDuplicate& one : list.duplicates) {
    json["duplicates"].push_back(
        {{"document", one.document}, {"of", one.of}, {"similarity", one.similarity}});
  }
  return Line(json);
}

std::string DocumentViewJson(const DocumentView& view) {
  Json json = ToJson(view.document);
  if (!view.chunks.empty()) {
    json["chunk_list"] = Json::array();
    for (const index::StoredChunk& chunk : view.chunks) json["chunk_list"].push_back(ToJson(chunk));
  }
  if (view.text) json["text"] = *view.text;
  return Line(json);
}

std::string DeleteJson(const DeleteResult& result) {
  return Line({{"deleted", result.deleted}, {"not_found", result.not_found}});
}

std::string CollectionsJson(const CollectionList& list) {
  Json json = {{"collections", Json::array()}};
  for (const index::CollectionStats& stats : list.collections)
    json["collections"].push_back(ToJson(stats));
  AddUnread(list.unread, json["collections"]);
  return Line(json);
}

std::string CollectionChangedJson(const std::string& verb, const std::string& name) {
  return Line({{verb, name}});
}

std::string StatsJson(const StoreStats& stats) {
  const index::StoreMemory& memory = stats.usage.memory;
  Json json = {{"store", stats.directory},
               {"bytes", stats.bytes},
               {"derived_bytes", stats.usage.derived_bytes},
               {"kept_vectors",
                {{"vectors", stats.kept_vectors.objects}, {"bytes", stats.kept_vectors.bytes}}},
               {"kept_conversations",
                {{"conversations", stats.kept_conversations.objects},
                 {"bytes", stats.kept_conversations.bytes}}},
               {"memory",
                {{"block_cache", memory.block_cache},
                 {"block_cache_limit", memory.block_cache_limit},
                 {"memtables", memory.memtables},
                 {"table_readers", memory.table_readers}}},
               {"collections", Json::array()}};
  for (size_t i = 0; i < stats.collections.size(); ++i) {
    Json collection = ToJson(stats.collections[i]);
    collection["tokens_per_character"] = Json::object();
    for (const TokenDensity& density : stats.token_densities[i]) {
      collection["tokens_per_character"][density.language] = density.PerCharacter();
    }
    collection["tokens_counted"] = stats.counts_exactly ? "exactly" : "estimated";
    json["collections"].push_back(std::move(collection));
  }
  AddUnread(stats.unread, json["collections"]);
  return Line(json);
}

std::string VerifyJson(const VerifyResult& result) {
  Json json = {{"ok", !result.HasProblems()},
               {"problems", result.store_problems},
               {"collections", Json::array()}};
  for (const VerifyResult::Item& item : result.collections) {
    json["collections"].push_back({{"name", item.collection},
                                   {"documents", item.report.documents},
                                   {"chunks", item.report.chunks},
                                   {"vectors", item.report.vectors},
                                   {"pending_vectors", item.report.pending_vectors},
                                   {"postings", item.report.postings},
                                   {"previous_vectors", item.report.previous_vectors},
                                   {"unreachable_vectors", item.report.unreachable_vectors},
                                   {"problems", item.report.problems},
                                   {"notes", item.report.notes}});
  }
  return Line(json);
}

std::string ServingJson(const std::string& url, uint16_t port) {
  return Line({{"url", url}, {"port", port}});
}

std::string RetrievalEvalJson(const eval::RetrievalEvalReport& report) {
  const auto per_second = [](uint64_t count, double seconds) {
    return seconds > 0 ? static_cast<double>(count) / seconds : 0.0;
  };
  const std::string at_k = "@" + std::to_string(report.k);
  const double all_seconds =
      report.corpus.index_seconds + report.corpus.learn_seconds + report.corpus.embed_seconds;
  Json json;
  json["beir"] = report.directory;
  json["split"] = report.split;
  json["mode"] = SearchModeName(report.mode);
  json["k"] = report.k;
  json["documents"] = report.corpus.documents;
  json["empty_documents"] = report.corpus.empty_documents;
  json["chunks"] = report.corpus.chunks;
  json["chunks_per_document"] = report.corpus.documents == 0
                                    ? 0.0
                                    : static_cast<double>(report.corpus.chunks) /
                                          static_cast<double>(report.corpus.documents);
  json["missing_judged_documents"] = report.missing_judged_documents;
  json["queries"] = report.queries;
  json["queries_without_results"] = report.queries_without_results;
  json["ndcg" + at_k] = report.mean.ndcg_at_k;
  json["recall" + at_k] = report.mean.recall_at_k;
  json["recall@100"] = report.mean.recall_at_100;
  json["precision" + at_k] = report.mean.precision_at_k;
  json["mrr" + at_k] = report.mean.reciprocal_rank_at_k;
  json["map"] = report.mean.average_precision;
  json["indexed"] = report.corpus.indexed;
  json["index_seconds"] = report.corpus.index_seconds;
  json["learn_seconds"] = report.corpus.learn_seconds;
  json["embed_seconds"] = report.corpus.embed_seconds;
  if (report.corpus.indexed) {
    json["documents_per_second"] = per_second(report.corpus.documents, report.corpus.index_seconds);
    json["chunks_per_second"] = per_second(report.corpus.chunks, report.corpus.index_seconds);
    json["chunks_per_second_with_learning"] = per_second(report.corpus.chunks, all_seconds);
  } else {
    json["documents_per_second"] = nullptr;
  }
  json["search_p50_us"] = report.search_p50_us;
  json["search_p99_us"] = report.search_p99_us;
  json["search_mean_us"] = report.search_mean_us;
  json["peak_rss_mb"] = report.peak_rss_mb;
  json["warnings"] = report.warnings;
  return Line(json);
}

std::string AnswerEvalJson(const eval::AnswerEvalReport& report) {
  const auto point = [](const eval::AnswerEvalPoint& at) {
    return Json{{"threshold", at.threshold},
                {"declined_unanswerable", at.declined_unanswerable},
                {"declined_answerable", at.declined_answerable},
                {"cited_gold", at.cited_gold},
                {"cited_gold_of_answered", at.cited_gold_of_answered},
                {"span_long", at.span_long},
                {"span_short", at.span_short},
                {"token_f1", at.token_f1}};
  };
  Json json;
  json["beir"] = report.directory;
  json["split"] = report.split;
  json["mode"] = SearchModeName(report.mode);
  json["documents"] = report.corpus.documents;
  json["chunks"] = report.corpus.chunks;
  json["missing_judged_documents"] = report.missing_judged_documents;
  json["answerable"] = report.answerable;
  json["unanswerable"] = report.unanswerable;
  json["marked"] = report.marked;
  json["undeclined"] = point(report.undeclined);
  json["configured"] = point(report.configured);
  json["chosen_on_other_half"] = report.curve.empty() ? Json(nullptr) : point(report.chosen);
  json["curve"] = Json::array();
  for (const eval::AnswerEvalPoint& at : report.curve) json["curve"].push_back(point(at));
  json["answer_p50_us"] = report.answer_p50_us;
  json["answer_p99_us"] = report.answer_p99_us;
  json["warnings"] = report.warnings;
  return Line(json);
}

std::string ConfigJson(const LoadedConfig& loaded) {
  Json values = Json::object();
  Json origins = Json::object();
  for (const ConfigKey& key : ConfigKeys()) {
    values[key.name] = ToJson(key.Shown(loaded.config));
    origins[key.name] = loaded.OriginOf(key.name);
  }
  return Line({{"file", loaded.file},
               {"values", std::move(values)},
               {"origins", std::move(origins)},
               {"warnings", loaded.warnings}});
}

std::string ConfigKeysJson() {
  Json keys = Json::array();
  const Config defaults;
  for (const ConfigKey& key : ConfigKeys()) {
    keys.push_back({{"name", key.name},
                    {"type", key.type},
                    {"default", ToJson(key.get(defaults))},
                    {"environment", key.Environment()},
                    {"description", key.description}});
  }
  return Line({{"keys", std::move(keys)}});
}

std::string FindingsJson(const std::vector<Finding>& findings) {
  static constexpr const char* kLevels[] = {"ok", "warn", "fail"};
  Json checks = Json::array();
  bool failed = false;
  for (const Finding& finding : findings) {
    failed = failed || finding.level == Finding::Level::kFailed;
    checks.push_back({{"level", kLevels[static_cast<size_t>(finding.level)]},
                      {"subject", finding.subject},
                      {"detail", finding.detail},
                      {"advice", finding.advice}});
  }
  return Line({{"ok", !failed}, {"checks", std::move(checks)}});
}

}  // namespace quarry::app
