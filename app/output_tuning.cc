#include "app/output_tuning.h"

#include "app/config.h"
#include "app/json_line.h"
#include "app/output_text.h"
#include "app/text_layout.h"
#include "base/numbers.h"

namespace quarry::app {
namespace {

std::string ParametersText(const eval::SearchParameters& one) {
  return "k1 " + FormatConfigValue(one.bm25.k1) + ", b " + FormatConfigValue(one.bm25.b) +
         ", weight of the vectors " + FormatConfigValue(one.dense_weight) +
         (one.pairs > 0 ? ", embedder of " + WithThousands(one.pairs) + " pairs" : "");
}

Json ToJson(const eval::SearchParameters& one) {
  return {{"k1", one.bm25.k1},
          {"b", one.bm25.b},
          {"dense_weight", one.dense_weight},
          {"pairs", one.pairs}};
}

Json ToJson(const std::vector<eval::ParameterTrial>& trials) {
  Json list = Json::array();
  for (const eval::ParameterTrial& trial : trials) {
    Json one = ToJson(trial.parameters);
    one["ndcg"] = trial.ndcg;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

std::string LearningText(const eval::LearningReport& report, const std::string& collection,
                         const std::string& pairs, const Console& console) {
  const std::string k = std::to_string(report.k);
  std::string text = "learnt from " + WithThousands(report.learnt_from) +
                     " questions, measured on " + WithThousands(report.held_out) + " others\n";
  text += "now     " + ParametersText(report.current) + ": nDCG@" + k + " " +
          FormatFixed(report.ndcg_current, 4) + "\n";
  text += "learnt  " + ParametersText(report.learnt) + ": nDCG@" + k + " " +
          FormatFixed(report.ndcg_learnt, 4) + "\n";
  text += "gain    " + FormatSigned(report.gain.mean, 4) + " (95 % interval " +
          FormatSigned(report.gain.low, 4) + " to " + FormatSigned(report.gain.high, 4) + ")\n";
  if (report.gain_of_pairs) {
    const eval::Estimate& gain = *report.gain_of_pairs;
    text += "pairs   " + FormatSigned(gain.mean, 4) + " (" + FormatSigned(gain.low, 4) + " to " +
            FormatSigned(gain.high, 4) + ") beside the same without them" +
            (report.learnt.pairs > 0 ? "\n" : ": not surely better, left out\n");
  }
  if (report.curve) text += eval::LearningCurveText(*report.curve) + "\n";
  if (!report.improves()) {
    return text +
           console.Styled(Style::kWarning,
                          "refused: what was learnt is not surely better on questions that "
                          "it was not learnt from; nothing is to be changed") +
           "\n";
  }
  text += "for quarry.yaml (k1 and b are those of collections made from then on):\n";
  if (report.learnt.bm25 != report.current.bm25) {
    text += "  bm25:\n    k1: " + FormatConfigValue(report.learnt.bm25.k1) +
            "\n    b: " + FormatConfigValue(report.learnt.bm25.b) + "\n";
  }
  if (report.learnt.pairs > 0) {
    text += "  embedding:\n    pairs: " + pairs + "    # then: quarry embedder learn\n";
  }
  return text + "  retrieval:\n    collection_dense_weights: [\"" + collection + "=" +
         FormatConfigValue(report.learnt.dense_weight) + "\"]\n";
}

std::string LearningJson(const eval::LearningReport& report) {
  Json json;
  json["k"] = report.k;
  json["learnt_from"] = report.learnt_from;
  json["held_out"] = report.held_out;
  json["current"] = ToJson(report.current);
  json["learnt"] = ToJson(report.learnt);
  json["ndcg"] = {{"current", report.ndcg_current}, {"learnt", report.ndcg_learnt}};
  json["gain"] = {{"mean", report.gain.mean}, {"low", report.gain.low}, {"high", report.gain.high}};
  if (report.gain_of_pairs) {
    const eval::Estimate& gain = *report.gain_of_pairs;
    json["gain_of_pairs"] = {{"mean", gain.mean}, {"low", gain.low}, {"high", gain.high}};
  }
  json["improves"] = report.improves();
  json["trials"] = {{"bm25", ToJson(report.bm25_trials)},
                    {"weights", ToJson(report.weight_trials)}};
  if (report.curve) {
    const eval::LearningCurve& curve = *report.curve;
    json["curve"] = {{"a", curve.a},
                     {"b", curve.b},
                     {"helps", curve.helps()},
                     {"twice",
                      {{"error", curve.at_twice.mean},
                       {"low", curve.at_twice.low},
                       {"high", curve.at_twice.high}}}};
  }
  return Line(json);
}

}  // namespace quarry::app
