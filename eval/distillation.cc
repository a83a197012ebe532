#include "eval/distillation.h"

#include <set>

#include "eval/suite_run.h"

namespace quarry::eval {
namespace {

Status CheckPassedGates(const RunReport& report) {
  const std::string run = "run " + report.run.manifest.id;
  for (const std::string& reason : report.gates.invalid) {
    return FailedPreconditionError(run + " is not valid: " + reason);
  }
  if (report.gates.results.empty()) {
    return FailedPreconditionError(run +
                                   " has no gates: nothing says that its answers are good enough");
  }
  for (const GateResult& result : report.gates.results) {
    if (result.outcome == GateOutcome::kPass) continue;
    return FailedPreconditionError(run + " did not pass its gate \"" + Describe(result.gate) +
                                   "\": " + GateOutcomeName(result.outcome) + ", " + result.detail);
  }
  return OkStatus();
}

RatedAnswer AnswerOf(const RunRecord& record) {
  RatedAnswer rated{.up = true};
  GivenAnswer& answer = rated.answer;
  answer.id = record.case_id;
  answer.judged = JudgedCaseOf(record.asked, record);
  // An example has no turns before it.
  answer.judged.question = QuestionOf(record);
  for (const RunPassage& passage : record.passages) answer.documents.push_back(passage.document);
  answer.declined = record.abstained;
  answer.for_other_question = record.cache.hit() && record.cache.question != answer.judged.question;
  return rated;
}

}  // namespace

Result<DistilledAnswers> DistilRun(const RunReport& report) {
  QUARRY_RETURN_IF_ERROR(CheckPassedGates(report));
  DistilledAnswers distilled;
  std::set<std::string> taken;  // cases
  const ScoreOptions options{.max_words = report.run.manifest.max_words};
  for (const RunRecord& record : report.run.records) {
    if (!ScoreRecord(record.asked, record, options).Passes()) {
      ++distilled.left_out["do not pass"];
    } else if (!taken.insert(record.case_id).second) {
      ++distilled.left_out["repeats of a case"];
    } else {
      distilled.answers.push_back(AnswerOf(record));
    }
  }
  return distilled;
}

}  // namespace quarry::eval
