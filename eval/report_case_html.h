#pragma once

// One case of a run as HTML: what was asked, answered, expected and found.

#include <string>
#include <vector>

#include "eval/case_scores.h"
#include "eval/run.h"

namespace quarry::eval {

// The case with the record that its reasons are of; `all` are its records, one a repeat.
std::string CaseHtml(const CaseScores& scores, const RunRecord& shown,
                     const std::vector<const RunRecord*>& all);
// The answer; sentences that nothing supports stand out.
std::string AnswerHtml(const RunRecord& record);
// Why a case does not pass; "" without a reason.
std::string ReasonsHtml(const std::string& label, const std::vector<std::string>& reasons);

}  // namespace quarry::eval
