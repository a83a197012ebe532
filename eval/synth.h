#pragma once

// Drafts of cases out of a corpus, for people to accept, mend or drop (`"draft": true`).
//
// Without a model by rule, from rows of tables and sentences with figures:
//   span           "VX-240 data sheet: what is the Mass with motor?", with the row as gold span; not of rows
//                  whose first cell is a list or a part of a sentence
//   cloze          a sentence with its figure left out
//   twin           the same asked of a document of the same kind about another thing, of which no document
//                  says it, or of another figure in the name, which none holds: to be declined
//   number-swap    asks whether another figure is right; the true one is expected
//   negation-swap  a sentence that denies, asked without its denial
//   conflict       two documents of like titles whose rows differ
// Change logs and histories of revisions are left out (change_log.h): they answer what nobody asks.
// Each draft is tagged by its kind. A chat model, where there is one, words the questions anew; what gives
// the answer away, or is longer than the draft three times over, is dropped for the rule's words.
// Deterministic for a seed, and for a model that is.

#include <vector>

#include "base/call_context.h"
#include "eval/suite.h"
#include "index/progress.h"
#include "index/snapshot.h"
#include "model/chat_model.h"

namespace quarry::eval {

struct SynthOptions {
  uint32_t cases = 100;  // at most; the kinds in turn
  uint64_t seed = 1;
  const model::ChatModel* model = nullptr;
};

struct SynthReport {
  std::vector<Case> cases;
  uint32_t reworded = 0;  // by the model
  double cost = 0;
};

// Errors: those of the store; of the model kCancelled and kDeadlineExceeded only.
Result<SynthReport> DraftCases(const index::Snapshot& snapshot, const SynthOptions& options,
                               const index::Progress& progress, const CallContext& context);

}  // namespace quarry::eval
