#include <algorithm>
#include <filesystem>

#include "app/command_engine.h"
#include "app/commands.h"
#include "app/eval_parts.h"
#include "app/given_answers.h"
#include "app/output_tuning.h"
#include "app/progress.h"
#include "base/file.h"
#include "eval/feedback_questions.h"
#include "eval/tuning.h"
#include "index/backup.h"
#include "ingest/embedding.h"
#include "ingest/learning_pairs.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFewestQuestions = 10;  // on either side

// Beside the store of a trial; what the configuration had before is no part of one.
Status PutPairs(const std::vector<model::LearningPair>& pairs, const std::string& directory,
                Config& config) {
  config.embedding.pairs = pairs.empty() ? "" : directory + "/pairs.jsonl";
  return pairs.empty() ? OkStatus() : ingest::WriteLearningPairs(pairs, config.embedding.pairs);
}

// A store that is made for a trial, gone with it.
class OwnTrial final : public eval::TrialCollection {
 public:
  // Of the documents of a BEIR collection.
  static Result<std::unique_ptr<TrialCollection>> OfCorpus(Config config,
                                                           const std::string& directory,
                                                           const eval::TrialSetup& setup,
                                                           const CallContext& call);
  // A copy of a store, in which an embedder is learnt.
  static Result<std::unique_ptr<TrialCollection>> OfStore(
      Config config, Engine& standing, const std::vector<model::LearningPair>& pairs,
      const CallContext& call);

  eval::EvalParts Parts() override { return EvalPartsOf(*engine_, collection_); }
  std::shared_ptr<const index::Snapshot> Snapshot() override { return snapshot_; }

 private:
  explicit OwnTrial(TemporaryDirectory scratch) : scratch_(std::move(scratch)) {}
  Status Learn(const ingest::EmbeddingOptions& options, const CallContext& call);

  const TemporaryDirectory scratch_;
  std::unique_ptr<Engine> engine_;
  CollectionId collection_;
  std::shared_ptr<const index::Snapshot> snapshot_;
};

Result<std::unique_ptr<eval::TrialCollection>> OwnTrial::OfCorpus(Config config,
                                                                  const std::string& directory,
                                                                  const eval::TrialSetup& setup,
                                                                  const CallContext& call) {
  QUARRY_ASSIGN_OR_RETURN(TemporaryDirectory made, TemporaryDirectory::Create("quarry-tune-"));
  config.store = made.path() + "/store";
  config.bm25 = setup.bm25;
  config.embedding.enabled = setup.with_vectors;
  QUARRY_RETURN_IF_ERROR(PutPairs(setup.pairs, made.path(), config));
  std::unique_ptr<OwnTrial> trial(new OwnTrial(std::move(made)));
  QUARRY_ASSIGN_OR_RETURN(trial->engine_, Engine::Open(config, StoreAccess::kCreate));
  QUARRY_ASSIGN_OR_RETURN(trial->collection_, trial->engine_->FindOrCreateCollection());
  eval::CorpusReport report;
  QUARRY_ASSIGN_OR_RETURN(trial->snapshot_,
                          eval::OpenBeirCorpus(directory, trial->Parts(), nullptr, call, report));
  return std::unique_ptr<TrialCollection>(std::move(trial));
}

Result<std::unique_ptr<eval::TrialCollection>> OwnTrial::OfStore(
    Config config, Engine& standing, const std::vector<model::LearningPair>& pairs,
    const CallContext& call) {
  QUARRY_ASSIGN_OR_RETURN(TemporaryDirectory made, TemporaryDirectory::Create("quarry-tune-"));
  const std::string backup = made.path() + "/backup";
  config.store = made.path() + "/store";
  QUARRY_RETURN_IF_ERROR(standing.index().Backup(backup, call).status());
  QUARRY_RETURN_IF_ERROR(index::RestoreBackup(backup, config.store, call).status());
  std::error_code left;  // gone with the rest then
  fs::remove_all(backup, left);
  QUARRY_RETURN_IF_ERROR(PutPairs(pairs, made.path(), config));
  std::unique_ptr<OwnTrial> trial(new OwnTrial(std::move(made)));
  QUARRY_ASSIGN_OR_RETURN(trial->engine_, Engine::Open(config, StoreAccess::kWrite));
  QUARRY_ASSIGN_OR_RETURN(trial->collection_, trial->engine_->FindCollection());
  QUARRY_RETURN_IF_ERROR(trial->Learn(config.embedding, call));
  index::Index& index = trial->engine_->index();
  QUARRY_RETURN_IF_ERROR(index.WaitForMaintenance(call));
  QUARRY_ASSIGN_OR_RETURN(trial->snapshot_, index.GetSnapshot(trial->collection_));
  return std::unique_ptr<TrialCollection>(std::move(trial));
}

Status OwnTrial::Learn(const ingest::EmbeddingOptions& options, const CallContext& call) {
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer,
                          engine_->index().OpenWriter(collection_, call));
  const ingest::WithWriter with_writer = [&](const ingest::WriterStep& step) {
    return step(writer);
  };
  return ingest::LearnGeneration(*writer.snapshot(), with_writer, engine_->embedders(), options,
                                 call, nullptr)
      .status();
}

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

  eval::EvalParts Parts() override { return EvalPartsOf(engine_, collection_); }
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

// Where the embedder is a published model, there is none to learn.
Status CheckPairs(const TuneArguments& arguments, const CommandContext& context) {
  if (arguments.pairs.empty()) return OkStatus();
  const fs::path folder = fs::absolute(PathOf(context, arguments.pairs)).parent_path();
  if (std::error_code error; !fs::is_directory(folder, error)) {
    return NotFoundError("--pairs " + arguments.pairs + ": there is no directory " +
                         folder.string());
  }
  const Config& config = context.config();
  if (config.embedding.folder.path.empty()) return OkStatus();
  return FailedPreconditionError("--pairs: vectors are by the model " +
                                 config.embedding.folder.path +
                                 " (embedding.model); only the built-in embedder is learnt");
}

// Pairs that measured better are written where they were asked for.
Result<int> Tell(const eval::LearningReport& report, const TuneArguments& arguments,
                 CommandContext& context) {
  std::string pairs;
  if (!arguments.pairs.empty()) {
    pairs = fs::absolute(PathOf(context, arguments.pairs)).lexically_normal();
  }
  context.console.Print(context.console.json() ? LearningJson(report)
                                               : LearningText(report, context.config().collection,
                                                              pairs, context.console));
  if (report.improves() && report.learnt.pairs > 0) {
    QUARRY_RETURN_IF_ERROR(ingest::WriteLearningPairs(report.pairs, pairs));
  }
  return kExitDone;
}

}  // namespace

Result<int> RunTuneFromFeedback(const TuneArguments& arguments, CommandContext& context) {
  QUARRY_RETURN_IF_ERROR(CheckPairs(arguments, context));
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, engine.FindCollection());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.GetSnapshot());
  QUARRY_ASSIGN_OR_RETURN(const GivenFeedback feedback, ReadFeedback(engine->index()));
  for (const Status& status : feedback.damaged) {
    context.console.Note("left out: " + status.ToString());
  }
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
      .learn_bm25 = false,
      .learn_embedder = !arguments.pairs.empty()};
  const eval::OpenTrial open =
      [&](const eval::TrialSetup& setup) -> Result<std::unique_ptr<eval::TrialCollection>> {
    // Beside pairs, an embedder that was learnt now and without them.
    if (!arguments.pairs.empty()) {
      return OwnTrial::OfStore(config, *engine, setup.pairs, context.call);
    }
    return std::unique_ptr<eval::TrialCollection>(
        std::make_unique<StandingTrial>(*engine, collection, snapshot));
  };
  ProgressPrinter progress(context.console);
  const Result<eval::LearningReport> report = eval::LearnSearch(
      questions.train, questions.held_out, options, open, progress.Sink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  return Tell(*report, arguments, context);
}

Result<int> RunTuneFromQrels(const TuneArguments& arguments, CommandContext& context) {
  const Config& config = context.config();
  QUARRY_RETURN_IF_ERROR(CheckPairs(arguments, context));
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
      .retrieval = config.retrieval,
      .learn_embedder = !arguments.pairs.empty()};
  const eval::OpenTrial open = [&](const eval::TrialSetup& setup) {
    return OwnTrial::OfCorpus(config, arguments.beir, setup, context.call);
  };
  ProgressPrinter progress(context.console);
  const Result<eval::LearningReport> report =
      eval::LearnSearch(train, held_out, options, open, progress.Sink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  return Tell(*report, arguments, context);
}

}  // namespace quarry::app
