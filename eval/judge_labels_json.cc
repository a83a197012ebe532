#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"
#include "eval/json_fields.h"
#include "eval/judge_labels.h"
#include "eval/line_reader.h"

namespace quarry::eval {
namespace {

constexpr std::string_view kCarried[] = {"supported",  "supports", "yes", "fully attributable",
                                         "entailment", "entailed", "true"};
constexpr std::string_view kNotCarried[] = {"partially_supported",
                                            "not_supported",
                                            "unsupported",
                                            "refutes",
                                            "not_enough_info",
                                            "no",
                                            "not fully attributable",
                                            "generic",
                                            "neutral",
                                            "contradiction",
                                            "contradicted",
                                            "false"};

// A string, or a list of strings as paragraphs.
std::optional<std::string> Text(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  if (!found->is_array()) return std::nullopt;
  std::string text;
  for (const Json& one : *found) {
    if (!one.is_string()) return std::nullopt;
    text += (text.empty() ? "" : "\n\n") + one.get<std::string>();
  }
  return text;
}

// An answer of RGB: a text, or a list of what must all be said, each a text or ways to say it.
std::optional<std::string> AnswerText(const Json& object) {
  const auto found = object.find("answer");
  if (found == object.end() || !found->is_array()) return Text(object, "answer");
  std::string text;
  for (const Json& part : *found) {
    const Json& one = part.is_array() && !part.empty() ? part[0] : part;
    if (!one.is_string()) return std::nullopt;
    text += (text.empty() ? "" : ", ") + one.get<std::string>();
  }
  return text;
}

Result<bool> CarriedLabel(const Json& object) {
  const auto label = object.find("label");
  if (label != object.end() && label->is_boolean()) return label->get<bool>();
  if (label != object.end() && label->is_string()) {
    const std::string folded = Fold(label->get<std::string>());
    if (std::ranges::find(kCarried, folded) != std::end(kCarried)) return true;
    if (std::ranges::find(kNotCarried, folded) != std::end(kNotCarried)) return false;
  }
  return InvalidArgumentError("label: expected true, false or the word of a known set, got " +
                              (label == object.end() ? "nothing" : label->dump()));
}

Result<Preference> PairLabelOf(const Json& object) {
  const auto label = object.find("label");
  const std::string text = label == object.end() ? "nothing"
                           : label->is_string()  ? Fold(label->get<std::string>())
                                                 : label->dump();
  if (text == "a" || text == "1" || text == "a>b") return Preference::kFirst;
  if (text == "b" || text == "2" || text == "b>a") return Preference::kSecond;
  if (text == "tie" || text == "a=b") return Preference::kTie;
  return InvalidArgumentError(R"(label: expected "a", "b" or "tie", got )" + text);
}

std::string LanguageOf(const Json& object, std::string_view text) {
  // As of the cases of a suite; "zh-CN" is Chinese.
  if (const auto given = Text(object, "language"))
    return given->substr(0, given->find_first_of("-_"));
  return DetectLanguage(text);
}

}  // namespace

Status ParseJudgeLabel(std::string_view line, const std::string& set, JudgeLabels& labels) {
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return InvalidArgumentError("expected a JSON object");
  const std::string id = Text(object, "id").value_or("");
  const std::string question = Text(object, "question").value_or("");
  const auto a = Text(object, "a");
  const auto b = Text(object, "b");
  const auto add = [&](std::string claim, std::string text, bool carried, std::string group) {
    std::string language = LanguageOf(object, claim);
    labels.claims.push_back({.id = id,
                             .set = set,
                             .language = std::move(language),
                             .group = Text(object, "group").value_or(std::move(group)),
                             .question = question,
                             .claim = std::move(claim),
                             .text = std::move(text),
                             .carried = carried});
  };

  if (a && b && !question.empty()) {
    QUARRY_ASSIGN_OR_RETURN(const Preference label, PairLabelOf(object));
    labels.pairs.push_back({.id = id,
                            .set = set,
                            .language = LanguageOf(object, question),
                            .group = Text(object, "group").value_or(question),
                            .question = question,
                            .first = *a,
                            .second = *b,
                            .label = label});
    return OkStatus();
  }
  const auto positive = Text(object, "positive");
  const auto answer = AnswerText(object);
  if (positive && answer) {
    const std::string claim = question + " " + *answer;
    add(claim, *positive, true, id);
    if (const auto wrong = Text(object, "positive_wrong")) add(claim, *wrong, false, id);
    if (const auto negative = Text(object, "negative")) add(claim, *negative, false, id);
    return OkStatus();
  }
  const auto own_claim = Text(object, "claim");
  const auto claim = a && b ? b : own_claim ? own_claim : answer;
  std::optional<std::string> text = a && b ? a : Text(object, "text");
  if (!text) text = Text(object, "context");
  if (!text) text = Text(object, "evidence");
  if (!claim || !text) {
    return InvalidArgumentError(
        "expected claim, text and label, or question, a, b and label; a claim stands in \"claim\" "
        "or "
        "\"answer\", a text in \"text\", \"context\" or \"evidence\"");
  }
  QUARRY_ASSIGN_OR_RETURN(const bool carried, CarriedLabel(object));
  // What many rows share belongs together: the short one of a pair of sentences, else the text.
  const bool shares_claim = own_claim && Text(object, "evidence") && text->size() < 2000;
  add(*claim, *text, carried, shares_claim ? *claim : *text);
  return OkStatus();
}

Status ReadJudgeLabels(const std::string& path, JudgeLabels& labels) {
  const std::string set = std::filesystem::path(path).stem().string();
  QUARRY_ASSIGN_OR_RETURN(LineReader reader, LineReader::Open(path));
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const bool more, reader.Next());
    if (!more) return OkStatus();
    QUARRY_RETURN_IF_ERROR(ParseJudgeLabel(reader.line(), set, labels).Annotate(reader.Place()));
  }
}

}  // namespace quarry::eval
