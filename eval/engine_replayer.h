#pragma once

// EngineReplayer: asks a case again of the engine that answered it, with one thing changed (replay.h),
// and looks where a gold passage is lost.

#include <span>
#include <vector>

#include "eval/attribution.h"
#include "eval/replay.h"
#include "eval/suite_run.h"
#include "generation/answer_writer.h"
#include "model/chat_model.h"

namespace quarry::eval {

// All must outlive the replayer.
struct ReplayParts {
  RunParts run;
  RunSettings settings;
  const generation::AnswerWriter& writer;                 // that of the answerer
  const generation::CachedAnswerer* unlimited = nullptr;  // as run.answerer, without a token budget
  const model::ChatModel* chat = nullptr;                 // for kClosedBook; null: it declines
  std::string small_model = {};  // for kSmallModel: another of the upstream's; "" = none
};

class EngineReplayer final : public Replayer {
 public:
  explicit EngineReplayer(const ReplayParts& parts) : parts_(parts) {}

  Result<RunRecord> Replay(const Case& one, ReplayKind kind, const CallContext& context) override;

 private:
  Result<RunRecord> FromGold(const Case& one, const std::string& model,
                             const CallContext& context) const;
  Result<RunRecord> ClosedBook(const Case& one, const CallContext& context) const;

  const ReplayParts parts_;
};

// Of each case whether its gold passages can be found at all, and what leaves them out. The query is that of
// the run, the case's filter is added. Costs two searches for each; for all that have no gold spans together
// one reading of the corpus.
Result<std::vector<GoldPresence>> FindGold(std::span<const Case* const> cases,
                                           const RunParts& parts, const RunSettings& settings,
                                           const CallContext& context);

// The replays that say something of a failed record: no cache where it was a hit, full k where a gold
// passage was found and cut, gold context (by the smaller model too, where there is one) and closed
// book always. Judged by `judge`, passed by `options`. What cannot be replayed is left out.
Result<Replays> ReplayFailure(const Case& one, const RunRecord& record, Replayer& replayer,
                              const Judge& judge, const ScoreOptions& options,
                              const CallContext& context);

}  // namespace quarry::eval
