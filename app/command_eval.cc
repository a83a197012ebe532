#include "app/commands.h"
#include "app/engine.h"
#include "app/eval_parts.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"
#include "base/file.h"
#include "eval/answer_eval.h"
#include "eval/retrieval_diff.h"
#include "eval/retrieval_eval.h"

namespace quarry::app {
namespace {

// The store that is measured on.
struct Workbench {
  std::optional<TemporaryDirectory> scratch;
  std::unique_ptr<Engine> engine;
  CollectionId collection;

  eval::EvalParts Parts() const { return EvalPartsOf(*engine, collection); }
};

// Only a store that was named here and now is written to: one that quarry.yaml or the environment
// names for everyday use is not the place for a test collection.
Result<Workbench> OpenWorkbench(const LoadedConfig& loaded) {
  Config config = loaded.config;
  Workbench bench;
  if (!loaded.OriginOf("store").starts_with("--")) {
    QUARRY_ASSIGN_OR_RETURN(TemporaryDirectory made, TemporaryDirectory::Create("quarry-eval-"));
    config.store = made.path() + "/store";
    bench.scratch.emplace(std::move(made));
  }
  QUARRY_ASSIGN_OR_RETURN(bench.engine, Engine::Open(config, StoreAccess::kCreate));
  QUARRY_ASSIGN_OR_RETURN(bench.collection, bench.engine->FindOrCreateCollection());
  return bench;
}

}  // namespace

Result<int> RunEvalRetrieval(const EvalRetrievalArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const Workbench bench, OpenWorkbench(context.loaded));
  eval::RetrievalEvalOptions options;
  options.directory = arguments.beir;
  options.split = arguments.split;
  options.mode = context.config().mode;
  options.k = arguments.k;
  options.run_file = arguments.run_file;
  ProgressPrinter progress(context.console);
  const Result<eval::RetrievalEvalReport> report =
      eval::EvaluateRetrieval(options, bench.Parts(), progress.Sink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  context.console.Print(context.console.json() ? RetrievalEvalJson(*report)
                                               : RetrievalEvalText(*report, context.console));
  return kExitDone;
}

namespace {

// The configuration with `with` set: options of retrieval only, since the store is the same.
Result<Config> OtherConfig(const Config& config, const std::vector<std::string>& with) {
  Config other = config;
  for (const std::string& text : with) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos) {
      return InvalidArgumentError("--with: expected KEY=VALUE, got \"" + text + "\"");
    }
    const std::string name = text.substr(0, equals);
    const ConfigKey* key = FindConfigKey(name);
    if (key == nullptr) return UnknownKeyError(name).Annotate("--with");
    const bool of_search =
        name.starts_with("retrieval.") || (name.starts_with("rerank.") && name != "rerank.model");
    if (!of_search || name == "retrieval.k") {
      return InvalidArgumentError("--with: " + name + ": is not an option of a single search; " +
                                  "expected one of retrieval.* (but k) and rerank.* (but model)");
    }
    QUARRY_RETURN_IF_ERROR(key->set(other, {text.substr(equals + 1)}).Annotate("--with: " + name));
    if (name == "retrieval.dense_weight") other.retrieval.collection_dense_weights.clear();
  }
  return other;
}

}  // namespace

Result<int> RunEvalDiff(const EvalDiffArguments& arguments, CommandContext& context) {
  const Config& config = context.config();
  QUARRY_ASSIGN_OR_RETURN(const Config other, OtherConfig(config, arguments.with));
  QUARRY_ASSIGN_OR_RETURN(const Workbench bench, OpenWorkbench(context.loaded));
  const eval::RetrievalDiffOptions options{
      .directory = arguments.beir,
      .split = arguments.split,
      .k = arguments.k,
      .shown = arguments.shown,
      .before = {.mode = config.mode, .options = config.retrieval},
      .after = {.mode = other.mode, .options = other.retrieval}};
  ProgressPrinter progress(context.console);
  const Result<eval::RetrievalDiffReport> report =
      eval::DiffRetrieval(options, bench.Parts(), progress.Sink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  context.console.Print(context.console.json() ? RetrievalDiffJson(*report)
                                               : RetrievalDiffText(*report, context.console));
  return kExitDone;
}

Result<int> RunTune(const TuneArguments& arguments, CommandContext& context) {
  Result<Workbench> opened = OpenWorkbench(context.loaded);
  // Said here: a server that has the store runs commands over its own engine, and this wants one of
  // its own.
  if (opened.status().code() == Code::kLocked) {
    return FailedPreconditionError("--store: " + opened.status().message() +
                                   " (`quarry tune --beir` wants a store that nobody else has)");
  }
  QUARRY_RETURN_IF_ERROR(opened.status());
  const Workbench bench = std::move(opened).value();
  const eval::TuningOptions options{.directory = arguments.beir,
                                    .split = arguments.split,
                                    .k = arguments.k,
                                    .retrieval = context.config().retrieval};
  ProgressPrinter progress(context.console);
  const Result<eval::TuningReport> report =
      eval::TuneDenseWeight(options, bench.Parts(), progress.Sink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  context.console.Print(context.console.json() ? TuningJson(*report)
                                               : TuningText(*report, context.console));
  return kExitDone;
}

Result<int> RunEvalAnswers(const EvalAnswersArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const Workbench bench, OpenWorkbench(context.loaded));
  eval::AnswerEvalOptions options;
  options.directory = arguments.beir;
  options.split = arguments.split;
  options.query.mode = context.config().mode;
  options.query.k = context.config().k;
  options.answer = context.config().answer;
  ProgressPrinter progress(context.console);
  const Result<eval::AnswerEvalReport> report =
      eval::EvaluateAnswers(options, bench.Parts(), progress.Sink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  context.console.Print(context.console.json() ? AnswerEvalJson(*report)
                                               : AnswerEvalText(*report, context.console));
  return kExitDone;
}

}  // namespace quarry::app
