#pragma once

// What an answer reached on its case: every metric (metric_catalogue.h) that is defined there, from
// its record alone; of a whole run: run_scores.h. Pure.
//
// An error is a wrong answer: it scores the worst in every metric that the case would have had, 0
// or, where less is better, 1, and is never left out of a mean. A case passes if
//   * it is unanswerable and was declined, or
//   * it is answerable, was answered, every `accept` holds and no `reject`, the answer is not
//     longer than the suite allows, and denies no fact that must be there; where the case has no
//     `accept`, it entails every such fact. Without either it is not said whether it passes.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "eval/run.h"
#include "eval/suite.h"
#include "eval/variance_split.h"

namespace quarry::eval {

struct ScoreOptions {
  uint32_t max_words = 0;  // of an answer that passes; 0 = no limit
  bool use_judge = true;   // without, what needs a judge is not scored
  bool was_judged = true;  // the run had a judge: an error has its metrics too
};

struct CaseScores {
  std::string id;
  std::map<std::string, double> values;  // by metric; means over repeats and judgements
  std::vector<std::string> slices;       // "lang=zh", "tag=table", "answerable=no"
  std::string cluster;                   // its id where it has none
  uint64_t question_hash = 0;            // of what is asked and expected (suite.h)
  uint32_t records = 0;
  uint32_t errors = 0;
  uint32_t judgements = 1;  // of each answer
  bool pass_is_judged =
      false;  // it is answerable and has no `accept`: a judge says whether it passes
  // Of pass and answer.score, where the case was asked or judged again.
  std::map<std::string, CaseSpread> spreads;
  uint32_t shown_repeat = 0;         // the first that does not pass; 0 where all do
  std::vector<std::string> reasons;  // why it does not pass, of that repeat
  std::string label;                 // FailureLabel::label of that repeat
  std::string answer;                // its answer's begin; "" where it declined or is an error

  bool IsIn(const std::string& slice) const {  // "" = all cases
    return slice.empty() || std::ranges::find(slices, slice) != slices.end();
  }
  bool Passes() const {
    const auto found = values.find("pass");
    return found != values.end() && found->second == 1;
  }
};

// Scores of one record. `reasons` and `label` say why it does not pass.
CaseScores ScoreRecord(const Case& one, const RunRecord& record, const ScoreOptions& options);

// The gold spans of each fact; one of them is enough. They are of the record, which must live as long.
std::map<std::string, std::vector<const ResolvedSpan*>> SpansByFact(const RunRecord& record);
// Whether the byte range of a document is covered by `ranges` of it together.
bool Covers(std::vector<ByteRange> ranges, uint64_t begin, uint64_t end);
// What the candidates of a run have of a document, or of them those within k; what its prompt has.
std::vector<ByteRange> CandidateRanges(const RunRecord& record, const DocumentId& document,
                                       bool within_k);
std::vector<ByteRange> PromptRanges(const RunRecord& record, const DocumentId& document);

}  // namespace quarry::eval
