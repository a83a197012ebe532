#pragma once

// What to change next, measured on two axes (docs/evaluation_attribution.md):
//
//   context gap     acc(gold context) - acc(now)         what better retrieval could give
//   behaviour gap   target - acc(gold context)           what better reading and writing could give
//   knowledge help  acc(now) - acc(closed book)          what retrieval gives at all
//
// Every gain is a mean over the cases with its 95 % interval (cluster bootstrap): of what is gained if
// the cause is removed altogether. A cause is named only where chance does not explain it. Pure;
// thread-safe.

#include <optional>
#include <string>
#include <vector>

#include "eval/failure_kind.h"
#include "eval/statistics.h"

namespace quarry::eval {

// One case under the conditions that were measured: 1 = passed.
struct AxisCase {
  std::string id;
  std::string cluster;  // "" = one of its own
  double now = 0;
  std::optional<double> gold_context;
  std::optional<double> closed_book;
  std::optional<double> small_model;  // a cheaper model under gold context
  std::optional<FailureKind> failure;
};

struct AdviceOptions {
  double target = 0.9;          // share of cases that shall pass
  double noticeable = 0.03;     // gaps below are none
  double margin = 0.05;         // a smaller model may lose so much
  uint64_t clean_examples = 0;  // verified rows at hand for fine-tuning
  uint32_t prompts_tried = 0;   // other prompts that were run and changed nothing
  double cost_per_case = 0;     // of the answering model, in money
  double small_cost_per_case = 0;
  uint32_t samples = kBootstrapSamples;  // of the intervals
};

enum class AdviceKind : uint8_t {
  kRetrieval,         // work on retrieval
  kPrompt,            // work on the prompt
  kFewShot,           // put examples into the prompt
  kFineTune,          // export verified answers and train on them
  kSmallModel,        // a cheaper model is as good
  kWithoutRetrieval,  // retrieval does not help here
  kKeep,              // nothing of what was measured is worth a change
  kMeasureMore,       // too few cases, or a condition was not measured
};
const char* AdviceName(AdviceKind kind);  // "retrieval"

struct Advice {
  AdviceKind kind = AdviceKind::kKeep;
  std::string text;    // what to do, and why
  Estimate gain;       // in the share of cases that pass; of kSmallModel 0
  std::string cost;    // what it takes
  double savings = 0;  // kSmallModel: share of the cost
};

struct AdviceReport {
  uint64_t cases = 0;
  Estimate now;
  std::optional<Estimate> gold_context;
  std::optional<Estimate> closed_book;
  std::optional<Estimate> context_gap;
  std::optional<Estimate> behaviour_gap;
  std::optional<Estimate> knowledge_help;
  std::vector<std::pair<FailureKind, uint64_t>> failures;  // those that occur, most frequent first
  std::vector<Advice> advice;                              // best first
};

AdviceReport Advise(const std::vector<AxisCase>& cases, const AdviceOptions& options);

// For a terminal.
std::string AdviceText(const AdviceReport& report);

}  // namespace quarry::eval
