#pragma once

// A suite directory as a whole (suite.h): what is asked, of what, and what must hold.
//
//   name: halden-valley
//   description: Questions about the example corpus.
//   corpus: ../corpus            # indexed before the run, into a collection of its own; optional
//   config:                      # options of `quarry config`; flags stand over them
//     retrieval.k: 10
//   max_words: 120               # of an answer that passes (300)
//   repeats: 1
//   seed: 1
//   baseline: baseline.jsonl     # an exported run that no_regression looks at; optional
//   gates:
//     - min: pass
//       value: 0.7
//       slice: lang=zh           # optional
//     - no_regression: pass
//       margin: 0.02
//     - must_pass: smoke
//     - max_p95_ms: 500
//
// Paths are relative to the directory.

#include <map>
#include <string>
#include <vector>

#include "eval/gate_spec.h"
#include "eval/suite.h"

namespace quarry::eval {

struct Suite {
  std::string directory;
  std::string name;
  std::string description;
  std::string corpus;  // folder; "" = what the collection holds
  std::map<std::string, std::string> config;
  std::map<std::string, uint32_t> config_lines;  // of suite.yaml, from 1
  uint32_t max_words = 300;
  uint32_t repeats = 1;
  uint64_t seed = 1;
  std::string baseline;  // file; "" = none
  std::vector<Gate> gates;
  std::vector<uint32_t> gate_lines;  // of suite.yaml, from 1
  std::vector<Case> cases;           // those of cases.jsonl, drafts too

  // Of the cases that are run: names what is asked, so that a run is only continued, and a baseline
  // only believed, where it is the same.
  uint64_t Hash() const;
};

// What a suite is read for. One that is to be run needs cases that are no drafts, and some in the slice
// of each gate; to one in work drafts are cases.
enum class SuiteUse { kToRun, kInWork };

// Errors name file and line: kNotFound; kInvalidArgument, also for checks and gates that make no
// sense, for a gate over a slice that no case is in, and for a suite without a case.
Result<Suite> ReadSuite(const std::string& directory, SuiteUse use = SuiteUse::kToRun);

// suite.yaml alone. `name` stands before messages.
Result<Suite> ParseSuiteFile(const std::string& yaml, const std::string& name);

// Writes DIRECTORY/cases.jsonl, and a suite.yaml with name, description and corpus where there is
// none.
Status WriteSuite(const Suite& suite);

}  // namespace quarry::eval
