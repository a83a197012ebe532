#include "eval/judge_run.h"

#include <algorithm>
#include <map>

#include "base/hash.h"

namespace quarry::eval {
namespace {

constexpr size_t kClaimsOfOneCall = 20;
constexpr double kAsGood = 0.002;  // of kappa: chance

template <typename Row>
std::vector<Row> SelectRows(const std::vector<Row>& rows, const JudgeCheckOptions& options) {
  std::map<std::string, std::vector<std::pair<uint64_t, size_t>>> sets;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (options.held_out && !HeldOut(rows[i].group)) continue;
    sets[rows[i].set].push_back({Hash64(std::to_string(i), options.seed), i});
  }
  std::vector<size_t> chosen;
  for (auto& [set, members] : sets) {
    if (options.limit > 0 && members.size() > options.limit) {
      std::sort(members.begin(), members.end());
      members.resize(options.limit);
    }
    for (const auto& [hash, row] : members) chosen.push_back(row);
  }
  std::sort(chosen.begin(), chosen.end());
  std::vector<Row> selected;
  for (const size_t row : chosen) selected.push_back(rows[row]);
  return selected;
}

LabelledVerdict LabelledOf(const ClaimLabel& label) {
  return {
      .set = label.set, .language = label.language, .group = label.group, .carried = label.carried};
}

}  // namespace

bool HeldOut(const std::string& group) { return Hash64(group) % 2 == 1; }

JudgeLabels Select(const JudgeLabels& labels, const JudgeCheckOptions& options) {
  return {SelectRows(labels.claims, options), SelectRows(labels.pairs, options)};
}

Result<JudgeCheckReport> CheckJudge(const JudgeLabels& labels, const Judge& judge,
                                    const ClaimJudge& claims, const JudgeProgress& progress,
                                    const CallContext& context) {
  const uint64_t total = labels.claims.size() + labels.pairs.size();
  uint64_t done = 0;
  const auto advance = [&](uint64_t count) {
    done += count;
    if (progress) progress(done, total);
  };
  std::vector<LabelledVerdict> verdicts(labels.claims.size());
  std::map<std::string, std::vector<size_t>> by_text;
  for (size_t i = 0; i < labels.claims.size(); ++i) {
    const ClaimLabel& label = labels.claims[i];
    verdicts[i] = LabelledOf(label);
    by_text[label.language + '\n' + label.question + '\n' + label.text].push_back(i);
  }
  for (const auto& [text, rows] : by_text) {
    for (size_t begin = 0; begin < rows.size(); begin += kClaimsOfOneCall) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      const size_t end = std::min(rows.size(), begin + kClaimsOfOneCall);
      const ClaimLabel& first = labels.claims[rows[begin]];
      generation::VerdictQuestion question{
          .language = first.language, .question = first.question, .text = first.text};
      for (size_t i = begin; i < end; ++i) question.claims.push_back(labels.claims[rows[i]].claim);
      QUARRY_ASSIGN_OR_RETURN(const std::vector<Judgement> judgements, claims(question, context));
      for (size_t i = begin; i < end; ++i) {
        const Judgement& judgement = judgements[i - begin];
        if (judgement.verdict == ClaimVerdict::kUnjudged) continue;
        verdicts[rows[i]].verdict = judgement.verdict == ClaimVerdict::kEntailed;
        verdicts[rows[i]].score = judgement.score;
      }
      advance(end - begin);
    }
  }
  std::vector<LabelledPair> pairs;
  for (const PairLabel& label : labels.pairs) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    JudgedCase first{.lang = label.language, .question = label.question, .answer = label.first};
    JudgedCase second = first;
    second.answer = label.second;
    QUARRY_ASSIGN_OR_RETURN(PairJudgement judgement, judge.Compare(first, second, context));
    pairs.push_back({.set = label.set,
                     .language = label.language,
                     .group = label.group,
                     .label = label.label,
                     .judgement = std::move(judgement),
                     .first_bytes = label.first.size(),
                     .second_bytes = label.second.size()});
    advance(1);
  }
  JudgeCheckReport report{.judge = judge.fingerprint(),
                          .claims = AgreementBySet(verdicts),
                          .pairs = PairsBySet(pairs),
                          .calibration = CalibrationOf(judge.fingerprint(), verdicts)};
  for (const LabelledVerdict& one : verdicts) report.verdicts.push_back(one.verdict);
  return report;
}

Result<ThresholdTuning> TuneLocalJudge(const JudgeLabels& labels, const Analyzer& analyzer,
                                       const CallContext& context) {
  // At threshold 0 all is entailed that nothing speaks against; what a threshold does follows.
  const LocalJudge judge(analyzer, {.threshold = 0});
  struct Scored {
    double score;
    bool possible;
    bool carried;
  };
  std::map<std::string, std::vector<Scored>> sets;
  for (const ClaimLabel& label : labels.claims) {
    if (HeldOut(label.group)) continue;
    QUARRY_RETURN_IF_ERROR(context.Check());
    const Judgement judgement = judge.JudgeClaim(label.claim, label.text);
    sets[label.set + '\n' + label.language].push_back(
        {judgement.score, judgement.verdict == ClaimVerdict::kEntailed, label.carried});
  }
  if (sets.empty()) {
    return InvalidArgumentError(
        "no row is on the half that a threshold is chosen on; rows of one group, or of one text, "
        "stand on one side");
  }
  ThresholdTuning tuning;
  double highest = -1;
  for (int step = 1; step < 20; ++step) {
    const double threshold = step / 20.0;
    double kappa = 0;
    for (const auto& [name, rows] : sets) {
      VerdictCounts counts;
      for (const Scored& row : rows) {
        const bool called = row.possible && row.score >= threshold;
        (row.carried ? (called ? counts.true_positive : counts.false_negative)
                     : (called ? counts.false_positive : counts.true_negative)) += 1;
      }
      kappa += counts.Kappa() / static_cast<double>(sets.size());
    }
    tuning.trials.push_back({threshold, kappa});
    highest = std::max(highest, kappa);
  }
  std::vector<double> good;
  for (const ThresholdTrial& trial : tuning.trials) {
    if (trial.kappa >= highest - kAsGood) good.push_back(trial.threshold);
  }
  tuning.best = good[good.size() / 2];
  return tuning;
}

}  // namespace quarry::eval
