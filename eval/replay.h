#pragma once

// Replays: a case asked again with one thing changed. They confirm why it failed (attribution.h) and
// measure the two axes that advice rests on (advice.h).

#include <optional>
#include <string>

#include "eval/run.h"
#include "eval/suite.h"

namespace quarry::eval {

enum class ReplayKind : uint8_t {
  kGoldContext,  // the prompt holds the gold passages and nothing else
  kClosedBook,   // no passages: what the model knows by itself
  kNoCache,      // made anew
  kFullK,        // as many passages as the model can take, no budget
  kSmallModel,   // gold context, read by a cheaper model
};

struct ReplayOutcome {
  bool passed = false;
  bool declined = false;
  std::string answer;
  double cost = 0;
};
// Those that were made.
struct Replays {
  std::optional<ReplayOutcome> gold_context;
  std::optional<ReplayOutcome> closed_book;
  std::optional<ReplayOutcome> no_cache;
  std::optional<ReplayOutcome> full_k;
  std::optional<ReplayOutcome> small_model;
};

// What asks again; the engine is one (eval/engine_replayer.h). Thread-safe.
class Replayer {
 public:
  virtual ~Replayer() = default;
  // A record without a claim matrix. Errors as of the engine; kFailedPrecondition where it cannot be
  // asked: no gold passage is named, there is no such model, or the model was silent.
  virtual Result<RunRecord> Replay(const Case& one, ReplayKind kind,
                                   const CallContext& context) = 0;
};

}  // namespace quarry::eval
