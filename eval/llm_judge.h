#pragma once

// LlmJudge: verdicts of a chat model (generation/judge_prompts.h).
//
// One call per text: all claims of answer and reference by a passage, the answer's by what was
// expected, the reference's by the answer, and what is cited together. Temperature 0, fixed seed. A
// reply counts only if it is whole: a verdict for every claim, each id once, none that was not asked
// for. Else the model is asked once more, and then the claims of that call are kUnjudged with the
// reason: they count against coverage, never as a score. Verdicts are kept and not asked for again;
// what went wrong is not kept.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/judge.h"
#include "eval/verdict_store.h"
#include "generation/judge_prompts.h"
#include "model/chat_model.h"

namespace quarry::eval {

struct LlmJudgeOptions {
  uint64_t seed = 1;
  uint32_t max_tokens = 4096;
};

class LlmJudge final : public Judge {
 public:
  // Both must outlive it; `objects`, where verdicts are kept, may be null: each is asked for.
  LlmJudge(const model::ChatModel& model, index::ObjectTable* objects,
           LlmJudgeOptions options = {});

  const std::string& fingerprint() const override { return fingerprint_; }

  // Errors: kCancelled, kDeadlineExceeded; kResourceExhausted (a budget); kUnavailable where the model
  // answered none of the calls; those of the store.
  Result<ClaimMatrix> JudgeAnswer(const JudgedCase& judged,
                                  const CallContext& context) const override;
  // In both orders; a tie where they disagree, kUnjudged where one of them gave nothing.
  Result<PairJudgement> Compare(const JudgedCase& first, const JudgedCase& second,
                                const CallContext& context) const override;

  // Whether `text` carries each of the claims, in their order.
  Result<std::vector<Judgement>> JudgeClaims(const generation::VerdictQuestion& question,
                                             const CallContext& context) const;

 private:
  struct Calls;
  Result<std::vector<Judgement>> Verdicts(const generation::VerdictQuestion& question, Calls& calls,
                                          const CallContext& context) const;
  Result<Judgement> Better(const generation::PreferenceQuestion& question, Usage& usage,
                           const CallContext& context) const;

  const model::ChatModel& model_;
  mutable std::optional<VerdictStore> store_;  // thread-safe
  const LlmJudgeOptions options_;
  const std::string fingerprint_;
};

// What a reply says, of `claims` claims. kInvalidArgument says why it is of no use.
Result<std::vector<Judgement>> ParseVerdicts(std::string_view reply, size_t claims);
// kFirst for "A"; the reason.
struct ParsedPreference {
  Preference preference = Preference::kTie;
  std::string reason;
};
Result<ParsedPreference> ParsePreferenceReply(std::string_view reply);

}  // namespace quarry::eval
