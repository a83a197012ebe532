#pragma once

// What a judged case claims, by rule, so that every judge is asked the same: the sentences of the
// answer, cut at semicolons where both sides are clauses; the expected facts, or, where there are none,
// the sentences of the reference. Pure.

#include <vector>

#include "eval/judge.h"

namespace quarry::eval {

// "a1", "a2", ... with their places and citations; a clause has the citations of its sentence.
std::vector<Claim> AnswerClaims(const JudgedCase& judged);
// Facts keep their ids; sentences of a reference are "r1", "r2", ...
std::vector<Claim> ReferenceClaims(const JudgedCase& judged);

// All of what was expected as one text: facts, reference, other accepted texts, a paragraph each.
std::string ExpectedText(const JudgedCase& judged);
// The texts of these passages (from 1) as one, each behind its heading.
std::string PassagesText(const JudgedCase& judged, const std::vector<uint32_t>& passages);
std::string PassageText(const JudgedPassage& passage);

// A matrix of the sizes that claims and passages ask for, all of it kUnjudged. Citations of passages
// that are not there are dropped from the claims.
ClaimMatrix EmptyMatrix(const JudgedCase& judged, const std::string& judge);

}  // namespace quarry::eval
