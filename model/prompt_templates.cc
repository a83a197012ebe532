#include "model/prompt_templates.h"

#include <algorithm>
#include <filesystem>

#include "base/document.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"

namespace quarry::model {
namespace {

constexpr uint64_t kMaxTemplateBytes = 256 * 1024;

std::string FillTemplate(std::string_view text, const PromptTemplates::Variables& variables) {
  std::string filled;
  while (true) {
    const size_t open = text.find("{{");
    const size_t close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) return filled.append(text);
    filled += text.substr(0, open);
    const auto variable = variables.find(text.substr(open + 2, close - open - 2));
    if (variable != variables.end()) filled += variable->second;
    text.remove_prefix(close + 2);
  }
}

}  // namespace

PromptTemplates::PromptTemplates(
    std::initializer_list<std::pair<const char*, const char*>> built_in,
    std::vector<std::string> variables)
    : variables_(std::move(variables)) {
  for (const auto& [name, text] : built_in) templates_[name] = Parse(text).value();
  MakeFingerprint();
}

Status PromptTemplates::Load(const std::string& directory) {
  if (!std::filesystem::is_directory(directory)) {
    return NotFoundError("chat.prompts: " + directory + ": no such directory");
  }
  for (auto& [name, parts] : templates_) {
    const std::string path = directory + "/" + name + ".txt";
    const Result<std::string> text = ReadFile(path, kMaxTemplateBytes);
    if (text.status().code() == Code::kNotFound) continue;
    QUARRY_RETURN_IF_ERROR(text.status());
    Result<Template> parsed = Parse(*text);
    if (!parsed.ok()) return std::move(parsed).status().Annotate(path);
    parts = *std::move(parsed);
  }
  MakeFingerprint();
  return OkStatus();
}

void PromptTemplates::MakeFingerprint() {
  uint64_t hash = 0;
  for (const auto& [name, parts] : templates_) {
    hash = HashCombine(HashCombine(hash, Hash64(parts.system)), Hash64(parts.user));
  }
  fingerprint_ = HashToHex(hash);
}

Result<PromptTemplates::Template> PromptTemplates::Parse(const std::string& text) const {
  Template parts;
  std::string* part = nullptr;
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    const std::string place = "line " + std::to_string(number);
    if (line == "[system]" || line == "[user]") {
      part = line == "[user]" ? &parts.user : &parts.system;
      continue;
    }
    if (part == nullptr && !Trim(line).empty()) {
      return InvalidArgumentError(place + ": expected [system] or [user] before any text");
    }
    for (size_t at = line.find("{{"); at != std::string::npos; at = line.find("{{", at + 2)) {
      const size_t close = line.find("}}", at);
      const std::string name =
          close == std::string::npos ? "" : line.substr(at + 2, close - at - 2);
      if (std::ranges::find(variables_, name) != variables_.end()) continue;
      return InvalidArgumentError(place + ": unknown variable {{" + name + "}}; known are " +
                                  Join(variables_, ", "));
    }
    if (part != nullptr) *part += line + '\n';
  }
  parts.system = Trim(parts.system);
  parts.user = Trim(parts.user);
  if (parts.user.empty()) return InvalidArgumentError("a part [user] is missing");
  return parts;
}

std::vector<ChatMessage> PromptTemplates::Messages(std::string_view name, std::string_view question,
                                                   const Variables& variables) const {
  return MessagesIn(DetectLanguage(question), name, variables);
}

std::vector<ChatMessage> PromptTemplates::MessagesIn(std::string_view language,
                                                     std::string_view name,
                                                     const Variables& variables) const {
  const Template& parts = templates_.at(std::string(name) + (language == "zh" ? ".zh" : ".en"));
  std::vector<ChatMessage> messages;
  if (!parts.system.empty()) {
    messages.push_back(
        {.role = ChatRole::kSystem, .content = FillTemplate(parts.system, variables)});
  }
  messages.push_back({.role = ChatRole::kUser, .content = FillTemplate(parts.user, variables)});
  return messages;
}

}  // namespace quarry::model
