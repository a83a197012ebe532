#include "eval/ranking.h"

#include <algorithm>
#include <map>
#include <set>

#include "eval/answer_checks.h"
#include "eval/record_markers.h"

namespace quarry::eval {
namespace {

using AnswersByCase = std::map<std::string, const RunRecord*>;

AnswersByCase FirstAnswers(const Run& run) {
  AnswersByCase records;
  for (const RunRecord& record : run.records) {
    if (record.repeat == 0) records[record.case_id] = &record;
  }
  return records;
}

// What needs no judge; nullopt where one has to say.
std::optional<Preference> Plainly(const RunRecord& first, const RunRecord& second) {
  const auto better = [](bool is_first, bool is_second) {
    return is_first == is_second ? Preference::kTie
           : is_first            ? Preference::kFirst
                                 : Preference::kSecond;
  };
  if (!first.error.empty() || !second.error.empty()) {
    return better(first.error.empty(), second.error.empty());
  }
  if (!first.asked.answerable) return better(first.abstained, second.abstained);
  if (first.answer == second.answer) return Preference::kTie;
  return std::nullopt;
}

JudgedCase Judged(const RunRecord& record) {
  JudgedCase judged = JudgedCaseOf(record.asked, record);
  judged.answer = record.answer;  // what it said in declining, too
  return judged;
}

}  // namespace

Result<RunRanking> RankRuns(const std::vector<Run>& runs, const Judge& judge,
                            const index::Progress& progress, const CallContext& context) {
  if (runs.size() < 2) return InvalidArgumentError("expected two runs at least");
  std::vector<AnswersByCase> records;
  std::set<std::string> ids;
  for (const Run& run : runs) {
    if (!ids.insert(run.manifest.id).second) {
      return InvalidArgumentError("run " + run.manifest.id + ": is given twice");
    }
    records.push_back(FirstAnswers(run));
  }
  std::vector<std::string> shared;
  for (const auto& [id, record] : records[0]) {
    const uint64_t asked = QuestionHash(record->asked);
    const bool in_all = std::ranges::all_of(records, [&](const AnswersByCase& one) {
      const auto found = one.find(id);
      return found != one.end() && QuestionHash(found->second->asked) == asked;
    });
    if (in_all) shared.push_back(id);
  }
  if (shared.empty()) return InvalidArgumentError("no case was asked alike in all of the runs");

  RunRanking ranking{.judge = judge.fingerprint(), .cases = shared.size()};
  const uint64_t total = shared.size() * runs.size() * (runs.size() - 1) / 2;
  std::vector<PairResult> results;
  for (const std::string& id : shared) {
    for (size_t a = 0; a < runs.size(); ++a) {
      for (size_t b = a + 1; b < runs.size(); ++b) {
        QUARRY_RETURN_IF_ERROR(context.Check());
        const RunRecord& first = *records[a].at(id);
        const RunRecord& second = *records[b].at(id);
        std::optional<Preference> preference = Plainly(first, second);
        if (!preference) {
          QUARRY_ASSIGN_OR_RETURN(const PairJudgement judgement,
                                  judge.Compare(Judged(first), Judged(second), context));
          preference = judgement.preference;
        }
        const bool is_won = *preference == Preference::kFirst || *preference == Preference::kSecond;
        if (is_won && first.answer.size() != second.answer.size()) {
          ++ranking.won;
          const bool first_is_longer = first.answer.size() > second.answer.size();
          ranking.longer += first_is_longer == (*preference == Preference::kFirst) ? 1 : 0;
        }
        results.push_back({.first = runs[a].manifest.id,
                           .second = runs[b].manifest.id,
                           .preference = *preference,
                           .group = id});
        if (progress) progress("judging", results.size(), total);
      }
    }
  }
  ranking.pairs = results.size();
  for (SystemStrength& strength : FitBradleyTerry(results)) {
    const auto run = std::ranges::find_if(
        runs, [&](const Run& one) { return one.manifest.id == strength.system; });
    RankedSystem ranked{.id = run->manifest.id, .name = run->manifest.name};
    const AnswersByCase& answers = records[static_cast<size_t>(run - runs.begin())];
    for (const std::string& id : shared) {
      ranked.words +=
          CountWords(WithoutMarkers(*answers.at(id))) / static_cast<double>(shared.size());
    }
    const uint64_t judged = strength.wins + strength.losses + strength.ties;
    if (judged > 0) {
      ranked.win_rate =
          (static_cast<double>(strength.wins) + static_cast<double>(strength.ties) / 2) /
          static_cast<double>(judged);
    }
    ranked.strength = std::move(strength);
    ranking.runs.push_back(std::move(ranked));
  }
  return ranking;
}

}  // namespace quarry::eval
