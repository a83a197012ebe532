#include "app/output_advice.h"

#include "app/json_line.h"
#include "app/output_text.h"
#include "app/text_layout.h"

namespace quarry::app {
namespace {

void Add(Json& json, const char* name, const std::optional<eval::Estimate>& estimate) {
  // Those of other files of the unit hide it.
  if (estimate) json[name] = app::ToJson(*estimate);
}

}  // namespace

std::string AdviceReportText(const eval::AdviceReport& report,
                             const std::vector<eval::RunRecord>& labelled, const Console& console) {
  std::string text;
  for (const eval::RunRecord& record : labelled) {
    text += console.Styled(Style::kBold, OneLine(record.case_id)) + "  " + record.failure->label +
            ": " + Ellipsize(OneLine(record.failure->evidence), 160) + "\n";
  }
  return text + (text.empty() ? "" : "\n") + eval::AdviceText(report);
}

std::string AdviceJson(const eval::AdviceReport& report,
                       const std::vector<eval::RunRecord>& labelled) {
  Json json;
  json["cases"] = report.cases;
  json["now"] = ToJson(report.now);
  Add(json, "gold_context", report.gold_context);
  Add(json, "closed_book", report.closed_book);
  Add(json, "context_gap", report.context_gap);
  Add(json, "behaviour_gap", report.behaviour_gap);
  Add(json, "knowledge_help", report.knowledge_help);
  json["failures"] = Json::array();
  for (const auto& [kind, count] : report.failures) {
    json["failures"].push_back({{"label", eval::FailureName(kind)}, {"cases", count}});
  }
  json["advice"] = Json::array();
  for (const eval::Advice& advice : report.advice) {
    json["advice"].push_back({{"kind", eval::AdviceName(advice.kind)},
                              {"text", advice.text},
                              {"gain", ToJson(advice.gain)},
                              {"cost", advice.cost},
                              {"savings", advice.savings}});
  }
  json["cases_failed"] = Json::array();
  for (const eval::RunRecord& record : labelled) {
    json["cases_failed"].push_back({{"case", record.case_id},
                                    {"repeat", record.repeat},
                                    {"label", record.failure->label},
                                    {"evidence", record.failure->evidence}});
  }
  return Line(json);
}

}  // namespace quarry::app
