#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"
#include "base/file.h"
#include "eval/retrieval_eval.h"

namespace quarry::app {

Result<int> RunEvalRetrieval(const EvalRetrievalArguments& arguments, CommandContext& context) {
  Config config = context.config();
  // Only a store that was named here and now is written to: one that quarry.yaml or the environment
  // names for everyday use is not the place for a test collection.
  std::optional<TemporaryDirectory> scratch;
  if (!context.loaded.OriginOf("store").starts_with("--")) {
    QUARRY_ASSIGN_OR_RETURN(TemporaryDirectory made, TemporaryDirectory::Create("quarry-eval-"));
    config.store = made.path() + "/store";
    scratch.emplace(std::move(made));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(config, StoreAccess::kCreate));
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, engine->FindOrCreateCollection());

  eval::RetrievalEvalOptions options;
  options.directory = arguments.beir;
  options.split = arguments.split;
  options.mode = config.mode;
  options.k = arguments.k;
  options.run_file = arguments.run_file;
  ProgressPrinter progress(context.console);
  const Result<eval::RetrievalEvalReport> report =
      eval::EvaluateRetrieval(options,
                              {.index = engine->index(),
                               .collection = collection,
                               .analyzer = engine->analyzer(),
                               .retriever = engine->retriever(),
                               .ingest = engine->ingest_options(),
                               .pool = engine->ingest_pool()},
                              progress.Sink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  context.console.Print(context.console.json() ? RetrievalEvalJson(*report)
                                               : RetrievalEvalText(*report, context.console));
  return kExitDone;
}

}  // namespace quarry::app
