#include "eval/ranking.h"

#include "eval/local_judge.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

constexpr int kCases = 30;

// Answers right in so many of the cases; the last tenth of them cannot be answered.
eval::Run SystemOf(const std::string& id, int right, bool declines) {
  eval::Run run;
  run.manifest.id = id;
  for (int i = 0; i < kCases; ++i) {
    const std::string n = std::to_string(i);
    RunRecord& record = run.records.emplace_back();
    record.case_id = "c" + n;
    record.asked = {.id = record.case_id, .query = "How heavy is pump P-" + n + "?"};
    if (i >= kCases - 3) {
      record.asked.answerable = false;
      record.abstained = declines;
      record.answer = declines ? "The documents do not say." : "It weighs 80 kg.";
      continue;
    }
    record.asked.expected_facts = {
        {.id = "f1", .text = "The pump P-" + n + " weighs " + std::to_string(100 + i) + " kg."}};
    record.answer = i < right ? record.asked.expected_facts[0].text
                              : "The pump P-" + n + " weighs 7 kg, and is painted in a bright red.";
  }
  return run;
}

TEST(RankingTest, TheSystemThatIsRightMoreOftenStandsFirst) {
  const Analyzer analyzer;
  const LocalJudge judge(analyzer);
  const std::vector<eval::Run> runs = {SystemOf("middle", 15, true), SystemOf("worst", 3, false),
                                       SystemOf("best", 27, true)};
  ASSERT_OK_AND_ASSIGN(const RunRanking ranking, RankRuns(runs, judge, nullptr, {}));
  EXPECT_EQ(ranking.cases, 30u);
  EXPECT_EQ(ranking.pairs, 90u);
  ASSERT_EQ(ranking.runs.size(), 3u);
  EXPECT_EQ(ranking.runs[0].id, "best");
  EXPECT_EQ(ranking.runs[1].id, "middle");
  EXPECT_EQ(ranking.runs[2].id, "worst");
  EXPECT_GT(ranking.runs[0].strength.strength.low, ranking.runs[2].strength.strength.high);
  // 12 of 27 against the middle and 24 against the worst, and what cannot be answered; else ties.
  EXPECT_EQ(ranking.runs[0].strength.wins, 12u + 24u + 3u);
  EXPECT_EQ(ranking.runs[0].strength.losses, 0u);
  EXPECT_EQ(ranking.runs[2].strength.losses, 24u + 12u + 6u);
  // Length is told: here the shorter answers are the right ones.
  EXPECT_LT(ranking.longer, ranking.won / 2);
  EXPECT_LT(ranking.runs[0].words, ranking.runs[2].words);
}

TEST(RankingTest, DecliningIsNoAnswerThoughTheQuestionHoldsTheWordsOfTheFact) {
  const Analyzer analyzer;
  const LocalJudge judge(analyzer);
  const auto run_of = [](const std::string& id, const std::string& answer, bool declines) {
    eval::Run run;
    run.manifest.id = id;
    RunRecord& record = run.records.emplace_back();
    record.case_id = "pump";
    record.asked = {
        .id = "pump",
        .query = "What does the red pump deliver per second?",
        .expected_facts = {{.id = "f", .text = "The red pump delivers ten litres per second."}}};
    record.answer = answer;
    record.abstained = declines;
    return run;
  };
  const eval::Run answering =
      run_of("a", "The red pump delivers ten litres per second [1].", false);
  const eval::Run declining =
      run_of("b",
             "The 2 indexed documents do not contain an answer to this question. The nearest "
             "passages are in: Pump (pump.md).",
             true);
  ASSERT_OK_AND_ASSIGN(const RunRanking ranking,
                       RankRuns({declining, answering}, judge, nullptr, {}));
  EXPECT_EQ(ranking.runs[0].id, "a");
  EXPECT_EQ(ranking.runs[0].strength.wins, 1u);
}

TEST(RankingTest, AnErrorLosesAndWhatWasChangedIsNotCompared) {
  const Analyzer analyzer;
  const LocalJudge judge(analyzer);
  eval::Run good = SystemOf("a", 27, true);
  eval::Run bad = SystemOf("b", 27, true);
  for (RunRecord& record : bad.records) record.error = "UNAVAILABLE: no upstream";
  ASSERT_OK_AND_ASSIGN(const RunRanking ranking, RankRuns({good, bad}, judge, nullptr, {}));
  EXPECT_EQ(ranking.runs[0].strength.wins, 30u);
  EXPECT_EQ(ranking.runs[0].win_rate, 1);

  for (RunRecord& record : bad.records) record.asked.query += "!";
  EXPECT_EQ(RankRuns({good, bad}, judge, nullptr, {}).status().message(),
            "no case was asked alike in all of the runs");
  EXPECT_EQ(RankRuns({good, good}, judge, nullptr, {}).status().message(), "run a: is given twice");
  EXPECT_EQ(RankRuns({good}, judge, nullptr, {}).status().message(), "expected two runs at least");
}

}  // namespace
}  // namespace quarry::eval
