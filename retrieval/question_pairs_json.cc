#include <nlohmann/json.hpp>

#include "base/text.h"
#include "retrieval/question_pairs.h"

namespace quarry::retrieval {
namespace {

using nlohmann::json;

Result<QuestionPair> ParsePair(std::string_view line) {
  const json value = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return InvalidArgumentError("expected a JSON object");
  QuestionPair pair;
  for (const auto& [key, text] : {std::pair("a", &pair.a), std::pair("b", &pair.b)}) {
    const auto found = value.find(key);
    if (found == value.end() || !found->is_string()) {
      return InvalidArgumentError(std::string(key) + ": expected a question");
    }
    *text = found->get<std::string>();
    if (Trim(*text).empty()) return InvalidArgumentError(std::string(key) + ": is empty");
  }
  const auto label = value.find("label");
  const bool is_number =
      label != value.end() && label->is_number_integer() && (*label == 0 || *label == 1);
  if (!is_number && (label == value.end() || !label->is_boolean())) {
    return InvalidArgumentError("label: expected 1 (the same question) or 0");
  }
  pair.same = is_number ? label->get<int>() == 1 : label->get<bool>();
  return pair;
}

}  // namespace

Result<std::vector<QuestionPair>> ParseQuestionPairs(std::string_view lines,
                                                     const std::string& name) {
  std::vector<QuestionPair> pairs;
  size_t number = 0;
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    const std::string_view line = Trim(lines.substr(begin, end - begin));
    begin = end + 1;
    ++number;
    if (line.empty()) continue;
    Result<QuestionPair> pair = ParsePair(line);
    if (!pair.ok()) {
      return std::move(pair).status().Annotate(name + ":" + std::to_string(number));
    }
    pairs.push_back(*std::move(pair));
  }
  return pairs;
}

}  // namespace quarry::retrieval
