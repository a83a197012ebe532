// quarry eval rank: which of several runs gave the better answers.

#include <algorithm>
#include <cmath>
#include <optional>

#include "app/command_engine.h"
#include "app/commands_eval.h"
#include "app/eval_setup.h"
#include "app/json_line.h"
#include "app/output_text.h"
#include "app/progress.h"
#include "app/text_layout.h"
#include "base/file.h"
#include "base/numbers.h"
#include "eval/ranking.h"

namespace quarry::app {
namespace {

std::string RankingText(const eval::RunRanking& ranking, const Console& console) {
  std::string text = console.Styled(Style::kTitle, "Runs by the answers that are preferred") +
                     "\n" + WithThousands(ranking.cases) + " cases, " +
                     WithThousands(ranking.pairs) + " pairs, judge " + OneLine(ranking.judge) +
                     "\n";
  std::vector<std::vector<std::string>> rows = {{"run", "name", "strength", "95 % interval",
                                                 "win rate", "won", "lost", "ties", "unjudged",
                                                 "words"}};
  for (const eval::RankedSystem& run : ranking.runs) {
    const eval::SystemStrength& strength = run.strength;
    rows.push_back({run.id, OneLine(run.name), FormatFixed(strength.strength.mean, 2),
                    std::isinf(strength.strength.low)
                        ? "unknown"
                        : FormatFixed(strength.strength.low, 2) + " to " +
                              FormatFixed(strength.strength.high, 2),
                    FormatFixed(100 * run.win_rate, 1) + " %", WithThousands(strength.wins),
                    WithThousands(strength.losses), WithThousands(strength.ties),
                    WithThousands(strength.unjudged), FormatFixed(run.words, 0)});
  }
  text += Table(rows, {2, 3, 4, 5, 6, 7, 8, 9}, console);
  if (ranking.won > 0) {
    text += "the longer answer won " + WithThousands(ranking.longer) + " of " +
            WithThousands(ranking.won) + " pairs with a winner\n";
  }
  return text;
}

std::string RankingJson(const eval::RunRanking& ranking) {
  Json json = {{"judge", ranking.judge},     {"cases", ranking.cases},
               {"pairs", ranking.pairs},     {"longer_won", ranking.longer},
               {"with_winner", ranking.won}, {"runs", Json::array()}};
  for (const eval::RankedSystem& run : ranking.runs) {
    const eval::SystemStrength& strength = run.strength;
    json["runs"].push_back({{"id", run.id},
                            {"name", run.name},
                            {"strength",
                             {{"mean", strength.strength.mean},
                              {"low", strength.strength.low},
                              {"high", strength.strength.high}}},
                            {"win_rate", run.win_rate},
                            {"wins", strength.wins},
                            {"losses", strength.losses},
                            {"ties", strength.ties},
                            {"unjudged", strength.unjudged},
                            {"words", run.words}});
  }
  return Line(json);
}

// The store that the runs are in, and where a judge that is a model keeps its verdicts. Runs in files
// need none: where there is none they are ranked in a store that lasts as long as `scratch`.
Result<CommandEngine> OpenForRanking(const EvalRankArguments& arguments,
                                     const CommandContext& context,
                                     std::optional<TemporaryDirectory>& scratch) {
  const StoreAccess access = arguments.judge == "llm" ? StoreAccess::kWrite : StoreAccess::kRead;
  Result<CommandEngine> opened = CommandEngine::Open(context, access);
  const bool are_files = std::ranges::all_of(
      arguments.runs, [](const std::string& run) { return run.ends_with(".jsonl"); });
  if (opened.status().code() != Code::kNotFound || !are_files) return opened;
  QUARRY_ASSIGN_OR_RETURN(TemporaryDirectory made, TemporaryDirectory::Create("quarry-eval-"));
  Config config = context.config();
  config.store = made.path() + "/store";
  scratch.emplace(std::move(made));
  QUARRY_ASSIGN_OR_RETURN(std::unique_ptr<Engine> engine,
                          Engine::Open(config, StoreAccess::kCreate));
  return CommandEngine(std::move(engine), config.collection);
}

}  // namespace

Result<int> RunEvalRank(const EvalRankArguments& arguments, CommandContext& context) {
  if (arguments.runs.size() < 2) {
    return InvalidArgumentError("RUN: expected two runs or more, got one");
  }
  if (arguments.judge != "local" && arguments.judge != "llm") {
    return InvalidArgumentError("--judge: expected local or llm, got \"" + arguments.judge + "\"");
  }
  std::optional<TemporaryDirectory> scratch;
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine, OpenForRanking(arguments, context, scratch));
  std::vector<eval::Run> runs;
  for (const std::string& name : arguments.runs) {
    QUARRY_ASSIGN_OR_RETURN(eval::Run run, FindRun(name, &*engine, context));
    runs.push_back(std::move(run));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<eval::Judge> judge,
                          MakeJudge(arguments.judge, *engine));
  ProgressPrinter progress(context.console);
  const Result<eval::RunRanking> ranking =
      eval::RankRuns(runs, *judge, progress.StageSink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(ranking.status());
  context.console.Print(context.console.json() ? RankingJson(*ranking)
                                               : RankingText(*ranking, context.console));
  return kExitDone;
}

}  // namespace quarry::app
