#include "server/feedback_record.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "server/api_json.h"
#include "server/strict_json.h"

namespace quarry::server {
namespace {

constexpr uint64_t kFeedbackVersion = 1;

void AddFields(const FeedbackRecord& record, JsonWriter& json) {
  json.Key("collection").String(record.collection).Key("question").String(record.question);
  if (record.comparison) {
    WriteSide(record.comparison->left, json.Key("left"));
    WriteSide(record.comparison->right, json.Key("right"));
    json.Key("vote");
    record.comparison->vote.empty() ? json.Null() : json.String(record.comparison->vote);
    return;
  }
  json.Key("answer").String(record.answer);
  if (!record.text.empty()) json.Key("text").String(record.text);
  json.Key("rating").String(record.rating);
  WriteStrings(record.reasons, json.Key("reasons"));
  json.Key("comment").String(record.comment);
}

Status ReadSide(const JsonValue& value, const std::string& place, ComparedSide& side) {
  ObjectReader reader(value, place);
  reader.Required("setting").String(side.setting);
  reader.Required("options").Value([&](const JsonValue& options, const std::string&) {
    side.options = ToJson(options);
    return OkStatus();
  });
  reader.Required("answer").String(side.answer);
  reader.Required("model").String(side.model);
  reader.Required("seconds").Double(side.seconds);
  return reader.Finish();
}

Status ReadValue(std::string_view value, FeedbackRecord& record) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(value));
  uint64_t version = 0;
  uint64_t time_micros = 0;
  ObjectReader reader(json, "");
  reader.Required("version").Uint64(version);
  ReadOwner(reader, record.owner);
  reader.Required("time_us").Uint64(time_micros);
  reader.Required("collection").String(record.collection);
  reader.Required("question").String(record.question);
  if (json.Find("left") != nullptr) {
    Comparison& comparison = record.comparison.emplace();
    reader.Required("left").Value([&](const JsonValue& field, const std::string& place) {
      return ReadSide(field, place, comparison.left);
    });
    reader.Required("right").Value([&](const JsonValue& field, const std::string& place) {
      return ReadSide(field, place, comparison.right);
    });
    reader.Optional("vote").String(comparison.vote);
  } else {
    reader.Required("answer").String(record.answer);
    reader.Optional("text").String(record.text);
    reader.Required("rating").String(record.rating);
    reader.Required("reasons").Strings(record.reasons);
    reader.Required("comment").String(record.comment);
  }
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (version != kFeedbackVersion) {
    return InvalidArgumentError("version: expected " + std::to_string(kFeedbackVersion) + ", not " +
                                std::to_string(version));
  }
  record.time_micros = static_cast<int64_t>(time_micros);
  return OkStatus();
}

}  // namespace

Status CheckWord(const std::string& place, const std::string& word,
                 std::span<const std::string_view> words) {
  if (std::ranges::find(words, word) != words.end()) return OkStatus();
  return InvalidArgumentError(place + ": expected one of " + Join(words, ", ") + ", not " +
                              JsonString(word));
}

void WriteSide(const ComparedSide& side, JsonWriter& json) {
  json.BeginObject().Key("setting").String(side.setting).Key("options").Raw(side.options);
  json.Key("answer").String(side.answer).Key("model").String(side.model);
  json.Key("seconds").Double(side.seconds).EndObject();
}

std::string FeedbackValue(const FeedbackRecord& record) {
  JsonWriter json;
  json.BeginObject().Key("version").Uint(kFeedbackVersion);
  WriteOwner(record.owner, json);
  json.Key("time_us").Int(record.time_micros);
  AddFields(record, json);
  return json.EndObject().Take();
}

Result<FeedbackRecord> ParseFeedback(const index::Object& object) {
  FeedbackRecord record{.id = object.id};
  const Status read = ReadValue(object.value, record);
  if (!read.ok()) return DataLossError("feedback " + object.id + ": " + read.message());
  return record;
}

void WriteFeedback(const FeedbackRecord& record, JsonWriter& json) {
  json.BeginObject().Key("id").String(record.id);
  json.Key("created_at").String(FormatIso8601(record.time_micros));
  AddFields(record, json);
  json.EndObject();
}

}  // namespace quarry::server
