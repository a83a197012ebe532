#pragma once

// Asks a suite of the engine, and writes down everything that scoring and explaining need (run.h).

#include <functional>
#include <string>
#include <vector>

#include "eval/judge.h"
#include "eval/run.h"
#include "eval/run_store.h"
#include "eval/suite_file.h"
#include "generation/cached_answerer.h"
#include "index/progress.h"
#include "retrieval/retriever.h"

namespace quarry::eval {

// What is asked; all must outlive the run.
struct RunParts {
  const retrieval::Retriever& retriever;
  const generation::CachedAnswerer& answerer;
  const index::Snapshot& snapshot;
  const Judge* judge = nullptr;  // null: nothing is judged
  // The same judge by other seeds, each of which judges every answer too: how much of a figure is the
  // judge's mood (variance_split.h).
  std::vector<const Judge*> judges_again = {};
};

struct RunSettings {
  Query query;  // mode, k and options; text and filter are each case's
  generation::CacheUse cache = generation::CacheUse::kOff;
  bool correct = true;  // generation::AssistantOptions::correct
  uint32_t jobs = 1;    // cases at once
};

// What an answer is and what it was made from, into a record of it.
void TakeAnswer(const Answer& answer, RunRecord& record);

// What a case asks: its query as it stands alone after what was said before, of two readings the one that the
// collection speaks of (generation/readings.h); with the case's filter beside that of a profile.
// kInvalidArgument: the filter is none.
Result<Query> StandaloneQuery(const Case& one, const RunParts& parts, const RunSettings& settings,
                              const CallContext& context);
// What was asked for a record: of records that were written before that was kept, by rules alone.
std::string QuestionOf(const RunRecord& record);

// Asks one case. What goes wrong is in the record, which then is an error; only kCancelled and the
// deadline of the call end it without one. Thread-safe.
Result<RunRecord> AskCase(const Case& one, uint32_t repeat, const RunParts& parts,
                          const RunSettings& settings, const CallContext& context);

// Judges the answer of a record, for records that were asked without, or by another judge.
Status JudgeRecord(const Case& one, const Judge& judge, RunRecord& record,
                   const CallContext& context);

// What the parts are and what the suite is, for a manifest: all but id, name, config, version and
// time.
Result<RunManifest> DescribeRun(const Suite& suite, const RunParts& parts,
                                const RunSettings& settings);

// Asks what `manifest` (made by RunStore::Create) lacks, and again what went wrong, several cases
// at once, and stores each record as it comes: killed at any moment, what was appended stays.
// Drafts are not asked. `progress` is called by one thread at a time. Errors: kCancelled,
// kDeadlineExceeded, those of the store.
Status RunCases(const std::vector<Case>& cases, const RunManifest& manifest, const RunParts& parts,
                const RunSettings& settings, RunStore& store, const index::Progress& progress,
                const CallContext& context);

// The cases that are run: all but drafts, in order.
std::vector<const Case*> CasesToRun(const std::vector<Case>& cases);

// Where a gold span stands in the corpus now. By its offsets where the text there is the quote,
// else by the quote.
Result<ResolvedSpan> ResolveSpan(const GoldSpan& span, const index::Snapshot& snapshot);

}  // namespace quarry::eval
