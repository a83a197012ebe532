// quarry eval run, report, gate, compare, runs, lint, plan, sweep: the example suite over the
// example corpus, and planted systems.

#include <csignal>

#include "eval/local_judge.h"
#include "eval/report.h"
#include "eval/run_store.h"
#include "eval/suite_run.h"
#include "tests/testing/command_testing.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using testing::QuarryResult;

std::string ExampleSuite() { return testing::SourceDirectory() + "/examples/suite"; }

class EvalSuiteTest : public testing::CommandTest {
 protected:
  // A corpus of two documents and three questions.
  void WriteSmallSuite(const std::string& gates) {
    ASSERT_OK(CreateDirectories(home() + "/suite/corpus"));
    Write("suite/corpus/pump.md", "# Pump\n\nThe red pump delivers ten litres per second.\n");
    Write("suite/corpus/valve.md", "# Valve\n\nThe bronze valve closes within two seconds.\n");
    Write("suite/suite.yaml", "name: small\ncorpus: corpus\n" + gates);
    Write(
        "suite/cases.jsonl",
        R"({"id":"pump","query":"What does the red pump deliver per second?","accept":["ten litres"],)"
        R"("tags":["smoke"],"gold_spans":[{"doc":"pump.md","quote":"ten litres"}]})"
        "\n"
        R"({"id":"valve","query":"Within how many seconds does the bronze valve close?",)"
        R"("accept":["two seconds"],"gold_spans":[{"doc":"valve.md","quote":"two seconds"}]})"
        "\n"
        R"({"id":"none","query":"Who painted the town hall of Antwerp?","answerable":false})"
        "\n");
  }
};

TEST_F(EvalSuiteTest, ASuiteMayBeNamedInChineseAndNotAsNoCollectionCanBe) {
  WriteSmallSuite("");
  Write("suite/suite.yaml", "name: 恒源\ncorpus: corpus\n");
  const QuarryResult named = Run({"eval", "run", home() + "/suite"});
  EXPECT_THAT(named.out, HasSubstr("恒源")) << named.error;
  Write("suite/suite.yaml", "name: my suite\ncorpus: corpus\n");
  const QuarryResult refused = Run({"eval", "run", home() + "/suite"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.error, HasSubstr("suite.yaml: name: "));
  EXPECT_THAT(refused.error, HasSubstr("got \"my suite\""));
}

TEST_F(EvalSuiteTest, TheExampleSuitePassesItsGates) {
  const QuarryResult result =
      Run({"eval", "run", ExampleSuite(), "--name", "example", "--report", home() + "/r.html",
           "--report", home() + "/r.md", "--report", home() + "/r.xml", "--report",
           home() + "/r.json", "--report", home() + "/r.jsonl"});
  ASSERT_EQ(result.exit_code, 0) << result.out << result.error;
  EXPECT_THAT(result.out, HasSubstr("halden-valley  pass"));
  for (const char* file : {"/r.html", "/r.md", "/r.xml", "/r.json", "/r.jsonl"}) {
    EXPECT_THAT(result.error, HasSubstr("wrote the report to " + home() + file + "\n"));
  }
  EXPECT_THAT(result.out, HasSubstr("249 cases"));
  const Json report = Json::parse(ReadFile(home() + "/r.json").value());
  EXPECT_EQ(report["gates"]["verdict"], "pass");
  EXPECT_THAT(report["missing_gold"], ::testing::IsEmpty());
  EXPECT_GE(report["cases"].size(), 150u);
  EXPECT_THAT(ReadFile(home() + "/r.html").value(), HasSubstr("Content-Security-Policy"));
  EXPECT_THAT(ReadFile(home() + "/r.md").value(), HasSubstr("## halden-valley: pass"));
  EXPECT_THAT(ReadFile(home() + "/r.xml").value(),
              HasSubstr("testsuite name=\"halden-valley gates\""));

  // What is found and said does not depend on chance: the same again differs in nothing.
  const QuarryResult again =
      Run({"eval", "run", ExampleSuite(), "--baseline", "example", "--json"});
  ASSERT_EQ(again.exit_code, 0) << again.error;
  const Json second = Json::parse(again.out);
  for (const Json& delta : second["comparison"]["overall"]) {
    if (delta["metric"] == "latency.ms") continue;
    EXPECT_EQ(delta["delta"]["mean"], 0) << delta;
  }
  const QuarryResult compared = Run({"eval", "compare", "example", "latest"});
  EXPECT_EQ(compared.exit_code, 0);
  EXPECT_THAT(compared.out,
              HasSubstr("\np: pass by itself, the others by Holm among themselves\n"));
  const QuarryResult unknown = Run({"eval", "compare", "old-one", "new-one"});
  EXPECT_THAT(unknown.error, HasSubstr("old-one"));
  EXPECT_THAT(unknown.error, HasSubstr("new-one"));

  // Systems that play the measure lose: one that always declines, one that repeats its context.
  ASSERT_OK_AND_ASSIGN(const eval::Run honest, eval::ReadRunFile(home() + "/r.jsonl"));
  const Analyzer analyzer;
  const eval::LocalJudge judge(analyzer);
  const auto planted = [&](const auto& change) {
    eval::Run run = honest;
    for (eval::RunRecord& record : run.records) {
      record.citations.clear();
      record.sentences.clear();
      change(record);
      EXPECT_OK(eval::JudgeRecord(record.asked, judge, record, CallContext()));
    }
    return eval::MakeReport(std::move(run), {.baseline = honest}).value();
  };
  const auto lost = [](const eval::RunReport& bad, const std::string& metric) {
    for (const eval::MetricDelta& delta : bad.comparison->overall) {
      if (delta.metric == metric) return delta.delta.high < 0 && delta.is_significant();
    }
    return false;
  };
  const eval::RunReport declining = planted([](eval::RunRecord& record) {
    record.answer = "The documents do not say.";
    record.abstained = true;
  });
  EXPECT_TRUE(lost(declining, "pass"));
  EXPECT_TRUE(lost(declining, "answer.score"));
  EXPECT_EQ(declining.card.Find("claims.supported"), nullptr);  // a refusal is not grounded
  EXPECT_EQ(declining.gates.exit_code(), 1);
  const eval::RunReport copying = planted([](eval::RunRecord& record) {
    record.answer.clear();
    record.abstained = false;
    for (size_t i = 0; i < record.passages.size(); ++i) {
      const uint64_t begin = record.answer.size();
      record.answer += record.passages[i].text;
      record.sentences.push_back({.span = {begin, record.answer.size()}, .supported = true});
      record.answer += " [" + std::to_string(i + 1) + "]\n";
    }
  });
  EXPECT_TRUE(lost(copying, "pass"));
  EXPECT_TRUE(lost(copying, "answer.score"));
  EXPECT_EQ(copying.gates.exit_code(), 1);
}

TEST_F(EvalSuiteTest, TheExampleSuiteIsClean) {
  const QuarryResult result = Run({"eval", "lint", ExampleSuite()});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.error;
  EXPECT_THAT(result.out, HasSubstr("249 cases (32 unanswerable"));
  EXPECT_THAT(result.out, ::testing::Not(HasSubstr("moved")));
}

TEST_F(EvalSuiteTest, ExitCodesAreThoseOfTheGates) {
  WriteSmallSuite("gates:\n  - must_pass: smoke\n");
  EXPECT_EQ(Run({"eval", "run", home() + "/suite"}).exit_code, 0);
  EXPECT_EQ(Run({"eval", "gate", "latest"}).exit_code, 0);
  WriteSmallSuite("gates:\n  - max_p95_ms: 0\n");
  const QuarryResult failed = Run({"eval", "run", home() + "/suite"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.out, HasSubstr("FAIL"));
  EXPECT_EQ(Run({"eval", "report", "latest"}).exit_code, 0);
  // Three cases bound nothing.
  WriteSmallSuite("gates:\n  - no_regression: pass\n");
  const QuarryResult alone = Run({"eval", "run", home() + "/suite"});
  EXPECT_EQ(alone.exit_code, 4);
  EXPECT_THAT(alone.out, HasSubstr("there is no baseline"));
  WriteSmallSuite("gates:\n  - mni: pass\n");
  const QuarryResult wrong = Run({"eval", "run", home() + "/suite"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.error, HasSubstr("suite.yaml:4: gates: unknown key \"mni\""));
  WriteSmallSuite("config:\n  retrieval.kk: 3\n");
  EXPECT_THAT(Run({"eval", "run", home() + "/suite"}).error,
              HasSubstr("suite.yaml:4: config: retrieval.kk: unknown key"));
}

TEST_F(EvalSuiteTest, WhatIsNotFoundIsNoFailedGate) {
  const QuarryResult nowhere = Run({"eval", "run", home() + "/nosuch"});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.error, HasSubstr("suite \"" + home() + "/nosuch\": there is no " + home() +
                                       "/nosuch/suite.yaml"));
  EXPECT_THAT(nowhere.error, HasSubstr("none is beside it"));
  EXPECT_EQ(Run({"eval", "gate", "nosuch.jsonl"}).exit_code, 2);
  WriteSmallSuite("");
  // Beside it, and below it, where the folder of the suites is given for one of them.
  for (const char* command : {"run", "lint"}) {
    EXPECT_THAT(Run({"eval", command, home() + "/nosuch"}).error,
                HasSubstr("there is: " + home() + "/suite"));
  }
  EXPECT_THAT(Run({"eval", "run", home()}).error, HasSubstr("there is: " + home() + "/suite"));
  EXPECT_EQ(Run({"eval", "run", home() + "/suite"}).exit_code, 0);
  EXPECT_EQ(Run({"eval", "gate", "nosuch"}).exit_code, 2);
  const QuarryResult none = Run({"eval", "gate", "latest"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.error, HasSubstr("has no gates, so nothing can pass; --suite DIR says whose"));
  const QuarryResult mixed = Run({"eval", "run", home() + "/suite", "--collection", "documents"});
  EXPECT_EQ(mixed.exit_code, 2);
  EXPECT_THAT(mixed.error, HasSubstr("--collection: the suite brings its own corpus"));
}

TEST_F(EvalSuiteTest, WhereAReportCannotGoIsSaidBeforeAnythingIsAsked) {
  WriteSmallSuite("");
  const std::string path = home() + "/none/r.html";
  const std::vector<std::vector<std::string>> commands = {
      {"eval", "run", home() + "/suite", "--report", path},
      {"eval", "sweep", home() + "/suite", "--vary", "retrieval.k=5,10", "--report", path}};
  for (const std::vector<std::string>& command : commands) {
    const QuarryResult refused = Run(command);
    EXPECT_EQ(refused.exit_code, 2) << command[1];
    EXPECT_EQ(refused.error,
              "quarry: error: --report: " + path + ": there is no folder " + home() + "/none\n");
  }
  EXPECT_THAT(Run({"eval", "run", home() + "/suite/suite.yaml"}).error,
              HasSubstr("suite.yaml\": is a file; expected the folder that holds suite.yaml"));
}

TEST_F(EvalSuiteTest, ABaselineOfAnotherSuiteIsRefused) {
  WriteSmallSuite("");
  EXPECT_EQ(Run({"eval", "run", home() + "/suite", "--name", "one"}).exit_code, 0);
  Write("suite/suite.yaml", "name: other\ncorpus: corpus\n");
  const std::string file = home() + "/two.jsonl";
  EXPECT_EQ(Run({"eval", "run", home() + "/suite", "--name", "two", "--report", file}).exit_code,
            0);
  const std::vector<std::vector<std::string>> commands = {
      {"eval", "run", home() + "/suite", "--baseline", "one"},
      {"eval", "report", "two", "--baseline", "one"},
      {"eval", "gate", file, "--baseline", "one"},
      {"eval", "compare", "one", "two"}};
  for (const std::vector<std::string>& command : commands) {
    const QuarryResult refused = Run(command);
    EXPECT_EQ(refused.exit_code, 2) << command[1];
    EXPECT_THAT(refused.error, ::testing::AllOf(HasSubstr("baseline \"one\": run "),
                                                HasSubstr("is of the suite \"small\"; expected a "
                                                          "run of the suite \"other\"")))
        << command[1];
  }
  EXPECT_EQ(RunJson({"eval", "runs"})["runs"].size(), 2u) << "refused before anything is asked";
  // Of files, too.
  EXPECT_THAT(Run({"eval", "run", home() + "/suite", "--baseline", file}).error,
              ::testing::Not(HasSubstr("expected a run")));
  WriteSmallSuite("");
  EXPECT_EQ(Run({"eval", "run", home() + "/suite", "--baseline", file}).exit_code, 2);
  // "latest" is of the suite, though another one ran last.
  const QuarryResult latest = Run({"eval", "run", home() + "/suite", "--baseline", "latest"});
  EXPECT_EQ(latest.exit_code, 0) << latest.error;
}

TEST_F(EvalSuiteTest, ACollectionIsThatOfOneStateOfTheCorpus) {
  WriteSmallSuite("");
  const auto collection = [&] {
    const QuarryResult result = Run({"eval", "run", home() + "/suite", "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.error;
    return Json::parse(result.out)["run"]["collection"].get<std::string>();
  };
  const std::string first = collection();
  EXPECT_EQ(collection(), first);
  Write("suite/corpus/valve.md",
        "# Valve\n\nThe bronze valve closes within two seconds, surely.\n");
  const std::string second = collection();
  EXPECT_NE(second, first);
  // The one before is gone.
  EXPECT_THAT(Run({"collections", "ls"}).out,
              ::testing::AllOf(HasSubstr(second), ::testing::Not(HasSubstr(first))));
}

TEST_F(EvalSuiteTest, GoldThatNoCorpusHasMakesARunInvalid) {
  WriteSmallSuite("gates:\n  - must_pass: smoke\n");
  Write(
      "suite/cases.jsonl",
      R"({"id":"pump","query":"What does the red pump deliver per second?","accept":["ten litres"],)"
      R"("tags":["smoke"],"gold_docs":{"nosuch.md":1}})");
  const QuarryResult result = Run({"eval", "run", home() + "/suite"});
  EXPECT_EQ(result.exit_code, 3) << result.out << result.error;
  EXPECT_THAT(result.out, HasSubstr("1 of 1 gold spans and documents are not in the corpus"));
  EXPECT_THAT(result.out, HasSubstr("not in the corpus: pump: nosuch.md"));
}

TEST_F(EvalSuiteTest, ARunWithoutAnUpstreamIsInvalid) {
  WriteSmallSuite(
      "gates:\n  - must_pass: smoke\nconfig:\n  rerank.model: http://127.0.0.1:9/v1#x\n"
      "  rerank.enabled: \"true\"\n");
  const QuarryResult result = Run({"eval", "run", home() + "/suite"});
  EXPECT_EQ(result.exit_code, 3) << result.out << result.error;
  EXPECT_THAT(result.out, HasSubstr("2 of 3 answers are errors; at most 2 % may be"));
}

TEST_F(EvalSuiteTest, AKilledRunGoesOn) {
  const std::vector<std::string> command = {"eval",      "run", ExampleSuite(), "--jobs", "1",
                                            "--repeats", "2",   "--json"};
  EXPECT_EQ(Run({"eval", "lint", ExampleSuite()}).exit_code, 0);  // the corpus is there
  // Killed until it has left something: how far it comes depends on the machine.
  uint64_t left = 0;
  for (auto time = std::chrono::milliseconds(300); left == 0; time *= 2) {
    testing::QuarryProcess process(Command(command));
    ASSERT_FALSE(process.EndsWithin(time)) << "it is asked too quickly to be killed";
    process.Signal(SIGKILL);
    EXPECT_EQ(process.Wait().exit_code, -SIGKILL);
    const Json runs = RunJson({"eval", "runs"});
    if (!runs["runs"].empty()) left = runs["runs"][0]["records"];
  }
  EXPECT_LT(left, 249u * 2);
  const QuarryResult result = Run(command);
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("going on with run "));
  const Json after = RunJson({"eval", "runs"});
  ASSERT_EQ(after["runs"].size(), 1u);
  EXPECT_EQ(after["runs"][0]["records"], 249 * 2);
}

TEST_F(EvalSuiteTest, ASweepNeedsOneSourceAndKnownOptions) {
  WriteSmallSuite("");
  EXPECT_THAT(Run({"eval", "sweep", "--vary", "retrieval.k=5"}).error,
              HasSubstr("expected a SUITE or --beir DIR"));
  EXPECT_THAT(Run({"eval", "sweep", home() + "/suite", "--vary", "retrieval.kk=5"}).error,
              HasSubstr("--vary: retrieval.kk: unknown key; did you mean retrieval.k?"));
  const QuarryResult result =
      Run({"eval", "sweep", home() + "/suite", "--vary", "retrieval.k=5,10", "--vary",
           "chunking.target_tokens=200,400", "--report", home() + "/s.html", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.error;
  const Json report = Json::parse(result.out);
  EXPECT_EQ(report["trials"].size(), 5u);
  EXPECT_THAT(ReadFile(home() + "/s.html").value(), HasSubstr("<svg"));
  EXPECT_THAT(result.error, HasSubstr("wrote the report to " + home() + "/s.html\n"));
}

TEST_F(EvalSuiteTest, ASweepLeavesOutCasesOfWhichOnlyAJudgeCouldSayWhetherTheyPass) {
  WriteSmallSuite("");
  Write("suite/cases.jsonl",
        ReadFile(home() + "/suite/cases.jsonl").value() +
            R"({"id":"fact","query":"What delivers ten litres?","reference":"The red pump."})"
            "\n");
  const QuarryResult result =
      Run({"eval", "sweep", home() + "/suite", "--vary", "retrieval.k=5", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("1 cases are left out: they have no \"accept\""));
  const Json report = Json::parse(result.out);
  EXPECT_EQ(report["choosing"].get<int>() + report["held_out"].get<int>(), 3);
}

TEST_F(EvalSuiteTest, APlanCountsCases) {
  const Json plan = RunJson({"eval", "plan", "--detect", "0.05", "--discordance", "0.15"});
  EXPECT_EQ(plan["cases"], 469);
  EXPECT_THAT(Run({"eval", "plan", ExampleSuite(), "--detect", "0.03"}).out,
              HasSubstr("more are needed"));
  WriteSmallSuite("");
  EXPECT_THAT(Run({"eval", "plan", home() + "/suite"}).out,
              HasSubstr("no difference can be shown with those that there are"));
}

TEST_F(EvalSuiteTest, APlanCountsDraftsApart) {
  WriteSmallSuite("");
  const std::string draft = R"({"id":"a","query":"What does the pump deliver?","draft":true})";
  Write("suite/cases.jsonl", draft + "\n");
  const QuarryResult drafts = Run({"eval", "plan", home() + "/suite"});
  EXPECT_EQ(drafts.exit_code, 0) << drafts.error;
  EXPECT_THAT(drafts.out, HasSubstr("469 paired cases; there are 0 and 1 draft that is not asked "
                                    "yet, 469 more are needed\n"));
  const std::string other = R"({"id":"b","query":"How fast is the valve?","draft":true})";
  const std::string asked = R"({"id":"c","query":"Who painted it?","answerable":false})";
  Write("suite/cases.jsonl", draft + "\n" + other + "\n" + asked + "\n");
  EXPECT_THAT(Run({"eval", "plan", home() + "/suite"}).out,
              HasSubstr("there are 1 and 2 drafts that are not asked yet, 468 more are needed\n"));
  EXPECT_EQ(RunJson({"eval", "plan", home() + "/suite"})["drafts"], 2);
}

TEST_F(EvalSuiteTest, AComparisonSaysWhatACaseWasBefore) {
  WriteSmallSuite("");
  ASSERT_EQ(Run({"eval", "run", home() + "/suite", "--name", "says"}).exit_code, 0);
  Run({"eval", "run", home() + "/suite", "--name", "declines", "--set",
       "extractive.decline_below=1"});
  const std::string lost = Run({"eval", "compare", "says", "declines"}).out;
  EXPECT_THAT(lost, HasSubstr("\n  pump: passes \u2192 "));
  const std::string gained = Run({"eval", "compare", "declines", "says"}).out;
  EXPECT_THAT(gained, HasSubstr(" \u2192 passes\n"));
}

}  // namespace
}  // namespace quarry::app
