#include "app/cli_groups.h"

namespace quarry::app {
namespace {

void AddReports(CLI::App& command, std::vector<std::string>& reports, uint32_t& shown) {
  command
      .add_option("--report", reports,
                  "also to FILE: .html, .md, .xml (JUnit), .json, .jsonl (the run); repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_option("--show", shown, "failed cases to list (10)")
      ->type_name("N")
      ->check(IntegerFrom(0, kMaxListed));
}

void AddRunOptions(CLI::App& command, EvalReportArguments& eval_report) {
  command.add_option("RUN", eval_report.run, "id, its start, name, latest, or a file (.jsonl)")
      ->required();
  command.add_option("--baseline", eval_report.baseline, "run to compare with")->type_name("RUN");
  command.add_option("--suite", eval_report.suite, "whose gates are decided (the run's)")
      ->type_name("DIR");
  command
      .add_option("--labels", eval_report.labels, "what people say of some cases: corrects pass")
      ->type_name("FILE");
  AddReports(command, eval_report.reports, eval_report.shown);
}

}  // namespace

// Suites and their runs: docs/evaluation.md.
void AddEvalSuites(CommandTree& tree, CLI::App& family) {
  EvalRunArguments& eval_run = tree.Keep<EvalRunArguments>();
  EvalReportArguments& eval_report = tree.Keep<EvalReportArguments>();
  EvalCompareArguments& eval_compare = tree.Keep<EvalCompareArguments>();
  EvalRankArguments& eval_rank = tree.Keep<EvalRankArguments>();
  EvalRunsArguments& eval_runs = tree.Keep<EvalRunsArguments>();
  CLI::App& run =
      tree.AddCommand(family, "run", "ask a suite, score the answers, decide its gates",
                      "quarry eval run examples/suite --report report.html\n"
                      "  exit codes: 0 passed, 1 a gate failed, 2 configuration, 3 the run "
                      "is invalid, whatever its gates say, 4 inconclusive");
  run.add_option("SUITE", eval_run.suite, "folder with suite.yaml and cases.jsonl")->required();
  tree.AddProfile(run, eval_run.profile);
  run.add_option("--name", eval_run.name, "of the run, to find it by")->type_name("NAME");
  run.add_option("--baseline", eval_run.baseline, "run (or its file) to compare with")
      ->type_name("RUN");
  run.add_option("--judge", eval_run.judge, "local, llm (chat.model) or none (local)")
      ->check(Offering({"local", "llm", "none"}))
      ->type_name("JUDGE");
  run.add_option("--jobs", eval_run.jobs, "cases at once (one per core)")
      ->type_name("N")
      ->check(IntegerFrom(1, 1000));
  run.add_option("--repeats", eval_run.repeats, "how often each case is asked")
      ->type_name("N")
      ->check(IntegerFrom(1, 100));
  run.add_option("--judgements", eval_run.judgements,
                 "how often each answer is judged, by other seeds (1)")
      ->type_name("N")
      ->check(IntegerFrom(1, 20));
  run.add_flag("--cache", eval_run.use_cache, "let the answer cache serve");
  run.add_flag("--restart", eval_run.restart, "do not go on with an unfinished run");
  AddReports(run, eval_run.reports, eval_run.shown);
  tree.AddQueryKeys(run);
  tree.ThenEval(run, RunEvalRun, eval_run);

  CLI::App& report = tree.AddCommand(family, "report", "show a run again, or write it for others",
                                     "quarry eval report latest --report report.html");
  AddRunOptions(report, eval_report);
  tree.ThenEval(report, RunEvalReport, eval_report);
  CLI::App& gate =
      tree.AddCommand(family, "gate", "decide the gates of a run",
                      "quarry eval gate latest --suite examples/suite --baseline main");
  AddRunOptions(gate, eval_report);
  tree.ThenEval(gate, RunEvalGate, eval_report);

  CLI::App& compare =
      tree.AddCommand(family, "compare", "what changed between two runs",
                      "quarry eval compare main latest --metric pass --margin 0.02");
  compare.add_option("BEFORE", eval_compare.before, "a run")->required();
  compare.add_option("AFTER", eval_compare.after, "a run")->required();
  compare.add_option("--metric", eval_compare.metrics, "that may not fall (pass); repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
  compare.add_option("--margin", eval_compare.margin, "by which it may (0.02)")
      ->type_name("M")
      ->check(CLI::Range(0.0, 1e9));
  AddReports(compare, eval_compare.reports, eval_compare.shown);
  tree.ThenEval(compare, RunEvalCompare, eval_compare);

  CLI::App& rank = tree.AddCommand(family, "rank", "which runs gave the better answers, by pairs",
                                   "quarry eval rank main latest large-model --judge llm");
  rank.add_option("RUN", eval_rank.runs, "two runs or more")->required();
  rank.add_option("--judge", eval_rank.judge, "local or llm (chat.model) (local)")
      ->check(Offering({"local", "llm"}))
      ->type_name("JUDGE");
  tree.ThenEval(rank, RunEvalRank, eval_rank);

  CLI::App& runs =
      tree.AddCommand(family, "runs", "the runs that the store holds", "quarry eval runs");
  runs.add_option("--suite", eval_runs.suite, "only of this suite")->type_name("NAME");
  runs.add_option("--limit", eval_runs.limit, "how many (20)")
      ->type_name("N")
      ->check(IntegerFrom(1, kMaxListed));
  tree.ThenEval(runs, RunEvalRuns, eval_runs);
}

void AddEvalTools(CommandTree& tree, CLI::App& family) {
  EvalSuiteArguments& eval_suite = tree.Keep<EvalSuiteArguments>();
  EvalPlanArguments& eval_plan = tree.Keep<EvalPlanArguments>();
  EvalSweepArguments& eval_sweep = tree.Keep<EvalSweepArguments>();
  CLI::App& lint = tree.AddCommand(family, "lint", "what is wrong with a suite, against its corpus",
                                   "quarry eval lint examples/suite");
  lint.add_option("SUITE", eval_suite.suite, "folder of the suite")->required();
  lint.add_flag("--apply", eval_suite.apply, "write the offsets of gold spans that moved");
  tree.ThenEval(lint, RunEvalLint, eval_suite);

  CLI::App& plan = tree.AddCommand(family, "plan", "how many cases it takes to see a difference",
                                   "quarry eval plan examples/suite --detect 0.03 --run latest");
  plan.add_option("SUITE", eval_plan.suite, "that is there already");
  plan.add_option("--detect", eval_plan.detect, "difference of two pass rates (0.05)")
      ->type_name("D");
  plan.add_option("--discordance", eval_plan.discordance,
                  "share of cases on which two systems disagree (0.15)")
      ->type_name("S");
  plan.add_option("--run", eval_plan.run, "whose tokens and prices are taken")->type_name("RUN");
  tree.ThenEval(plan, RunEvalPlan, eval_plan);

  CLI::App& sweep = tree.AddCommand(
      family, "sweep", "race configurations, and show the winner on held-out questions",
      "quarry eval sweep --beir data/cranfield --vary retrieval.dense_weight=0,0.2,0.5\n"
      "  quarry eval sweep examples/suite --vary retrieval.k=5,10,20 "
      "--vary chunking.target_tokens=200,400 --report sweep.html");
  sweep.add_option("SUITE", eval_sweep.suite, "folder of a suite with a corpus; or --beir");
  sweep.add_option("--beir", eval_sweep.beir, "corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv")
      ->type_name("DIR");
  sweep.add_option("--split", eval_sweep.split, "of the judgements (test)")->type_name("NAME");
  sweep.add_option("--vary", eval_sweep.vary, "an option and its values; repeatable")
      ->type_name("KEY=V1,V2")
      ->allow_extra_args(false)
      ->required();
  sweep
      .add_option("--held-out", eval_sweep.held_out, "share that chooses nothing, 0.1 to 0.9 (0.5)")
      ->type_name("S")
      ->check(CLI::Range(0.1, 0.9));
  sweep.add_option("--folds", eval_sweep.folds, "parts, each held out once, instead of one")
      ->type_name("N")
      ->check(IntegerFrom(2, 100));
  sweep.add_option("--seed", eval_sweep.seed, "of the split (1)")->type_name("N");
  sweep.add_option("--report", eval_sweep.reports, "also to FILE: .html, .json; repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  tree.ThenEval(sweep, RunEvalSweep, eval_sweep);
}

void AddEvalFiles(CommandTree& tree, CLI::App& family) {
  EvalSynthArguments& eval_synth = tree.Keep<EvalSynthArguments>();
  EvalImportArguments& eval_import = tree.Keep<EvalImportArguments>();
  EvalExportArguments& eval_export = tree.Keep<EvalExportArguments>();
  CLI::App& synth = tree.AddCommand(family, "synth", "draft cases out of a collection",
                                    "quarry eval synth --to eval/drafts --cases 50");
  synth.add_option("--to", eval_synth.directory, "folder of the suite to make")
      ->type_name("DIR")
      ->required();
  synth.add_option("--cases", eval_synth.cases, "at most so many (100)")
      ->type_name("N")
      ->check(IntegerFrom(1, 100'000));
  synth.add_option("--seed", eval_synth.seed, "of what is drawn (1)")->type_name("N");
  tree.Then(synth, RunEvalSynth, eval_synth);

  CLI::App& import = tree.AddCommand(family, "import", "make a suite of another program's file",
                                     "quarry eval import squad dev-v2.0.json --to eval/squad");
  import.add_option("FORMAT", eval_import.format, "beir, squad, rgb, ragas or promptfoo")
      ->required();
  import.add_option("FILE", eval_import.from, "to read; of beir a folder")->required();
  import.add_option("--to", eval_import.directory, "folder of the suite to make")
      ->type_name("DIR")
      ->required();
  tree.Then(import, RunEvalImport, eval_import);

  CLI::App& export_command =
      tree.AddCommand(family, "export", "write a run or a suite for another program",
                      "quarry eval export latest --format ragas --to run.ragas.jsonl");
  export_command.add_option("WHAT", eval_export.what, "a run, or the folder of a suite")
      ->required();
  export_command
      .add_option("--format", eval_export.format,
                  "run, ragas or trec of a run; promptfoo or qrels of either; beir of a suite")
      ->check(Offering({"run", "ragas", "trec", "promptfoo", "qrels", "beir"}))
      ->type_name("NAME")
      ->required();
  export_command.add_option("--to", eval_export.to, "file to write; of beir a folder")
      ->type_name("FILE")
      ->required();
  tree.Then(export_command, RunEvalExport, eval_export);
}

}  // namespace quarry::app
