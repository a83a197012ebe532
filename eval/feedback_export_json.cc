#include <nlohmann/json.hpp>

#include "eval/feedback_export.h"
#include "eval/json_fields.h"

namespace quarry::eval {
namespace {

Json MessagesJson(const std::vector<model::ChatMessage>& messages) {
  Json list = Json::array();
  for (const model::ChatMessage& message : messages) {
    list.push_back({{"role", model::ChatRoleName(message.role)}, {"content", message.content}});
  }
  return list;
}

Json AnswerJson(const std::string& answer) { return {{"role", "assistant"}, {"content", answer}}; }

}  // namespace

std::string SftLine(const std::vector<model::ChatMessage>& prompt, const std::string& answer) {
  Json messages = MessagesJson(prompt);
  messages.push_back(AnswerJson(answer));
  return DumpJson({{"messages", std::move(messages)}});
}

std::string PreferenceLine(const std::vector<model::ChatMessage>& prompt,
                           const std::string& preferred, const std::string& other) {
  return DumpJson({{"input", {{"messages", MessagesJson(prompt)}}},
                   {"preferred_output", Json::array({AnswerJson(preferred)})},
                   {"non_preferred_output", Json::array({AnswerJson(other)})}});
}

}  // namespace quarry::eval
