#pragma once

// AnswerGuide: how an answer is to be written, where that is other than configured: what a profile
// (generation/profile.h), a key and a conversation say of it. Plain values.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/query.h"

namespace quarry {

// A question and the answer that is wanted to it: for the manner, not for what it says.
struct AnswerExample {
  std::string question;
  std::string answer;
};

// A tool that a profile declares: a request to an address, whose arguments the chat model gives.
struct HttpTool {
  std::string name;         // letters, digits, '_'
  std::string description;  // for the model
  std::string method = "GET";
  std::string url;         // "{argument}" in path and query is replaced
  std::string parameters;  // JSON Schema of an object
  // "${NAME}" in a value is that variable of the environment, which no model sees.
  std::vector<std::pair<std::string, std::string>> headers;
  bool read_only = false;             // it changes nothing where it is called
  std::vector<std::string> asked_by;  // words by which a user asks for it; none: those of its name
  uint32_t timeout_ms = 10'000;
  uint32_t max_bytes = 64 * 1024;  // of an answer
};

enum class AnswerLength : uint8_t { kAsConfigured, kShort, kMedium, kLong };

struct AnswerGuide {
  std::string profile;                    // its name; "" = none
  std::vector<std::string> instructions;  // in the order in which they are given
  std::vector<AnswerExample> examples;
  uint32_t examples_shown = 0;  // those most like the question; 0 = all
  std::string language;         // "en" or "zh"; "" = that of the question
  AnswerLength length = AnswerLength::kAsConfigured;
  std::string style;

  std::string model;  // of the upstream of chat.model; "" = the configured one
  std::optional<double> temperature;
  std::optional<uint32_t> max_tokens;
  std::string output_schema;  // JSON Schema that the answer follows; "" = sentences

  std::string refusal_text;             // what is said instead of an answer; "" = what was searched
  std::optional<double> decline_below;  // support, of an answer that is quoted
  std::string unsupported;              // "flag", "repair", "remove"; "" = as configured

  std::vector<std::string> tools;    // by name, that the model may call
  std::vector<HttpTool> http_tools;  // likewise
  std::string tool_choice;           // at first: "required", "none" or a name; "" = as it likes
  std::string own_words;  // of the user, where the question was made of them; "" = the question

  // Equal iff the guides are.
  std::string Description() const;
  // What of it only a chat model can do, in the words of a profile: "instructions, style".
  std::string NeedsModel() const;
};

// The language to write in: the guide's, else the question's. "en", "zh", ...
std::string AnswerLanguage(const Query& query);

// Puts further instructions behind those that the query has; "" adds nothing.
void AddInstructions(std::string_view instructions, Query& query);

}  // namespace quarry
