#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "model/chat_stream.h"
#include "model/remote_endpoint.h"
#include "model/upstream_json.h"

namespace quarry::model {
namespace {

constexpr uint64_t kMaxToolCalls = 128;
constexpr uint64_t kMaxCountedTokens = 1u << 31;

Result<Json> ParseOurs(const std::string& text, const std::string& place) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object()) {
    return InvalidArgumentError(place + ": expected a JSON object");
  }
  return json;
}

Json WriteMessage(const ChatMessage& message) {
  Json json = {{"role", ChatRoleName(message.role)}, {"content", message.content}};
  if (message.role == ChatRole::kTool) json["tool_call_id"] = message.tool_call_id;
  for (const ToolCall& call : message.tool_calls) {
    json["tool_calls"].push_back(
        {{"id", call.id},
         {"type", "function"},
         {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
  }
  return json;
}

// Adds the string member `name` of `json` to `text`.
void AppendOf(const Json& json, const char* name, std::string& text) {
  const Json* member = Find(json, name);
  if (member != nullptr && member->is_string()) text += member->get_ref<const std::string&>();
}

Usage ReadUsage(const Json& json) {
  Usage usage;
  usage.prompt_tokens =
      static_cast<uint32_t>(UintOf(json, "prompt_tokens", kMaxCountedTokens).value_or(0));
  usage.completion_tokens =
      static_cast<uint32_t>(UintOf(json, "completion_tokens", kMaxCountedTokens).value_or(0));
  return usage;
}

void ReadLogprobs(const Json& choice, std::vector<TokenLogprob>& logprobs) {
  const Json* container = Find(choice, "logprobs");
  const Json* content = container == nullptr ? nullptr : Find(*container, "content");
  if (content == nullptr || !content->is_array()) return;
  for (const Json& token : *content) {
    const Json* value = Find(token, "logprob");
    if (value == nullptr || !value->is_number()) continue;
    logprobs.push_back({StringOf(token, "token"), value->get<double>()});
  }
}

}  // namespace

const char* ChatRoleName(ChatRole role) {
  switch (role) {
    case ChatRole::kSystem:
      return "system";
    case ChatRole::kUser:
      return "user";
    case ChatRole::kAssistant:
      return "assistant";
    case ChatRole::kTool:
      return "tool";
  }
  Fatal(__FILE__, __LINE__, "unknown ChatRole");
}

Result<std::string> WriteChatRequest(const ChatRequest& request, const std::string& model,
                                     bool stream) {
  Json json = {{"model", request.model.empty() ? model : request.model},
               {"messages", Json::array()},
               {"temperature", request.temperature},
               {"max_tokens", request.max_tokens}};
  for (const ChatMessage& message : request.messages) {
    json["messages"].push_back(WriteMessage(message));
  }
  if (stream) {
    json["stream"] = true;
    json["stream_options"] = {{"include_usage", true}};
  }
  if (request.seed) json["seed"] = *request.seed;
  if (request.top_logprobs > 0) {
    json["logprobs"] = true;
    json["top_logprobs"] = request.top_logprobs;
  }
  for (const ChatTool& tool : request.tools) {
    QUARRY_ASSIGN_OR_RETURN(Json parameters,
                            ParseOurs(tool.parameters, "parameters of tool " + tool.name));
    json["tools"].push_back({{"type", "function"},
                             {"function",
                              {{"name", tool.name},
                               {"description", tool.description},
                               {"parameters", std::move(parameters)}}}});
  }
  const std::string& choice = request.tool_choice;
  if (choice == "none" || choice == "auto" || choice == "required") {
    json["tool_choice"] = choice;
  } else if (!choice.empty()) {
    json["tool_choice"] = {{"type", "function"}, {"function", {{"name", choice}}}};
  }
  switch (request.response_format.kind) {
    case ResponseFormat::Kind::kText:
      break;
    case ResponseFormat::Kind::kJsonObject:
      json["response_format"] = {{"type", "json_object"}};
      break;
    case ResponseFormat::Kind::kJsonSchema: {
      QUARRY_ASSIGN_OR_RETURN(Json schema,
                              ParseOurs(request.response_format.schema, "response_format.schema"));
      json["response_format"] = {{"type", "json_schema"},
                                 {"json_schema",
                                  {{"name", request.response_format.name},
                                   {"strict", true},
                                   {"schema", std::move(schema)}}}};
      break;
    }
  }
  return DumpJson(json);
}

Status ChatReplyReader::Take(std::string_view data, std::string& delta) {
  delta.clear();
  if (data == "[DONE]") {
    done_ = true;
    return OkStatus();
  }
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseUpstreamJson(data));
  if (Find(json, "error") != nullptr) {
    return UnavailableError("an error in its answer: " + UpstreamMessage(std::string(data)));
  }
  if (const std::string model = StringOf(json, "model"); !model.empty()) reply_.model = model;
  if (const std::string print = StringOf(json, "system_fingerprint"); !print.empty()) {
    reply_.system_fingerprint = print;
  }
  if (const Json* usage = Find(json, "usage"); usage != nullptr && usage->is_object()) {
    reply_.usage = ReadUsage(*usage);
    reply_.has_usage = true;
  }
  const Json* choices = Find(json, "choices");
  if (choices == nullptr || !choices->is_array()) {
    return UnavailableError("its answer: \"choices\": expected a list");
  }
  for (const Json& choice : *choices) {
    if (UintOf(choice, "index").value_or(0) != 0) continue;  // one was asked for
    const Json* message = Find(choice, "delta");
    if (message == nullptr) message = Find(choice, "message");
    if (message != nullptr) {
      AppendOf(*message, "content", delta);
      AppendOf(*message, "refusal", reply_.refusal);
      const Json* calls = Find(*message, "tool_calls");
      for (size_t i = 0; calls != nullptr && calls->is_array() && i < calls->size(); ++i) {
        const Json& piece = (*calls)[i];
        // Whole calls, which are not streamed, have no index.
        const std::optional<uint64_t> index =
            Find(piece, "index") == nullptr ? i : UintOf(piece, "index");
        if (!index || *index >= kMaxToolCalls) {
          return UnavailableError("its answer: tool_calls[" + std::to_string(i) +
                                  "]: expected an index below " + std::to_string(kMaxToolCalls));
        }
        ToolCall& call = calls_[*index];
        if (const std::string id = StringOf(piece, "id"); !id.empty()) call.id = id;
        if (const Json* function = Find(piece, "function")) {
          AppendOf(*function, "name", call.name);
          AppendOf(*function, "arguments", call.arguments);
        }
      }
    }
    ReadLogprobs(choice, reply_.logprobs);
    if (const std::string reason = StringOf(choice, "finish_reason"); !reason.empty()) {
      reply_.finish_reason = reason;
    }
  }
  reply_.content += delta;
  return OkStatus();
}

Usage ChatReplyReader::Used(uint32_t prompt_tokens) const {
  if (reply_.has_usage) return reply_.usage;
  uint32_t tokens = CountTokens(reply_.content) + CountTokens(reply_.refusal);
  for (const auto& [index, call] : calls_) {
    tokens += CountTokens(call.name) + CountTokens(call.arguments);
  }
  return {.prompt_tokens = prompt_tokens, .completion_tokens = tokens};
}

Result<ChatReply> ChatReplyReader::Finish() {
  for (auto& [index, call] : calls_) {
    const std::string place = "its answer: tool_calls[" + std::to_string(index) + "]";
    if (call.name.empty()) return UnavailableError(place + ": without a name");
    if (call.arguments.empty()) call.arguments = "{}";
    const Result<Json> arguments = ParseUpstreamJson(call.arguments);
    if (!arguments.ok() || !arguments->is_object()) {
      return UnavailableError(place + ": " + call.name +
                              ": expected a JSON object of arguments, got \"" +
                              call.arguments.substr(0, 60) + "\"");
    }
    reply_.tool_calls.push_back(std::move(call));
  }
  calls_.clear();
  return std::move(reply_);
}

std::string WriteChatReply(const ChatReply& reply) {
  Json json = {{"content", reply.content},
               {"refusal", reply.refusal},
               {"finish_reason", reply.finish_reason},
               {"model", reply.model},
               {"system_fingerprint", reply.system_fingerprint},
               {"has_usage", reply.has_usage},
               {"usage",
                {{"prompt_tokens", reply.usage.prompt_tokens},
                 {"completion_tokens", reply.usage.completion_tokens}}},
               {"tool_calls", Json::array()},
               {"logprobs", Json::array()}};
  for (const ToolCall& call : reply.tool_calls) {
    json["tool_calls"].push_back({call.id, call.name, call.arguments});
  }
  for (const TokenLogprob& token : reply.logprobs) {
    json["logprobs"].push_back({token.token, token.logprob});
  }
  return DumpJson(json);
}

Result<ChatReply> ReadChatReply(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  try {
    ChatReply reply;
    reply.content = json.at("content").get<std::string>();
    reply.refusal = json.at("refusal").get<std::string>();
    reply.finish_reason = json.at("finish_reason").get<std::string>();
    reply.model = json.at("model").get<std::string>();
    reply.system_fingerprint = json.at("system_fingerprint").get<std::string>();
    reply.has_usage = json.at("has_usage").get<bool>();
    reply.usage.prompt_tokens = json.at("usage").at("prompt_tokens").get<uint32_t>();
    reply.usage.completion_tokens = json.at("usage").at("completion_tokens").get<uint32_t>();
    for (const Json& call : json.at("tool_calls")) {
      reply.tool_calls.push_back({call.at(0).get<std::string>(), call.at(1).get<std::string>(),
                                  call.at(2).get<std::string>()});
    }
    for (const Json& token : json.at("logprobs")) {
      reply.logprobs.push_back({token.at(0).get<std::string>(), token.at(1).get<double>()});
    }
    return reply;
  } catch (const Json::exception& error) {
    return DataLossError(std::string("not a recorded reply: ") + error.what());
  }
}

}  // namespace quarry::model
