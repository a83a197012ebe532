#include "eval/failure_analysis.h"

#include <algorithm>
#include <map>
#include <utility>

namespace quarry::eval {
namespace {

std::optional<double> PassOf(const Case& one, const RunRecord& record,
                             const ScoreOptions& options) {
  const CaseScores scores = ScoreRecord(one, record, options);
  const auto pass = scores.values.find("pass");
  if (pass == scores.values.end()) return std::nullopt;
  return pass->second;
}

std::optional<double> PassOf(const std::optional<ReplayOutcome>& outcome) {
  if (!outcome) return std::nullopt;
  return outcome->passed ? 1 : 0;
}

// Of a case's records the one that replays are made for: the first that was served from the cache,
// since only of such it is told whether it is right made anew.
const RunRecord& ReplayedOf(const std::vector<const RunRecord*>& records) {
  const auto hit =
      std::ranges::find_if(records, [](const RunRecord* record) { return record->cache.hit(); });
  return hit == records.end() ? *records[0] : **hit;
}

struct FailedCase {
  const Case* one = nullptr;
  std::vector<const RunRecord*> failures;
  Replays replays;
  std::optional<size_t> axis;  // its place in AnalysedRun::axes
};

// Looks in the index once for all of them.
Status LabelFailures(const std::vector<FailedCase>& failed, const ReplayParts& parts,
                     const ScoreOptions& options, const CallContext& context,
                     AnalysedRun& analysed) {
  std::vector<const Case*> cases;
  for (const FailedCase& one : failed) cases.push_back(one.one);
  QUARRY_ASSIGN_OR_RETURN(const std::vector<GoldPresence> presence,
                          FindGold(cases, parts.run, parts.settings, context));
  for (size_t c = 0; c < failed.size(); ++c) {
    const FailedCase& one = failed[c];
    for (const RunRecord* record : one.failures) {
      const std::optional<Failure> failure =
          Attribute(*one.one, *record, options, presence[c], one.replays);
      RunRecord labelled = *record;
      labelled.failure =
          FailureLabel{FailureName(failure->kind),
                       failure->evidence + (failure->confirmed ? " (confirmed)" : "")};
      if (one.axis && !analysed.axes[*one.axis].failure) {
        analysed.axes[*one.axis].failure = failure->kind;
      }
      analysed.labelled.push_back(std::move(labelled));
    }
  }
  return OkStatus();
}

}  // namespace

Result<AnalysedRun> AnalyseRun(const std::vector<Case>& cases, const Run& run,
                               const ReplayParts& parts, const Judge& judge,
                               const ScoreOptions& options, const index::Progress& progress,
                               const CallContext& context) {
  std::map<std::string, std::vector<const RunRecord*>> records;
  for (const RunRecord& record : run.records) records[record.case_id].push_back(&record);
  EngineReplayer replayer(parts);
  AnalysedRun analysed;
  std::vector<FailedCase> failed;
  uint64_t done = 0;
  double small_cost = 0;  // of cases that both models read
  double cost = 0;
  for (const Case& one : cases) {
    if (progress) progress("replaying", done++, cases.size());
    const auto found = records.find(one.id);
    if (one.draft || found == records.end()) continue;
    QUARRY_ASSIGN_OR_RETURN(Replays replays, ReplayFailure(one, ReplayedOf(found->second), replayer,
                                                           judge, options, context));
    AxisCase axis{.id = one.id, .cluster = one.cluster};
    double passed = 0;
    double said = 0;
    std::vector<const RunRecord*> failures;
    for (const RunRecord* record : found->second) {
      if (const std::optional<double> pass = PassOf(one, *record, options)) {
        passed += *pass;
        said += 1;
      }
      if (Attribute(one, *record, options, {}, replays)) failures.push_back(record);
    }
    if (said > 0) {
      axis.now = passed / said;
      axis.gold_context = PassOf(replays.gold_context);
      axis.small_model = PassOf(replays.small_model);
      if (replays.small_model && replays.gold_context) {
        small_cost += replays.small_model->cost;
        cost += replays.gold_context->cost;
      }
      // Declining an unanswerable question is right with and without passages.
      if (one.answerable) axis.closed_book = PassOf(replays.closed_book);
      analysed.axes.push_back(std::move(axis));
    }
    if (failures.empty()) continue;
    const std::optional<size_t> place =
        said > 0 ? std::optional(analysed.axes.size() - 1) : std::nullopt;
    failed.push_back({&one, std::move(failures), std::move(replays), place});
  }
  if (cost > 0) analysed.small_cost_share = small_cost / cost;
  QUARRY_RETURN_IF_ERROR(LabelFailures(failed, parts, options, context, analysed));
  return analysed;
}

}  // namespace quarry::eval
