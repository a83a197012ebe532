#include "server/chat_request.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "server/json_writer.h"

namespace quarry::server {
namespace {

constexpr std::string_view kRoles[] = {"developer", "system", "user",
                                       "assistant", "tool",   "function"};

Status Wrong(const std::string& place, const std::string& problem) {
  return InvalidArgumentError(place + ": " + problem);
}

// The text of a message: a string, or a list of parts of type text.
Status ReadContent(const JsonValue& content, const std::string& place, std::string& text) {
  if (content.AsString() != nullptr) {
    text = *content.AsString();
    return OkStatus();
  }
  if (content.AsArray() == nullptr) {
    return Wrong(place,
                 std::string("expected a string or a list of parts, not ") + content.TypeName());
  }
  for (size_t i = 0; i < content.AsArray()->size(); ++i) {
    const std::string part_place = place + '[' + std::to_string(i) + ']';
    std::string type;
    std::string part;
    ObjectReader reader((*content.AsArray())[i], part_place);
    reader.Required("type").String(type);
    QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
    if (type != "text") {
      return Wrong(part_place + ".type", JsonString(type) + " is not supported; expected \"text\"");
    }
    reader.Required("text").String(part);
    QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
    if (!text.empty()) text += '\n';
    text += part;
  }
  return OkStatus();
}

// The last message of a user is the question; those of users and assistants before it are turns.
Status ReadMessages(const JsonValue& messages, const std::string& place, std::string& question,
                    std::vector<generation::ConversationTurn>& turns) {
  if (messages.AsArray() == nullptr) {
    return Wrong(place, std::string("expected a list of messages, not ") + messages.TypeName());
  }
  if (messages.AsArray()->size() > kMaxTurns) {
    return Wrong(place, "expected at most " + std::to_string(kMaxTurns) + " messages");
  }
  std::string question_place;
  std::vector<generation::ConversationTurn> later;  // said since the question read last
  for (size_t i = 0; i < messages.AsArray()->size(); ++i) {
    const std::string message_place = place + '[' + std::to_string(i) + ']';
    std::string role;
    ObjectReader reader((*messages.AsArray())[i], message_place);
    reader.Required("role").String(role);
    QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
    if (std::ranges::find(kRoles, role) == std::end(kRoles)) {
      return Wrong(message_place + ".role",
                   JsonString(role) +
                       " is no role; expected one of developer, system, user, assistant, tool");
    }
    if (role == "assistant") {
      std::string said;
      // What cannot be read here (null beside tool calls, a refusal) says nothing to a question.
      reader.Optional("content").Value([&](const JsonValue& content, const std::string& at) {
        ReadContent(content, at, said).IgnoreError();
        return OkStatus();
      });
      if (!question_place.empty()) later.push_back({.by_user = false, .text = std::move(said)});
    }
    if (role != "user") continue;
    if (!question_place.empty()) turns.push_back({.by_user = true, .text = std::move(question)});
    std::ranges::move(later, std::back_inserter(turns));
    later.clear();
    question.clear();
    question_place = message_place + ".content";
    reader.Required("content").Value([&](const JsonValue& content, const std::string& at) {
      return ReadContent(content, at, question);
    });
    QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  }
  if (question_place.empty()) return Wrong(place, "expected a message of role \"user\"");
  if (Trim(question).empty()) return Wrong(question_place, "expected text that is not empty");
  return OkStatus();
}

bool IsEmptyList(const JsonValue& value) {
  return value.AsArray() != nullptr && value.AsArray()->empty();
}

bool IsOneOf(const JsonValue& value, std::initializer_list<std::string_view> names) {
  return value.AsString() != nullptr && std::ranges::find(names, *value.AsString()) != names.end();
}

// A field that may only have values that change nothing.
struct Restricted {
  const char* field;
  bool (*changes_nothing)(const JsonValue& value);
  const char* problem;
};

constexpr Restricted kRestricted[] = {
    {"n",
     [](const JsonValue& value) {
       uint64_t n = 0;
       return value.AsUint(n) && n == 1;
     },
     "expected 1: there is one answer to a question"},
    {"tools", IsEmptyList, "this model calls no tools"},
    {"functions", IsEmptyList, "this model calls no functions"},
    {"tool_choice",
     [](const JsonValue& value) {
       return IsOneOf(value, {"none", "auto"});
     },
     "this model calls no tools; expected \"none\" or \"auto\""},
    {"function_call",
     [](const JsonValue& value) {
       return IsOneOf(value, {"none", "auto"});
     },
     "this model calls no functions; expected \"none\" or \"auto\""},
    {"response_format",
     [](const JsonValue& value) {
       const JsonValue* type = value.Find("type");
       return type != nullptr && IsOneOf(*type, {"text"});
     },
     "this model answers in sentences of the documents; expected {\"type\": \"text\"}"},
    {"logprobs",
     [](const JsonValue& value) { return value.AsBool() != nullptr && !*value.AsBool(); },
     "this model has no token probabilities; expected false"},
    {"top_logprobs",
     [](const JsonValue& value) {
       uint64_t count = 1;
       return value.AsUint(count) && count == 0;
     },
     "this model has no token probabilities; expected 0"},
    {"audio", [](const JsonValue&) { return false; }, "this model answers in text only"},
    {"modalities",
     [](const JsonValue& value) {
       return value.AsArray() != nullptr &&
              std::ranges::all_of(*value.AsArray(),
                                  [](const JsonValue& one) { return IsOneOf(one, {"text"}); });
     },
     "this model answers in text only; expected [\"text\"]"},
    {"web_search_options", [](const JsonValue&) { return false; },
     "this model answers from indexed documents, not from the web"},
};

}  // namespace

Result<ChatRequest> ParseChatRequest(const std::string& body, const ServerOptions& options) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
  ChatRequest request{.model = "", .question = DefaultQuestion(options)};
  ObjectReader reader(json, "");
  reader.Required("model").String(request.model);
  reader.Required("messages").Value([&](const JsonValue& messages, const std::string& place) {
    return ReadMessages(messages, place, request.question.query.text, request.question.turns);
  });
  reader.Optional("stream").Bool(request.stream);
  reader.Optional("stream_options")
      .Value([&](const JsonValue& value, const std::string& place) -> Status {
        if (!request.stream) return Wrong(place, "only allowed together with \"stream\": true");
        ObjectReader stream_options(value, place);
        stream_options.Optional("include_usage").Bool(request.include_usage);
        return stream_options.FinishIgnoringUnknown();
      });
  for (const Restricted& restricted : kRestricted) {
    reader.Optional(restricted.field)
        .Value([&](const JsonValue& value, const std::string& place) -> Status {
          if (restricted.changes_nothing(value)) return OkStatus();
          return Wrong(place, restricted.problem);
        });
  }
  reader.Optional("quarry").Value([&](const JsonValue& value, const std::string& place) -> Status {
    ObjectReader extension(value, place);
    ReadQuestionFields(extension, options, request.question);
    return extension.Finish();
  });
  QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  return request;
}

}  // namespace quarry::server
