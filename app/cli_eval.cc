#include "app/cli_groups.h"

namespace quarry::app {
namespace {

void AddRetrieval(CommandTree& tree, CLI::App& family) {
  EvalRetrievalArguments& arguments = tree.Keep<EvalRetrievalArguments>();
  CLI::App& command =
      tree.AddCommand(family, "retrieval", "retrieval metrics on a BEIR collection",
                      "quarry eval retrieval --beir data/scifact --mode hybrid --json");
  command.add_option("--beir", arguments.beir, "corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv")
      ->type_name("DIR")
      ->required();
  command.add_option("--split", arguments.split, "of the judgements (test)")->type_name("NAME");
  command.add_option("-k", arguments.k, "cut-off of the metrics (10)")
      ->type_name("N")
      ->check(IntegerFrom(1, 1000));
  tree.AddKey(command, "--mode", "retrieval.mode", "MODE", "hybrid, dense or lexical (hybrid)");
  command.add_option("--run", arguments.run_file, "TREC run to write")->type_name("FILE");
  tree.Then(command, RunEvalRetrieval, arguments);
}

void AddDiff(CommandTree& tree, CLI::App& family) {
  EvalDiffArguments& arguments = tree.Keep<EvalDiffArguments>();
  CLI::App& command = tree.AddCommand(
      family, "diff", "which questions change when an option of retrieval does",
      "quarry eval diff --beir data/scifact --with retrieval.dense_weight=0.5\n"
      "  quarry eval diff --beir data/hotpotqa --store .quarry --with retrieval.hops=2");
  command.add_option("--beir", arguments.beir, "corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv")
      ->type_name("DIR")
      ->required();
  command.add_option("--split", arguments.split, "of the judgements (test)")->type_name("NAME");
  command.add_option("-k", arguments.k, "how deep is looked (10)")
      ->type_name("N")
      ->check(IntegerFrom(1, 1000));
  command.add_option("--show", arguments.shown, "questions to list (10)")
      ->type_name("N")
      ->check(IntegerFrom(0, kMaxListed));
  command
      .add_option("--with", arguments.with,
                  "what the other side has; --set is for both; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->required();
  tree.Then(command, RunEvalDiff, arguments);
}

void AddJudgeCheck(CommandTree& tree, CLI::App& family) {
  EvalJudgeCheckArguments& arguments = tree.Keep<EvalJudgeCheckArguments>();
  CLI::App& command = tree.AddCommand(
      family, "judge-check", "how far a judge agrees with labels of people",
      "quarry eval judge-check labels.jsonl\n"
      "  quarry eval judge-check labels.jsonl --judge llm --limit 200 --keep --store .quarry");
  command.add_option("LABELS", arguments.files, "files (docs/evaluation_judges.md)")->required();
  command.add_option("--judge", arguments.judge, "local, or llm: chat.model (local)")
      ->check(Offering({"local", "llm"}))
      ->type_name("NAME");
  command.add_option("--limit", arguments.limit, "rows of each file; 0 = all (0)")
      ->type_name("N")
      ->check(IntegerFrom(0, 100'000'000));
  command.add_option("--repeats", arguments.repeats, "how often a chat model is asked (1)")
      ->type_name("N")
      ->check(IntegerFrom(1, 100));
  command.add_flag("--tune", arguments.tune,
                   "choose the local judge's threshold on one half, report the other");
  command.add_flag("--held-out", arguments.held_out, "report that half only");
  command.add_flag("--keep", arguments.keep,
                   "store what was measured: reports correct their rates by it");
  tree.ThenEval(command, RunEvalJudgeCheck, arguments);
}

void AddFromTraffic(CommandTree& tree, CLI::App& family) {
  EvalFromTrafficArguments& arguments = tree.Keep<EvalFromTrafficArguments>();
  CLI::App& command =
      tree.AddCommand(family, "from-traffic", "judge a sample of the answers that a server gave",
                      "quarry eval from-traffic --share 0.1 --days 30 --cases drafts.jsonl");
  command.add_option("--share", arguments.share, "of the kept answers, 0 to 1 (0.1)")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--seed", arguments.seed, "of the sample (1)")->type_name("N");
  command.add_option("--days", arguments.days, "back from now (30)")
      ->type_name("N")
      ->check(IntegerFrom(1, 100'000));
  command.add_option("--cases", arguments.cases, "draft cases of the sample")->type_name("FILE");
  command.add_option("--metrics", arguments.metrics, "for Prometheus' textfile collector")
      ->type_name("FILE");
  tree.Then(command, RunEvalFromTraffic, arguments);
}

void AddAdvise(CommandTree& tree, CLI::App& family) {
  EvalAdviseArguments& arguments = tree.Keep<EvalAdviseArguments>();
  CLI::App& command =
      tree.AddCommand(family, "advise", "why cases of a run failed, and what to change next",
                      "quarry eval advise latest --suite suites/manuals");
  command.add_option("RUN", arguments.run, "id, name, latest or file (.jsonl)")->required();
  command.add_option("--suite", arguments.suite, "that it was made of")
      ->type_name("DIR")
      ->required();
  command.add_option("--judge", arguments.judge, "of the replays (local)")->type_name("NAME");
  command.add_option("--target", arguments.target, "share of cases that shall pass, 0 to 1 (0.9)")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--prompts-tried", arguments.prompts_tried,
                  "other prompts that were run and changed nothing (0)")
      ->type_name("N")
      ->check(IntegerFrom(0, 1000));
  command
      .add_option("--small-model", arguments.small_model,
                  "a cheaper one of the upstream: does it read the gold passages as well")
      ->type_name("NAME");
  tree.ThenEval(command, RunEvalAdvise, arguments);
}

void AddAnswers(CommandTree& tree, CLI::App& family) {
  EvalAnswersArguments& arguments = tree.Keep<EvalAnswersArguments>();
  CLI::App& command =
      tree.AddCommand(family, "answers", "citations and refusals on a BEIR collection",
                      "quarry eval answers --beir data/squad_v2 --json");
  command
      .add_option("--beir", arguments.beir,
                  "as for retrieval; queries with \"is_impossible\": true should be declined")
      ->type_name("DIR")
      ->required();
  command.add_option("--split", arguments.split, "of the judgements (test)")->type_name("NAME");
  tree.AddQueryKeys(command);
  tree.Then(command, RunEvalAnswers, arguments);
}

}  // namespace

void AddEval(CommandTree& tree) {
  CLI::App& family =
      tree.AddFamily("eval", "measure quality", "quarry eval retrieval --beir data/scifact");
  AddRetrieval(tree, family);
  AddDiff(tree, family);
  AddEvalSuites(tree, family);
  AddEvalTools(tree, family);
  AddEvalFiles(tree, family);
  AddJudgeCheck(tree, family);
  AddFromTraffic(tree, family);
  AddAdvise(tree, family);
  AddAnswers(tree, family);
}

void AddFeedback(CommandTree& tree) {
  FeedbackExportArguments& arguments = tree.Keep<FeedbackExportArguments>();
  CLI::App& feedback = tree.AddFamily("feedback", "what readers thought of answers",
                                      "quarry feedback export --format sft --out train.jsonl");
  CLI::App& command =
      tree.AddCommand(feedback, "export", "rows to learn from (docs/learning.md)",
                      "quarry feedback export --format dpo --held-out suites/manuals");
  command.add_option("--format", arguments.format, "sft, dpo or suite")
      ->check(Offering({"sft", "dpo", "suite"}))
      ->type_name("FORMAT")
      ->required();
  command
      .add_option("--held-out", arguments.held_out,
                  "suite whose questions, and those near them, are left out; repeatable")
      ->type_name("DIR")
      ->allow_extra_args(false);
  command.add_option("--out", arguments.out, "file to write (standard output)")->type_name("FILE");
  command
      .add_option("--run", arguments.run,
                  "format sft: of answers that passed in a run that passed its gates")
      ->type_name("RUN");
  command
      .add_option("--baseline", arguments.baseline,
                  "of --run: run that its gates no_regression compare with")
      ->type_name("RUN");
  tree.Then(command, RunFeedbackExport, arguments);
}

void AddTune(CommandTree& tree) {
  TuneArguments& arguments = tree.Keep<TuneArguments>();
  CLI::App& command =
      tree.AddCommand(tree.root(), "tune", "find retrieval weights that suit a collection",
                      "quarry tune --beir data/scifact --store .quarry\n"
                      "  quarry tune --from qrels --beir data/scifact --train train\n"
                      "  quarry tune --from feedback --pairs pairs.jsonl --store .quarry");
  command
      .add_option("--from", arguments.from,
                  "qrels: learn k1, b and the weight on one split, measure on another; "
                  "feedback: the weight, from answers that were rated up")
      ->type_name("SOURCE")
      ->check(OneOf({"qrels", "feedback"}));
  command.add_option("--train", arguments.train, "split that --from qrels learns from (train)")
      ->type_name("NAME");
  command
      .add_option("--beir", arguments.beir, "judged questions: corpus.jsonl, queries.jsonl, qrels/")
      ->type_name("DIR");
  command.add_option("--split", arguments.split, "of the judgements (test)")->type_name("NAME");
  command
      .add_option("--pairs", arguments.pairs,
                  "with --from: learn the built-in embedder, too; what it is to be learnt from "
                  "(embedding.pairs) goes to FILE when that measures better")
      ->type_name("FILE");
  command.add_option("-k", arguments.k, "cut-off of nDCG (10)")
      ->type_name("N")
      ->check(IntegerFrom(1, 1000));
  tree.Then(command, [&arguments](CommandContext& context) -> Result<int> {
    if (arguments.from.empty() && !arguments.pairs.empty()) {
      return InvalidArgumentError("--pairs: needs --from qrels or --from feedback");
    }
    if (arguments.from == "feedback") return RunTuneFromFeedback(arguments, context);
    if (arguments.beir.empty()) {
      return InvalidArgumentError("--beir: is missing: the folder of judged questions");
    }
    return arguments.from.empty() ? RunTune(arguments, context)
                                  : RunTuneFromQrels(arguments, context);
  });
}

}  // namespace quarry::app
