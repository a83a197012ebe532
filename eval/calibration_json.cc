#include <nlohmann/json.hpp>

#include "eval/calibration.h"
#include "eval/json_fields.h"

namespace quarry::eval {
namespace {

constexpr int kCalibrationVersion = 2;  // 1 had no languages

Json EstimateJson(const Estimate& estimate) {
  return {{"mean", estimate.mean}, {"low", estimate.low}, {"high", estimate.high}};
}

Status Missing(const std::string& key) {
  return DataLossError("calibration of a judge: " + key + ": expected a number");
}

Status Read(const Json& object, const char* key, double& value) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return Missing(key);
  value = found->get<double>();
  return OkStatus();
}

Status Read(const Json& object, const char* key, Estimate& estimate) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_object()) return Missing(key);
  QUARRY_RETURN_IF_ERROR(Read(*found, "mean", estimate.mean));
  QUARRY_RETURN_IF_ERROR(Read(*found, "low", estimate.low));
  return Read(*found, "high", estimate.high);
}

Status Read(const Json& object, const char* key, uint64_t& value) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return Missing(key);
  value = found->get<uint64_t>();
  return OkStatus();
}

}  // namespace

std::string CalibrationLine(const JudgeCalibration& calibration) {
  const VerdictCounts& counts = calibration.counts;
  Json languages = Json::object();
  for (const auto& [language, one] : calibration.languages) {
    languages[language] = {{"kappa", EstimateJson(one.kappa)}, {"fewest", one.fewest}};
  }
  return Json{{"version", kCalibrationVersion},
              {"judge", calibration.judge},
              {"rows", calibration.rows},
              {"unjudged", calibration.unjudged},
              {"true_positive", counts.true_positive},
              {"false_negative", counts.false_negative},
              {"false_positive", counts.false_positive},
              {"true_negative", counts.true_negative},
              {"unjudged_positive", counts.unjudged_positive},
              {"unjudged_negative", counts.unjudged_negative},
              {"kappa", EstimateJson(calibration.kappa)},
              {"accuracy", EstimateJson(calibration.accuracy)},
              {"languages", std::move(languages)}}
      .dump();
}

Result<JudgeCalibration> ParseCalibration(std::string_view line) {
  const Json object = Json::parse(line, nullptr, false);
  const auto version = object.is_object() ? object.find("version") : object.end();
  if (!object.is_object() || version == object.end() ||
      (*version != kCalibrationVersion && *version != 1)) {
    return DataLossError("calibration of a judge: expected an object of version 1 or 2");
  }
  JudgeCalibration calibration;
  const auto judge = object.find("judge");
  if (judge == object.end() || !judge->is_string()) {
    return DataLossError("calibration of a judge: judge: expected a string");
  }
  calibration.judge = judge->get<std::string>();
  QUARRY_RETURN_IF_ERROR(Read(object, "rows", calibration.rows));
  QUARRY_RETURN_IF_ERROR(Read(object, "unjudged", calibration.unjudged));
  VerdictCounts& counts = calibration.counts;
  QUARRY_RETURN_IF_ERROR(Read(object, "true_positive", counts.true_positive));
  QUARRY_RETURN_IF_ERROR(Read(object, "false_negative", counts.false_negative));
  QUARRY_RETURN_IF_ERROR(Read(object, "false_positive", counts.false_positive));
  QUARRY_RETURN_IF_ERROR(Read(object, "true_negative", counts.true_negative));
  QUARRY_RETURN_IF_ERROR(Read(object, "unjudged_positive", counts.unjudged_positive));
  QUARRY_RETURN_IF_ERROR(Read(object, "unjudged_negative", counts.unjudged_negative));
  QUARRY_RETURN_IF_ERROR(Read(object, "kappa", calibration.kappa));
  QUARRY_RETURN_IF_ERROR(Read(object, "accuracy", calibration.accuracy));
  if (*version == 1) return calibration;
  const auto languages = object.find("languages");
  if (languages == object.end() || !languages->is_object()) {
    return DataLossError("calibration of a judge: languages: expected an object");
  }
  for (const auto& [language, one] : languages->items()) {
    if (!one.is_object()) return Missing("languages." + language);
    QUARRY_RETURN_IF_ERROR(Read(one, "kappa", calibration.languages[language].kappa));
    QUARRY_RETURN_IF_ERROR(Read(one, "fewest", calibration.languages[language].fewest));
  }
  return calibration;
}

}  // namespace quarry::eval
