#pragma once

// Suites out of other programs' files, and back.
//
//   beir       a directory (beir.h): questions with gold documents; the corpus stays where it is
//   squad      SQuAD 1.1 or 2.0 JSON: paragraphs become documents, answers gold spans
//   rgb        JSON lines of RGB (Chen and others: "Benchmarking large language models in
//              retrieval-augmented generation", 2024): positive and negative passages become documents
//   ragas      JSON lines {"user_input" or "question", "reference" or "ground_truth",
//              "reference_contexts" or "contexts"}: contexts become documents
//   promptfoo  the tests of a promptfoo configuration (YAML or JSON): the variable "question" or "query",
//              assertions of contains, icontains, contains-any, regex, equals, is-json and their not-
//              forms; others are named in the warnings
//
// What becomes a document is written beside the suite, which names it as its corpus.

#include <string>
#include <utility>
#include <vector>

#include "eval/beir.h"
#include "eval/run.h"
#include "eval/suite_file.h"

namespace quarry::eval {

enum class CaseFormat : uint8_t { kBeir, kSquad, kRgb, kRagas, kPromptfoo };
const char* CaseFormatName(CaseFormat format);  // "beir"
// kInvalidArgument lists them.
Result<CaseFormat> ParseCaseFormat(std::string_view name);

struct ImportedSuite {
  std::vector<Case> cases;
  std::vector<std::pair<std::string, std::string>> documents;  // name, text
  std::vector<std::string> warnings;                           // what was left out
};

// Errors name the file and the place in it.
Result<ImportedSuite> ImportCases(CaseFormat format, const std::string& path);

// DIRECTORY/cases.jsonl, suite.yaml, and corpus/ for the documents. kAlreadyExists where cases.jsonl is
// there.
Status WriteImported(const ImportedSuite& imported, const std::string& name,
                     const std::string& directory);

// One tests list for promptfoo's `tests: file://..`, with the checks that it has, too.
std::string PromptfooTests(const std::vector<Case>& cases);
// JSON lines {"user_input", "response", "retrieved_contexts", "reference"}: what RAGAS scores.
std::string RagasLines(const Run& run);
// TREC files (beir.h): documents by their best chunk, with the run's name as tag, or its id where the
// name holds white space; the gold documents of the cases that are no drafts. kInvalidArgument: an id
// that a row cannot hold.
Result<std::string> TrecRunOf(const Run& run);
Result<std::string> TrecQrelsOf(const std::vector<Case>& cases);
// The questions that name gold documents, and those that are not answerable (beir.h).
BeirQueries BeirQueriesOf(const std::vector<Case>& cases);

// --- One per format, in a file of its own ---

Result<ImportedSuite> ParseSquad(std::string_view json);
Result<ImportedSuite> ParseRgbLine(std::string_view line, size_t number);
Result<ImportedSuite> ParseRagasLine(std::string_view line, size_t number);
Result<ImportedSuite> ParsePromptfoo(const std::string& yaml, const std::string& name);

}  // namespace quarry::eval
