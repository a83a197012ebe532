#pragma once

// Many systems asked the same, ranked by which answers a judge prefers: every pair of runs is
// compared case by case in both orders (judge.h), and Bradley and Terry's model makes one order of
// all pairs (bradley_terry.h). Length is reported beside it: judges like what is long.

#include <string>
#include <vector>

#include "eval/bradley_terry.h"
#include "eval/judge.h"
#include "eval/run.h"
#include "index/progress.h"

namespace quarry::eval {

struct RankedSystem {
  std::string id;
  std::string name;
  SystemStrength strength;
  double win_rate = 0;  // of its pairs that were judged, a tie half
  double words = 0;     // of an answer, mean
};

struct RunRanking {
  std::vector<RankedSystem> runs;  // strongest first
  std::string judge;
  uint64_t cases = 0;   // asked alike in all runs
  uint64_t pairs = 0;   // of answers
  uint64_t longer = 0;  // of the pairs with a winner: the longer answer won
  uint64_t won = 0;     // pairs with a winner
};

// Of the first repeat of each case. No judge is needed where one of two errs or an unanswerable
// question was declined: an error loses, and declining what is not known wins. kInvalidArgument:
// fewer than two runs, one of them twice, no case that all were asked alike; else the judge's
// errors.
Result<RunRanking> RankRuns(const std::vector<Run>& runs, const Judge& judge,
                            const index::Progress& progress, const CallContext& context);

}  // namespace quarry::eval
