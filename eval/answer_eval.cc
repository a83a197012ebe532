#include "eval/answer_eval.h"

#include <algorithm>
#include <chrono>

#include "eval/beir.h"
#include "eval/gold_spans.h"
#include "eval/statistics.h"

namespace quarry::eval {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr uint32_t kCurveSteps = 20;

// What an answer with declining switched off tells of a question.
struct Outcome {
  double support = 0;
  bool cites_gold = false;  // its first citation is of a document that is judged relevant
  bool is_marked = false;   // the question has marked answers
  SpanScores spans;
};

// Every other one, the first included or left out.
std::vector<Outcome> Half(const std::vector<Outcome>& all, size_t first) {
  std::vector<Outcome> half;
  for (size_t i = first; i < all.size(); i += 2) half.push_back(all[i]);
  return half;
}

AnswerEvalPoint MeasureAt(double threshold, const std::vector<Outcome>& answerable,
                          const std::vector<Outcome>& unanswerable) {
  const auto is_declined = [&](const Outcome& outcome) { return outcome.support < threshold; };
  const auto is_right = [&](const Outcome& outcome) {
    return !is_declined(outcome) && outcome.cites_gold;
  };
  const size_t declined =
      static_cast<size_t>(std::count_if(answerable.begin(), answerable.end(), is_declined));
  const size_t right =
      static_cast<size_t>(std::count_if(answerable.begin(), answerable.end(), is_right));
  AnswerEvalPoint point;
  point.threshold = threshold;
  point.declined_unanswerable = Share(
      static_cast<size_t>(std::count_if(unanswerable.begin(), unanswerable.end(), is_declined)),
      unanswerable.size());
  point.declined_answerable = Share(declined, answerable.size());
  point.cited_gold = Share(right, answerable.size());
  point.cited_gold_of_answered = Share(right, answerable.size() - declined);
  uint64_t marked = 0;
  uint64_t in_long = 0;
  uint64_t in_short = 0;
  double f1 = 0;
  for (const Outcome& outcome : answerable) {
    marked += outcome.is_marked ? 1 : 0;
    if (!outcome.is_marked || is_declined(outcome)) continue;
    in_long += outcome.spans.holds_long ? 1 : 0;
    in_short += outcome.spans.holds_short ? 1 : 0;
    f1 += outcome.spans.f1;
  }
  point.span_long = Share(in_long, marked);
  point.span_short = Share(in_short, marked);
  point.token_f1 = marked == 0 ? 0 : f1 / static_cast<double>(marked);
  return point;
}

// The threshold, in steps of 0.01, that tells the two kinds apart best; the lowest of equals.
double ChooseThreshold(const std::vector<Outcome>& answerable,
                       const std::vector<Outcome>& unanswerable) {
  double chosen = 0;
  double best = 0;
  for (int step = 1; step <= 100; ++step) {
    const AnswerEvalPoint point = MeasureAt(step / 100.0, answerable, unanswerable);
    const double gain = point.declined_unanswerable - point.declined_answerable;
    if (gain <= best) continue;
    best = gain;
    chosen = point.threshold;
  }
  return chosen;
}

}  // namespace

Result<AnswerEvalReport> EvaluateAnswers(const AnswerEvalOptions& options, const EvalParts& parts,
                                         const ingest::ProgressSink& progress,
                                         const CallContext& context) {
  AnswerEvalReport report;
  report.directory = options.directory;
  report.split = options.split;
  report.mode = options.query.mode;
  QUARRY_ASSIGN_OR_RETURN(BeirQueries queries, ReadBeirQueries(options.directory, options.split));
  report.warnings = std::move(queries.warnings);
  QUARRY_ASSIGN_OR_RETURN(
      const std::shared_ptr<const index::Snapshot> snapshot,
      OpenBeirCorpus(options.directory, parts, progress, context, report.corpus));
  QUARRY_ASSIGN_OR_RETURN(report.missing_judged_documents,
                          CountMissingDocuments(*snapshot, queries.qrels, options.directory));

  generation::AnswerOptions never_declining = options.answer;
  never_declining.extractive.decline_below = 0;
  const generation::Answerer answerer(parts.analyzer, parts.retriever, parts.token_counter,
                                      never_declining);
  std::vector<double> micros;
  const size_t total = queries.queries.size() + queries.unanswerable.size();
  const auto ask = [&](const BeirQuery& question) -> Result<Outcome> {
    Query query = options.query;
    query.text = question.text;
    const SteadyClock::time_point start = SteadyClock::now();
    QUARRY_ASSIGN_OR_RETURN(const Answer answer, answerer.Ask(query, *snapshot, {}, context));
    micros.push_back(std::chrono::duration<double, std::micro>(SteadyClock::now() - start).count());
    if (progress) progress({.stage = "asking", .done = micros.size(), .total = total});
    Outcome outcome{.support = answer.verdict.score,
                    .is_marked = !question.answers.empty(),
                    .spans = ScoreSpans(answer, question.answers)};
    const auto grades = queries.qrels.find(question.id);
    if (answer.citations.empty() || grades == queries.qrels.end()) return outcome;
    const auto grade = grades->second.find(answer.citations[0].document);
    outcome.cites_gold = grade != grades->second.end() && grade->second >= 1;
    return outcome;
  };
  std::vector<Outcome> answerable;
  for (const BeirQuery& question : queries.queries) {
    QUARRY_ASSIGN_OR_RETURN(const Outcome outcome, ask(question));
    answerable.push_back(outcome);
  }
  std::vector<Outcome> unanswerable;
  for (const BeirQuery& question : queries.unanswerable) {
    QUARRY_ASSIGN_OR_RETURN(const Outcome outcome, ask(question));
    unanswerable.push_back(outcome);
  }

  report.answerable = answerable.size();
  report.unanswerable = unanswerable.size();
  report.marked = static_cast<uint64_t>(std::ranges::count(answerable, true, &Outcome::is_marked));
  report.undeclined = MeasureAt(0, answerable, unanswerable);
  report.configured = MeasureAt(options.answer.extractive.decline_below, answerable, unanswerable);
  if (!unanswerable.empty()) {
    const double threshold = ChooseThreshold(Half(answerable, 0), Half(unanswerable, 0));
    const std::vector<Outcome> other = Half(answerable, 1);
    const std::vector<Outcome> other_unanswerable = Half(unanswerable, 1);
    report.chosen = MeasureAt(threshold, other, other_unanswerable);
    for (uint32_t step = 0; step <= kCurveSteps; ++step) {
      report.curve.push_back(
          MeasureAt(static_cast<double>(step) / kCurveSteps, other, other_unanswerable));
    }
  }
  std::sort(micros.begin(), micros.end());
  report.answer_p50_us = Percentile(micros, 0.50);
  report.answer_p99_us = Percentile(micros, 0.99);
  return report;
}

}  // namespace quarry::eval
