#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "eval/json_fields.h"
#include "eval/verdict_store.h"

namespace quarry::eval {
namespace {

constexpr int kVerdictsVersion = 1;

index::ObjectName NameOf(const std::string& judge, std::string_view input) {
  return {.kind = index::ObjectKind::kVerdict,
          .id = HashToHex(Hash64(input)) + HashToHex(Hash64(input, /*seed=*/1)),
          .scope = judge};
}

}  // namespace

Result<std::optional<std::vector<Judgement>>> VerdictStore::Find(const std::string& judge,
                                                                 std::string_view input) const {
  const index::ObjectName name = NameOf(judge, input);
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object, objects_.Get(name));
  if (!object) return std::optional<std::vector<Judgement>>();
  const auto damaged = [&](const std::string& what) {
    return DataLossError("verdict " + name.id + " of judge " + judge + ": expected " + what);
  };
  const Json json = Json::parse(object->value, nullptr, false);
  if (!json.is_object() || json.value("version", 0) != kVerdictsVersion ||
      !json.contains("verdicts") || !json["verdicts"].is_array()) {
    return damaged("an object of version 1 with a list of verdicts");
  }
  std::vector<Judgement> verdicts;
  for (const Json& one : json["verdicts"]) {
    if (!one.is_object() || !one.contains("verdict") || !one["verdict"].is_string() ||
        !one.contains("score") || !one["score"].is_number() || !one.contains("reason") ||
        !one["reason"].is_string()) {
      return damaged("verdicts with verdict, score and reason");
    }
    Judgement judgement{.score = one["score"].get<double>(),
                        .reason = one["reason"].get<std::string>()};
    const Result<ClaimVerdict> verdict = ParseClaimVerdict(one["verdict"].get<std::string>());
    if (!verdict.ok()) return damaged("a known verdict");
    judgement.verdict = *verdict;
    verdicts.push_back(std::move(judgement));
  }
  return std::optional(std::move(verdicts));
}

Status VerdictStore::Keep(const std::string& judge, std::string_view input,
                          const std::vector<Judgement>& verdicts) {
  Json list = Json::array();
  for (const Judgement& one : verdicts) {
    list.push_back(
        {{"verdict", ClaimVerdictName(one.verdict)}, {"score", one.score}, {"reason", one.reason}});
  }
  return objects_.Put(NameOf(judge, input),
                      DumpJson({{"version", kVerdictsVersion}, {"verdicts", std::move(list)}}));
}

}  // namespace quarry::eval
