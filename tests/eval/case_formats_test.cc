#include "eval/case_formats.h"

#include <fstream>

#include "eval/answer_checks.h"
#include "eval/beir.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(CaseFormatsTest, SquadParagraphsBecomeDocumentsAndAnswersGoldSpans) {
  ASSERT_OK_AND_ASSIGN(
      const ImportedSuite imported,
      ParseSquad(
          R"({"version":"v2.0","data":[{"title":"T","paragraphs":[{"context":"Pump P-1 runs )"
          R"(at 9 bar.","qas":[{"id":"a","question":"At what pressure?","is_impossible":false,)"
          R"("answers":[{"text":"9 bar","answer_start":17},{"text":"9 bar","answer_start":17}]},)"
          R"({"id":"b","question":"Who built it?","is_impossible":true,"answers":[]}]}]}]})"));
  ASSERT_THAT(imported.documents, SizeIs(1));
  EXPECT_EQ(imported.documents[0].first, "a1-p1.txt");
  ASSERT_THAT(imported.cases, SizeIs(2));
  EXPECT_EQ(imported.cases[0].gold_spans[0].quote, "9 bar");
  EXPECT_THAT(imported.cases[0].accept[0].texts, ElementsAre("9 bar"));
  EXPECT_FALSE(imported.cases[1].answerable);
  EXPECT_EQ(ParseSquad("{}").status().message(), "expected {\"data\": [...]}, as SQuAD has it");
  EXPECT_EQ(ParseSquad(R"({"data":[{"paragraphs":[{"context":"c"}]}]})").status().message(),
            "data[0].paragraphs[0]: expected \"context\" and \"qas\"");
}

TEST(CaseFormatsTest, RgbAnswersAreFactsWithOtherWords) {
  ASSERT_OK_AND_ASSIGN(
      const ImportedSuite imported,
      ParseRgbLine(R"({"id":7,"query":"When and where?","answer":[["May 5","5 May"],"Oslo"],)"
                   R"("fakeanswer":"Bergen","positive":[["p one"],["p two"]],"negative":["n"]})",
                   3));
  const Case& one = imported.cases[0];
  EXPECT_EQ(one.id, "7");
  ASSERT_THAT(one.accept, SizeIs(2));
  EXPECT_THAT(one.accept[0].texts, ElementsAre("May 5", "5 May"));
  EXPECT_THAT(one.accept[1].texts, ElementsAre("Oslo"));
  EXPECT_THAT(one.reject[0].texts, ElementsAre("Bergen"));
  EXPECT_THAT(imported.documents, SizeIs(3));
  EXPECT_EQ(one.gold_docs.size(), 2u);
  EXPECT_EQ(ParseRgbLine(R"({"query":"q"})", 1).status().message(), "expected \"answer\"");
}

TEST(CaseFormatsTest, RagasLinesAreReadInBothSpellings) {
  ASSERT_OK_AND_ASSIGN(
      const ImportedSuite now,
      ParseRagasLine(R"({"user_input":"q","reference":"r","reference_contexts":["c"],)"
                     R"("response":"ignored"})",
                     1));
  EXPECT_EQ(now.cases[0].reference, "r");
  EXPECT_EQ(now.cases[0].gold_docs.count("q1-1.txt"), 1u);
  ASSERT_OK_AND_ASSIGN(
      const ImportedSuite then,
      ParseRagasLine(R"({"question":"q","ground_truths":["r"],"contexts":["c","d"]})", 2));
  EXPECT_EQ(then.cases[0].reference, "r");
  EXPECT_THAT(then.documents, SizeIs(2));
}

TEST(CaseFormatsTest, PromptfooTestsGoBothWays) {
  const std::string yaml =
      "tests:\n"
      "  - vars: {question: 'At what pressure?'}\n"
      "    assert:\n"
      "      - {type: icontains, value: 9 bar}\n"
      "      - {type: contains-any, value: [a, b]}\n"
      "      - {type: not-regex, value: '10 ?bar'}\n"
      "      - {type: llm-rubric, value: is polite}\n";
  ASSERT_OK_AND_ASSIGN(const ImportedSuite imported, ParsePromptfoo(yaml, "p.yaml"));
  ASSERT_THAT(imported.cases, SizeIs(1));
  const Case& one = imported.cases[0];
  EXPECT_EQ(one.query, "At what pressure?");
  EXPECT_THAT(one.accept, SizeIs(2));
  EXPECT_EQ(one.reject[0].kind, AnswerCheck::Kind::kRegex);
  EXPECT_THAT(imported.warnings, ElementsAre("t1: assertion \"llm-rubric\" is left out"));
  ASSERT_OK_AND_ASSIGN(const ImportedSuite again,
                       ParsePromptfoo(PromptfooTests(imported.cases), "again"));
  EXPECT_EQ(CaseLine(again.cases[0]), CaseLine(one));
  EXPECT_EQ(ParsePromptfoo("tests:\n  - vars: {x: 1}\n", "p.yaml").status().message(),
            "p.yaml:2: expected the variable \"question\" or \"query\"");
  EXPECT_THAT(ParsePromptfoo("a: [", "p.yaml").status().message(), HasSubstr("not valid YAML"));
}

TEST(CaseFormatsTest, WhatHasNoAnswerIsARefusalInPromptfoo) {
  const std::vector<Case> cases = {
      {.id = "t1", .query = "Who built it?", .answerable = false},
      {.id = "t2", .query = "谁建造了它？", .answerable = false, .reject = {{.texts = {"张三"}}}},
      {.id = "t3", .query = "At what pressure?"}};
  const std::string tests = PromptfooTests(cases);
  EXPECT_THAT(tests, HasSubstr("- type: is-refusal\n"));
  ASSERT_OK_AND_ASSIGN(const ImportedSuite imported, ParsePromptfoo(tests, "p.yaml"));
  ASSERT_THAT(imported.cases, SizeIs(3));
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(CaseLine(imported.cases[i]), CaseLine(cases[i]));
  EXPECT_THAT(imported.warnings, SizeIs(0));
  // What is to be refused and answered is no case that a suite may hold.
  ASSERT_OK_AND_ASSIGN(const ImportedSuite both,
                       ParsePromptfoo("- vars: {query: q}\n"
                                      "  assert: [{type: is-refusal}, {type: equals, value: a}]\n",
                                      "p.yaml"));
  EXPECT_TRUE(both.cases.at(0).answerable);
  EXPECT_THAT(both.warnings, ElementsAre("t1: assertion \"is-refusal\" is left out: others say "
                                         "what an answer holds"));
}

TEST(CaseFormatsTest, WhatIsImportedIsASuiteThatReads) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const ImportedSuite imported{.cases = {{.id = "a", .query = "q"}, {.id = "a", .query = "r"}},
                               .documents = {{"d.txt", "text"}}};
  const std::string suite_directory = directory.path() + "/s";
  ASSERT_OK(WriteImported(imported, "s", suite_directory));
  ASSERT_OK_AND_ASSIGN(const Suite suite, ReadSuite(suite_directory));
  EXPECT_EQ(suite.cases[1].id, "a-2");
  EXPECT_EQ(suite.corpus, suite_directory + "/corpus");
  EXPECT_EQ(ReadFile(suite_directory + "/corpus/d.txt").value(), "text");
  EXPECT_EQ(WriteImported(imported, "s", suite_directory).code(), Code::kAlreadyExists);
}

TEST(CaseFormatsTest, ARunIsWrittenForTrecEvalAndRagas) {
  eval::Run run;
  RunRecord& record = run.records.emplace_back();
  record.case_id = "q1";
  record.asked = {.id = "q1", .query = "q", .reference = "r", .gold_docs = {{"b", 2}}};
  record.candidates = {{.document = "b"}, {.document = "a"}, {.document = "b"}};
  record.passages = {{.document = "b", .text = "passage"}};
  record.answer = "answer";
  ASSERT_OK_AND_ASSIGN(const std::string trec, TrecRunOf(run));
  EXPECT_EQ(trec, "q1 Q0 b 1 100 quarry\nq1 Q0 a 2 99 quarry\n");
  EXPECT_EQ(TrecQrelsOf(CasesOf(run)).value(), "q1 0 b 2\n");
  EXPECT_EQ(RagasLines(run),
            R"({"id":"q1","user_input":"q","response":"answer","retrieved_contexts":["passage"],)"
            R"("reference":"r"})"
            "\n");
}

TEST(CaseFormatsTest, WhatARowOfTrecCannotHoldIsRefused) {
  const std::vector<Case> cases = {
      {.id = "q1", .query = "q", .gold_docs = {{"b", 1}}},
      {.id = "q2", .query = "r", .gold_docs = {{"b", 1}}, .draft = true}};
  EXPECT_EQ(TrecQrelsOf(cases).value(), "q1 0 b 1\n");
  const std::vector<Case> spaced = {{.id = "q1", .query = "q", .gold_docs = {{"my notes.md", 1}}}};
  const Status refused = TrecQrelsOf(spaced).status();
  EXPECT_EQ(refused.code(), Code::kInvalidArgument);
  EXPECT_THAT(refused.message(), ::testing::HasSubstr("my notes.md"));
  // A name for people is no tag; the id of the run is one.
  eval::Run run;
  run.manifest.id = "run_1";
  run.manifest.name = "before lunch";
  RunRecord& record = run.records.emplace_back();
  record.case_id = "q1";
  record.candidates = {{.document = "b"}};
  EXPECT_EQ(TrecRunOf(run).value(), "q1 Q0 b 1 100 run_1\n");
}

TEST(CaseFormatsTest, FormatsAreNamed) {
  EXPECT_EQ(ParseCaseFormat("squad").value(), CaseFormat::kSquad);
  EXPECT_EQ(ParseCaseFormat("csv").status().message(),
            "expected beir, squad, rgb, ragas or promptfoo, got \"csv\"");
}

}  // namespace
}  // namespace quarry::eval
