#include "base/answer_guide.h"

#include "base/coding.h"
#include "base/text.h"

namespace quarry {

namespace {

void AppendHttpTool(const HttpTool& tool, std::string& all) {
  const auto& [name, description, method, url, parameters, headers, read_only, asked_by, timeout,
               bytes] = tool;
  for (const std::string* text : {&name, &description, &method, &url, &parameters}) {
    AppendBytes(all, *text);
  }
  AppendVarint(all, headers.size());
  for (const auto& [header, value] : headers) {
    AppendBytes(all, header);
    AppendBytes(all, value);
  }
  AppendVarint(all, read_only ? 1 : 0);
  AppendVarint(all, asked_by.size());
  for (const std::string& one : asked_by) AppendBytes(all, one);
  AppendVarint(all, timeout);
  AppendVarint(all, bytes);
}

}  // namespace

std::string AnswerGuide::Description() const {
  // A new field does not compile here until it is part of the description.
  const auto& [name, orders, shown_examples, shown, spoken, size, manner, written_by, heat, tokens,
               schema, refusal, least, policy, tool_names, requests, choice, words] = *this;
  std::string all;
  AppendBytes(all, name);
  AppendVarint(all, orders.size());
  for (const std::string& one : orders) AppendBytes(all, one);
  AppendVarint(all, shown_examples.size());
  for (const AnswerExample& one : shown_examples) {
    AppendBytes(all, one.question);
    AppendBytes(all, one.answer);
  }
  AppendVarint(all, shown);
  AppendBytes(all, spoken);
  AppendVarint(all, static_cast<uint64_t>(size));
  AppendBytes(all, manner);
  AppendBytes(all, written_by);
  AppendDouble(all, heat.value_or(-1));
  AppendVarint(all, tokens.value_or(0));
  AppendBytes(all, schema);
  AppendBytes(all, refusal);
  AppendDouble(all, least.value_or(-1));
  AppendBytes(all, policy);
  AppendVarint(all, tool_names.size());
  for (const std::string& one : tool_names) AppendBytes(all, one);
  for (const HttpTool& one : requests) AppendHttpTool(one, all);
  AppendBytes(all, choice);
  AppendBytes(all, words);
  return all;
}

std::string AnswerGuide::NeedsModel() const {
  std::string parts;
  const auto add = [&](bool is_set, const char* part) {
    if (is_set) parts += (parts.empty() ? "" : ", ") + std::string(part);
  };
  add(!instructions.empty(), "instructions");
  add(!examples.empty(), "examples");
  add(!style.empty(), "style");
  add(!model.empty(), "model");
  add(temperature.has_value(), "temperature");
  add(max_tokens.has_value(), "max_tokens");
  add(!output_schema.empty(), "output_schema");
  add(!unsupported.empty(), "refusal.unsupported");
  add(!tools.empty(), "tools");
  add(!http_tools.empty(), "http_tools");
  return parts;
}

std::string AnswerLanguage(const Query& query) {
  const bool is_set = query.guide != nullptr && !query.guide->language.empty();
  return is_set ? query.guide->language : DetectLanguage(query.text);
}

void AddInstructions(std::string_view instructions, Query& query) {
  if (instructions.empty()) return;
  AnswerGuide guide = query.guide == nullptr ? AnswerGuide() : *query.guide;
  guide.instructions.emplace_back(instructions);
  query.guide = std::make_shared<const AnswerGuide>(std::move(guide));
}

}  // namespace quarry
