#include "server/response_writer.h"

#include <algorithm>

#include "index/object_table.h"
#include "server/api_json.h"
#include "server/openai_answer.h"
#include "server/sse.h"
#include "server/store_search.h"

namespace quarry::server {
namespace {

std::string ListOf(const std::vector<std::string>& values) {
  JsonWriter json;
  json.BeginArray();
  for (const std::string& value : values) json.Raw(value);
  return json.EndArray().Take();
}

void WriteResponseUsage(const Usage& usage, JsonWriter& json) {
  json.BeginObject().Key("input_tokens").Uint(usage.prompt_tokens);
  json.Key("input_tokens_details").BeginObject().Key("cached_tokens").Int(0);
  json.Key("cache_write_tokens").Int(0).EndObject();
  json.Key("output_tokens").Uint(usage.completion_tokens);
  json.Key("output_tokens_details").BeginObject().Key("reasoning_tokens").Int(0).EndObject();
  json.Key("total_tokens").Uint(uint64_t{usage.prompt_tokens} + usage.completion_tokens);
  json.EndObject();
}

}  // namespace

ResponseWriter::ResponseWriter(const ResponsesRequest& request, const Call& call, int64_t created)
    : request_(request),
      call_(call),
      id_(index::NewObjectId("resp_")),
      search_id_(index::NewObjectId("fs_")),
      message_id_(index::NewObjectId("msg_")),
      created_(created) {}

// Citations of file_search name the file, others the page.
Status ResponseWriter::SetAnswer(const index::ObjectTable& objects, const Answer& answer,
                                 int64_t now) {
  FileReferences references(objects, request_.question.collection);
  for (const Marker& marker : MarkersOf(answer)) {
    JsonWriter json;
    json.BeginObject();
    if (request_.file_search) {
      QUARRY_ASSIGN_OR_RETURN(const FileReference file, references.Of(marker.passage));
      json.Key("type").String("file_citation").Key("file_id").String(file.id);
      json.Key("filename").String(file.filename).Key("index").Uint(marker.start);
    } else {
      json.Key("type").String("url_citation");
      json.Key("start_index").Uint(marker.start).Key("end_index").Uint(marker.end);
      json.Key("url").String(UrlOf(marker.passage, request_.question.collection, call_.request));
      json.Key("title").String(TitleOf(marker.passage));
    }
    annotations_.push_back(json.EndObject().Take());
  }
  if (request_.include_results) {
    double best = 0;
    for (const Passage& passage : answer.context.passages) best = std::max(best, passage.score);
    JsonWriter json;
    json.BeginArray();
    for (const Passage& passage : answer.context.passages) {
      QUARRY_ASSIGN_OR_RETURN(const FileReference file, references.Of(passage));
      json.BeginObject().Key("file_id").String(file.id).Key("filename").String(file.filename);
      json.Key("score").Double(ShareOfBest(passage.score, best));
      WriteMetadata(file.attributes, json.Key("attributes"));
      json.Key("text").String(passage.chunk.text).EndObject();
    }
    results_ = json.EndArray().Take();
  }
  answer_ = &answer;
  completed_ = now;
  state_ = State::kCompleted;
  return OkStatus();
}

std::string ResponseWriter::SearchItem(const char* status, std::string_view results) const {
  JsonWriter json;
  json.BeginObject().Key("id").String(search_id_).Key("type").String("file_search_call");
  json.Key("status").String(status).Key("queries").BeginArray();
  json.String(request_.question.query.text).EndArray();
  return json.Key("results").Raw(results).EndObject().Take();
}

std::string ResponseWriter::MessageItem(const char* status, std::string_view content) const {
  JsonWriter json;
  json.BeginObject().Key("id").String(message_id_).Key("type").String("message");
  json.Key("status").String(status).Key("role").String("assistant");
  return json.Key("content").Raw(content).EndObject().Take();
}

std::string ResponseWriter::TextPart(std::string_view text, std::string_view annotations) const {
  JsonWriter json;
  json.BeginObject().Key("type").String("output_text").Key("text").String(text);
  json.Key("annotations").Raw(annotations).Key("logprobs").BeginArray().EndArray();
  return json.EndObject().Take();
}

std::string ResponseWriter::Json() const {
  constexpr const char* kStates[] = {"in_progress", "completed", "failed"};
  JsonWriter json;
  json.BeginObject().Key("id").String(id_).Key("object").String("response");
  json.Key("created_at").Int(created_).Key("status");
  json.String(kStates[static_cast<size_t>(state_)]).Key("completed_at");
  state_ == State::kCompleted ? json.Int(completed_) : json.Null();
  json.Key("background").Bool(false).Key("error");
  if (state_ == State::kFailed) {
    json.BeginObject().Key("code").String("server_error");
    json.Key("message").String(failure_.message()).EndObject();
  } else {
    json.Null();
  }
  json.Key("incomplete_details").Null().Key("instructions").Raw(request_.instructions);
  json.Key("max_output_tokens").Raw(request_.max_output_tokens);
  json.Key("model").String(request_.model).Key("output").BeginArray();
  if (answer_ != nullptr) {
    if (request_.file_search) json.Raw(SearchItem("completed", results_));
    const std::string part = TextPart(answer_->text, ListOf(annotations_));
    json.Raw(MessageItem("completed", '[' + part + ']'));
  }
  json.EndArray().Key("parallel_tool_calls").Bool(request_.parallel_tool_calls);
  json.Key("previous_response_id");
  request_.previous_response_id.empty() ? json.Null() : json.String(request_.previous_response_id);
  json.Key("reasoning").Null().Key("store").Bool(request_.store);
  json.Key("temperature").Double(request_.temperature).Key("top_p").Double(request_.top_p);
  json.Key("text").Raw(R"({"format":{"type":"text"}})");
  json.Key("tool_choice").Raw(request_.tool_choice).Key("tools").Raw(request_.tools);
  json.Key("truncation").String("disabled").Key("metadata").BeginObject();
  for (const auto& [name, value] : request_.metadata) json.Key(name).String(value);
  json.EndObject();
  if (answer_ != nullptr) {
    WriteResponseUsage(answer_->usage, json.Key("usage"));
    WriteExtension(*answer_, request_.question.collection, "", json.Key("quarry"));
  }
  return json.EndObject().Take();
}

template <typename Fields>
bool ResponseWriter::Event(std::string_view type, Fields fields) {
  JsonWriter json;
  json.BeginObject().Key("type").String(type).Key("sequence_number").Uint(sequence_++);
  fields(json);
  return call_.stream.Write(SseEvent(type, json.EndObject().text()));
}

bool ResponseWriter::ResponseEvent(std::string_view type) {
  return Event(type, [&](JsonWriter& json) { json.Key("response").Raw(Json()); });
}

bool ResponseWriter::ItemEvent(const char* name, size_t index, const std::string& item) {
  return Event(std::string("response.output_item.") + name, [&](JsonWriter& json) {
    json.Key("output_index").Uint(index).Key("item").Raw(item);
  });
}

// What precedes the text. The first piece of it is there, so that the search is over.
void ResponseWriter::Begin() {
  call_.stream.Begin(EventStreamHead());
  ResponseEvent("response.created");
  ResponseEvent("response.in_progress");
  if (request_.file_search) {
    ItemEvent("added", 0, SearchItem("in_progress", "null"));
    for (const char* step : {"in_progress", "searching", "completed"}) {
      Event(std::string("response.file_search_call.") + step, [&](JsonWriter& json) {
        json.Key("output_index").Int(0).Key("item_id").String(search_id_);
      });
    }
    if (!request_.include_results) ItemEvent("done", 0, SearchItem("completed", "null"));
  }
  ItemEvent("added", message_index(), MessageItem("in_progress", "[]"));
  Event("response.content_part.added", [&](JsonWriter& json) {
    json.Key("item_id").String(message_id_).Key("output_index").Uint(message_index());
    json.Key("content_index").Int(0).Key("part").Raw(TextPart("", "[]"));
  });
}

bool ResponseWriter::WriteDelta(std::string_view delta) {
  if (!call_.stream.begun()) Begin();
  return Event("response.output_text.delta", [&](JsonWriter& json) {
    json.Key("item_id").String(message_id_).Key("output_index").Uint(message_index());
    json.Key("content_index").Int(0).Key("delta").String(delta);
    json.Key("logprobs").BeginArray().EndArray();
  });
}

void ResponseWriter::WriteEnd() {
  if (!call_.stream.begun()) Begin();
  const auto place = [&](JsonWriter& json) -> JsonWriter& {
    json.Key("item_id").String(message_id_).Key("output_index").Uint(message_index());
    return json.Key("content_index").Int(0);
  };
  for (size_t i = 0; i < annotations_.size(); ++i) {
    Event("response.output_text.annotation.added", [&](JsonWriter& json) {
      place(json).Key("annotation_index").Uint(i).Key("annotation").Raw(annotations_[i]);
    });
  }
  Event("response.output_text.done", [&](JsonWriter& json) {
    place(json).Key("text").String(answer_->text).Key("logprobs").BeginArray().EndArray();
  });
  const std::string part = TextPart(answer_->text, ListOf(annotations_));
  Event("response.content_part.done", [&](JsonWriter& json) { place(json).Key("part").Raw(part); });
  ItemEvent("done", message_index(), MessageItem("completed", '[' + part + ']'));
  if (request_.include_results && request_.file_search) {
    ItemEvent("done", 0, SearchItem("completed", results_));
  }
  ResponseEvent("response.completed");
}

void ResponseWriter::WriteFailure(const Status& status) {
  state_ = State::kFailed;
  failure_ = status;
  answer_ = nullptr;
  ResponseEvent("response.failed");
}

}  // namespace quarry::server
