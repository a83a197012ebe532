#pragma once

// A suite: questions with what is expected of their answers.
//
//   DIR/suite.yaml    name, what is asked of and gated: suite_file.h
//   DIR/cases.jsonl   one case per line, a JSON object with the fields of Case below by name
//
// docs/evaluation.md shows a case. Unknown keys are errors that name file, line and key: a typo
// must not turn a check off. Values are plain: copy freely.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/status.h"

namespace quarry::eval {

// Something that a right answer says.
struct ExpectedFact {
  std::string id;
  std::string text;
  bool must = true;  // an answer without it is wrong; else it is a plus
};

// Where the answer stands. Written with the quote, the offsets or both; the runner and `eval lint`
// find the missing one in the document's normalised text.
struct GoldSpan {
  DocumentId document;
  uint64_t begin = 0;  // "start"
  uint64_t end = 0;    // 0 = found by the quote
  std::string quote;
  // Spans of one fact say the same: one of them is enough. "" = a fact of its own.
  std::string fact;
};

// A test of an answer's text that needs no judge.
struct AnswerCheck {
  enum class Kind : uint8_t {
    kContains,  // one of `texts` stands in it; compared folded (base/text.h), white space as one
    kRegex,     // texts[0], an ECMAScript expression, matches somewhere; case counts
    kNumber,  // the number stands in it, with the unit if one is given; 96 "万元" are 960,000 元
    kLength,  // words and CJK characters, from low to high
    kJson,    // the whole is JSON that fits `schema`
  };
  Kind kind = Kind::kContains;
  std::vector<std::string> texts;
  double number = 0;
  std::string unit;
  double tolerance = 0;  // of the number, absolute
  uint32_t low = 0;
  uint32_t high = 0;   // 0 = no limit
  std::string schema;  // JSON Schema: type, enum, required, properties, items
};

// Of documents that contradict each other: which is right.
struct SourceTruth {
  std::vector<DocumentId> right;
  std::vector<DocumentId> wrong;
};

struct CaseMessage {
  std::string role;  // "user", "assistant"
  std::string content;
};

struct Case {
  std::string id;
  std::string query;
  std::vector<CaseMessage> messages;  // what was said before the query
  std::string lang;                   // "en", "zh"; "" = that of the query
  std::vector<std::string> tags;
  bool answerable = true;
  std::vector<ExpectedFact> expected_facts;
  std::string reference;
  std::vector<AnswerCheck> accept;  // each must hold
  std::vector<AnswerCheck> reject;  // none may hold
  std::map<DocumentId, int> gold_docs;
  std::vector<GoldSpan> gold_spans;
  std::string filters;  // JSON, as in searches; "" = none
  std::string cluster;  // cases of one cluster are not independent; "" = one of its own
  std::optional<SourceTruth> source_truth;
  bool draft = false;  // made by `eval synth` and not accepted yet: not run
};

// Its own, or that of its query.
std::string LanguageOf(const Case& one);

// "lang=zh", "answerable=no", "tag=table", "cluster=about.md".
std::vector<std::string> SlicesOfCase(const Case& one);

// The documents that a case names beside its spans: gold documents and those of source_truth, each
// once.
std::vector<DocumentId> DocumentsOf(const Case& one);

// The gold documents with their grades; where none are named those of the spans, at grade 1.
std::map<DocumentId, int> GoldGradesOf(const Case& one);

// Of what is asked and what a right answer is: cases of two runs are only compared where it is the
// same. Tags, cluster, and offsets of spans that have a quote may change.
uint64_t QuestionHash(const Case& one);

// What a case by itself can be wrong in beside its syntax: checks that cannot be made, or not together,
// facts that spans name and the case has not, tags that stand twice, a language that is no code.
// kInvalidArgument.
Status ValidateCase(const Case& one);

// One line of cases.jsonl. kInvalidArgument names the key and what was expected.
Result<Case> ParseCase(std::string_view line);
// Without end of line; keys in the order of Case, without those that are as by default.
std::string CaseLine(const Case& one);

// The lines of a file. Errors name it and the line: kNotFound, kInvalidArgument (also for an id
// that stands twice).
Result<std::vector<Case>> ReadCases(const std::string& path);
// The same of lines that are there; `name` stands before messages.
Result<std::vector<Case>> ParseCases(std::string_view lines, const std::string& name);

}  // namespace quarry::eval
