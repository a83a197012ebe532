#include "eval/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "eval/statistics.h"

namespace quarry::eval {
namespace {

constexpr double kZ = 1.959964;  // of a 95 % interval

double FewestOf(const VerdictCounts& counts) {
  return std::min(counts.true_positive + counts.false_negative + counts.unjudged_positive,
                  counts.false_positive + counts.true_negative + counts.unjudged_negative);
}

// Of few groups a bootstrap sees few of the ways in which they may differ.
Estimate KappaOf(const JudgeAgreement& agreement) {
  Estimate kappa = agreement.kappa;
  if (agreement.groups < kFewestGroups) kappa.low = -1;
  return kappa;
}

// The counts as they would be of independent labels that say as much of the judge's accuracy: a bootstrap over
// groups is wider than that of so many single labels by the design effect.
VerdictCounts EffectiveCounts(const JudgeCalibration& calibration) {
  VerdictCounts counts = calibration.counts;
  const double accuracy = calibration.accuracy.mean;
  const double error = (calibration.accuracy.high - calibration.accuracy.low) / (2 * kZ);
  const double independent = accuracy * (1 - accuracy) / std::max(1.0, counts.all());
  if (!(independent > 0) || error * error <= independent) return counts;
  const double share = independent / (error * error);
  for (double* count :
       {&counts.true_positive, &counts.false_negative, &counts.false_positive,
        &counts.true_negative, &counts.unjudged_positive, &counts.unjudged_negative}) {
    *count *= share;
  }
  return counts;
}

}  // namespace

bool JudgeCalibration::trusted() const {
  const auto is_sure = [](const Estimate& estimate, double fewest) {
    return estimate.low >= kTrustedKappa && fewest >= kFewestLabels;
  };
  return is_sure(kappa, FewestOf(counts)) && std::ranges::all_of(languages, [&](const auto& one) {
           return is_sure(one.second.kappa, one.second.fewest);
         });
}

JudgeCalibration CalibrationOf(const std::string& judge, std::span<const LabelledVerdict> rows) {
  const JudgeAgreement agreement = MeasureAgreement(rows);
  JudgeCalibration calibration{.judge = judge,
                               .rows = agreement.rows,
                               .unjudged = agreement.unjudged,
                               .counts = agreement.counts,
                               .kappa = KappaOf(agreement),
                               .accuracy = agreement.accuracy};
  std::map<std::string, std::vector<LabelledVerdict>> languages;
  for (const LabelledVerdict& row : rows) languages[row.language].push_back(row);
  for (const auto& [language, members] : languages) {
    if (language.empty()) continue;
    const JudgeAgreement part = MeasureAgreement(members);
    calibration.languages[language] = {KappaOf(part), FewestOf(part.counts)};
  }
  return calibration;
}

std::string TrustText(const JudgeCalibration& calibration) {
  const auto kappa = [](const Estimate& estimate) {
    char text[64];
    std::snprintf(text, sizeof(text), "kappa %.2f [%.2f, %.2f]", estimate.mean, estimate.low,
                  estimate.high);
    return std::string(text);
  };
  std::string text = std::string("judge ") + (calibration.trusted() ? "trusted" : "NOT trusted") +
                     ": " + kappa(calibration.kappa) + " against " +
                     std::to_string(calibration.rows) + " labels of people";
  for (const auto& [language, one] : calibration.languages) {
    text += ", " + language + " " + kappa(one.kappa);
  }
  if (!calibration.trusted()) {
    text +=
        " (0.60 is needed surely, by 30 labels of either kind on 10 groups): gates use only what "
        "needs no judge";
  }
  return text;
}

Estimate RoganGladen(const JudgeCalibration& calibration, double positive, double total) {
  const VerdictCounts counts = EffectiveCounts(calibration);
  // A claim that is reported has a verdict: what the judge left unjudged tells nothing of those.
  const double carried = counts.true_positive + counts.false_negative;
  const double other = counts.false_positive + counts.true_negative;
  if (total == 0 || carried == 0 || other == 0) return {0.5, 0, 1};
  // Of Lang and Reiczigel: added observations keep the interval honest near 0 and 1.
  const double n = total + kZ * kZ;
  const double q = (positive + kZ * kZ / 2) / n;
  const double sensitivity = (counts.true_positive + 1) / (carried + 2);
  const double specificity = (counts.true_negative + 1) / (other + 2);
  const double youden = sensitivity + specificity - 1;
  const double plain_youden = counts.true_positive / carried + counts.true_negative / other - 1;
  if (youden <= 0 || plain_youden <= 0) return {0.5, 0, 1};
  const double plain = (positive / total + counts.true_negative / other - 1) / plain_youden;
  const double rate = (q + specificity - 1) / youden;
  const double sensitivity_variance = sensitivity * (1 - sensitivity) / (carried + 2);
  const double specificity_variance = specificity * (1 - specificity) / (other + 2);
  const double shift =
      2 * kZ * kZ * (rate * sensitivity_variance - (1 - rate) * specificity_variance);
  const double half = kZ / youden *
                      std::sqrt(q * (1 - q) / n + rate * rate * sensitivity_variance +
                                (1 - rate) * (1 - rate) * specificity_variance);
  const auto bounded = [](double value) { return std::clamp(value, 0.0, 1.0); };
  const double value = bounded(plain);
  return {value, std::min(value, bounded(rate + shift - half)),
          std::max(value, bounded(rate + shift + half))};
}

Estimate PredictionPoweredMean(std::span<const LabelledScore> labelled,
                               std::span<const double> unlabelled) {
  if (labelled.empty()) return {0.5, 0, 1};
  const auto n = static_cast<double>(labelled.size());
  const auto m = static_cast<double>(unlabelled.size());
  double label_mean = 0;
  double judged_mean = 0;
  for (const LabelledScore& one : labelled) {
    label_mean += one.label / n;
    judged_mean += one.judged / n;
  }
  double covariance = 0;
  std::vector<double> scores(unlabelled.begin(), unlabelled.end());
  for (const LabelledScore& one : labelled) {
    covariance += (one.label - label_mean) * (one.judged - judged_mean);
    scores.push_back(one.judged);
  }
  covariance /= std::max(1.0, n - 1);
  const double score_variance = SampleVariance(scores);
  // What the judge's score is trusted with: 0 = not at all, then this is the mean of the labels.
  const double weight = m > 0 && score_variance > 0
                            ? std::clamp(covariance / score_variance * m / (m + n), 0.0, 1.0)
                            : 0;
  std::vector<double> rests;
  for (const LabelledScore& one : labelled) rests.push_back(one.label - weight * one.judged);
  const std::vector<double> others(unlabelled.begin(), unlabelled.end());
  const double unlabelled_mean = Mean(others);
  const double value = weight * unlabelled_mean + label_mean - weight * judged_mean;
  const double variance =
      SampleVariance(rests) / n + (m > 0 ? weight * weight * SampleVariance(others) / m : 0);
  if (labelled.size() < 2) return {std::clamp(value, 0.0, 1.0), 0, 1};
  double half = StudentQuantile(0.975, n - 1) * std::sqrt(variance);
  // Labels that all agree, with each other or with the judge, show no spread; of n further ones so
  // many may not (Clopper and Pearson, 1934).
  if (SampleVariance(rests) < 1e-12) half += 1 - std::pow(0.025, 1 / n);
  const auto bounded = [](double bound) { return std::clamp(bound, 0.0, 1.0); };
  return {bounded(value), bounded(value - half), bounded(value + half)};
}

}  // namespace quarry::eval
