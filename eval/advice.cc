#include "eval/advice.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>

#include "base/numbers.h"
#include "base/status.h"

namespace quarry::eval {
namespace {

constexpr uint64_t kFewCases = 30;       // below, nothing is said
constexpr uint64_t kCleanExamples = 50;  // that fine-tuning needs

std::string Percent(double share) { return FormatFixed(100 * share, 1); }

std::string Points(const Estimate& gain) {
  return Percent(gain.mean) + " points [" + Percent(gain.low) + ", " + Percent(gain.high) + "]";
}

class Adviser {
 public:
  Adviser(const std::vector<AxisCase>& cases, const AdviceOptions& options)
      : cases_(cases), options_(options) {
    std::map<std::string, uint32_t> numbers;
    for (size_t i = 0; i < cases.size(); ++i) {
      const std::string name =
          cases[i].cluster.empty() ? "case " + std::to_string(i) : "cluster " + cases[i].cluster;
      clusters_.push_back(
          numbers.emplace(name, static_cast<uint32_t>(numbers.size())).first->second);
    }
  }

  AdviceReport Run() {
    report_.cases = cases_.size();
    Measure();
    CountFailures();
    AdviseRetrieval();
    AdviseBehaviour();
    AdviseSmallModel();
    std::stable_sort(report_.advice.begin(), report_.advice.end(),
                     [](const Advice& a, const Advice& b) { return a.gain.mean > b.gain.mean; });
    // Where retrieval does not help, work on it is no gain: said first.
    AdviseAgainstRetrieval();
    AdviseMeasuring();
    if (report_.advice.empty()) {
      report_.advice.push_back(
          {AdviceKind::kKeep, "Nothing that was measured is worth a change.", {}, "none"});
    }
    return std::move(report_);
  }

 private:
  using Value = std::function<std::optional<double>(const AxisCase&)>;

  // Of the cases that have it; nullopt where none has.
  std::optional<Estimate> Mean(const Value& value) const {
    std::vector<double> values;
    std::vector<uint32_t> clusters;
    for (size_t i = 0; i < cases_.size(); ++i) {
      const std::optional<double> one = value(cases_[i]);
      if (!one) continue;
      values.push_back(*one);
      clusters.push_back(clusters_[i]);
    }
    if (values.empty()) return std::nullopt;
    return EstimateMean(values, clusters, /*seed=*/1, options_.samples);
  }

  static Value Difference(Value a, Value b) {
    return [a = std::move(a), b = std::move(b)](const AxisCase& one) -> std::optional<double> {
      const std::optional<double> first = a(one);
      const std::optional<double> second = b(one);
      if (!first || !second) return std::nullopt;
      return *first - *second;
    };
  }

  void Measure() {
    const Value now = [](const AxisCase& one) { return std::optional(one.now); };
    const Value gold = [](const AxisCase& one) { return one.gold_context; };
    const Value closed = [](const AxisCase& one) { return one.closed_book; };
    report_.now = Mean(now).value_or(Estimate{});
    report_.gold_context = Mean(gold);
    report_.closed_book = Mean(closed);
    report_.context_gap = Mean(Difference(gold, now));
    report_.knowledge_help = Mean(Difference(now, closed));
    if (report_.gold_context) {
      Estimate gap = *report_.gold_context;
      std::swap(gap.low, gap.high);
      gap.mean = options_.target - gap.mean;
      gap.low = options_.target - gap.low;
      gap.high = options_.target - gap.high;
      report_.behaviour_gap = gap;
    }
  }

  void CountFailures() {
    std::map<FailureKind, uint64_t> counts;
    for (const AxisCase& one : cases_) {
      if (one.failure) ++counts[*one.failure];
    }
    report_.failures.assign(counts.begin(), counts.end());
    std::stable_sort(report_.failures.begin(), report_.failures.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
  }

  bool IsNoticeable(const std::optional<Estimate>& gap) const {
    return gap && gap->count >= kFewCases && gap->low > 0 && gap->mean >= options_.noticeable;
  }

  void AdviseRetrieval() {
    if (!IsNoticeable(report_.context_gap)) return;
    static const std::map<FailureKind, const char*> kWork = {
        {FailureKind::kCorpusGap, "add the documents that are missing"},
        {FailureKind::kSourceWrong, "correct the sources"},
        {FailureKind::kRetrievalMiss,
         "widen what is found: both legs on, filters, chunking, another embedder, recall mode"},
        {FailureKind::kRanking, "rank better: a reranker, the weight of the vectors, a larger k"},
        {FailureKind::kContextTruncation, "a larger token budget or shorter chunks"},
        {FailureKind::kDistracted, "fewer and better passages: a reranker, a smaller k"}};
    std::string what = "see which stage loses the gold passages";
    for (const auto& [kind, count] : report_.failures) {
      const auto work = kWork.find(kind);
      if (work == kWork.end()) continue;
      what = std::string(work->second) + " (" + FailureName(kind) + ": " + std::to_string(count) +
             " cases)";
      break;
    }
    report_.advice.push_back({AdviceKind::kRetrieval,
                              "Work on retrieval: " + what + ". With the gold passages it passes " +
                                  Percent(report_.gold_context->mean) + " %, now " +
                                  Percent(report_.now.mean) + " %.",
                              *report_.context_gap, "configuration or indexing, no model call"});
  }

  void AdviseBehaviour() {
    if (!IsNoticeable(report_.behaviour_gap)) return;
    const Estimate gain = *report_.behaviour_gap;
    const std::string gap = "Given the gold passages it passes " +
                            Percent(report_.gold_context->mean) + " %, " +
                            Percent(options_.target) + " % are wanted. ";
    const bool is_persistent = options_.prompts_tried > 0;
    if (is_persistent && options_.clean_examples >= kCleanExamples) {
      report_.advice.push_back(
          {AdviceKind::kFineTune,
           gap + "Prompts were tried; export the " + std::to_string(options_.clean_examples) +
               " clean examples and fine-tune (quarry feedback export --format sft).",
           gain, "training on " + std::to_string(options_.clean_examples) + " examples"});
    } else if (is_persistent) {
      report_.advice.push_back(
          {AdviceKind::kFewShot,
           gap + "Prompts were tried: show examples in the prompt, and collect " +
               std::to_string(kCleanExamples) + " clean ones for fine-tuning (" +
               std::to_string(options_.clean_examples) + " are there).",
           gain, "the examples' tokens in every call"});
    } else {
      report_.advice.push_back(
          {AdviceKind::kPrompt, gap + "Work on the prompt: " + PromptWork() + ".", gain,
           "one run of the suite per prompt: " +
               Money(options_.cost_per_case * static_cast<double>(cases_.size()))});
    }
  }

  std::string PromptWork() const {
    static const std::map<FailureKind, const char*> kWork = {
        {FailureKind::kOverRefusal, "it declines what the passages say"},
        {FailureKind::kShouldHaveRefused, "it answers what the passages do not say"},
        {FailureKind::kUnfaithful, "it says what the passages do not say"},
        {FailureKind::kOmission, "it leaves out what the passages say"},
        {FailureKind::kCitationError, "it cites passages that do not carry what it says"},
        {FailureKind::kFormat, "it does not keep the form"}};
    for (const auto& [kind, count] : report_.failures) {
      const auto work = kWork.find(kind);
      if (work != kWork.end()) {
        return std::string(work->second) + " (" + std::to_string(count) + " cases)";
      }
    }
    return "state the rules that the failed cases break";
  }

  void AdviseSmallModel() {
    const Value gold = [](const AxisCase& one) { return one.gold_context; };
    const Value small = [](const AxisCase& one) { return one.small_model; };
    const std::optional<Estimate> loss = Mean(Difference(small, gold));
    if (!loss || loss->count < kFewCases || loss->low < -options_.margin) return;
    Advice advice{AdviceKind::kSmallModel,
                  "The smaller model reads the gold passages as well: " + Points(*loss) + ".",
                  {},
                  "none"};
    if (options_.cost_per_case > 0) {
      advice.savings = 1 - options_.small_cost_per_case / options_.cost_per_case;
      advice.text += " It saves " + Percent(advice.savings) + " % of the cost.";
    }
    report_.advice.push_back(std::move(advice));
  }

  void AdviseAgainstRetrieval() {
    const std::optional<Estimate>& help = report_.knowledge_help;
    if (!help || help->count < kFewCases || help->mean > 0) return;
    Estimate gain = *help;
    gain.mean = -help->mean;
    gain.low = -help->high;
    gain.high = -help->low;
    report_.advice.insert(report_.advice.begin(),
                          {AdviceKind::kWithoutRetrieval,
                           "Retrieval does not help here: without any passage it passes " +
                               Percent(report_.closed_book->mean) + " %, with them " +
                               Percent(report_.now.mean) + " %.",
                           gain, "none: fewer tokens in every call"});
  }

  void AdviseMeasuring() {
    if (cases_.size() < kFewCases) {
      report_.advice.assign(
          1, {AdviceKind::kMeasureMore,
              "With " + std::to_string(cases_.size()) + " cases nothing is sure; at least " +
                  std::to_string(kFewCases) + " are needed.",
              {},
              "more cases"});
    } else if (!report_.gold_context) {
      report_.advice.push_back({AdviceKind::kMeasureMore,
                                "Whether context or behaviour is at fault was not measured: replay "
                                "with the gold passages.",
                                {},
                                "one run of the suite"});
    }
  }

  static std::string Money(double cost) { return cost <= 0 ? "no money" : FormatFixed(cost, 2); }

  const std::vector<AxisCase>& cases_;
  const AdviceOptions& options_;
  std::vector<uint32_t> clusters_;
  AdviceReport report_;
};

}  // namespace

const char* AdviceName(AdviceKind kind) {
  switch (kind) {
    case AdviceKind::kRetrieval:
      return "retrieval";
    case AdviceKind::kPrompt:
      return "prompt";
    case AdviceKind::kFewShot:
      return "few-shot";
    case AdviceKind::kFineTune:
      return "fine-tune";
    case AdviceKind::kSmallModel:
      return "smaller model";
    case AdviceKind::kWithoutRetrieval:
      return "without retrieval";
    case AdviceKind::kKeep:
      return "keep";
    case AdviceKind::kMeasureMore:
      return "measure more";
  }
  Fatal(__FILE__, __LINE__, "unknown AdviceKind");
}

AdviceReport Advise(const std::vector<AxisCase>& cases, const AdviceOptions& options) {
  return Adviser(cases, options).Run();
}

std::string AdviceText(const AdviceReport& report) {
  std::string text;
  const auto line = [&](const char* name, const std::optional<Estimate>& estimate) {
    if (!estimate) return;
    const std::string interval = std::isinf(estimate->low) ? "too few cases for an interval"
                                                           : "[" + Percent(estimate->low) + ", " +
                                                                 Percent(estimate->high) + "]";
    char row[120];
    std::snprintf(row, sizeof(row), "  %-16s %6s  %s\n", name, Percent(estimate->mean).c_str(),
                  interval.c_str());
    text += row;
  };
  text += "Shares of " + std::to_string(report.cases) + " cases, %, with 95 % intervals\n";
  line("now", report.now);
  line("gold context", report.gold_context);
  line("closed book", report.closed_book);
  line("context gap", report.context_gap);
  line("behaviour gap", report.behaviour_gap);
  line("knowledge help", report.knowledge_help);
  if (!report.failures.empty()) {
    text += "Failures: ";
    for (size_t i = 0; i < report.failures.size(); ++i) {
      text += (i > 0 ? ", " : "") + std::string(FailureName(report.failures[i].first)) + " " +
              std::to_string(report.failures[i].second);
    }
    text += "\n";
  }
  for (size_t i = 0; i < report.advice.size(); ++i) {
    const Advice& advice = report.advice[i];
    text += std::to_string(i + 1) + ". " + advice.text;
    if (advice.gain.mean > 0) text += " Expected gain: " + Points(advice.gain) + ".";
    text += " Cost: " + advice.cost + ".\n";
  }
  return text;
}

}  // namespace quarry::eval
