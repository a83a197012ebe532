#include "server/stored_answer.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/hash.h"
#include "server/api_json.h"
#include "server/strict_json.h"

namespace quarry::server {
namespace {

// Of a request that is kept; longer ones hold what is no question.
constexpr size_t kMaxRequestBytes = 64 * 1024;

Status ReadPassages(const JsonValue& json, const std::string& place,
                    std::vector<StoredPassage>& passages) {
  if (json.AsArray() == nullptr) return WrongValue(place, "expected a list");
  for (const JsonValue& value : *json.AsArray()) {
    StoredPassage& passage = passages.emplace_back();
    ObjectReader reader(value, place);
    reader.Required("document").String(passage.document);
    reader.Required("begin").Uint64(passage.begin);
    reader.Required("end").Uint64(passage.end);
    reader.Required("chunks").Value([&](const JsonValue& list, const std::string& where) -> Status {
      if (list.AsArray() == nullptr) return WrongValue(where, "expected a list");
      for (const JsonValue& chunk : *list.AsArray()) {
        uint64_t number = 0;
        if (!chunk.AsUint(number)) return WrongValue(where, "expected chunks by number");
        passage.chunks.emplace_back(number);
      }
      return OkStatus();
    });
    reader.Optional("hash").Uint64(passage.text_hash);
    QUARRY_RETURN_IF_ERROR(reader.Finish());
  }
  return OkStatus();
}

Status ReadAnswer(const JsonValue& json, const std::string& place, StoredAnswer& answer) {
  ObjectReader reader(json, place);
  reader.Required("question").String(answer.question);
  reader.Optional("standalone").String(answer.standalone);
  reader.Required("collection").String(answer.collection);
  reader.Required("answer").String(answer.text);
  reader.Required("model").String(answer.model);
  uint64_t commit = 0;
  reader.Optional("commit").Uint64(commit);
  reader.Optional("fingerprint").String(answer.fingerprint);
  reader.Required("cache").Value([&](const JsonValue& cache, const std::string& at) -> Status {
    ObjectReader fields(cache, at);
    fields.Optional("entry").Uint64(answer.cache_entry);
    fields.Optional("question").String(answer.cache_question);
    return fields.FinishIgnoringUnknown();
  });
  answer.answer = ToJson(json);
  answer.commit = CommitSequence(commit);
  return reader.FinishIgnoringUnknown();
}

Status ReadStored(std::string_view value, StoredAnswer& answer) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(value, kMaxStoredJsonDepth));
  uint64_t version = 0;
  uint64_t time_micros = 0;
  uint64_t collection = 0;
  ObjectReader reader(json, "");
  reader.Required("version").Uint64(version);
  ReadOwner(reader, answer.owner);
  reader.Required("time_us").Uint64(time_micros);
  reader.Required("collection").Uint64(collection);
  reader.Optional("request").Value([](const JsonValue&, const std::string&) { return OkStatus(); });
  reader.Required("passages").Value([&](const JsonValue& passages, const std::string& place) {
    return ReadPassages(passages, place, answer.passages);
  });
  reader.Optional("retrieval")
      .Value([&](const JsonValue& field, const std::string& place) -> Status {
        if (field.IsNull()) return OkStatus();
        QUARRY_ASSIGN_OR_RETURN(answer.retrieval, ReadStoredQuery(field, place));
        return OkStatus();
      });
  reader.Required("seconds").Double(answer.seconds);
  reader.Required("answer").Value([&](const JsonValue& field, const std::string& place) {
    return ReadAnswer(field, place, answer);
  });
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (version == 0 || version > kStoredAnswerVersion) {
    return InvalidArgumentError("version: expected 1 to " + std::to_string(kStoredAnswerVersion) +
                                ", not " + std::to_string(version));
  }
  answer.time_micros = static_cast<int64_t>(time_micros);
  answer.collection_id = CollectionId(static_cast<uint32_t>(collection));
  return OkStatus();
}

// By rank; nullopt where the ranks are not known, or tools have added passages.
std::optional<std::vector<StoredPassage>> RankedPassages(const Answer& answer) {
  if (answer.retrieved.size() != answer.context.passages.size()) return std::nullopt;
  std::vector<StoredPassage> ranked;
  for (const ChunkId chunk : answer.retrieved) {
    const auto found = std::ranges::find(answer.context.passages, chunk,
                                         [](const Passage& passage) { return passage.chunk.id; });
    if (found == answer.context.passages.end()) return std::nullopt;
    ranked.push_back(StoredPassageOf(*found));
  }
  return ranked;
}

std::vector<StoredPassage> PassagesAsCited(const Answer& answer) {
  std::vector<StoredPassage> passages;
  for (const Passage& passage : answer.context.passages) {
    passages.push_back(StoredPassageOf(passage));
  }
  return passages;
}

}  // namespace

StoredPassage StoredPassageOf(const Passage& passage) {
  return {.document = passage.chunk.document,
          .begin = passage.chunk.span.begin,
          .end = passage.chunk.span.end,
          .chunks = ChunksOf(passage),
          .text_hash = Hash64(passage.chunk.text)};
}

std::string StoredAnswerJson(const Answer& answer, const AnswerOrigin& origin) {
  JsonWriter json;
  json.BeginObject().Key("version").Uint(kStoredAnswerVersion);
  WriteOwner({.key = origin.owner}, json);
  json.Key("time_us").Int(origin.time_micros);
  json.Key("collection").Uint(origin.collection_id.value).Key("request");
  const bool is_known = !origin.request.empty() && origin.request.size() <= kMaxRequestBytes;
  is_known ? json.Raw(origin.request) : json.Null();
  json.Key("passages").BeginArray();
  const std::optional<std::vector<StoredPassage>> ranked = RankedPassages(answer);
  for (const StoredPassage& passage : ranked ? *ranked : PassagesAsCited(answer)) {
    json.BeginObject().Key("document").String(passage.document);
    json.Key("begin").Uint(passage.begin).Key("end").Uint(passage.end);
    json.Key("chunks").BeginArray();
    // The result of a tool stands as long as what it was made from.
    for (const ChunkId chunk : passage.chunks) {
      if (chunk != ChunkId()) json.Uint(chunk.value);
    }
    json.EndArray().Key("hash").Uint(passage.text_hash).EndObject();
  }
  json.EndArray().Key("retrieval");
  const bool can_replay = origin.retrieval != nullptr && ranked.has_value();
  can_replay ? WriteStoredQuery(*origin.retrieval, json) : (void)json.Null();
  json.Key("seconds").Double(origin.seconds).Key("answer");
  WriteAnswer({.question = origin.question, .collection = origin.collection, .answer = answer},
              json);
  return json.EndObject().Take();
}

Result<StoredAnswer> ParseStoredAnswer(std::string_view name, std::string_view value) {
  StoredAnswer answer;
  const Status read = ReadStored(value, answer);
  if (!read.ok()) return DataLossError(std::string(name) + ": " + read.message());
  return answer;
}

Result<bool> StillStands(const StoredAnswer& answer, index::Index& index) {
  Result<std::shared_ptr<const index::Snapshot>> snapshot = index.GetSnapshot(answer.collection_id);
  if (snapshot.status().code() == Code::kNotFound) return false;
  QUARRY_RETURN_IF_ERROR(snapshot.status());
  for (const StoredPassage& passage : answer.passages) {
    for (const ChunkId chunk : passage.chunks) {
      const Status found = (*snapshot)->ReadChunk(chunk).status();
      if (found.code() == Code::kNotFound) return false;
      QUARRY_RETURN_IF_ERROR(found);
    }
  }
  return true;
}

Status AddStoredAnswer(const StoredAnswer& answer, index::Index& index, JsonWriter& json) {
  json.Key("created_at").String(FormatIso8601(answer.time_micros));
  QUARRY_ASSIGN_OR_RETURN(const bool stands, StillStands(answer, index));
  if (!stands) {
    json.Key("question").String(answer.question).Key("collection").String(answer.collection);
    json.Key("redacted").Bool(true);
    return OkStatus();
  }
  json.Key("redacted").Bool(false);
  // The fields of the answer's object, which is written without spaces around its brackets.
  json.Raw(std::string_view(answer.answer).substr(1, answer.answer.size() - 2));
  return OkStatus();
}

}  // namespace quarry::server
