// Two answers to one question, side by side: POST /api/v1/compare, POST /api/v1/compare/{id}/vote.
//
// Which setting stands on which side is drawn by chance and told after the vote, so what is shown before
// says nothing of how an answer was made.

#include <array>
#include <chrono>
#include <random>
#include <utility>
#include <vector>

#include "server/api_json.h"
#include "server/ask.h"
#include "server/feedback_record.h"
#include "server/handlers.h"
#include "server/profile.h"
#include "server/strict_json.h"
#include "server/token_charge.h"

namespace quarry::server {
namespace {

using index::ObjectKind;

constexpr std::array<const char*, 2> kSettings = {"a", "b"};

struct Setting {
  std::string name;  // "a" or "b"
  AskRequest request;
  std::string options;  // JSON, as it is shown: profile, k, mode, options
};

// A profile's collection is none of it: both are asked of one.
Result<Setting> ReadSetting(const JsonValue& value, const char* name,
                            const HandlerEnvironment& environment, const Caller& caller,
                            AskRequest request) {
  Setting setting{.name = name, .request = std::move(request), .options = ""};
  Question& question = setting.request.question;
  Query& query = question.query;
  const std::string collection = question.collection;
  std::string profile;
  ObjectReader reader(value, name);
  reader.Optional("profile").String(profile);
  QUARRY_RETURN_IF_ERROR(UseProfile(environment.services, caller, profile, question)
                             .Annotate(setting.name + ".profile"));
  question.collection = collection;
  ReadSearchSetting(reader, environment.options, query);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  JsonWriter json;
  json.BeginObject();
  if (!profile.empty()) json.Key("profile").String(profile);
  json.Key("k").Uint(query.k).Key("mode").String(SearchModeName(query.mode));
  const JsonValue* given = value.Find("options");
  if (given != nullptr && !given->IsNull()) json.Key("options").Raw(ToJson(*given));
  setting.options = json.EndObject().Take();
  return setting;
}

// The two settings, a and b.
Result<std::vector<Setting>> ParseCompareRequest(const HandlerEnvironment& environment,
                                                 const Request& http) {
  const std::string& body = http.body;
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
  AskRequest request{.question = DefaultQuestion(environment.options), .body = body};
  ObjectReader reader(json, "");
  reader.Required("query").String(request.question.query.text);
  ReadQuestionScope(reader, request.question);
  const auto present = [](const JsonValue&, const std::string&) { return OkStatus(); };
  for (const char* name : kSettings) reader.Required(name).Value(present);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  std::vector<Setting> settings;
  for (const char* name : kSettings) {
    QUARRY_ASSIGN_OR_RETURN(Setting setting,
                            ReadSetting(*json.Find(name), name, environment, http.caller, request));
    settings.push_back(std::move(setting));
  }
  return settings;
}

// What a reader may see before voting.
void WriteBlind(const Answer& answer, JsonWriter& json) {
  json.BeginObject().Key("answer").String(answer.text);
  json.Key("abstained").Bool(answer.abstained);
  WriteCitations(answer, json.Key("citations"));
  WriteSentences(answer, json.Key("sentences"));
  json.EndObject();
}

}  // namespace

// Both answers are made from one state of the collection, and neither is taken from the cache.
Result<Response> PostCompare(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(std::vector<Setting> sides,
                          ParseCompareRequest(environment, call.request));
  for (Setting& side : sides) {
    QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, side.request.question));
  }
  const Question& question = sides[0].request.question;
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(environment, call.request.caller, question.collection));
  FeedbackRecord record;
  record.id = index::NewObjectId("cmp_");
  record.owner.key = call.request.caller.key;
  record.time_micros = services.clock.NowMicros();
  record.collection = question.collection;
  record.question = question.query.text;
  Comparison& comparison = record.comparison.emplace();
  if (std::random_device random; random() % 2 == 1) std::swap(sides[0], sides[1]);

  std::array<Answer, 2> answers;
  for (size_t i = 0; i < sides.size(); ++i) {
    const auto began = std::chrono::steady_clock::now();
    const TokenCharge charge(call);
    QUARRY_ASSIGN_OR_RETURN(
        answers[i], services.answerer.Ask(sides[i].request.question.query, *snapshot,
                                          generation::CacheUse::kOff, nullptr, call.context));
    charge.Took(answers[i].usage);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const KeptAnswer kept = KeepAnswer(environment, call.request.caller, sides[i].request.question,
                                       sides[i].request.body, *snapshot, answers[i], took.count());
    auto& side = i == 0 ? comparison.left : comparison.right;
    side.setting = sides[i].name;
    side.options = sides[i].options;
    side.answer = kept.id;
    side.model = answers[i].model;
    side.seconds = took.count();
  }
  record.owner.bytes = FeedbackValue(record).size();
  QUARRY_ASSIGN_OR_RETURN(OwnerQuota::Room room,
                          environment.quota.Reserve(call.request.caller, record.owner));
  QUARRY_RETURN_IF_ERROR(services.index.objects().Create(
      {.kind = ObjectKind::kFeedback, .id = record.id}, FeedbackValue(record)));
  room.Keep();
  JsonWriter json;
  json.BeginObject().Key("id").String(record.id).Key("question").String(record.question);
  json.Key("collection").String(record.collection);
  json.Key("equal").Bool(answers[0].text == answers[1].text);
  WriteBlind(answers[0], json.Key("left"));
  WriteBlind(answers[1], json.Key("right"));
  return Response{.status = 201, .body = json.EndObject().Take()};
}

// A later vote replaces an earlier one.
Result<Response> PostVote(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("id");
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  std::string vote;
  ObjectReader reader(body, "");
  reader.Required("vote").String(vote);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_RETURN_IF_ERROR(CheckWord("vote", vote, kVotes));
  const Status missing = NotFoundError("there is no comparison " + id);
  FeedbackRecord record;
  const Status voted = environment.services.index.objects().Update(
      {.kind = ObjectKind::kFeedback, .id = id}, [&](std::string value) -> Result<std::string> {
        QUARRY_ASSIGN_OR_RETURN(record, ParseFeedback({.id = id, .value = std::move(value)}));
        const bool is_own = call.request.caller.MaySee(record.owner.key);
        if (!record.comparison || !is_own) return missing;
        record.comparison->vote = vote;
        return FeedbackValue(record);
      });
  if (voted.code() == Code::kNotFound) return missing;
  QUARRY_RETURN_IF_ERROR(voted);
  JsonWriter json;
  json.BeginObject().Key("id").String(id).Key("vote").String(vote);
  WriteSide(record.comparison->left, json.Key("left"));
  WriteSide(record.comparison->right, json.Key("right"));
  return Response{.body = json.EndObject().Take()};
}

}  // namespace quarry::server
