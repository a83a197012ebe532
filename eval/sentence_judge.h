#pragma once

// SentenceJudge: verdicts without a model, by the support scorer (generation/support.h). A sentence of
// the answer is a claim; so is an expected fact, or a sentence of the reference where there are none.
// It reads forms and no meaning: a paraphrase in other words is neutral to it.

#include <string>

#include "base/analyzer.h"
#include "eval/judge.h"

namespace quarry::eval {

class SentenceJudge final : public Judge {
 public:
  // The analyzer must outlive it.
  explicit SentenceJudge(const Analyzer& analyzer);

  const std::string& fingerprint() const override { return fingerprint_; }
  Result<ClaimMatrix> JudgeAnswer(const JudgedCase& judged,
                                  const CallContext& context) const override;
  // By the share of what was expected that each says; a tie where both say the same of it.
  Result<PairJudgement> Compare(const JudgedCase& first, const JudgedCase& second,
                                const CallContext& context) const override;

 private:
  const Analyzer& analyzer_;
  const std::string fingerprint_;
};

}  // namespace quarry::eval
