// The answer cache: GET and DELETE /api/v1/cache, POST /api/v1/cache/explain.

#include <algorithm>
#include <optional>

#include "base/clock.h"
#include "base/numbers.h"
#include "server/api_json.h"
#include "server/handlers.h"
#include "server/query_parameters.h"
#include "server/question.h"

namespace quarry::server {
namespace {

constexpr uint32_t kDefaultEntries = 100;
constexpr uint32_t kMaxEntries = 1000;

void AddRates(const retrieval::HitRates& rates, JsonWriter& json) {
  json.BeginObject().Key("hits").Uint(rates.hits).Key("false_hits").Uint(rates.false_hits);
  json.Key("false_hit_rate").Double(rates.false_hit_rate);
  json.Key("upper_bound").Double(rates.upper_bound);
  json.Key("hit_rate").Double(rates.hit_rate).EndObject();
}

void AddStats(const retrieval::CacheStats& stats, JsonWriter& json) {
  json.Key("entries_total").Uint(stats.entries).Key("bytes").Uint(stats.bytes);
  json.Key("hits").Uint(stats.hits);
  json.Key("saved_seconds").Double(static_cast<double>(stats.saved_micros) / 1e6);
  json.Key("semantic").BeginObject().Key("open").Bool(stats.semantic_open);
  json.Key("state").String(stats.semantic_state);
  if (stats.tuning) {
    json.Key("threshold").Double(stats.tuning->threshold);
    json.Key("bound").Double(stats.tuning->bound);
    AddRates(stats.tuning->reported, json.Key("measured"));
  }
  json.EndObject();
}

void WriteEntry(const index::StoredCacheEntry& entry, JsonWriter& json) {
  json.BeginObject().Key("entry").Uint(entry.id.value).Key("question").String(entry.question);
  json.Key("created_at").String(FormatIso8601(entry.created_micros));
  json.Key("used_at").String(FormatIso8601(entry.used_micros)).Key("hits").Uint(entry.hits);
  json.Key("cost_seconds").Double(static_cast<double>(entry.cost_micros) / 1e6);
  json.Key("commit").Uint(entry.commit.value).Key("chunks").BeginArray();
  for (const ChunkId chunk : entry.chunks) json.Uint(chunk.value);
  json.EndArray().EndObject();
}

}  // namespace

Result<Response> GetCache(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  std::string collection = environment.options.default_collection;
  uint32_t limit = kDefaultEntries;
  uint32_t offset = 0;
  QueryParameters parameters(call.request.query);
  parameters.String("collection", collection);
  parameters.Uint("limit", limit, 1, kMaxEntries);
  parameters.Uint("offset", offset, 0, UINT32_MAX);
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  QUARRY_ASSIGN_OR_RETURN(retrieval::AnswerCache* const cache, services.answerer.CacheOrError());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(environment, call.request.caller, collection));
  QUARRY_ASSIGN_OR_RETURN(const retrieval::CacheStats stats, cache->Stats(*snapshot));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<retrieval::CacheEntry> entries,
                          cache->Entries(snapshot->collection().id));
  JsonWriter json;
  json.BeginObject().Key("collection").String(collection);
  AddStats(stats, json);
  json.Key("entries").BeginArray();
  for (size_t i = offset; i < entries.size() && i - offset < limit; ++i) {
    WriteEntry(*entries[i], json);
  }
  return Response{.body = json.EndArray().EndObject().Take()};
}

Result<Response> PostCacheExplain(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  Question question = DefaultQuestion(environment.options);
  ObjectReader reader(body, "");
  reader.Required("query").String(question.query.text);
  ReadQuestionFields(reader, environment.options, question);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(environment, call.request.caller, question.collection));
  QUARRY_ASSIGN_OR_RETURN(const retrieval::CacheExplanation explanation,
                          services.answerer.Explain(question.query, *snapshot, call.context));
  JsonWriter json;
  json.BeginObject().Key("query").String(question.query.text);
  json.Key("collection").String(question.collection).Key("form").String(explanation.form);
  json.Key("of_the_day").Bool(explanation.of_the_day).Key("why").String(explanation.why);
  json.Key("semantic").String(explanation.semantic_state);
  if (explanation.hit) WriteCache(explanation.report, json.Key("cache"));
  json.Key("neighbours").BeginArray();
  for (const retrieval::CacheNeighbour& neighbour : explanation.neighbours) {
    json.BeginObject().Key("entry").Uint(neighbour.entry->id.value);
    json.Key("question").String(neighbour.entry->question).Key("equal").Bool(neighbour.equal);
    json.Key("similarity").Double(neighbour.similarity).Key("gate").String(neighbour.gate);
    json.Key("score").Double(neighbour.score).EndObject();
  }
  return Response{.body = json.EndArray().EndObject().Take()};
}

Result<Response> DeleteCache(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  std::string collection = environment.options.default_collection;
  std::string entry;
  QueryParameters parameters(call.request.query);
  parameters.String("collection", collection);
  parameters.String("entry", entry);
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  const bool is_of_one = call.request.query.contains("entry");
  const std::optional<uint64_t> id = ParseNumber<uint64_t>(entry);
  if (is_of_one && !id) {
    return InvalidArgumentError(
        "query parameter \"entry\": expected the number of an entry, not \"" + entry + "\"");
  }
  QUARRY_ASSIGN_OR_RETURN(retrieval::AnswerCache* const cache, services.answerer.CacheOrError());
  QUARRY_ASSIGN_OR_RETURN(const CollectionId number, services.index.FindCollection(collection));
  if (is_of_one) {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<retrieval::CacheEntry> entries,
                            cache->Entries(number));
    const bool is_there = std::ranges::any_of(
        entries, [&](const retrieval::CacheEntry& one) { return one->id.value == *id; });
    if (!is_there) {
      return NotFoundError("there is no stored answer " + entry + " in collection \"" + collection +
                           '"');
    }
    cache->Evict(number, CacheEntryId(*id));
  } else {
    QUARRY_RETURN_IF_ERROR(cache->Clear(number));
  }
  JsonWriter json;
  json.BeginObject().Key("collection").String(collection).Key("cleared");
  is_of_one ? json.String(entry) : json.String("all");
  return Response{.body = json.EndObject().Take()};
}

}  // namespace quarry::server
