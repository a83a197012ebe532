#include "eval/judge_check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/random.h"
#include "eval/statistics.h"

namespace quarry::eval {
namespace {

double Part(double part, double whole) { return whole > 0 ? part / whole : 0; }

// Rows by group, in the order of the groups' names; a row without a group is one of its own.
template <typename Row>
std::vector<std::vector<const Row*>> GroupsOf(std::span<const Row> rows) {
  std::map<std::string, std::vector<const Row*>> named;
  std::vector<std::vector<const Row*>> groups;
  for (const Row& row : rows) {
    if (row.group.empty()) {
      groups.push_back({&row});
    } else {
      named[row.set + '\n' + row.group].push_back(&row);
    }
  }
  for (auto& [name, members] : named) groups.push_back(std::move(members));
  return groups;
}

// Of a share, or of what begins at `least` and ends at 1 as well.
Estimate Percentiles(double value, std::vector<double> samples, size_t groups, double least = 0) {
  return BootstrapInterval(value, std::move(samples), groups, least, 1);
}

void Count(const LabelledVerdict& row, double times, VerdictCounts& counts) {
  if (!row.verdict) {
    (row.carried ? counts.unjudged_positive : counts.unjudged_negative) += times;
  } else if (row.carried) {
    (*row.verdict ? counts.true_positive : counts.false_negative) += times;
  } else {
    (*row.verdict ? counts.false_positive : counts.true_negative) += times;
  }
}

// Scores in order, those that are equal as one step, so that a sample is measured in one pass.
class ScoreOrder {
 public:
  explicit ScoreOrder(const std::vector<std::vector<const LabelledVerdict*>>& groups) {
    for (uint32_t group = 0; group < groups.size(); ++group) {
      for (const LabelledVerdict* row : groups[group]) {
        // Silence ranks below every verdict.
        entries_.push_back({row->verdict ? row->score : -1, group, row->carried});
      }
    }
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.score < b.score; });
  }

  // Where each group was drawn so many times. The share of pairs of a carried and another claim in
  // which the carried one has the higher score, equal ones half.
  double Area(const std::vector<uint32_t>& times) const {
    double below = 0;  // claims not carried, with lower scores
    double area = 0;
    double positives = 0;
    for (size_t i = 0; i < entries_.size();) {
      double here[2] = {0, 0};
      size_t end = i;
      for (; end < entries_.size() && entries_[end].score == entries_[i].score; ++end) {
        here[entries_[end].carried ? 1 : 0] += times[entries_[end].group];
      }
      area += here[1] * (below + here[0] / 2);
      positives += here[1];
      below += here[0];
      i = end;
    }
    return positives * below > 0 ? area / (positives * below) : 0.5;
  }

 private:
  struct Entry {
    double score;
    uint32_t group;
    bool carried;
  };
  std::vector<Entry> entries_;
};

// One more that names an answer, and whether it is this one.
void CountPreference(Preference given, Preference counted, double& named, double& hits) {
  if (given != Preference::kFirst && given != Preference::kSecond) return;
  named += 1;
  hits += given == counted ? 1 : 0;
}

// Calls `measure` with how often each of `groups` is drawn.
template <typename Measure>
void Resample(size_t groups, uint32_t samples, uint64_t seed, Measure measure) {
  Random random(seed);
  for (uint32_t sample = 0; sample < samples && groups > 0; ++sample) {
    std::vector<uint32_t> times(groups, 0);
    for (size_t i = 0; i < groups; ++i) ++times[random.Below(groups)];
    measure(times);
  }
}

// The rows of each set and language, in their order; those of all where there are several.
template <typename Row, typename Measure>
auto BySet(std::span<const Row> rows, Measure measure) {
  std::map<std::pair<std::string, std::string>, std::vector<Row>> parts;
  for (const Row& row : rows) parts[{row.set, row.language}].push_back(row);
  std::vector<decltype(measure(rows))> reports;
  for (const auto& [name, members] : parts) {
    reports.push_back(measure(std::span<const Row>(members)));
    reports.back().set = name.first;
    reports.back().language = name.second;
  }
  if (parts.size() > 1) reports.push_back(measure(rows));
  return reports;
}

}  // namespace

double VerdictCounts::all() const {
  return true_positive + false_negative + false_positive + true_negative + unjudged_positive +
         unjudged_negative;
}

double VerdictCounts::Accuracy() const { return Part(true_positive + true_negative, all()); }

double VerdictCounts::Kappa() const {
  const double total = all();
  const double positives = true_positive + false_negative + unjudged_positive;
  const double called = true_positive + false_positive;
  const double denied = true_negative + false_negative;
  const double chance = Part(positives * called + (total - positives) * denied, total * total);
  return chance < 1 ? (Accuracy() - chance) / (1 - chance) : 0;
}

double VerdictCounts::Sensitivity() const {
  return Part(true_positive, true_positive + false_negative + unjudged_positive);
}

double VerdictCounts::Specificity() const {
  return Part(true_negative, true_negative + false_positive + unjudged_negative);
}

JudgeAgreement MeasureAgreement(std::span<const LabelledVerdict> rows, uint32_t samples,
                                uint64_t seed) {
  JudgeAgreement report{.rows = rows.size()};
  const auto groups = GroupsOf(rows);
  report.groups = groups.size();
  std::vector<VerdictCounts> counts(groups.size());
  for (size_t i = 0; i < groups.size(); ++i) {
    for (const LabelledVerdict* row : groups[i]) {
      Count(*row, 1, counts[i]);
      Count(*row, 1, report.counts);
      if (!row->verdict) ++report.unjudged;
    }
  }
  const ScoreOrder order(groups);
  std::vector<double> accuracy, kappa, sensitivity, specificity, auc;
  Resample(groups.size(), samples, seed, [&](const std::vector<uint32_t>& times) {
    VerdictCounts drawn;
    for (size_t i = 0; i < counts.size(); ++i) {
      drawn.true_positive += times[i] * counts[i].true_positive;
      drawn.false_negative += times[i] * counts[i].false_negative;
      drawn.false_positive += times[i] * counts[i].false_positive;
      drawn.true_negative += times[i] * counts[i].true_negative;
      drawn.unjudged_positive += times[i] * counts[i].unjudged_positive;
      drawn.unjudged_negative += times[i] * counts[i].unjudged_negative;
    }
    accuracy.push_back(drawn.Accuracy());
    kappa.push_back(drawn.Kappa());
    sensitivity.push_back(drawn.Sensitivity());
    specificity.push_back(drawn.Specificity());
    auc.push_back(order.Area(times));
  });
  report.accuracy = Percentiles(report.counts.Accuracy(), std::move(accuracy), groups.size());
  report.kappa = Percentiles(report.counts.Kappa(), std::move(kappa), groups.size(), -1);
  report.sensitivity =
      Percentiles(report.counts.Sensitivity(), std::move(sensitivity), groups.size());
  report.specificity =
      Percentiles(report.counts.Specificity(), std::move(specificity), groups.size());
  report.auc = Percentiles(order.Area(std::vector<uint32_t>(groups.size(), 1)), std::move(auc),
                           groups.size());
  return report;
}

std::vector<JudgeAgreement> AgreementBySet(std::span<const LabelledVerdict> rows, uint32_t samples,
                                           uint64_t seed) {
  return BySet(rows, [&](std::span<const LabelledVerdict> part) {
    return MeasureAgreement(part, samples, seed);
  });
}

JudgeRepeats MeasureRepeats(std::span<const std::vector<std::optional<bool>>> verdicts,
                            uint32_t samples, uint64_t seed) {
  QUARRY_CHECK(verdicts.size() >= 2);
  const auto repeats = static_cast<double>(verdicts.size());
  JudgeRepeats report{.repeats = static_cast<uint32_t>(verdicts.size()),
                      .rows = verdicts[0].size()};
  if (report.rows == 0) return report;
  const auto rows = static_cast<double>(report.rows);
  std::vector<double> same;
  double mean = 0;
  double within = 0;
  for (size_t row = 0; row < report.rows; ++row) {
    double carried = 0;
    bool is_same = true;
    for (const auto& one : verdicts) {
      QUARRY_CHECK(one.size() == report.rows);
      carried += one[row].value_or(false) ? 1 : 0;
      is_same = is_same && one[row] == verdicts[0][row];
    }
    const double rate = carried / repeats;
    mean += rate / rows;
    within += rate * (1 - rate) * repeats / (repeats - 1) / rows;
    same.push_back(is_same ? 1 : 0);
  }
  const double total = mean * (1 - mean);
  report.variance_share = total > 0 ? std::min(1.0, within / total) : 0;
  std::vector<double> drawn;
  Resample(same.size(), samples, seed, [&](const std::vector<uint32_t>& times) {
    double sum = 0;
    for (size_t i = 0; i < same.size(); ++i) sum += times[i] * same[i];
    drawn.push_back(sum / rows);
  });
  report.same = Percentiles(Mean(same), std::move(drawn), same.size());
  return report;
}

PairAgreement MeasurePairs(std::span<const LabelledPair> rows, uint32_t samples, uint64_t seed) {
  PairAgreement report{.rows = rows.size()};
  struct Counts {
    double rows = 0, right = 0, same = 0, named = 0, first = 0;
    double judged = 0, longer = 0, labelled = 0, longer_label = 0;
    void Add(const Counts& other, double times) {
      rows += times * other.rows;
      right += times * other.right;
      same += times * other.same;
      named += times * other.named;
      first += times * other.first;
      judged += times * other.judged;
      longer += times * other.longer;
      labelled += times * other.labelled;
      longer_label += times * other.longer_label;
    }
  };
  const auto groups = GroupsOf(rows);
  std::vector<Counts> counts(groups.size());
  Counts all;
  for (size_t i = 0; i < groups.size(); ++i) {
    for (const LabelledPair* row : groups[i]) {
      const PairJudgement& judgement = row->judgement;
      Counts one{.rows = 1};
      one.right = judgement.preference == row->label ? 1 : 0;
      one.same =
          judgement.in_order == judgement.swapped && judgement.in_order != Preference::kUnjudged
              ? 1
              : 0;
      for (const auto& [given, shown_first] : {std::pair{judgement.in_order, Preference::kFirst},
                                               std::pair{judgement.swapped, Preference::kSecond}}) {
        CountPreference(given, shown_first, one.named, one.first);
      }
      if (row->first_bytes != row->second_bytes) {
        const Preference longer =
            row->first_bytes > row->second_bytes ? Preference::kFirst : Preference::kSecond;
        CountPreference(judgement.preference, longer, one.judged, one.longer);
        CountPreference(row->label, longer, one.labelled, one.longer_label);
      }
      if (judgement.preference == Preference::kUnjudged) ++report.unjudged;
      if (judgement.preference == Preference::kTie) ++report.ties;
      counts[i].Add(one, 1);
      all.Add(one, 1);
    }
  }
  std::vector<double> accuracy, same, first, longer, longer_label;
  Resample(groups.size(), samples, seed, [&](const std::vector<uint32_t>& times) {
    Counts drawn;
    for (size_t i = 0; i < counts.size(); ++i) drawn.Add(counts[i], times[i]);
    accuracy.push_back(Part(drawn.right, drawn.rows));
    same.push_back(Part(drawn.same, drawn.rows));
    first.push_back(Part(drawn.first, drawn.named));
    longer.push_back(Part(drawn.longer, drawn.judged));
    longer_label.push_back(Part(drawn.longer_label, drawn.labelled));
  });
  report.accuracy = Percentiles(Part(all.right, all.rows), std::move(accuracy), groups.size());
  report.swap_consistency = Percentiles(Part(all.same, all.rows), std::move(same), groups.size());
  report.first_shown = Percentiles(Part(all.first, all.named), std::move(first), groups.size());
  report.longer = Percentiles(Part(all.longer, all.judged), std::move(longer), groups.size());
  report.longer_label =
      Percentiles(Part(all.longer_label, all.labelled), std::move(longer_label), groups.size());
  return report;
}

std::vector<PairAgreement> PairsBySet(std::span<const LabelledPair> rows, uint32_t samples,
                                      uint64_t seed) {
  return BySet(
      rows, [&](std::span<const LabelledPair> part) { return MeasurePairs(part, samples, seed); });
}

}  // namespace quarry::eval
