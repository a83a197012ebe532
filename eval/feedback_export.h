#pragma once

// Answers that people liked, disliked or compared, as rows to learn from: SFT
//   {"messages": [system, user, assistant]}
// preferences
//   {"input": {"messages": [system, user]}, "preferred_output": [..], "non_preferred_output": [..]}
// and cases of a suite (suite.h), marked draft until somebody accepts them. The messages are those
// that the answer was asked for by: prompts with its passages.
//
// Never exported is what a model should not learn: an answer that was served for another question, one
// with a claim that its passages do not carry (as the judge says; unjudged counts as not carried), a
// refusal as an answer, and whatever is nearly a question of the cases that are held out. Of one
// person's votes only so many count. What was left out is counted by reason.
//
// Deterministic: rows in the order given. Thread-safe.

#include <map>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "eval/judge.h"
#include "eval/suite.h"
#include "generation/prompts.h"

namespace quarry::eval {

struct GivenAnswer {
  std::string id;
  JudgedCase judged;                  // question, answer, sentences and passages
  std::vector<DocumentId> documents;  // of the passages
  bool declined = false;
  bool for_other_question =
      false;  // served from the cache, where it was stored for another question
};

struct RatedAnswer {
  GivenAnswer answer;
  bool up = false;
};

struct ComparedAnswers {
  GivenAnswer first;  // of the same question as second
  GivenAnswer second;
  Preference vote = Preference::kTie;
  std::string voter;  // "" = not known: not limited
};

enum class ExportFormat : uint8_t { kSft, kDpo, kSuite };
// "sft", "dpo", "suite".
Result<ExportFormat> ParseExportFormat(std::string_view name);

struct ExportOptions {
  ExportFormat format = ExportFormat::kSft;
  std::vector<std::string> held_out;  // questions
  double near_duplicate = 0.7;        // share of the terms of both that are common
  uint32_t votes_per_person = 50;
};

struct ExportReport {
  std::string lines;  // JSON lines
  uint64_t rows = 0;
  std::map<std::string, uint64_t> left_out;  // by reason
};

// Errors: those of the judge.
Result<ExportReport> ExportFeedback(const std::vector<RatedAnswer>& rated,
                                    const std::vector<ComparedAnswers>& compared,
                                    const ExportOptions& options, const Judge& judge,
                                    const generation::Prompts& prompts, const Analyzer& analyzer,
                                    const CallContext& context);

// Rows of the formats (feedback_export_json.cc).
std::string SftLine(const std::vector<model::ChatMessage>& prompt, const std::string& answer);
std::string PreferenceLine(const std::vector<model::ChatMessage>& prompt,
                           const std::string& preferred, const std::string& other);

}  // namespace quarry::eval
