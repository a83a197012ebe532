#pragma once

// Measures answers on a collection in the BEIR layout (beir.h) that also holds questions its
// documents do not answer, as SQuAD 2 does: lines of queries.jsonl whose metadata says
// "is_impossible": true.
//
// Every question is answered once with declining switched off; because declining only compares the
// answer's support with a threshold, what any threshold would do follows from that. A threshold is
// chosen on every other question (the 1st, 3rd, ... of each kind) and the curve is drawn over the
// rest, so no question both chooses and judges.

#include <cstdint>
#include <string>
#include <vector>

#include "base/query.h"
#include "eval/beir_corpus.h"
#include "generation/answerer.h"

namespace quarry::eval {

struct AnswerEvalOptions {
  std::string directory;
  std::string split = "test";  // its judged queries are the answerable questions
  Query query;                 // mode and k; the text is each question's
  generation::AnswerOptions answer;
};

// What answering does at one threshold.
struct AnswerEvalPoint {
  double threshold = 0;               // answers with less support are declined
  double declined_unanswerable = 0;   // share of the unanswerable questions: should be 1
  double declined_answerable = 0;     // share of the answerable ones: should be 0
  double cited_gold = 0;              // share of the answerable: answered, first citation relevant
  double cited_gold_of_answered = 0;  // the same, of those that were answered
  // Of the answerable questions with a marked answer (gold_spans.h): answered, and the answer holds it
  double span_long = 0;   // within 60 tokens, 90 Chinese characters
  double span_short = 0;  // within 25 tokens, 40 Chinese characters
  double token_f1 = 0;    // mean; 0 for what was declined
};

struct AnswerEvalReport {
  std::string directory;
  std::string split;
  SearchMode mode = SearchMode::kHybrid;
  CorpusReport corpus;
  uint64_t missing_judged_documents = 0;
  uint64_t answerable = 0;
  uint64_t unanswerable = 0;
  uint64_t marked = 0;  // of the answerable: with an answer marked in their passage

  AnswerEvalPoint undeclined;  // all questions, threshold 0
  AnswerEvalPoint configured;  // all questions, options.answer's threshold
  // Chosen on one half as the threshold with the largest declined_unanswerable minus
  // declined_answerable, measured on the other. Without unanswerable questions: zero and empty.
  AnswerEvalPoint chosen;
  std::vector<AnswerEvalPoint> curve;  // the other half, thresholds 0, 0.05, ... 1

  double answer_p50_us = 0;  // Answerer::Ask, one thread
  double answer_p99_us = 0;
  std::vector<std::string> warnings;
};

// Indexes the corpus if the collection is empty, then asks every question. Errors: those of beir.h,
// of the pipeline and of the answerer; kFailedPrecondition when the collection holds none of the
// documents that are judged.
Result<AnswerEvalReport> EvaluateAnswers(const AnswerEvalOptions& options, const EvalParts& parts,
                                         const ingest::ProgressSink& progress,
                                         const CallContext& context);

}  // namespace quarry::eval
