#include <algorithm>

#include "app/command_engine.h"
#include "app/commands.h"
#include "app/given_answers.h"
#include "app/output_tuning.h"
#include "app/progress.h"
#include "base/file.h"
#include "eval/feedback_questions.h"
#include "eval/tuning.h"

namespace quarry::app {
namespace {

constexpr size_t kFewestQuestions = 10;  // on either side

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

// The collection as it stands: its postings keep their k1 and b.
class StandingTrial final : public eval::TrialCollection {
 public:
  StandingTrial(Engine& engine, CollectionId collection,
                std::shared_ptr<const index::Snapshot> snapshot)
      : engine_(engine), collection_(collection), snapshot_(std::move(snapshot)) {}

  eval::EvalParts Parts() override {
    return {.index = engine_.index(),
            .collection = collection_,
            .analyzer = engine_.analyzer(),
            .retriever = engine_.retriever(),
            .ingest = engine_.ingest_options(),
            .embedders = engine_.embedders(),
            .token_counter = engine_.token_counter(),
            .pool = engine_.ingest_pool()};
  }
  std::shared_ptr<const index::Snapshot> Snapshot() override { return snapshot_; }

 private:
  Engine& engine_;
  const CollectionId collection_;
  const std::shared_ptr<const index::Snapshot> snapshot_;
};

// Feedback may be on other collections, and on documents that are gone.
Status KeepKnown(const index::Snapshot& snapshot, eval::JudgedQuestions& questions) {
  for (auto& [id, grades] : questions.qrels) {
    for (auto grade = grades.begin(); grade != grades.end();) {
      const Status found = snapshot.FindDocument(grade->first).status();
      if (found.code() != Code::kNotFound) QUARRY_RETURN_IF_ERROR(found);
      grade = found.ok() ? std::next(grade) : grades.erase(grade);
    }
  }
  std::erase_if(questions.queries,
                [&](const auto& query) { return questions.qrels.at(query.id).empty(); });
  return OkStatus();
}

}  // namespace

Result<int> RunTuneFromFeedback(const TuneArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, engine.FindCollection());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.GetSnapshot());
  QUARRY_ASSIGN_OR_RETURN(const GivenFeedback feedback, ReadFeedback(engine->index()));
  eval::FeedbackQuestions questions = eval::QuestionsOf(feedback.rated);
  QUARRY_RETURN_IF_ERROR(KeepKnown(*snapshot, questions.train));
  QUARRY_RETURN_IF_ERROR(KeepKnown(*snapshot, questions.held_out));
  const size_t fewest = std::min(questions.train.queries.size(), questions.held_out.queries.size());
  if (fewest < kFewestQuestions) {
    return FailedPreconditionError(
        "--from feedback: " + std::to_string(questions.train.queries.size()) +
        " questions with an answer that was rated up to learn from and " +
        std::to_string(questions.held_out.queries.size()) + " to hold out; expected " +
        std::to_string(kFewestQuestions) + " of each");
  }
  const Config& config = context.config();
  const eval::LearningOptions options{
      .k = arguments.k,
      .current = {.bm25 = config.bm25,
                  .dense_weight = config.retrieval.DenseWeightOf(config.collection)},
      .retrieval = config.retrieval,
      .learn_bm25 = false};
  const eval::OpenTrial open = [&](const index::Bm25Parameters&,
                                   bool) -> Result<std::unique_ptr<eval::TrialCollection>> {
    return std::unique_ptr<eval::TrialCollection>(
        std::make_unique<StandingTrial>(*engine, collection, snapshot));
  };
  ProgressPrinter progress(context.console);
  const Result<eval::LearningReport> report = eval::LearnSearch(
      questions.train, questions.held_out, options, open, progress.Sink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  context.console.Print(context.console.json()
                            ? LearningJson(*report)
                            : LearningText(*report, config.collection, context.console));
  return kExitDone;
}

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
