#pragma once

// Why a case failed: one label, by the first rule that matches in the order of FailureKind, with the
// evidence for it. Works on the record of a run and its claim matrix alone; replays (eval/replay.h)
// confirm it where they were made.
//
// The order follows the way of an answer: what did not reach a stage is not blamed on the stages
// behind it. Of a case without gold spans it is known where the answer stands by `gold_docs` and by what
// `accept` asks for (accepted_texts.h), or not at all: then it is kUnknown. What each rule means, and how often it is right about faults that were planted, stands in
// docs/evaluation_attribution.md. Pure; thread-safe.

#include <optional>
#include <string>
#include <vector>

#include "eval/accepted_texts.h"
#include "eval/case_scores.h"
#include "eval/failure_kind.h"
#include "eval/replay.h"
#include "eval/run.h"
#include "eval/suite.h"

namespace quarry::eval {

struct Failure {
  FailureKind kind = FailureKind::kInfraError;
  std::string evidence;    // one line
  bool confirmed = false;  // by a replay
};

// What the rules ask of the index beside the record.
struct GoldPresence {
  bool known = false;    // somebody has looked
  bool indexed = false;  // a chunk of a gold document holds a gold passage
  std::string lost_by;   // where the search loses it: a filter, a leg; "" = nowhere
  // Of a case without gold spans: where what `accept` asks for stands.
  std::vector<AcceptedPlaces> accepted;
};

// nullopt for a case that passes (case_scores.h) and cites what carries it. One of which nothing says
// whether it passes is taken for failed if it cites wrongly or could not be judged.
std::optional<Failure> Attribute(const Case& one, const RunRecord& record,
                                 const ScoreOptions& options, const GoldPresence& presence,
                                 const Replays& replays);

}  // namespace quarry::eval
