#include "eval/sweep.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/random.h"

namespace quarry::eval {
namespace {

// Questions of the choosing part, in a fixed random order, and those held out.
struct Split {
  std::vector<uint32_t> choosing;
  std::vector<uint32_t> held_out;
};

template <typename T>
void Shuffle(std::vector<T>& items, Random& random) {
  for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.Below(i)]);
}

Split SplitQuestions(const std::vector<uint32_t>& clusters, const SweepOptions& options) {
  Random random(options.seed);
  const std::set<uint32_t> distinct(clusters.begin(), clusters.end());
  std::vector<uint32_t> names(distinct.begin(), distinct.end());
  Shuffle(names, random);
  const auto held = static_cast<size_t>(
      std::clamp<double>(std::round(options.held_out * static_cast<double>(names.size())), 1,
                         static_cast<double>(names.size()) - 1));
  const std::set<uint32_t> held_names(names.begin(), names.begin() + static_cast<ptrdiff_t>(held));
  Split split;
  for (uint32_t i = 0; i < clusters.size(); ++i) {
    (held_names.contains(clusters[i]) ? split.held_out : split.choosing).push_back(i);
  }
  Shuffle(split.choosing, random);
  return split;
}

// A setting in the race.
struct Runner {
  size_t index = 0;  // in the settings
  std::vector<SweepScore> scores;

  double Mean(double SweepScore::*figure) const {
    double sum = 0;
    for (const SweepScore& score : scores) sum += score.*figure;
    return scores.empty() ? 0 : sum / static_cast<double>(scores.size());
  }
  double quality() const { return Mean(&SweepScore::quality); }
};

// Better: higher quality; of equals the quicker to write down, the earlier.
bool Better(const Runner& a, const Runner& b) {
  if (a.scores.size() != b.scores.size()) return a.scores.size() > b.scores.size();
  if (a.quality() != b.quality()) return a.quality() > b.quality();
  return a.index < b.index;
}

// Of those that were asked everything: nobody is at least as good, quick and cheap, and better in one.
void MarkFront(std::vector<SweepTrial>& trials, uint32_t whole) {
  for (SweepTrial& one : trials) {
    if (one.asked < whole) continue;
    one.on_front = std::ranges::none_of(trials, [&](const SweepTrial& other) {
      if (other.asked < whole) return false;
      const bool as_good =
          other.quality >= one.quality && other.micros <= one.micros && other.cost <= one.cost;
      const bool better =
          other.quality > one.quality || other.micros < one.micros || other.cost < one.cost;
      return as_good && better;
    });
  }
}

}  // namespace

std::string Describe(const SweepSetting& setting) {
  std::string text;
  for (const auto& [key, value] : setting) text += (text.empty() ? "" : " ") + key + "=" + value;
  return text.empty() ? "default" : text;
}

Result<std::vector<SweepSetting>> SettingsOf(const std::vector<std::string>& vary) {
  std::vector<SweepSetting> settings = {{}};
  std::set<std::string> keys;
  for (const std::string& text : vary) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return InvalidArgumentError("--vary: expected KEY=VALUE,VALUE,..., got \"" + text + "\"");
    }
    const std::string key = text.substr(0, equals);
    if (!keys.insert(key).second) return InvalidArgumentError("--vary: " + key + ": given twice");
    std::vector<SweepSetting> product;
    size_t begin = equals + 1;
    while (begin <= text.size()) {
      const size_t end = std::min(text.find(',', begin), text.size());
      if (end == begin) {
        return InvalidArgumentError("--vary: " + key + ": a value is empty in \"" + text + "\"");
      }
      for (SweepSetting setting : settings) {
        setting[key] = text.substr(begin, end - begin);
        product.push_back(std::move(setting));
      }
      begin = end + 1;
    }
    settings = std::move(product);
    if (settings.size() > kMaxTrials) {
      return InvalidArgumentError("--vary: makes more than " + std::to_string(kMaxTrials) +
                                  " combinations; vary fewer things at once");
    }
  }
  std::erase_if(settings, [](const SweepSetting& setting) { return setting.empty(); });
  settings.insert(settings.begin(), SweepSetting());
  return settings;
}

Result<SweepReport> RunSweep(const std::vector<SweepSetting>& settings,
                             const std::vector<uint32_t>& clusters, const SweepAsk& ask,
                             const SweepOptions& options, const index::Progress& progress,
                             const CallContext& context) {
  if (std::set<uint32_t>(clusters.begin(), clusters.end()).size() < 2) {
    return InvalidArgumentError(
        "a sweep needs questions of two clusters at least: one part chooses, "
        "the other is held out");
  }
  const Split split = SplitQuestions(clusters, options);
  SweepReport report;
  report.choosing = static_cast<uint32_t>(split.choosing.size());
  report.held_out = static_cast<uint32_t>(split.held_out.size());
  std::vector<Runner> runners(settings.size());
  for (size_t i = 0; i < settings.size(); ++i) runners[i].index = i;
  std::vector<Runner> dropped;

  // As many rounds as halving takes, the last with all questions.
  const auto rounds =
      static_cast<uint32_t>(std::ceil(std::log2(std::max<size_t>(settings.size(), 2))));
  for (uint32_t round = 0; round < rounds; ++round) {
    const uint32_t part = report.choosing >> (rounds - 1 - round);
    const uint32_t until = std::min(report.choosing, std::max(part, options.first));
    for (size_t i = 0; i < runners.size(); ++i) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      Runner& runner = runners[i];
      const std::vector<uint32_t> questions(
          split.choosing.begin() + static_cast<ptrdiff_t>(runner.scores.size()),
          split.choosing.begin() + until);
      if (questions.empty()) continue;
      QUARRY_ASSIGN_OR_RETURN(const std::vector<SweepScore> scores,
                              ask(settings[runner.index], questions));
      QUARRY_CHECK(scores.size() == questions.size());
      runner.scores.insert(runner.scores.end(), scores.begin(), scores.end());
      report.answers += questions.size();
      if (progress) progress("sweeping", i + 1, runners.size());
    }
    std::sort(runners.begin(), runners.end(), Better);
    if (round + 1 == rounds) break;
    // The default stays, whatever its place.
    const size_t kept = (runners.size() + 1) / 2;
    std::vector<Runner> next;
    for (size_t i = 0; i < runners.size(); ++i) {
      (i < kept || runners[i].index == 0 ? next : dropped).push_back(std::move(runners[i]));
    }
    runners = std::move(next);
  }
  runners.insert(runners.end(), std::make_move_iterator(dropped.begin()),
                 std::make_move_iterator(dropped.end()));
  std::sort(runners.begin(), runners.end(), Better);
  for (size_t i = 0; i < runners.size(); ++i) {
    const Runner& runner = runners[i];
    if (runner.index == 0) report.default_trial = i;
    report.trials.push_back({.setting = settings[runner.index],
                             .asked = static_cast<uint32_t>(runner.scores.size()),
                             .quality = runner.quality(),
                             .micros = runner.Mean(&SweepScore::micros),
                             .cost = runner.Mean(&SweepScore::cost)});
  }
  MarkFront(report.trials, report.choosing);

  // Nothing of what follows chooses.
  const SweepSetting& winner = report.trials[report.winner].setting;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<SweepScore> before, ask({}, split.held_out));
  std::vector<SweepScore> after = before;
  if (!winner.empty()) {
    QUARRY_ASSIGN_OR_RETURN(after, ask(winner, split.held_out));
  }
  report.answers += (winner.empty() ? 1 : 2) * split.held_out.size();
  std::vector<double> differences;
  std::vector<uint32_t> held_clusters;
  const auto count = static_cast<double>(split.held_out.size());
  for (size_t i = 0; i < split.held_out.size(); ++i) {
    report.default_quality += before[i].quality / count;
    report.winner_quality += after[i].quality / count;
    report.default_micros += before[i].micros / count;
    report.winner_micros += after[i].micros / count;
    differences.push_back(after[i].quality - before[i].quality);
    held_clusters.push_back(clusters[split.held_out[i]]);
  }
  report.gain = EstimateMean(differences, held_clusters, options.seed);
  report.p = PermutationTest(differences, held_clusters, options.seed);
  return report;
}

}  // namespace quarry::eval
