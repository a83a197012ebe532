// quarry feedback export; quarry eval from-traffic.

#include "app/command_engine.h"
#include "app/commands.h"
#include "app/eval_setup.h"
#include "app/given_answers.h"
#include "app/json_line.h"
#include "app/output_text.h"
#include "app/text_layout.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/numbers.h"
#include "eval/calibration_store.h"
#include "eval/distillation.h"
#include "eval/local_judge.h"
#include "eval/suite.h"

namespace quarry::app {
namespace {

constexpr int64_t kMicrosOfADay = 24LL * 3600 * 1'000'000;

// "3 rated down, 1 a tie".
std::string CountsText(const std::map<std::string, uint64_t>& counts) {
  std::string text;
  for (const auto& [reason, count] : counts) {
    text += (text.empty() ? "" : ", ") + WithThousands(count) + " " + reason;
  }
  return text.empty() ? "none" : text;
}

std::string TrafficText(const std::vector<eval::TrafficSlice>& slices,
                        const std::map<std::string, uint64_t>& left_out, const Console& console) {
  std::vector<std::vector<std::string>> rows = {
      {"slice", "from", "answers", "declined", "unjudged", "carried, %", "change, points"}};
  std::string alerts;
  for (const eval::TrafficSlice& slice : slices) {
    for (const eval::TrafficPeriod& period : slice.periods) {
      const bool newest = &period == &slice.periods.back();
      rows.push_back({slice.name, FormatIso8601(period.begin_micros).substr(0, 10),
                      WithThousands(period.answers), WithThousands(period.declined),
                      WithThousands(period.unjudged),
                      period.answers == 0 ? "" : FormatFixed(100 * period.carried.mean, 1),
                      newest && slice.change.low != slice.change.high
                          ? FormatFixed(100 * slice.change.mean, 1) + " [" +
                                FormatFixed(100 * slice.change.low, 1) + ", " +
                                FormatFixed(100 * slice.change.high, 1) + "]"
                          : ""});
    }
    if (slice.fell) {
      alerts += console.Styled(Style::kBad, "fell: " + OneLine(slice.name)) + "\n";
    }
  }
  const std::string table =
      slices.empty() ? "no answers to judge\n" : Table(rows, {2, 3, 4, 5}, console);
  return table + alerts + "left out: " + CountsText(left_out) + "\n";
}

std::string TrafficJson(const std::vector<eval::TrafficSlice>& slices,
                        const std::map<std::string, uint64_t>& left_out) {
  Json json;
  json["slices"] = Json::array();
  for (const eval::TrafficSlice& slice : slices) {
    Json one = {{"slice", slice.name}, {"fell", slice.fell}, {"periods", Json::array()}};
    one["change"] = {
        {"mean", slice.change.mean}, {"low", slice.change.low}, {"high", slice.change.high}};
    for (const eval::TrafficPeriod& period : slice.periods) {
      one["periods"].push_back(
          {{"from", FormatIso8601(period.begin_micros)},
           {"answers", period.answers},
           {"declined", period.declined},
           {"unjudged", period.unjudged},
           {"carried", period.answers == 0 ? Json() : Json(period.carried.mean)}});
    }
    json["slices"].push_back(std::move(one));
  }
  json["left_out"] = left_out;
  return Line(json);
}

Status WriteOut(const std::string& path, const std::string& lines, Console& console) {
  if (path.empty()) {
    console.Print(lines);
    return OkStatus();
  }
  return WriteFileAtomically(path, lines);
}

// What readers rated, or a run's answers in their place.
Result<GivenFeedback> ReadRows(const FeedbackExportArguments& arguments, Engine& engine,
                               const CommandContext& context) {
  if (arguments.run.empty()) {
    if (!arguments.baseline.empty()) {
      return InvalidArgumentError("--baseline: needs --run, whose gates compare with it");
    }
    return ReadFeedback(engine.index());
  }
  if (arguments.format != "sft") {
    return InvalidArgumentError(
        "--run: expected --format sft: nobody has preferred one answer of "
        "a run to another");
  }
  QUARRY_ASSIGN_OR_RETURN(eval::Run run, FindRun(arguments.run, &engine, context));
  eval::ReportOptions options;
  QUARRY_ASSIGN_OR_RETURN(options.calibration,
                          eval::FindCalibration(engine.index().objects(), run.manifest.judge));
  if (!arguments.baseline.empty()) {
    QUARRY_ASSIGN_OR_RETURN(options.baseline,
                            FindBaseline(arguments.baseline, &engine, context, run.manifest));
  }
  QUARRY_ASSIGN_OR_RETURN(const eval::RunReport report,
                          eval::MakeReport(std::move(run), std::move(options)));
  QUARRY_ASSIGN_OR_RETURN(eval::DistilledAnswers distilled, eval::DistilRun(report));
  return GivenFeedback{.rated = std::move(distilled.answers),
                       .compared = {},
                       .left_out = std::move(distilled.left_out),
                       .damaged = {}};
}

}  // namespace

Result<int> RunFeedbackExport(const FeedbackExportArguments& arguments, CommandContext& context) {
  Result<eval::ExportFormat> format = eval::ParseExportFormat(arguments.format);
  if (!format.ok()) return std::move(format).status().Annotate("--format");
  eval::ExportOptions options{.format = *format};
  for (const std::string& suite : arguments.held_out) {
    const Result<std::vector<eval::Case>> cases =
        eval::ReadCases(PathOf(context, suite) + "/cases.jsonl");
    if (!cases.ok()) return cases.status().Annotate("--held-out");
    for (const eval::Case& one : *cases) options.held_out.push_back(one.query);
  }
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const GivenFeedback feedback, ReadRows(arguments, *engine, context));
  const generation::Prompts own;
  const generation::Prompts& prompts = engine->chat() ? engine->chat()->prompts() : own;
  const eval::LocalJudge judge(engine->analyzer());
  QUARRY_ASSIGN_OR_RETURN(eval::ExportReport report,
                          eval::ExportFeedback(feedback.rated, feedback.compared, options, judge,
                                               prompts, engine->analyzer(), context.call));
  for (const auto& [reason, count] : feedback.left_out) report.left_out[reason] += count;
  for (const Status& status : feedback.damaged) {
    context.console.Note("left out: " + status.ToString());
  }
  QUARRY_RETURN_IF_ERROR(WriteOut(PathOf(context, arguments.out), report.lines, context.console));
  context.console.Note(report.rows == 0 && report.left_out.empty()
                           ? "0 rows: nothing is kept that --format " + arguments.format +
                                 " is made of (docs/learning.md)"
                           : Counted(report.rows, "row") +
                                 "; left out: " + CountsText(report.left_out));
  return report.rows > 0 ? kExitDone : kExitPartly;
}

Result<int> RunEvalFromTraffic(const EvalFromTrafficArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  const int64_t since =
      engine->clock().NowMicros() - static_cast<int64_t>(arguments.days) * kMicrosOfADay;
  QUARRY_ASSIGN_OR_RETURN(const GivenTraffic traffic,
                          ReadTraffic(engine->index(), arguments.share, arguments.seed, since));
  for (const Status& status : traffic.damaged) {
    context.console.Note("left out: " + status.ToString());
  }
  const eval::LocalJudge judge(engine->analyzer());
  QUARRY_ASSIGN_OR_RETURN(const std::vector<eval::TrafficSlice> slices,
                          eval::JudgeTraffic(traffic.answers, judge, {}, context.call));
  // Where a server runs this, its /metrics shows what was found until it is asked again.
  eval::ShowTraffic(slices, engine->metrics());
  if (!arguments.metrics.empty()) {
    QUARRY_RETURN_IF_ERROR(
        WriteFileAtomically(PathOf(context, arguments.metrics), engine->metrics().Expose())
            .Annotate("--metrics"));
  }
  if (!arguments.cases.empty()) {
    std::string lines;
    for (const eval::TrafficAnswer& answer : traffic.answers) {
      lines += eval::CaseLine({.id = "traffic-" + answer.id,
                               .query = answer.judged.question,
                               .lang = answer.judged.lang,
                               .tags = {"traffic"},
                               .draft = true}) +
               "\n";
    }
    QUARRY_RETURN_IF_ERROR(
        WriteFileAtomically(PathOf(context, arguments.cases), lines).Annotate("--cases"));
  }
  context.console.Print(context.console.json()
                            ? TrafficJson(slices, traffic.left_out)
                            : TrafficText(slices, traffic.left_out, context.console));
  bool fell = false;
  for (const eval::TrafficSlice& slice : slices) fell = fell || slice.fell;
  return fell ? kExitPartly : kExitDone;
}

}  // namespace quarry::app
