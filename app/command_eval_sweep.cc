// quarry eval sweep.

#include <set>

#include "app/commands_eval.h"
#include "app/eval_parts.h"
#include "app/eval_setup.h"
#include "app/output_eval.h"
#include "app/progress.h"
#include "base/file.h"
#include "base/hash.h"
#include "eval/beir.h"
#include "eval/beir_corpus.h"
#include "eval/query_ranking.h"
#include "eval/scorecard.h"
#include "eval/suite_run.h"

namespace quarry::app {
namespace {

constexpr uint32_t kDepth = 10;  // of nDCG

// Engines over scratch stores, one store per way of indexing.
class SweepBench {
 public:
  SweepBench(const EvalSweepArguments& arguments, CommandContext& context)
      : arguments_(arguments), context_(context) {}

  Status Open() {
    QUARRY_ASSIGN_OR_RETURN(TemporaryDirectory made, TemporaryDirectory::Create("quarry-sweep-"));
    scratch_.emplace(std::move(made));
    if (!arguments_.beir.empty()) {
      QUARRY_ASSIGN_OR_RETURN(queries_, eval::ReadBeirQueries(arguments_.beir, arguments_.split));
      return OkStatus();
    }
    QUARRY_ASSIGN_OR_RETURN(suite_, FindSuite(arguments_.suite, context_));
    if (suite_.corpus.empty()) {
      return InvalidArgumentError(arguments_.suite +
                                  ": a sweep indexes anew; expected \"corpus\" in suite.yaml");
    }
    size_t left_out = 0;
    for (const eval::Case* one : eval::CasesToRun(suite_.cases)) {
      // Nobody judges: where the case has no check of its own, nothing says whether it passes.
      if (one->answerable && one->accept.empty()) {
        ++left_out;
      } else {
        cases_.push_back(*one);
      }
    }
    if (cases_.empty()) {
      return InvalidArgumentError(arguments_.suite +
                                  ": a sweep asks no judge; expected cases with \"accept\", or " +
                                  "that are not answerable");
    }
    if (left_out > 0) {
      context_.console.Note(
          std::to_string(left_out) +
          " cases are left out: they have no \"accept\", and a sweep asks no judge");
    }
    return OkStatus();
  }

  // One number per question.
  std::vector<uint32_t> Clusters() const {
    std::vector<std::string> names;
    if (!arguments_.beir.empty()) {
      for (const eval::BeirQuery& query : queries_.queries) names.push_back(query.id);
    } else {
      for (const eval::Case& one : cases_) {
        names.push_back(one.cluster.empty() ? "case " + one.id : one.cluster);
      }
    }
    return eval::ClusterNumbers(names);
  }

  eval::SweepText Names() const {
    if (arguments_.beir.empty()) return {.what = suite_.name, .quality = "pass"};
    return {.what = arguments_.beir + " " + arguments_.split,
            .quality = "nDCG@" + std::to_string(kDepth)};
  }

  Result<std::vector<eval::SweepScore>> Ask(const eval::SweepSetting& setting,
                                            const std::vector<uint32_t>& questions) {
    QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, OpenEngine(setting));
    QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                            engine->GetSnapshot());
    std::vector<eval::SweepScore> scores;
    for (const uint32_t question : questions) {
      QUARRY_ASSIGN_OR_RETURN(const eval::SweepScore score,
                              arguments_.beir.empty()
                                  ? AskCase(cases_[question], *engine, *snapshot)
                                  : AskQuery(queries_.queries[question], *engine, *snapshot));
      scores.push_back(score);
    }
    return scores;
  }

  Status CheckSettings(const std::vector<eval::SweepSetting>& settings) const {
    for (const eval::SweepSetting& setting : settings) {
      QUARRY_RETURN_IF_ERROR(ConfigOf(setting).status());
    }
    return OkStatus();
  }

 private:
  Result<Config> ConfigOf(const eval::SweepSetting& setting) const {
    QUARRY_ASSIGN_OR_RETURN(Config config, ConfigFor(suite_, context_.loaded));
    std::string index_options;
    for (const auto& [name, value] : setting) {
      const ConfigKey* key = FindConfigKey(name);
      if (key == nullptr) return UnknownKeyError(name).Annotate("--vary");
      if (name == "store" || name == "collection") {
        return InvalidArgumentError("--vary: " + name + ": is not an option of answers");
      }
      QUARRY_RETURN_IF_ERROR(key->set(config, {value}).Annotate("--vary: " + name));
      if (name == "retrieval.dense_weight") config.retrieval.collection_dense_weights.clear();
      if (IsOfIndex(name)) index_options += name + "=" + value + "\n";
    }
    QUARRY_RETURN_IF_ERROR(config.Validate().Annotate("--vary: " + eval::Describe(setting)));
    config.store = scratch_->path() + "/" + HashToHex(Hash64(index_options));
    config.collection = "sweep";
    return config;
  }

  // The corpus is indexed when its way of indexing is first asked for.
  Result<std::unique_ptr<Engine>> OpenEngine(const eval::SweepSetting& setting) {
    QUARRY_ASSIGN_OR_RETURN(const Config config, ConfigOf(setting));
    if (!indexed_.contains(config.store)) {
      QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> writer,
                              Engine::Open(config, StoreAccess::kCreate));
      if (arguments_.beir.empty()) {
        QUARRY_RETURN_IF_ERROR(SyncCorpus(suite_.corpus, config, *writer, context_));
      } else {
        QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, writer->FindOrCreateCollection());
        eval::CorpusReport report;
        QUARRY_RETURN_IF_ERROR(eval::OpenBeirCorpus(arguments_.beir,
                                                    EvalPartsOf(*writer, collection), {},
                                                    context_.call, report)
                                   .status());
      }
      indexed_.insert(config.store);
    }
    return Engine::Open(config, StoreAccess::kRead);
  }

  Result<eval::SweepScore> AskQuery(const eval::BeirQuery& question, const Engine& engine,
                                    const index::Snapshot& snapshot) const {
    Query query;
    query.text = question.text;
    query.mode = engine.config().mode;
    QUARRY_ASSIGN_OR_RETURN(eval::QueryRanking ranking,
                            eval::RankDocuments(engine.retriever(), query, question.id, kDepth,
                                                snapshot, context_.call));
    const auto grades = queries_.qrels.find(question.id);
    const eval::QueryMetrics metrics = eval::MeasureQuery(
        ranking.documents,
        grades == queries_.qrels.end() ? std::map<std::string, int>() : grades->second, kDepth);
    return eval::SweepScore{.quality = metrics.ndcg_at_k, .micros = ranking.micros};
  }

  Result<eval::SweepScore> AskCase(const eval::Case& one, const Engine& engine,
                                   const index::Snapshot& snapshot) const {
    const eval::RunParts parts{
        .retriever = engine.retriever(), .answerer = engine.answerer(), .snapshot = snapshot};
    eval::RunSettings settings;
    settings.query.mode = engine.config().mode;
    settings.query.k = engine.config().k;
    settings.correct = engine.config().assistant.correct;
    QUARRY_ASSIGN_OR_RETURN(const eval::RunRecord record,
                            eval::AskCase(one, 0, parts, settings, context_.call));
    const eval::CaseScores scores =
        eval::ScoreRecord(one, record, {.max_words = suite_.max_words, .use_judge = false});
    return eval::SweepScore{
        .quality = scores.Passes() ? 1.0 : 0.0, .micros = record.micros, .cost = record.usage.cost};
  }

  const EvalSweepArguments& arguments_;
  CommandContext& context_;
  std::optional<TemporaryDirectory> scratch_;
  eval::Suite suite_;
  std::vector<eval::Case> cases_;
  eval::BeirQueries queries_;
  std::set<std::string> indexed_;  // stores
};

Status WriteSweep(const std::vector<std::string>& paths, const eval::SweepReport& report,
                  const eval::SweepText& names, CommandContext& context) {
  for (const std::string& path : paths) {
    const std::string text = path.ends_with(".html") ? eval::SweepHtml(report, names)
                                                     : eval::SweepJson(report, names) + "\n";
    QUARRY_RETURN_IF_ERROR(WriteFileAtomically(path, text).Annotate("--report"));
    NoteReport(path, context);
  }
  return OkStatus();
}

}  // namespace

Result<int> RunEvalSweep(const EvalSweepArguments& arguments, CommandContext& context) {
  if (arguments.suite.empty() == arguments.beir.empty()) {
    return InvalidArgumentError("expected a SUITE or --beir DIR, and not both");
  }
  for (const std::string& path : arguments.reports) {
    if (!path.ends_with(".html") && !path.ends_with(".json")) {
      return InvalidArgumentError("--report: " + path +
                                  ": expected a name that ends with .html or .json");
    }
    QUARRY_RETURN_IF_ERROR(CheckReportFolder(path, context));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::vector<eval::SweepSetting> settings,
                          eval::SettingsOf(arguments.vary));
  SweepBench bench(arguments, context);
  QUARRY_RETURN_IF_ERROR(bench.Open());
  QUARRY_RETURN_IF_ERROR(bench.CheckSettings(settings));
  ProgressPrinter progress(context.console);
  const Result<eval::SweepReport> report = eval::RunSweep(
      settings, bench.Clusters(),
      [&](const eval::SweepSetting& setting, const std::vector<uint32_t>& questions) {
        return bench.Ask(setting, questions);
      },
      {.held_out = arguments.held_out, .folds = arguments.folds, .seed = arguments.seed},
      progress.StageSink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  const eval::SweepText names = bench.Names();
  QUARRY_RETURN_IF_ERROR(WriteSweep(arguments.reports, *report, names, context));
  context.console.Print(context.console.json() ? eval::SweepJson(*report, names) + "\n"
                                               : SweepReportText(*report, names, context.console));
  return kExitDone;
}

}  // namespace quarry::app
