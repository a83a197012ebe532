#pragma once

// EscalatingWriter: an answer by the first of several tries that is carried by what it cites: by a cheap
// model first, by the dear one where that is not; or several times by one model with other seeds ("best of
// n"). Where no try is carried the best one is given: the one with the largest share of carried sentences,
// of equals the one with the higher least score, then the earlier.
//
// A try is rejected where
//   * its model did not answer, or it declined and a dearer model is left;
//   * the support check (support.h) finds a sentence that is not carried; or
//   * the judge, where there is one, does not call it good: one more call, of the cheap model, that reads
//     question, passages and answer.
// A try whose tools may have changed something outside is the last, and its answer is given.
// Answer::attempts tells of all, with what each cost and why it was rejected; Answer::usage is of all
// together, and the budget of a request covers all. Nothing is told before an answer was chosen, so the
// text comes in one piece.

#include <span>
#include <string>
#include <vector>

#include "generation/answer_writer.h"
#include "generation/model_writer.h"

namespace quarry::generation {

// What rejects the answer of a try, beside a model that is silent or declines.
enum class EscalateBy : uint8_t { kSupport, kJudge };
const char* EscalateByName(EscalateBy by);  // "support"
Result<EscalateBy> ParseEscalateBy(std::string_view name);

class EscalatingWriter final : public AnswerWriter {
 public:
  struct Try {
    const ModelWriter* writer = nullptr;
    uint32_t level = 0;  // of the model, the cheapest first
  };
  // All must outlive it. `judge`: asked with `prompts`; null: none is. REQUIRES: `tries` is not empty.
  EscalatingWriter(std::vector<Try> tries, const model::ChatModel* judge, const Prompts& prompts);

  const std::string& fingerprint() const override { return fingerprint_; }
  Status Write(const Query& query, const index::Snapshot& snapshot, const AnswerSink& sink,
               const CallContext& context, Answer& answer) const override;

 private:
  // Why the answer of a try is rejected; "" = it is not. Adds what the judge costs to its usage.
  Result<std::string> WhyRejected(const Query& query, const Try& one, Answer& answer,
                                  const CallContext& context) const;

  const std::vector<Try> tries_;
  const model::ChatModel* const judge_;
  const Prompts& prompts_;
  std::string fingerprint_;
};

}  // namespace quarry::generation
