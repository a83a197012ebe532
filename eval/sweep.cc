#include "eval/sweep.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "base/random.h"

namespace quarry::eval {
namespace {

// Questions that choose, in a fixed random order, and those that are held out from it.
struct Split {
  std::vector<uint32_t> choosing;
  std::vector<uint32_t> held_out;
};

template <typename T>
void Shuffle(std::vector<T>& items, Random& random) {
  for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.Below(i)]);
}

// One split, or one per fold; whole clusters.
std::vector<Split> SplitQuestions(const std::vector<uint32_t>& clusters,
                                  const SweepOptions& options) {
  Random random(options.seed);
  const std::set<uint32_t> distinct(clusters.begin(), clusters.end());
  std::vector<uint32_t> names(distinct.begin(), distinct.end());
  Shuffle(names, random);
  const auto count = static_cast<double>(names.size());
  const auto held =
      static_cast<size_t>(std::clamp<double>(std::round(options.held_out * count), 1, count - 1));
  // The part that holds a cluster out; with one split the last part never is.
  std::map<uint32_t, size_t> part_of;
  for (size_t i = 0; i < names.size(); ++i) {
    part_of[names[i]] = options.folds > 0 ? i % options.folds : i < held ? 0 : 1;
  }
  std::vector<Split> splits(std::max<uint32_t>(options.folds, 1));
  for (size_t part = 0; part < splits.size(); ++part) {
    for (uint32_t i = 0; i < clusters.size(); ++i) {
      Split& split = splits[part];
      (part_of.at(clusters[i]) == part ? split.held_out : split.choosing).push_back(i);
    }
    Shuffle(splits[part].choosing, random);
  }
  return splits;
}

// What was asked is remembered.
class Answers {
 public:
  Answers(const std::vector<SweepSetting>& settings, const SweepAsk& ask)
      : settings_(settings), ask_(ask), known_(settings.size()) {}

  Result<std::vector<SweepScore>> Of(size_t setting, const std::vector<uint32_t>& questions) {
    std::map<uint32_t, SweepScore>& known = known_[setting];
    std::vector<uint32_t> missing;
    for (const uint32_t question : questions) {
      if (!known.contains(question)) missing.push_back(question);
    }
    if (!missing.empty()) {
      QUARRY_ASSIGN_OR_RETURN(const std::vector<SweepScore> scores,
                              ask_(settings_[setting], missing));
      QUARRY_CHECK(scores.size() == missing.size());
      for (size_t i = 0; i < missing.size(); ++i) known[missing[i]] = scores[i];
      asked_ += missing.size();
    }
    std::vector<SweepScore> scores;
    for (const uint32_t question : questions) scores.push_back(known.at(question));
    return scores;
  }
  uint64_t asked() const { return asked_; }

 private:
  const std::vector<SweepSetting>& settings_;
  const SweepAsk& ask_;
  std::vector<std::map<uint32_t, SweepScore>> known_;  // by question
  uint64_t asked_ = 0;
};

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

// Of those that were asked everything: nobody is at least as good, quick and cheap, and better in
// one.
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

namespace {

// All settings, best first, those that were asked more before those that were dropped. REQUIRES:
// the first is the default.
Result<std::vector<Runner>> Race(const std::vector<uint32_t>& questions, size_t settings,
                                 Answers& answers, uint32_t first, const index::Progress& progress,
                                 const CallContext& context) {
  std::vector<Runner> runners(settings);
  for (size_t i = 0; i < settings; ++i) runners[i].index = i;
  std::vector<Runner> dropped;
  const auto all = static_cast<uint32_t>(questions.size());
  // As many rounds as halving takes, the last with all questions.
  const auto rounds = static_cast<uint32_t>(std::ceil(std::log2(std::max<size_t>(settings, 2))));
  for (uint32_t round = 0; round < rounds; ++round) {
    const uint32_t until = std::min(all, std::max(all >> (rounds - 1 - round), first));
    for (size_t i = 0; i < runners.size(); ++i) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      Runner& runner = runners[i];
      const std::vector<uint32_t> asked(
          questions.begin() + static_cast<ptrdiff_t>(runner.scores.size()),
          questions.begin() + until);
      QUARRY_ASSIGN_OR_RETURN(const std::vector<SweepScore> scores,
                              answers.Of(runner.index, asked));
      runner.scores.insert(runner.scores.end(), scores.begin(), scores.end());
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
  return runners;
}

// The default and the winner on what chose neither.
struct HeldOutCases {
  std::vector<SweepScore> before;
  std::vector<SweepScore> after;
  std::vector<uint32_t> clusters;
};

void MeasureGain(const HeldOutCases& held, uint64_t seed, SweepReport& report) {
  std::vector<double> differences;
  const auto count = static_cast<double>(held.before.size());
  for (size_t i = 0; i < held.before.size(); ++i) {
    report.default_quality += held.before[i].quality / count;
    report.winner_quality += held.after[i].quality / count;
    report.default_micros += held.before[i].micros / count;
    report.winner_micros += held.after[i].micros / count;
    differences.push_back(held.after[i].quality - held.before[i].quality);
  }
  report.gain = EstimateMean(differences, held.clusters, seed);
  report.p = PermutationTest(differences, held.clusters, seed);
}

}  // namespace

Result<SweepReport> RunSweep(const std::vector<SweepSetting>& settings,
                             const std::vector<uint32_t>& clusters, const SweepAsk& ask,
                             const SweepOptions& options, const index::Progress& progress,
                             const CallContext& context) {
  const size_t distinct = std::set<uint32_t>(clusters.begin(), clusters.end()).size();
  if (options.folds == 1) return InvalidArgumentError("folds: expected 0, or 2 and more");
  if (distinct < std::max<size_t>(2, options.folds)) {
    return InvalidArgumentError("a sweep needs questions of " +
                                std::to_string(std::max<size_t>(2, options.folds)) +
                                " clusters at least: one part chooses, the other is held out");
  }
  Answers answers(settings, ask);
  HeldOutCases held;
  std::vector<Runner> runners;
  const std::vector<Split> splits = SplitQuestions(clusters, options);
  for (const Split& split : splits) {
    QUARRY_ASSIGN_OR_RETURN(
        runners, Race(split.choosing, settings.size(), answers, options.first, progress, context));
    // Nothing of what follows chooses.
    QUARRY_ASSIGN_OR_RETURN(const std::vector<SweepScore> before, answers.Of(0, split.held_out));
    QUARRY_ASSIGN_OR_RETURN(const std::vector<SweepScore> after,
                            answers.Of(runners[0].index, split.held_out));
    held.before.insert(held.before.end(), before.begin(), before.end());
    held.after.insert(held.after.end(), after.begin(), after.end());
    for (const uint32_t question : split.held_out) held.clusters.push_back(clusters[question]);
  }
  SweepReport report{.choosing = static_cast<uint32_t>(splits[0].choosing.size()),
                     .held_out = static_cast<uint32_t>(held.before.size()),
                     .folds = options.folds};
  if (options.folds > 0) {
    std::vector<uint32_t> all(clusters.size());
    std::iota(all.begin(), all.end(), 0);
    Random random(options.seed);
    Shuffle(all, random);
    QUARRY_ASSIGN_OR_RETURN(runners,
                            Race(all, settings.size(), answers, options.first, progress, context));
    report.choosing = static_cast<uint32_t>(all.size());
  }
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
  MeasureGain(held, options.seed, report);
  report.answers = answers.asked();
  return report;
}

}  // namespace quarry::eval
