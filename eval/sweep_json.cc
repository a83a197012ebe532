#include "eval/json_fields.h"
#include "eval/sweep.h"

namespace quarry::eval {

std::string SweepJson(const SweepReport& report, const SweepText& text) {
  Json json = {
      {"what", text.what},
      {"quality", text.quality},
      {"choosing", report.choosing},
      {"held_out", report.held_out},
      {"folds", report.folds},
      {"answers", report.answers},
      {"winner", report.trials[report.winner].setting},
      {"is_better", report.is_better()},
      {"default_quality", report.default_quality},
      {"winner_quality", report.winner_quality},
      {"default_micros", report.default_micros},
      {"winner_micros", report.winner_micros},
      {"gain", {{"mean", report.gain.mean}, {"low", report.gain.low}, {"high", report.gain.high}}},
      {"p", report.p},
      {"trials", Json::array()}};
  for (const SweepTrial& trial : report.trials) {
    json["trials"].push_back({{"setting", trial.setting},
                              {"asked", trial.asked},
                              {"quality", trial.quality},
                              {"micros", trial.micros},
                              {"cost", trial.cost},
                              {"on_front", trial.on_front}});
  }
  return DumpJson(json);
}

}  // namespace quarry::eval
