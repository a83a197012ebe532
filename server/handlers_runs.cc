// Runs of suites: GET and POST /api/v1/runs, GET /api/v1/runs/{id}.

#include "base/clock.h"
#include "eval/background_runs.h"
#include "eval/calibration_store.h"
#include "eval/local_judge.h"
#include "eval/report.h"
#include "server/api_json.h"
#include "server/handlers.h"
#include "server/json_writer.h"
#include "server/query_parameters.h"
#include "server/question.h"

namespace quarry::server {
namespace {

constexpr uint32_t kDefaultRuns = 20;
constexpr uint32_t kMaxRuns = 1000;
constexpr uint32_t kMaxRepeats = 20;

}  // namespace

Result<Response> GetRuns(const HandlerEnvironment& environment, const Call& call) {
  uint32_t limit = kDefaultRuns;
  std::string suite;
  QueryParameters parameters(call.request.query);
  parameters.Uint("limit", limit, 1, kMaxRuns);
  parameters.String("suite", suite);
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  const eval::RunStore& store = environment.runs.store();
  std::vector<Status> damaged;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<eval::RunManifest> manifests,
                          store.List(kMaxRuns, &damaged));
  // One that cannot be read hides no other; who asks for it is told.
  for (const Status& why : damaged) environment.damaged.Tell(why);
  const std::string running = environment.runs.running();
  JsonWriter json;
  json.BeginObject().Key("runs").BeginArray();
  uint32_t shown = 0;
  for (const eval::RunManifest& manifest : manifests) {
    if (!suite.empty() && manifest.suite != suite) continue;
    if (shown++ == limit) break;
    QUARRY_ASSIGN_OR_RETURN(const std::vector<uint32_t> parts, store.Parts(manifest.id));
    json.BeginObject().Key("id").String(manifest.id).Key("name").String(manifest.name);
    json.Key("suite").String(manifest.suite).Key("collection").String(manifest.collection);
    json.Key("created_at").String(FormatIso8601(manifest.created_micros));
    json.Key("cases").Uint(manifest.cases).Key("repeats").Uint(manifest.repeats);
    json.Key("answers").Uint(parts.size());
    json.Key("running").Bool(manifest.id == running).EndObject();
  }
  return Response{.body = json.EndArray().EndObject().Take()};
}

Result<Response> GetRun(const HandlerEnvironment& environment, const Call& call) {
  std::string baseline;
  std::string format = "json";
  QueryParameters parameters(call.request.query);
  parameters.String("baseline", baseline);
  parameters.String("format", format);
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  if (format != "json" && format != "html" && format != "md") {
    return InvalidArgumentError("format: expected json, html or md, got \"" + format + "\"");
  }
  const eval::RunStore& store = environment.runs.store();
  QUARRY_ASSIGN_OR_RETURN(eval::Run run, store.Find(call.request.params.at("id")));
  eval::ReportOptions options;
  if (!baseline.empty()) {
    Result<eval::Run> before = store.FindBaseline(baseline, run.manifest);
    if (!before.ok()) return before.status().Annotate("baseline");
    options.baseline = *std::move(before);
  }
  QUARRY_ASSIGN_OR_RETURN(
      options.calibration,
      eval::FindCalibration(environment.services.index.objects(), run.manifest.judge));
  QUARRY_ASSIGN_OR_RETURN(const eval::RunReport report,
                          eval::MakeReport(std::move(run), std::move(options)));
  QUARRY_ASSIGN_OR_RETURN(std::string body, eval::ReportFor("." + format, report));
  const char* type = format == "html" ? "text/html; charset=utf-8"
                     : format == "md" ? "text/markdown; charset=utf-8"
                                      : "application/json";
  return Response{.content_type = type, .body = std::move(body)};
}

// The caller sends the cases themselves: no path of the server's machine is named.
Result<Response> PostRuns(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  std::string collection = environment.options.default_collection;
  uint32_t k = Query().k;
  eval::BackgroundRun run;
  run.suite.name = "http";
  std::string judge = "local";
  std::string name;
  QueryParameters parameters(call.request.query);
  parameters.String("collection", collection);
  parameters.String("suite", run.suite.name);
  parameters.String("name", name);
  parameters.String("judge", judge);
  parameters.Uint("k", k, 1, kMaxK);
  parameters.Uint("repeats", run.suite.repeats, 1, kMaxRepeats);
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  if (judge != "local" && judge != "none") {
    return InvalidArgumentError("judge: expected local or none, got \"" + judge + "\"");
  }
  QUARRY_ASSIGN_OR_RETURN(run.suite.cases, eval::ParseCases(call.request.body, "body"));
  if (eval::CasesToRun(run.suite.cases).empty()) {
    return InvalidArgumentError("body: no case that is not a draft");
  }
  QUARRY_ASSIGN_OR_RETURN(run.snapshot, SnapshotOf(environment, call.request.caller, collection));
  if (judge == "local") run.judge = std::make_unique<eval::LocalJudge>(services.analyzer);
  run.settings.query.k = k;
  run.settings.correct = services.assistant.options().correct;
  const eval::RunParts parts{.retriever = services.retriever,
                             .answerer = services.answerer,
                             .snapshot = *run.snapshot,
                             .judge = run.judge.get()};
  QUARRY_ASSIGN_OR_RETURN(run.manifest, eval::DescribeRun(run.suite, parts, run.settings));
  run.manifest.name = name;
  run.manifest.program = services.version;
  run.manifest.created_micros = services.clock.NowMicros();
  QUARRY_ASSIGN_OR_RETURN(const eval::RunManifest started, environment.runs.Start(std::move(run)));
  const uint64_t answers = uint64_t{started.cases} * started.repeats;
  JsonWriter json;
  json.BeginObject().Key("id").String(started.id).Key("answers").Uint(answers).EndObject();
  return Response{.status = 202, .body = json.Take()};
}

}  // namespace quarry::server
