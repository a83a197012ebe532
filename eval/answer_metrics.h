#pragma once

// Scores of one answer from its claim matrix (judge.h). Pure; docs/evaluation.md has the formulas.
//
// A verdict that the judge did not give is no support: it stays in every denominator, and in
// `coverage`. What cannot be said of an answer is nullopt and never 1: an answer without claims is not
// faithful, one that declined is not grounded.

#include <optional>

#include "eval/judge.h"

namespace quarry::eval {

struct AnswerScores {
  // Against what was expected; nullopt without reference claims. 0 for an answer without claims.
  std::optional<double> precision;  // share of the answer's claims that the reference entails
  std::optional<double> recall;     // share of the reference claims that the answer entails
  std::optional<double> f1;
  // Every reference claim that must be there is entailed; nullopt where none must.
  std::optional<bool> has_must_facts;

  // Against the context: shares of the answer's claims, which add up to 1 with those unjudged.
  std::optional<double> faithfulness;    // entailed by a passage
  std::optional<double> contradicted;    // by a passage, and entailed by none
  std::optional<double> unsupported;     // neither
  std::optional<double> hallucinated;    // entailed by no passage nor by the reference
  std::optional<double> self_knowledge;  // entailed by no passage, but by the reference

  std::optional<double> context_sufficiency;  // share of the reference claims in the context
  std::optional<double> context_utilisation;  // of those, share that the answer has
  // Shares of the answer's claims that the reference does not entail, but a passage does: one that
  // entails some reference claim, or only others.
  std::optional<double> noise_relevant;
  std::optional<double> noise_irrelevant;

  // ALCE (Gao and others: "Enabling large language models to generate text with citations", 2023).
  // Recall: share of the claims that what they cite entails together. Precision: share of the
  // citations of such claims that are not irrelevant (entails the claim alone, or the others do not
  // without it), of all citations; 0 where nothing is cited.
  std::optional<double> citation_recall;
  std::optional<double> citation_precision;

  uint64_t verdicts = 0;  // that the matrix asks for
  uint64_t judged = 0;    // and has
};

// `declined`: the answer is a refusal, so nothing is said of its claims. REQUIRES: the matrix is whole
// (Judge::JudgeAnswer).
AnswerScores ScoreAnswer(const ClaimMatrix& matrix, bool declined);

}  // namespace quarry::eval
