#pragma once

// Calibrations of judges (calibration.h) in a store: `quarry eval judge-check --keep` leaves them,
// reports look them up. They stand beside the verdicts (ObjectKind::kVerdict, scope "calibration";
// the id is the judge's fingerprint).

#include <optional>

#include "eval/calibration.h"
#include "index/object_table.h"

namespace quarry::eval {

// Replaces the one before.
Status KeepCalibration(index::ObjectTable& objects, const JudgeCalibration& calibration);
// nullopt for a judge that was never measured, and for "", a run without one. kDataLoss naming the
// judge.
Result<std::optional<JudgeCalibration>> FindCalibration(const index::ObjectTable& objects,
                                                        const std::string& judge);

}  // namespace quarry::eval
