#include "base/markup.h"
#include "base/numbers.h"
#include "base/text.h"
#include "eval/report.h"

namespace quarry::eval {
namespace {

// An attribute of XML, on one line.
std::string Xml(std::string_view text) {
  std::string line(text);
  for (char& c : line) c = c == '\n' || c == '\t' || c == '\r' ? ' ' : c;
  return EscapeMarkup(line);
}

struct TestCase {
  std::string name;
  double seconds = 0;
  std::string failure;  // "" = passed
  std::string skipped;  // "" = it was not
  std::string error;    // "" = none
};

std::string SuiteElement(const std::string& name, const std::vector<TestCase>& tests) {
  size_t failures = 0;
  size_t errors = 0;
  size_t skipped = 0;
  double seconds = 0;
  std::string body;
  for (const TestCase& test : tests) {
    failures += test.failure.empty() ? 0 : 1;
    errors += test.error.empty() ? 0 : 1;
    skipped += test.skipped.empty() ? 0 : 1;
    seconds += test.seconds;
    body += "    <testcase classname=\"" + Xml(name) + "\" name=\"" + Xml(test.name) +
            "\" time=\"" + FormatFixed(test.seconds, 3) + "\"";
    if (!test.failure.empty()) {
      body += "><failure message=\"" + Xml(test.failure) + "\"/></testcase>\n";
    } else if (!test.error.empty()) {
      body += "><error message=\"" + Xml(test.error) + "\"/></testcase>\n";
    } else if (!test.skipped.empty()) {
      body += "><skipped message=\"" + Xml(test.skipped) + "\"/></testcase>\n";
    } else {
      body += "/>\n";
    }
  }
  return "  <testsuite name=\"" + Xml(name) + "\" tests=\"" + std::to_string(tests.size()) +
         "\" failures=\"" + std::to_string(failures) + "\" errors=\"" + std::to_string(errors) +
         "\" skipped=\"" + std::to_string(skipped) + "\" time=\"" + FormatFixed(seconds, 3) +
         "\">\n" + body + "  </testsuite>\n";
}

}  // namespace

// The gates decide: CI is red exactly where the exit code is not 0. A case that does not pass is a
// failure of a run that they stop, and stands as skipped in one that they let through.
std::string ReportJUnit(const RunReport& report) {
  std::vector<TestCase> gates;
  for (const std::string& reason : report.gates.invalid) {
    gates.push_back({.name = "the run is valid", .error = reason});
  }
  for (const GateResult& result : report.gates.results) {
    TestCase test{.name = Describe(result.gate)};
    const std::string detail = std::string(GateOutcomeName(result.outcome)) + ": " + result.detail;
    if (result.outcome == GateOutcome::kFail) test.failure = detail;
    if (result.outcome == GateOutcome::kInconclusive) test.error = detail;
    gates.push_back(std::move(test));
  }
  const bool is_stopped = report.gates.exit_code() != 0;
  std::vector<TestCase> cases;
  for (const CaseScores& one : report.scores.cases) {
    TestCase test{.name = one.id};
    const auto latency = one.values.find("latency.ms");
    if (latency != one.values.end()) test.seconds = latency->second / 1000;
    std::string& why = is_stopped ? test.failure : test.skipped;
    why = Join(one.reasons, "; ");
    if (!why.empty()) why += AnsweredText(one.answer);
    cases.push_back(std::move(test));
  }
  const std::string& suite = report.run.manifest.suite;
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"" + Xml(suite) + "\">\n" +
         SuiteElement(suite + " gates", gates) + SuiteElement(suite + " cases", cases) +
         "</testsuites>\n";
}

}  // namespace quarry::eval
