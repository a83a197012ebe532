#include <cmath>

#include "eval/corpus_change.h"
#include "eval/json_fields.h"
#include "eval/report.h"

namespace quarry::eval {
namespace {

Json ToJson(const Estimate& estimate) {
  // Bounds that are infinite are unknown: JSON has no number for them.
  const auto bound = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
  return {{"mean", estimate.mean},
          {"low", bound(estimate.low)},
          {"high", bound(estimate.high)},
          {"cases", estimate.count}};
}

Json ToJson(const MetricDelta& delta) {
  return {{"metric", delta.metric},
          {"slice", delta.slice},
          {"before", delta.before},
          {"after", delta.after},
          {"delta", ToJson(delta.delta)},
          {"gained", delta.gained},
          {"lost", delta.lost},
          {"p", delta.p},
          {"adjusted_p", delta.adjusted_p}};
}

// null where it is not known what was there.
Json ToJson(const CorpusChange& change) {
  if (!change.is_known) return nullptr;
  Json renamed = Json::array();
  for (const auto& [from, to] : change.renamed) renamed.push_back({{"from", from}, {"to", to}});
  return {{"added", change.added},
          {"removed", change.removed},
          {"changed", change.changed},
          {"renamed", std::move(renamed)}};
}

Json ToJson(const GateReport& gates) {
  Json json = {{"verdict", VerdictOf(gates)},
               {"exit_code", gates.exit_code()},
               {"invalid", gates.invalid},
               {"results", Json::array()},
               {"notes", gates.notes}};
  for (const GateResult& result : gates.results) {
    json["results"].push_back({{"gate", Describe(result.gate)},
                               {"outcome", GateOutcomeName(result.outcome)},
                               {"detail", result.detail}});
  }
  return json;
}

}  // namespace

std::string ReportJson(const RunReport& report) {
  Json json = {{"run", Json::parse(ManifestSummary(report.run.manifest), nullptr, false)},
               {"gates", ToJson(report.gates)},
               {"coverage", report.scores.coverage()},
               {"errors", report.scores.errors},
               {"missing_gold", report.scores.missing_gold},
               {"cost", report.scores.total_cost},
               {"judge_cost", report.scores.judge_cost},
               {"p50_ms", report.card.p50_ms},
               {"p95_ms", report.card.p95_ms},
               {"warm_p95_ms", report.card.warm_p95_ms},
               {"variance", Json::object()},
               {"warnings", report.warnings},
               {"corrected", Json::array()},
               {"slices", Json::array()},
               {"cases", Json::array()}};
  for (const VarianceSplit& split : report.card.variance) {
    Json& parts = json["variance"][split.metric];
    parts["question"] = split.question;
    if (split.repeat) parts["repeat"] = *split.repeat;
    if (split.judge) parts["judge"] = *split.judge;
  }
  for (const CorrectedRate& rate : report.corrected) {
    json["corrected"].push_back({{"metric", rate.metric},
                                 {"of", rate.of},
                                 {"method", rate.method},
                                 {"reported", rate.reported},
                                 {"corrected", ToJson(rate.corrected)}});
  }
  for (const SliceScores& slice : report.card.slices) {
    Json metrics = Json::object();
    for (const auto& [metric, estimate] : slice.metrics) metrics[metric] = ToJson(estimate);
    json["slices"].push_back(
        {{"slice", slice.slice}, {"cases", slice.cases}, {"metrics", std::move(metrics)}});
  }
  for (const CaseScores& one : report.scores.cases) {
    json["cases"].push_back({{"id", one.id},
                             {"values", one.values},
                             {"errors", one.errors},
                             {"reasons", one.reasons},
                             {"label", one.label},
                             {"answer", one.answer}});
  }
  if (report.comparison) {
    Json comparison = {
        {"baseline", report.baseline->manifest.id},
        {"corpus", ToJson(CompareCorpora(report.baseline->manifest, report.run.manifest))},
        {"cases", report.comparison->cases},
        {"overall", Json::array()},
        {"slices", Json::array()},
        {"flips", Json::array()}};
    for (const MetricDelta& delta : report.comparison->overall) {
      comparison["overall"].push_back(ToJson(delta));
    }
    for (const MetricDelta& delta : report.comparison->slices) {
      comparison["slices"].push_back(ToJson(delta));
    }
    for (const FlippedCase& flip : report.comparison->flips) {
      comparison["flips"].push_back({{"id", flip.id},
                                     {"passes_now", flip.passes_now},
                                     {"reasons", flip.reasons},
                                     {"label", flip.label},
                                     {"answer", flip.answer}});
    }
    json["comparison"] = std::move(comparison);
  }
  return DumpJson(json);
}

}  // namespace quarry::eval
