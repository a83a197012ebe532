#include "eval/lint.h"

#include "eval/plan.h"
#include "tests/testing/engine_testing.h"

namespace quarry::eval {
namespace {

using ::testing::HasSubstr;

class LintTest : public ::testing::Test {
 protected:
  LintTest() {
    engine_.Add({testing::TextDocument("pump.md", "Pump", "The red pump delivers ten litres."),
                 testing::TextDocument("valve.md", "Valve",
                                       "The bronze valve closes within two seconds.")});
    suite_.name = "small";
  }
  Case& Add(const std::string& id, const std::string& query) {
    Case one;
    one.id = id;
    one.query = query;
    one.reference = "ten litres";
    return suite_.cases.emplace_back(one);
  }
  LintReport Lint() {
    return LintSuite(suite_, *engine_.snapshot(), engine_.analyzer, CallContext()).value();
  }
  static std::string Messages(const LintReport& report) {
    std::string text;
    for (const LintFinding& finding : report.findings) {
      constexpr const char* kLevels[] = {"E ", "W ", "D "};
      text += kLevels[static_cast<size_t>(finding.level)] + finding.case_id + ": " +
              finding.message + "\n";
    }
    return text;
  }

  testing::TestEngine engine_;
  Suite suite_;
};

TEST_F(LintTest, ASpanThatIsGoneIsAnErrorAndOneThatMovedIsRepaired) {
  Add("a", "What does it deliver?").gold_spans = {
      {.document = "pump.md", .begin = 2, .end = 12, .quote = "ten litres"},
      {.document = "pump.md", .quote = "nine litres"},
      {.document = "gone.md", .quote = "ten litres"}};
  const LintReport report = Lint();
  EXPECT_TRUE(report.has_errors());
  EXPECT_THAT(Messages(report), HasSubstr("E a: gold span is not in pump.md: \"nine litres\"\n"));
  EXPECT_THAT(Messages(report), HasSubstr("E a: gold span is not in gone.md: \"ten litres\"\n"));
  EXPECT_EQ(report.spans, 3u);
  EXPECT_EQ(report.moved_spans, 1u);
  EXPECT_EQ(report.repaired[0].gold_spans[0].begin, 22u);
}

TEST_F(LintTest, DocumentsThatAreNamedMustBeThere) {
  Case& one = Add("a", "What does it deliver?");
  one.gold_docs = {{"pump.md", 1}, {"x.md", 1}};
  one.source_truth = SourceTruth{.right = {"pump.md"}, .wrong = {"y.md"}};
  EXPECT_THAT(Messages(Lint()), HasSubstr("E a: document \"x.md\" is not in the corpus\n"
                                          "E a: document \"y.md\" is not in the corpus\n"));
}

TEST_F(LintTest, TheSameQuestionTwiceIsSaidUnlessItIsMeant) {
  Add("a", "What does the red pump deliver?");
  Add("b", "What does the red pump deliver");
  EXPECT_THAT(Messages(Lint()), HasSubstr("W b: nearly the question of case \"a\""));
  suite_.cases[0].cluster = suite_.cases[1].cluster = "pump";
  EXPECT_THAT(Messages(Lint()), ::testing::Not(HasSubstr("nearly")));
}

TEST_F(LintTest, AQuestionThatGivesItsAnswerAwayIsSaid) {
  Add("a", "Does the pump deliver ten litres?").accept = {{.texts = {"ten litres"}}};
  EXPECT_THAT(Messages(Lint()), HasSubstr("W a: what `accept` asks for stands in the question"));
}

TEST_F(LintTest, WhatIsAskedForAndStandsNowhereAnyMoreIsSaid) {
  Add("a", "What does it deliver?").accept = {{.texts = {"ten litres"}}, {.texts = {"9 litres"}}};
  Add("b", "水泵每秒输送多少？").accept = {{.texts = {"十二升", "10升"}}};
  Case& marked = Add("c", "How much is delivered?");
  marked.accept = {{.texts = {"8 litres"}}};
  marked.gold_spans = {{.document = "pump.md", .quote = "ten litres"}};
  Add("d", "Is it red?").accept = {{.texts = {"yes"}}};
  const LintReport report = Lint();
  EXPECT_FALSE(report.has_errors());
  EXPECT_THAT(Messages(report),
              HasSubstr("W a: nothing in the corpus holds \"9 litres\", which `accept` asks for"));
  EXPECT_THAT(Messages(report),
              HasSubstr("W b: nothing in the corpus holds \"十二升\" or \"10升\", which"));
  for (const char* quiet : {"holds \"ten litres\"", "W c: nothing", "W d: nothing"}) {
    EXPECT_THAT(Messages(report), ::testing::Not(HasSubstr(quiet)));
  }
  engine_.Add({testing::TextDocument("water.md", "水泵", "水泵每秒输送10升水。"),
               testing::TextDocument("old.md", "Old", "The old one delivers 9 litres.")});
  EXPECT_THAT(Messages(Lint()), ::testing::Not(HasSubstr("nothing in the corpus holds")));
}

TEST_F(LintTest, ChecksThatExcludeEachOtherAndCasesThatNothingCanFail) {
  Case& one = Add("a", "What does it deliver?");
  one.accept = {{.texts = {"ten litres"}}};
  one.reject = {{.texts = {"ten litres"}}};
  Add("b", "Which pump is red?").reference.clear();
  Add("c", "How fast does the valve close?").expected_facts = {
      {.id = "f", .text = "It closes within two seconds.", .must = false}};
  const std::string messages = Messages(Lint());
  EXPECT_THAT(messages, HasSubstr("E a: accept and reject exclude each other"));
  EXPECT_THAT(messages, HasSubstr("W b: answerable, and nothing says what a right answer is"));
  EXPECT_THAT(messages, HasSubstr("W c: no expected fact must be there, and there is no `accept`"));
}

TEST_F(LintTest, SharesAndPowerAreThoseOfTheWholeSuite) {
  for (int i = 0; i < 30; ++i) Add("c" + std::to_string(i), "Question " + std::to_string(i * 7919));
  suite_.cases[0].draft = true;
  const LintReport report = Lint();
  EXPECT_EQ(report.cases, 29u);
  EXPECT_EQ(report.drafts, 1u);
  EXPECT_THAT(Messages(report), HasSubstr("W : 0 of 29 cases are unanswerable"));
  EXPECT_THAT(Messages(report),
              HasSubstr("29 cases are too few to show any change of the pass rate; "));
  for (int i = 30; i < 200; ++i) {
    Add("c" + std::to_string(i), "Question " + std::to_string(i * 7919));
  }
  const std::string messages = Messages(Lint());
  EXPECT_THAT(messages, HasSubstr("199 cases show a change of the pass rate by "));
  EXPECT_THAT(messages, HasSubstr(" percentage points and more; "));
}

// As they come of `eval synth` and of answers that were rated.
TEST_F(LintTest, WhatDraftsWaitForIsToldApart) {
  Add("a", "What does the red pump deliver?").tags = {"smoke"};
  Case& unfinished = Add("b", "铜阀多久关闭？");
  unfinished.reference.clear();
  Add("c", "How is the valve?").gold_spans = {{.document = "gone.md", .quote = "ten litres"}};
  for (Case& one : suite_.cases) one.draft = true;
  suite_.gates = {{.kind = Gate::Kind::kMustPass, .tag = "smoke"}};
  LintReport report = Lint();
  EXPECT_EQ(report.cases, 0u);
  EXPECT_EQ(report.drafts, 3u);
  EXPECT_DOUBLE_EQ(report.detectable, 1);
  // What is wrong with a draft is wrong.
  EXPECT_EQ(Messages(report),
            "E c: gold span is not in gone.md: \"ten litres\"\n"
            "D b: answerable, and nothing says what a right answer is\n"
            "D : no case is asked: all are drafts; read each, and take \"draft\": true off what is "
            "good\n");
  suite_.cases[1].draft = false;
  report = Lint();
  EXPECT_THAT(Messages(report), HasSubstr("W b: answerable, and nothing says what"));
  EXPECT_THAT(Messages(report),
              HasSubstr("D : must_pass smoke: all cases of the slice \"tag=smoke\" are drafts\n"));
  suite_.cases[0].draft = false;
  EXPECT_THAT(Messages(Lint()), ::testing::Not(HasSubstr("D ")));
}

TEST(PlanTest, CasesCallsAndMoneyFollowFromTheDifference) {
  eval::Run run;
  run.records.resize(2);
  run.records[0].usage = {.prompt_tokens = 100, .completion_tokens = 20, .cost = 0.01};
  run.records[1].usage = {.prompt_tokens = 300, .completion_tokens = 20, .cost = 0.03};
  PlanInput input{.repeats = 2, .cases = 100};
  TakeCosts(run, input);
  ASSERT_OK_AND_ASSIGN(const EvalPlan plan, MakePlan(input));
  EXPECT_EQ(plan.cases, 469u);
  EXPECT_EQ(plan.more_cases, 369u);
  EXPECT_EQ(plan.answers, 938u);
  EXPECT_DOUBLE_EQ(plan.tokens, 938 * 220);
  EXPECT_DOUBLE_EQ(plan.cost, 938 * 0.02);
  EXPECT_GT(plan.shown, 0.05);
  EXPECT_EQ(MakePlan({.detect = 0.2, .discordance = 0.1}).status().message(),
            "--discordance: two systems that differ by so much disagree on as many cases at least");
  EXPECT_EQ(MakePlan({.detect = 0}).status().message(),
            "--detect: expected a difference between 0 and 1");
}

}  // namespace
}  // namespace quarry::eval
