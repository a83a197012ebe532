// What readers think of answers: POST, GET and DELETE /api/v1/feedback; and the answers it is about,
// GET /api/v1/answers/{id}.

#include <mutex>

#include "server/ask.h"
#include "server/feedback_record.h"
#include "server/handlers.h"
#include "server/object_page.h"
#include "server/query_parameters.h"
#include "server/strict_json.h"

namespace quarry::server {
namespace {

using index::ObjectKind;

constexpr uint32_t kDefaultVerdicts = 20;
constexpr uint32_t kMaxVerdicts = 1000;
constexpr size_t kMaxCommentBytes = 4096;
constexpr size_t kMaxTextBytes = 64 * 1024;

Result<FeedbackRecord> ReadFeedback(const HandlerEnvironment& environment,
                                    const std::string& body) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
  FeedbackRecord record{.collection = environment.options.default_collection};
  ObjectReader reader(json, "");
  ObjectReader::Field answer = reader.Optional("answer");
  answer.String(record.answer);
  if (!answer.present()) {
    reader.Required("question").String(record.question);
    reader.Required("text").String(record.text);
    reader.Optional("collection").String(record.collection);
  }
  reader.Required("rating").String(record.rating);
  reader.Optional("reasons").Strings(record.reasons);
  reader.Optional("comment").String(record.comment);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_RETURN_IF_ERROR(CheckWord("rating", record.rating, kRatings));
  for (const std::string& reason : record.reasons) {
    QUARRY_RETURN_IF_ERROR(CheckWord("reasons", reason, kReasons));
  }
  if (record.reasons.size() > std::size(kReasons)) {
    return InvalidArgumentError("reasons: one stands there twice");
  }
  QUARRY_RETURN_IF_ERROR(CheckBytes("comment", record.comment, kMaxCommentBytes));
  QUARRY_RETURN_IF_ERROR(CheckBytes("question", record.question, kMaxTextBytes));
  QUARRY_RETURN_IF_ERROR(CheckBytes("text", record.text, kMaxTextBytes));
  return record;
}

// Takes stored answers to a question out of the cache, whichever of them it was that a reader did not
// like: those are made anew. Returns how many.
Result<uint64_t> Evict(const Services& services, const std::string& collection,
                       const std::string& question, uint64_t entry) {
  retrieval::AnswerCache* const cache = services.answerer.cache();
  if (cache == nullptr) return uint64_t{0};
  const Result<CollectionId> id = services.index.FindCollection(collection);
  if (!id.ok()) return uint64_t{0};  // its stored answers went with it
  QUARRY_ASSIGN_OR_RETURN(const std::vector<retrieval::CacheEntry> entries, cache->Entries(*id));
  uint64_t evicted = 0;
  for (const retrieval::CacheEntry& one : entries) {
    if (one->id.value != entry && one->question != question) continue;
    cache->Evict(*id, one->id);
    ++evicted;
  }
  return evicted;
}

// In the place of what was said of the same answer before.
Status KeepFeedback(const HandlerEnvironment& environment, const Caller& caller,
                    const FeedbackRecord& record) {
  index::ObjectTable& objects = environment.services.index.objects();
  const index::ObjectName name{.kind = ObjectKind::kFeedback, .id = record.id};
  const auto write = [&] { return objects.Put(name, FeedbackValue(record)); };
  const std::lock_guard lock(environment.feedback);
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> before, objects.Get(name));
  if (before) {
    return environment.quota.Replace(caller, OwnerOf(before->value), record.owner, write);
  }
  QUARRY_ASSIGN_OR_RETURN(OwnerQuota::Room room, environment.quota.Reserve(caller, record.owner));
  QUARRY_RETURN_IF_ERROR(write());
  room.Keep();
  return OkStatus();
}

}  // namespace

Result<Response> GetAnswer(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("id");
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  QUARRY_ASSIGN_OR_RETURN(const StoredAnswer answer,
                          FindAnswer(environment, call.request.caller, id));
  JsonWriter json;
  json.BeginObject().Key("id").String(id);
  QUARRY_RETURN_IF_ERROR(AddStoredAnswer(answer, environment.services.index, json));
  return Response{.body = json.EndObject().Take()};
}

// Rating an answer again replaces what was said of it.
Result<Response> PostFeedback(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(FeedbackRecord record, ReadFeedback(environment, call.request.body));
  uint64_t entry = 0;
  std::string asked = record.question;  // of the documents
  if (record.answer.empty()) {
    record.id = index::NewObjectId("fb_");
  } else {
    QUARRY_ASSIGN_OR_RETURN(const StoredAnswer answer,
                            FindAnswer(environment, call.request.caller, record.answer));
    record.id = "fb_" + record.answer;
    record.question = answer.question;
    record.collection = answer.collection;
    entry = answer.cache_entry;
    asked = answer.standalone.empty() ? answer.question : answer.standalone;
  }
  record.time_micros = services.clock.NowMicros();
  record.owner.key = call.request.caller.key;
  record.owner.bytes = FeedbackValue(record).size();
  QUARRY_RETURN_IF_ERROR(KeepFeedback(environment, call.request.caller, record));
  uint64_t evicted = 0;
  if (record.rating == "down") {
    QUARRY_ASSIGN_OR_RETURN(evicted, Evict(services, record.collection, asked, entry));
  }
  JsonWriter json;
  json.BeginObject().Key("id").String(record.id).Key("evicted").Uint(evicted);
  return Response{.status = 201, .body = json.EndObject().Take()};
}

Result<Response> GetFeedback(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const index::ObjectListing listing,
                          ReadNewestFirst(call.request.query, kDefaultVerdicts, kMaxVerdicts));
  QUARRY_ASSIGN_OR_RETURN(
      const index::ObjectPage page,
      ListWhere(environment.services.index.objects(), ObjectKind::kFeedback, "", listing,
                environment.damaged, [](const index::Object& object) -> Result<bool> {
                  QUARRY_RETURN_IF_ERROR(ParseFeedback(object).status());
                  return true;
                }));
  JsonWriter json;
  json.BeginObject().Key("feedback").BeginArray();
  for (const index::Object& object : page.objects) {
    QUARRY_ASSIGN_OR_RETURN(const FeedbackRecord record, ParseFeedback(object));
    WriteFeedback(record, json);
  }
  json.EndArray().Key("has_more").Bool(page.has_more);
  return Response{.body = json.EndObject().Take()};
}

Result<Response> DeleteFeedback(const HandlerEnvironment& environment, const Call& call) {
  const index::ObjectName name{.kind = ObjectKind::kFeedback, .id = call.request.params.at("id")};
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  index::ObjectTable& objects = environment.services.index.objects();
  const std::lock_guard lock(environment.feedback);
  bool was_there = false;
  if (name.id.size() <= index::kMaxObjectIdBytes) {
    QUARRY_ASSIGN_OR_RETURN(was_there, environment.quota.Delete(objects, name));
  }
  if (!was_there) return NotFoundError("there is no feedback " + name.id);
  JsonWriter json;
  json.BeginObject().Key("deleted").String(name.id);
  return Response{.body = json.EndObject().Take()};
}

}  // namespace quarry::server
