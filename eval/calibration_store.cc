#include "eval/calibration_store.h"

namespace quarry::eval {
namespace {

index::ObjectName CalibrationName(const std::string& judge) {
  return {.kind = index::ObjectKind::kVerdict, .id = judge, .scope = "calibration"};
}

}  // namespace

Status KeepCalibration(index::ObjectTable& objects, const JudgeCalibration& calibration) {
  return objects.Put(CalibrationName(calibration.judge), CalibrationLine(calibration));
}

Result<std::optional<JudgeCalibration>> FindCalibration(const index::ObjectTable& objects,
                                                        const std::string& judge) {
  if (judge.empty()) return std::optional<JudgeCalibration>();
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object,
                          objects.Get(CalibrationName(judge)));
  if (!object) return std::optional<JudgeCalibration>();
  Result<JudgeCalibration> calibration = ParseCalibration(object->value);
  if (!calibration.ok()) return std::move(calibration).status().Annotate("judge " + judge);
  return std::optional(*std::move(calibration));
}

}  // namespace quarry::eval
