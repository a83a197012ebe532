#include "eval/bradley_terry.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/random.h"

namespace quarry::eval {
namespace {

using Table = std::vector<std::vector<double>>;  // [winner][loser]: wins, a tie is half of one

constexpr int kRounds = 200;
constexpr double kEnough = 1e-9;  // change of a log strength

std::vector<double> Fit(const Table& wins) {
  const size_t count = wins.size();
  std::vector<double> strengths(count, 1);
  for (int round = 0; round < kRounds; ++round) {
    double change = 0;
    std::vector<double> next(count);
    for (size_t i = 0; i < count; ++i) {
      double won = 0.5;
      double weight = 1 / (strengths[i] + 1);
      for (size_t j = 0; j < count; ++j) {
        if (i == j) continue;
        won += wins[i][j];
        weight += (wins[i][j] + wins[j][i]) / (strengths[i] + strengths[j]);
      }
      next[i] = won / weight;
    }
    double mean = 0;
    for (const double one : next) mean += std::log(one) / static_cast<double>(count);
    for (size_t i = 0; i < count; ++i) {
      next[i] = std::exp(std::log(next[i]) - mean);
      change = std::max(change, std::abs(std::log(next[i]) - std::log(strengths[i])));
    }
    strengths = std::move(next);
    if (change < kEnough) break;
  }
  for (double& one : strengths) one = std::log(one);
  return strengths;
}

}  // namespace

std::vector<SystemStrength> FitBradleyTerry(std::span<const PairResult> comparisons,
                                            uint32_t samples, uint64_t seed) {
  std::map<std::string, size_t> places;
  for (const PairResult& one : comparisons) {
    places.emplace(one.first, 0);
    places.emplace(one.second, 0);
  }
  std::vector<SystemStrength> systems;
  for (auto& [name, place] : places) {
    place = systems.size();
    systems.push_back({.system = name});
  }
  std::map<std::string, std::vector<const PairResult*>> named;
  std::vector<std::vector<const PairResult*>> groups;
  for (const PairResult& one : comparisons) {
    SystemStrength& first = systems[places.at(one.first)];
    SystemStrength& second = systems[places.at(one.second)];
    switch (one.preference) {
      case Preference::kFirst:
        ++first.wins, ++second.losses;
        break;
      case Preference::kSecond:
        ++second.wins, ++first.losses;
        break;
      case Preference::kTie:
        ++first.ties, ++second.ties;
        break;
      case Preference::kUnjudged:
        ++first.unjudged, ++second.unjudged;
        break;
    }
    if (one.group.empty()) {
      groups.push_back({&one});
    } else {
      named[one.group].push_back(&one);
    }
  }
  for (auto& [name, members] : named) groups.push_back(std::move(members));

  const auto fit = [&](const std::vector<uint32_t>& times) {
    Table wins(systems.size(), std::vector<double>(systems.size(), 0));
    for (size_t g = 0; g < groups.size(); ++g) {
      for (const PairResult* one : groups[g]) {
        if (one->preference == Preference::kUnjudged) continue;
        const size_t first = places.at(one->first);
        const size_t second = places.at(one->second);
        const double share = one->preference == Preference::kTie     ? 0.5
                             : one->preference == Preference::kFirst ? 1
                                                                     : 0;
        wins[first][second] += times[g] * share;
        wins[second][first] += times[g] * (1 - share);
      }
    }
    return Fit(wins);
  };
  const std::vector<double> strengths = fit(std::vector<uint32_t>(groups.size(), 1));
  std::vector<std::vector<double>> drawn(systems.size());
  Random random(seed);
  for (uint32_t sample = 0; sample < samples && !groups.empty(); ++sample) {
    std::vector<uint32_t> times(groups.size(), 0);
    for (size_t i = 0; i < groups.size(); ++i) ++times[random.Below(groups.size())];
    const std::vector<double> one = fit(times);
    for (size_t i = 0; i < systems.size(); ++i) drawn[i].push_back(one[i]);
  }
  for (size_t i = 0; i < systems.size(); ++i) {
    systems[i].strength = BootstrapInterval(strengths[i], std::move(drawn[i]), groups.size());
  }
  std::stable_sort(systems.begin(), systems.end(),
                   [](const SystemStrength& a, const SystemStrength& b) {
                     return a.strength.mean > b.strength.mean;
                   });
  return systems;
}

}  // namespace quarry::eval
