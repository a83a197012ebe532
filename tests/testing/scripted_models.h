#pragma once

// Chat models of a scripted upstream, over real HTTP: what each call is answered with is a function of its
// request.

#include <atomic>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "model/remote_chat_model.h"
#include "tests/testing/chat_chunks.h"
#include "tests/testing/http_upstream.h"

namespace quarry::testing {

class ScriptedModels {
 public:
  // The content of the reply; nullopt: the upstream fails. Called on a thread per connection.
  using Script = std::function<std::optional<std::string>(const nlohmann::json& request)>;

  // `prices`: rows of model::PriceTable.
  ScriptedModels(Script script, const Clock& clock,
                 std::vector<std::string> prices = {"*=1000/1000"},
                 model::BudgetOptions budget = {})
      : script_(std::move(script)),
        clock_(clock),
        prices_(model::PriceTable::Parse(prices).value()),
        budget_(budget),
        upstream_([this](UpstreamCall& call) { Serve(call); }) {
    options_.retry.attempts = 1;
    options_.breaker = {.failures = 1'000'000, .open_for = std::chrono::seconds(60)};
  }

  // Must not outlive the upstream.
  std::unique_ptr<const model::RemoteChatModel> Model(const std::string& name) {
    const model::RemoteName remote =
        model::ParseRemoteName(upstream_.url() + "/v1#" + name).value();
    return std::make_unique<const model::RemoteChatModel>(
        std::make_shared<model::RemoteEndpoint>(http_, remote.base_url, "", options_), remote,
        options_, model::ChatPricing{prices_, budget_, clock_});
  }

  uint32_t calls() const { return calls_; }
  // The text of the last message of a request.
  static std::string LastMessage(const nlohmann::json& request) {
    return request.at("messages").back().at("content");
  }
  // The number that the passage which holds `fact` has in a prompt; "" where none does.
  static std::string NumberOf(const std::string& prompt, const std::string& fact) {
    const size_t place = prompt.find(fact);
    if (place == std::string::npos) return "";
    const size_t at = prompt.rfind("number=\"", place);
    if (at == std::string::npos) return "";
    return prompt.substr(at + 8, prompt.find('"', at + 8) - at - 8);
  }

 private:
  void Serve(UpstreamCall& call) {
    ++calls_;
    const nlohmann::json request = nlohmann::json::parse(call.request().body);
    const std::optional<std::string> content = script_(request);
    if (!content) return call.Reply(500, "ill");
    const nlohmann::json usage = {{"prompt_tokens", call.request().body.size() / 4},
                                  {"completion_tokens", content->size() / 4 + 1},
                                  {"total_tokens", 0}};
    nlohmann::json said = ChatChunk({{"content", *content}});
    nlohmann::json end = ChatChunk(nlohmann::json::object(), "stop");
    said["model"] = end["model"] = request.at("model");
    call.BeginChunks("text/event-stream");
    call.Chunk(EventOf(said) + EventOf(end) +
               EventOf({{"choices", nlohmann::json::array()}, {"usage", usage}}) + kDoneEvent);
    call.EndChunks();
  }

  const Script script_;
  const Clock& clock_;
  const model::PriceTable prices_;
  model::Budget budget_;
  const model::HttpClient http_{{}};
  model::RemoteOptions options_;
  std::atomic<uint32_t> calls_{0};
  HttpUpstream upstream_;  // last: its threads use all of the above
};

}  // namespace quarry::testing
