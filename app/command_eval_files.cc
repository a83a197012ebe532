// quarry eval synth, import, export: suites and runs as files.

#include <filesystem>

#include "app/command_engine.h"
#include "app/commands_eval.h"
#include "app/eval_setup.h"
#include "app/json_line.h"
#include "app/progress.h"
#include "app/text_layout.h"
#include "base/file.h"
#include "eval/case_formats.h"
#include "eval/run_store.h"
#include "eval/synth.h"

namespace quarry::app {
namespace {

std::string NameOf(const std::string& directory) {
  const std::filesystem::path path = std::filesystem::path(directory).lexically_normal();
  const std::string name = (path.has_filename() ? path : path.parent_path()).filename().string();
  return name.empty() || name == "." ? "suite" : name;
}

void PrintWritten(uint64_t cases, const std::string& directory,
                  const std::vector<std::string>& warnings, Console& console) {
  for (const std::string& warning : warnings) console.Note("warning: " + OneLine(warning));
  console.Print(console.json()
                    ? Line({{"cases", cases}, {"suite", directory}, {"warnings", warnings}})
                    : "wrote " + Counted(cases, "case") + " to " + OneLine(directory) + "\n");
}

// The suite's questions and its corpus as it is indexed.
Result<int> ExportBeir(const EvalExportArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const eval::Suite suite, FindSuite(arguments.what, context));
  QUARRY_ASSIGN_OR_RETURN(const SuiteBench bench, OpenSuiteBench(suite, context));
  const index::Snapshot& snapshot = *bench.snapshot;
  uint64_t documents = 0;
  const auto for_each = [&](const eval::BeirVisit& visit) -> Status {
    Status failed;
    const auto write = [&](const index::StoredDocument& document) -> Status {
      QUARRY_ASSIGN_OR_RETURN(std::string text, snapshot.ReadText(document.number));
      ++documents;
      return visit({document.id, document.title, std::move(text)});
    };
    QUARRY_RETURN_IF_ERROR(snapshot.ForEachDocument([&](const index::StoredDocument& document) {
      failed = write(document);
      return failed.ok();
    }));
    return failed;
  };
  const eval::BeirQueries queries = eval::BeirQueriesOf(suite.cases);
  QUARRY_RETURN_IF_ERROR(
      eval::WriteBeir(PathOf(context, arguments.to), queries, for_each).Annotate("--to"));
  const uint64_t asked = queries.queries.size() + queries.unanswerable.size();
  context.console.Print(
      context.console.json()
          ? Line({{"documents", documents}, {"queries", asked}, {"directory", arguments.to}})
          : "wrote " + Counted(documents, "document") + " and " + Counted(asked, "question") +
                " to " + OneLine(arguments.to) + "\n");
  return kExitDone;
}

}  // namespace

Result<int> RunEvalSynth(const EvalSynthArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.GetSnapshot());
  ProgressPrinter progress(context.console);
  const eval::SynthOptions options{
      .cases = arguments.cases,
      .seed = arguments.seed,
      .model = engine->chat() == nullptr ? nullptr : &engine->chat()->chat()};
  const Result<eval::SynthReport> report =
      eval::DraftCases(*snapshot, options, progress.StageSink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  QUARRY_RETURN_IF_ERROR(eval::WriteImported({.cases = report->cases}, NameOf(arguments.directory),
                                             PathOf(context, arguments.directory)));
  std::vector<std::string> notes;
  if (!report->cases.empty()) {
    notes.push_back("drafts are not asked: read each, and take \"draft\": true off what is good");
  }
  PrintWritten(report->cases.size(), arguments.directory, notes, context.console);
  return report->cases.empty() ? kExitPartly : kExitDone;
}

Result<int> RunEvalImport(const EvalImportArguments& arguments, CommandContext& context) {
  const Result<eval::CaseFormat> format = eval::ParseCaseFormat(arguments.format);
  QUARRY_RETURN_IF_ERROR(format.status().Annotate("FORMAT"));
  QUARRY_ASSIGN_OR_RETURN(const eval::ImportedSuite imported,
                          eval::ImportCases(*format, arguments.from));
  QUARRY_RETURN_IF_ERROR(
      eval::WriteImported(imported, NameOf(arguments.directory), arguments.directory));
  PrintWritten(imported.cases.size(), arguments.directory, imported.warnings, context.console);
  return kExitDone;
}

Result<int> RunEvalExport(const EvalExportArguments& arguments, CommandContext& context) {
  if (arguments.format == "beir") return ExportBeir(arguments, context);
  std::error_code error;
  const bool is_suite = std::filesystem::is_directory(PathOf(context, arguments.what), error);
  eval::Run run;
  std::vector<eval::Case> cases;
  if (is_suite) {
    QUARRY_ASSIGN_OR_RETURN(const eval::Suite suite, FindSuite(arguments.what, context));
    cases = suite.cases;
  } else {
    std::optional<CommandEngine> engine;
    if (!arguments.what.ends_with(".jsonl")) {
      QUARRY_ASSIGN_OR_RETURN(engine, CommandEngine::Open(context, StoreAccess::kRead));
    }
    QUARRY_ASSIGN_OR_RETURN(run, FindRun(arguments.what, engine ? &**engine : nullptr, context));
    cases = eval::CasesOf(run);
  }
  std::string text;
  if (arguments.format == "promptfoo") {
    text = eval::PromptfooTests(cases);
  } else if (arguments.format == "qrels") {
    QUARRY_ASSIGN_OR_RETURN(text, eval::TrecQrelsOf(cases));
  } else if (is_suite) {
    return InvalidArgumentError("--format: of a suite expected promptfoo, qrels or beir, got \"" +
                                arguments.format + "\"");
  } else if (arguments.format == "run") {
    text = eval::RunLines(run);
  } else if (arguments.format == "ragas") {
    text = eval::RagasLines(run);
  } else if (arguments.format == "trec") {
    QUARRY_ASSIGN_OR_RETURN(text, eval::TrecRunOf(run));
  } else {
    return InvalidArgumentError(
        "--format: of a run expected run, ragas, trec, promptfoo or qrels, got \"" +
        arguments.format + "\"");
  }
  QUARRY_RETURN_IF_ERROR(WriteFileAtomically(PathOf(context, arguments.to), text).Annotate("--to"));
  context.console.Print(context.console.json()
                            ? Line({{"bytes", text.size()}, {"file", arguments.to}})
                            : "wrote " + FormatBytes(text.size()) + " to " + OneLine(arguments.to) +
                                  "\n");
  return kExitDone;
}

}  // namespace quarry::app
