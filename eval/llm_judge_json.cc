#include <nlohmann/json.hpp>
#include <optional>

#include "eval/json_fields.h"
#include "eval/llm_judge.h"

namespace quarry::eval {
namespace {

constexpr size_t kMaxReplyBytes = 1 << 20;

// The object of a reply, also where a model fences it or talks around it.
Result<Json> ObjectOf(std::string_view reply) {
  const size_t begin = reply.find('{');
  const size_t end = reply.rfind('}');
  if (reply.size() > kMaxReplyBytes || begin == std::string_view::npos || end < begin) {
    return InvalidArgumentError("it holds no JSON object");
  }
  Json json = Json::parse(reply.substr(begin, end - begin + 1), nullptr, false);
  if (!json.is_object()) return InvalidArgumentError("it is not one JSON object");
  return json;
}

std::optional<bool> YesOrNo(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  if (found->is_boolean()) return found->get<bool>();
  if (*found == "yes") return true;
  if (*found == "no") return false;
  return std::nullopt;
}

std::string Reason(const Json& object) {
  const auto found = object.find("reason");
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

Result<std::vector<Judgement>> ParseVerdicts(std::string_view reply, size_t claims) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ObjectOf(reply));
  const auto list = json.find("verdicts");
  if (list == json.end() || !list->is_array()) {
    return InvalidArgumentError("it has no list \"verdicts\"");
  }
  std::vector<std::optional<Judgement>> found(claims);
  for (const Json& one : *list) {
    const auto id = one.is_object() ? one.find("id") : one.end();
    if (!one.is_object() || id == one.end() || !id->is_number_integer()) {
      return InvalidArgumentError("a verdict has no id");
    }
    const int64_t number = id->get<int64_t>();
    if (number < 1 || number > static_cast<int64_t>(claims)) {
      return InvalidArgumentError("there is no claim " + std::to_string(number));
    }
    std::optional<Judgement>& place = found[static_cast<size_t>(number - 1)];
    if (place) return InvalidArgumentError("claim " + std::to_string(number) + " stands twice");
    const std::optional<bool> supported = YesOrNo(one, "supported");
    const std::optional<bool> contradicted = YesOrNo(one, "contradicted");
    if (!supported || !contradicted || (*supported && *contradicted)) {
      return InvalidArgumentError(
          "claim " + std::to_string(number) +
          ": supported and contradicted must be yes or no, and not both yes");
    }
    place = Judgement{.verdict = *supported      ? ClaimVerdict::kEntailed
                                 : *contradicted ? ClaimVerdict::kContradicted
                                                 : ClaimVerdict::kNeutral,
                      .score = *supported ? 1.0 : 0.0,
                      .reason = Reason(one)};
  }
  std::vector<Judgement> verdicts;
  for (size_t i = 0; i < claims; ++i) {
    if (!found[i]) {
      return InvalidArgumentError("the verdict on claim " + std::to_string(i + 1) + " is missing");
    }
    verdicts.push_back(*std::move(found[i]));
  }
  return verdicts;
}

Result<ParsedPreference> ParsePreferenceReply(std::string_view reply) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ObjectOf(reply));
  const auto better = json.find("better");
  ParsedPreference parsed{.reason = Reason(json)};
  if (better != json.end() && *better == "A") {
    parsed.preference = Preference::kFirst;
  } else if (better != json.end() && *better == "B") {
    parsed.preference = Preference::kSecond;
  } else if (better == json.end() || *better != "tie") {
    return InvalidArgumentError(R"("better" must be "A", "B" or "tie")");
  }
  return parsed;
}

}  // namespace quarry::eval
