#pragma once

// What is wrong with a suite, and what it can show.

#include <cstdint>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/call_context.h"
#include "eval/suite_file.h"
#include "index/snapshot.h"

namespace quarry::eval {

struct LintFinding {
  enum class Level { kError, kWarning, kDraft } level = Level::kWarning;
  std::string case_id;  // "" = of the suite
  std::string message;
};

struct LintReport {
  std::vector<LintFinding> findings;  // by level, in the order of the cases
  uint64_t cases = 0;
  uint64_t drafts = 0;
  uint64_t answerable = 0;
  uint64_t unanswerable = 0;
  uint64_t spans = 0;
  uint64_t moved_spans = 0;  // whose offsets are other than written; the quote tells where they are
  double detectable = 1;     // difference of two pass rates that so many cases show (plan.h)
  std::vector<Case> repaired;  // the cases with the offsets of what moved

  bool has_errors() const;
};

// Looks at the cases alone and against the corpus:
//   errors    a gold span or document that is not in the corpus; a check that contradicts another
//   warnings  the same question twice, or nearly (most of its runs of words); an answer that stands in
//             its own question; a span that the question repeats whole (leakage: finding it proves
//             nothing); an answerable case that nothing can fail; a text of `accept` that nothing in the
//             corpus holds, in a case without gold spans (accepted_texts.h); fewer than 10 or more than
//             60 percent of unanswerable questions; too few cases to show 5 points
//   drafts    what is to be done before the suite can be run as it is: a draft that nothing can fail; a
//             gate over drafts alone; a suite of nothing else
// Errors: those of the store.
Result<LintReport> LintSuite(const Suite& suite, const index::Snapshot& snapshot,
                             const Analyzer& analyzer, const CallContext& context);

}  // namespace quarry::eval
