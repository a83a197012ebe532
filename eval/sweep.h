#pragma once

// Sweep: which of many configurations is best, found with few questions and told honestly.
//
// The questions are split once, by cluster, into a part that chooses and a part that is held out.
// On the first the configurations race by successive halving (Jamieson and Talwalkar:
// "Non-stochastic best arm identification and hyperparameter optimization", 2016): all on a few
// questions, the better half on twice as many, until all are asked. The default runs along to the
// end. What wins there is a maximum over many, and so too good: only the paired difference to the
// default on the held-out part, which chose nothing, is reported as its gain. With folds each part
// is held out in turn, from a race over the others: all questions measure, and the gain is that of
// choosing so; what wins over all of them is named.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/call_context.h"
#include "eval/statistics.h"
#include "index/progress.h"

namespace quarry::eval {

using SweepSetting = std::map<std::string, std::string>;  // key -> value; empty = the default

// "retrieval.k=5,10" -> every combination of the values, the default first, in order. A list that
// holds a comma cannot be written so. kInvalidArgument: no '=', no values, a key twice, more than
// kMaxTrials.
inline constexpr size_t kMaxTrials = 512;
Result<std::vector<SweepSetting>> SettingsOf(const std::vector<std::string>& vary);

struct SweepScore {
  double quality = 0;
  double micros = 0;
  double cost = 0;
};
// The scores of questions under a setting, in the order of `questions`.
using SweepAsk = std::function<Result<std::vector<SweepScore>>(
    const SweepSetting& setting, const std::vector<uint32_t>& questions)>;

struct SweepTrial {
  SweepSetting setting;
  uint32_t asked = 0;  // questions; fewer than all of the choosing part = it was dropped
  double quality = 0;  // means over them
  double micros = 0;
  double cost = 0;
  bool on_front = false;  // of those that were asked everything: no other is better and cheaper
};

struct SweepOptions {
  double held_out = 0.5;  // share of the clusters
  uint32_t folds = 0;     // instead: so many parts, each held out once; 0, or from 2
  uint64_t seed = 1;
  uint32_t first = 16;  // questions of the first round, at least
};

struct SweepReport {
  std::vector<SweepTrial> trials;  // best first; those asked more before those asked less
  uint32_t choosing = 0;           // questions
  uint32_t held_out = 0;
  uint32_t folds = 0;    // then both are all questions
  uint64_t answers = 0;  // that were asked in all
  size_t winner = 0;     // in trials
  size_t default_trial = 0;
  // On the held-out questions: the default, the winner, and the difference with its interval and p.
  // All of them the same where the default won.
  double default_quality = 0;
  double winner_quality = 0;
  double default_micros = 0;
  double winner_micros = 0;
  Estimate gain;
  double p = 1;

  bool is_better() const { return gain.low > 0; }
};

// `clusters`: one number per question; those of one number stay together. Deterministic for an
// `ask` that is; nothing is asked twice. kInvalidArgument: fewer than two clusters, or than folds.
Result<SweepReport> RunSweep(const std::vector<SweepSetting>& settings,
                             const std::vector<uint32_t>& clusters, const SweepAsk& ask,
                             const SweepOptions& options, const index::Progress& progress,
                             const CallContext& context);

// "retrieval.k=5 bm25.k1=1.2", or "default".
std::string Describe(const SweepSetting& setting);

struct SweepText {
  std::string what;     // the suite or collection
  std::string quality;  // the metric
};
std::string SweepJson(const SweepReport& report, const SweepText& text);
// One self-contained page with the front as a plot.
std::string SweepHtml(const SweepReport& report, const SweepText& text);

}  // namespace quarry::eval
