#include "eval/run_scores.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "eval/answer_metrics.h"
#include "eval/statistics.h"

namespace quarry::eval {
namespace {

// Metrics of which it is told where their variance comes from.
constexpr const char* kSplitMetrics[] = {"pass", "answer.score"};

// The mean of several, metric by metric; the rest of the first that does not pass.
CaseScores Merge(const std::vector<CaseScores>& several) {
  CaseScores merged = several[0];
  merged.shown_repeat = several[0].reasons.empty() ? 0 : several[0].shown_repeat;
  std::map<std::string, std::vector<double>> values;
  for (const CaseScores& one : several) {
    for (const auto& [metric, value] : one.values) values[metric].push_back(value);
    if (merged.reasons.empty() && !one.reasons.empty()) {
      merged.shown_repeat = one.shown_repeat;
      merged.reasons = one.reasons;
      merged.label = one.label;
      merged.answer = one.answer;
    }
  }
  for (const auto& [metric, all] : values) {
    double sum = 0;
    for (const double value : all) sum += value;
    merged.values[metric] = sum / static_cast<double>(all.size());
  }
  return merged;
}

// What one metric is in each of several.
std::vector<double> ValuesOf(const std::vector<CaseScores>& several, const std::string& metric) {
  std::vector<double> values;
  for (const CaseScores& one : several) {
    const auto found = one.values.find(metric);
    if (found != one.values.end()) values.push_back(found->second);
  }
  return values;
}

// An answer by each of its judgements.
CaseScores ScoreJudgements(const RunRecord& record, const ScoreOptions& options) {
  CaseScores first = ScoreRecord(record.asked, record, options);
  if (record.rejudged.empty() || !options.use_judge) return first;
  std::vector<CaseScores> several = {std::move(first)};
  RunRecord again = record;
  for (const ClaimMatrix& matrix : record.rejudged) {
    again.matrix = matrix;
    several.push_back(ScoreRecord(record.asked, again, options));
  }
  CaseScores merged = Merge(several);
  merged.judgements = static_cast<uint32_t>(several.size());
  for (const char* metric : kSplitMetrics) {
    merged.spreads[metric].judgements = SampleVariance(ValuesOf(several, metric));
  }
  return merged;
}

CaseScores MergeRepeats(const std::vector<CaseScores>& repeats) {
  CaseScores merged = Merge(repeats);
  merged.records = static_cast<uint32_t>(repeats.size());
  merged.errors = 0;
  merged.spreads.clear();
  for (const CaseScores& one : repeats) {
    merged.errors += one.errors;
    // An answer that failed was not judged: it says nothing of how often the others were.
    merged.judgements = std::max(merged.judgements, one.judgements);
  }
  if (repeats.size() < 2 && merged.judgements < 2) return merged;
  for (const char* metric : kSplitMetrics) {
    const std::vector<double> values = ValuesOf(repeats, metric);
    if (values.empty()) continue;
    CaseSpread& spread = merged.spreads[metric];
    spread.mean = merged.values.at(metric);
    spread.repeats = SampleVariance(values);
    for (const CaseScores& one : repeats) {
      const auto found = one.spreads.find(metric);
      if (found == one.spreads.end()) continue;
      spread.judgements += found->second.judgements / static_cast<double>(values.size());
    }
  }
  return merged;
}

}  // namespace

RunScores ScoreRun(const Run& run, bool use_judge) {
  const ScoreOptions options{.max_words = run.manifest.max_words,
                             .use_judge = use_judge,
                             .was_judged = !run.manifest.judge.empty()};
  RunScores scores;
  scores.suite = run.manifest.suite;
  scores.judge = run.manifest.judge;
  double slowest = 0;
  for (const RunRecord& record : run.records) slowest = std::max(slowest, record.micros / 1000);
  scores.expected = uint64_t{run.manifest.cases} * run.manifest.repeats;
  std::unordered_map<std::string, std::vector<CaseScores>> repeats;
  for (const RunRecord& record : run.records) {
    repeats[record.case_id].push_back(ScoreJudgements(record, options));
    ++scores.records;
    scores.errors += record.error.empty() ? 0 : 1;
    (record.repeat == 0 ? scores.latencies_ms : scores.warm_latencies_ms)
        .push_back(record.error.empty() ? record.micros / 1000 : slowest);
    if (!record.judge_error.empty()) {
      ++scores.judge_errors;
      ++scores.verdicts;
    }
    const auto count = [&](const ClaimMatrix& matrix) {
      const AnswerScores answer = ScoreAnswer(matrix, record.abstained);
      scores.verdicts += answer.verdicts;
      scores.judged += answer.judged;
      scores.judge_cost += matrix.usage.cost;
    };
    if (record.matrix) count(*record.matrix);
    std::ranges::for_each(record.rejudged, count);
    scores.total_cost += record.usage.cost;
    if (record.repeat > 0) continue;
    scores.gold += record.gold_spans.size() + DocumentsOf(record.asked).size();
    for (const ResolvedSpan& span : record.gold_spans) {
      if (span.present) continue;
      scores.missing_gold.push_back(record.case_id + ": gold span in " + span.span.document);
    }
    for (const DocumentId& document : record.missing_documents) {
      scores.missing_gold.push_back(record.case_id + ": " + document);
    }
  }
  for (const Case& one : CasesOf(run)) {
    CaseScores merged = MergeRepeats(repeats[one.id]);
    merged.slices = SlicesOfCase(one);
    merged.question_hash = QuestionHash(one);
    merged.pass_is_judged = one.answerable && one.accept.empty();
    merged.cluster = one.cluster.empty() ? "case " + one.id : one.cluster;
    scores.cases.push_back(std::move(merged));
  }
  std::ranges::sort(scores.latencies_ms);
  std::ranges::sort(scores.warm_latencies_ms);
  return scores;
}

}  // namespace quarry::eval
