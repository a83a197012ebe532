#pragma once

// A chat model behind HTTP that says what a test wants, and what it was asked.
//
//   ChatUpstream upstream([](const nlohmann::json& request) {
//     return nlohmann::json{{"content", "It runs at 9 bar [1]."}};
//   });
//   Answerer answerer(..., AnswerModel{upstream.chat(), prompts});

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/remote_chat_model.h"
#include "tests/testing/chat_chunks.h"
#include "tests/testing/http_upstream.h"

namespace quarry::testing {

class ChatUpstream {
 public:
  using Json = nlohmann::json;
  // The message to a request: {"content": "..."}, or {"tool_calls": [...]} as OpenAI has them. May be
  // called by several threads.
  using Say = std::function<Json(const Json& request)>;

  explicit ChatUpstream(Say say)
      : say_(std::move(say)), upstream_([this](UpstreamCall& call) { Serve(call); }) {}

  const model::ChatModel& chat() const { return chat_; }
  // As chat.model has it.
  std::string name() const { return upstream_.url() + "/v1#scripted"; }
  std::vector<Json> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  // A call of a tool, as a model asks for it.
  static Json ToolCall(const std::string& id, const std::string& tool, const Json& arguments) {
    return {{"id", id},
            {"type", "function"},
            {"function", {{"name", tool}, {"arguments", arguments.dump()}}}};
  }

 private:
  void Serve(UpstreamCall& call) {
    const Json request = Json::parse(call.request().body);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    Json delta = say_(request);
    const bool calls = delta.contains("tool_calls");
    if (calls) {
      for (size_t i = 0; i < delta["tool_calls"].size(); ++i) delta["tool_calls"][i]["index"] = i;
    }
    call.BeginChunks("text/event-stream");
    Json said = ChatChunk(delta);
    said["model"] = request["model"];
    Json end = ChatChunk(Json::object(), calls ? "tool_calls" : "stop");
    end["usage"] = {{"prompt_tokens", 20}, {"completion_tokens", 5}};
    call.Chunk(EventOf(said) + EventOf(end) + kDoneEvent);
    call.EndChunks();
  }

  const Say say_;
  mutable std::mutex mutex_;
  std::vector<Json> requests_;  // guarded by mutex_
  const model::HttpClient http_{{}};
  const model::RemoteOptions remote_;
  const model::PriceTable prices_ = model::PriceTable::Parse({"*=1/1"}).value();
  model::Budget budget_{{}};
  const SystemClock clock_;
  HttpUpstream upstream_;
  const model::RemoteName name_ = model::ParseRemoteName(name()).value();
  const model::RemoteChatModel chat_{
      std::make_shared<model::RemoteEndpoint>(http_, name_.base_url, "", remote_),
      name_,
      remote_,
      {prices_, budget_, clock_}};
};

}  // namespace quarry::testing
