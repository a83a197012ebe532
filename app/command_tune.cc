#include "app/commands.h"
#include "app/engine.h"
#include "app/output_tuning.h"
#include "app/progress.h"
#include "base/file.h"
#include "eval/tuning.h"

namespace quarry::app {
namespace {

// A collection made for a trial, gone with it.
class ScratchTrial final : public eval::TrialCollection {
 public:
  static Result<std::unique_ptr<TrialCollection>> Make(Config config, const std::string& directory,
                                                       const index::Bm25Parameters& bm25,
                                                       bool with_vectors, const CallContext& call) {
    QUARRY_ASSIGN_OR_RETURN(TemporaryDirectory made, TemporaryDirectory::Create("quarry-tune-"));
    config.store = made.path() + "/store";
    config.bm25 = bm25;
    config.embedding.enabled = with_vectors;
    std::unique_ptr<ScratchTrial> trial(new ScratchTrial(std::move(made)));
    QUARRY_ASSIGN_OR_RETURN(trial->engine_, Engine::Open(config, StoreAccess::kCreate));
    QUARRY_ASSIGN_OR_RETURN(trial->collection_, trial->engine_->FindOrCreateCollection());
    eval::CorpusReport report;
    QUARRY_ASSIGN_OR_RETURN(trial->snapshot_,
                            eval::OpenBeirCorpus(directory, trial->Parts(), nullptr, call, report));
    return std::unique_ptr<TrialCollection>(std::move(trial));
  }

  eval::EvalParts Parts() override {
    return {.index = engine_->index(),
            .collection = collection_,
            .analyzer = engine_->analyzer(),
            .retriever = engine_->retriever(),
            .ingest = engine_->ingest_options(),
            .embedders = engine_->embedders(),
            .token_counter = engine_->token_counter(),
            .pool = engine_->ingest_pool()};
  }
  std::shared_ptr<const index::Snapshot> Snapshot() override { return snapshot_; }

 private:
  explicit ScratchTrial(TemporaryDirectory scratch) : scratch_(std::move(scratch)) {}

  const TemporaryDirectory scratch_;
  std::unique_ptr<Engine> engine_;
  CollectionId collection_;
  std::shared_ptr<const index::Snapshot> snapshot_;
};

Result<eval::JudgedQuestions> ReadQuestions(const std::string& directory,
                                            const std::string& split) {
  QUARRY_ASSIGN_OR_RETURN(eval::BeirQueries read, eval::ReadBeirQueries(directory, split));
  return eval::JudgedQuestions{std::move(read.queries), std::move(read.qrels)};
}

}  // namespace

Result<int> RunTuneFromQrels(const TuneArguments& arguments, CommandContext& context) {
  const Config& config = context.config();
  if (arguments.train == arguments.split) {
    return InvalidArgumentError("--train: is the split that is held out (--split " +
                                arguments.split + "): what is learnt from proves nothing");
  }
  QUARRY_ASSIGN_OR_RETURN(const eval::JudgedQuestions train,
                          ReadQuestions(arguments.beir, arguments.train));
  QUARRY_ASSIGN_OR_RETURN(const eval::JudgedQuestions held_out,
                          ReadQuestions(arguments.beir, arguments.split));
  const eval::LearningOptions options{
      .k = arguments.k,
      .current = {.bm25 = config.bm25,
                  .dense_weight = config.retrieval.DenseWeightOf(config.collection)},
      .retrieval = config.retrieval};
  const eval::OpenTrial open = [&](const index::Bm25Parameters& bm25, bool with_vectors) {
    return ScratchTrial::Make(config, arguments.beir, bm25, with_vectors, context.call);
  };
  ProgressPrinter progress(context.console);
  const Result<eval::LearningReport> report =
      eval::LearnSearch(train, held_out, options, open, progress.Sink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  context.console.Print(context.console.json()
                            ? LearningJson(*report)
                            : LearningText(*report, config.collection, context.console));
  return kExitDone;
}

}  // namespace quarry::app
