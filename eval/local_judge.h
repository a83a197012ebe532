#pragma once

// LocalJudge: verdicts without a model, by the support scorer (generation/support.h): words, order,
// numbers with units, names, negation. Quick, deterministic, and blind to meaning: a paraphrase in
// other words is neutral to it. What it is worth stands in docs/benchmarks.md.
//
//   entailed      it is quoted, with its last number and unit whole; or the score reaches the threshold,
//                 no number is missing, none counts something else, and it does not deny in the same
//                 words
//   contradicted  the same words with another number, another unit, or denied
//   neutral       else

#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "eval/judge.h"
#include "generation/judge_prompts.h"

namespace quarry::eval {

struct LocalJudgeOptions {
  double threshold = 0.4;  // of the score; how it was chosen: docs/decisions/0036-judges.md
};

class LocalJudge final : public Judge {
 public:
  // The analyzer must outlive it.
  explicit LocalJudge(const Analyzer& analyzer, LocalJudgeOptions options = {});

  const std::string& fingerprint() const override { return fingerprint_; }
  Result<ClaimMatrix> JudgeAnswer(const JudgedCase& judged,
                                  const CallContext& context) const override;
  // By the share of what was expected that each says; a tie where both say the same of it.
  Result<PairJudgement> Compare(const JudgedCase& first, const JudgedCase& second,
                                const CallContext& context) const override;

  // Whether `text` carries `claim`. `header` (a heading, the question that an answer is to) belongs to
  // each sentence of the text.
  Judgement JudgeClaim(std::string_view claim, std::string_view text,
                       std::string_view header = "") const;
  // Each claim of the question.
  Result<std::vector<Judgement>> JudgeClaims(const generation::VerdictQuestion& question,
                                             const CallContext& context) const;

 private:
  const Analyzer& analyzer_;
  const LocalJudgeOptions options_;
  const std::string fingerprint_;
};

}  // namespace quarry::eval
