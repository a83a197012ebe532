#pragma once

// What a run reached on each case: the scores of its records (case_scores.h), a case that was asked or
// judged several times by its mean, and what is counted over all of them. Pure.

#include <string>
#include <vector>

#include "eval/case_scores.h"
#include "eval/run.h"

namespace quarry::eval {

struct RunScores {
  std::string suite;              // its name
  std::string judge;              // fingerprint; "" = none
  std::vector<CaseScores> cases;  // in the order of the suite
  uint64_t expected = 0;          // records that the run has when it is whole
  uint64_t records = 0;
  uint64_t errors = 0;
  uint64_t judge_errors = 0;
  uint64_t verdicts = 0;                  // asked of the judge
  uint64_t judged = 0;                    // and given
  uint64_t gold = 0;                      // gold spans and documents
  std::vector<std::string> missing_gold;  // those that are not in the corpus, each with its case
  double total_cost = 0;
  double judge_cost = 0;
  // Ascending, of every answer; an error is as slow as the slowest answer, or slower. The first
  // time a question is asked nothing of it is at hand; the repeats are warm.
  std::vector<double> latencies_ms;
  std::vector<double> warm_latencies_ms;

  double coverage() const {
    return verdicts == 0 ? 1 : static_cast<double>(judged) / static_cast<double>(verdicts);
  }
};

// With the limits of the run's manifest.
RunScores ScoreRun(const Run& run, bool use_judge = true);

}  // namespace quarry::eval
