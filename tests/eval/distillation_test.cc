// A run's answers as examples: from scored records to rows.

#include "eval/distillation.h"

#include <nlohmann/json.hpp>

#include "eval/local_judge.h"
#include "eval/suite_run.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class DistillationTest : public ::testing::Test {
 protected:
  // A record that answers with one sentence, cited to a passage that says `source`.
  RunRecord Record(const std::string& id, const std::string& question, const std::string& answer,
                   const std::string& source) const {
    RunRecord record;
    record.case_id = record.asked.id = id;
    record.asked.query = question;
    record.asked.accept = {{.texts = {"80 kg", "80公斤"}}};
    record.asked.tags = {"smoke"};
    record.answer = answer + " [1]";
    record.sentences = {{.span = {0, answer.size()}, .supported = true, .score = 1}};
    record.passages = {{.document = "pump.md", .heading = "Pump", .text = source}};
    record.model = "large";
    EXPECT_OK(JudgeRecord(record.asked, judge_, record, {}));
    return record;
  }

  static eval::Run RunOf(std::vector<RunRecord> records, Gate gate) {
    eval::Run run;
    run.manifest.id = "run_1";
    run.manifest.cases = static_cast<uint32_t>(records.size());
    run.manifest.judge = "local";
    run.manifest.gates = {std::move(gate)};
    run.records = std::move(records);
    return run;
  }

  const Analyzer analyzer_;
  const LocalJudge judge_{analyzer_};
};

const Gate kLoose{.kind = Gate::Kind::kMin, .metric = "pass", .value = 0};

TEST_F(DistillationTest, WhatPassedAndIsCarriedBecomesARow) {
  RunRecord false_hit = Record("hit", "How heavy is the blue pump?", "The blue pump weighs 80 kg.",
                               "The blue pump weighs 80 kg.");
  false_hit.cache.kind = CacheKind::kSemantic;
  false_hit.cache.question = "How heavy is the green pump?";
  RunRecord again = Record("en", "How heavy is the red pump?", "The red pump weighs 80 kg.",
                           "The red pump weighs 80 kg.");
  again.repeat = 1;
  const eval::Run run =
      RunOf({Record("en", "How heavy is the red pump?", "The red pump weighs 80 kg.",
                    "The red pump weighs 80 kg."),
             again, Record("zh", "红泵有多重？", "红泵重80公斤。", "红泵重80公斤。"),
             Record("wrong", "How heavy is the old pump?", "The old pump weighs 90 kg.",
                    "The old pump weighs 90 kg."),
             Record("unfaithful", "How heavy is the new pump?", "The new pump weighs 80 kg.",
                    "The new pump is painted in green."),
             Record("held", "How heavy is the spare pump of the mill?",
                    "The spare pump weighs 80 kg.", "The spare pump weighs 80 kg."),
             false_hit},
            kLoose);
  const RunReport report = MakeReport(run, {}).value();
  ASSERT_OK_AND_ASSIGN(const DistilledAnswers distilled, DistilRun(report));
  EXPECT_THAT(distilled.left_out,
              ElementsAre(Pair("do not pass", 1), Pair("repeats of a case", 1)));
  const ExportReport rows =
      ExportFeedback(distilled.answers, {},
                     {.held_out = {"How heavy is the spare pump in the mill?"}}, judge_,
                     generation::Prompts(), analyzer_, {})
          .value();
  EXPECT_EQ(rows.rows, 2u);
  EXPECT_THAT(rows.left_out,
              ElementsAre(Pair("near a held-out case", 1), Pair("not carried by its passages", 1),
                          Pair("stored for another question", 1)));
  const nlohmann::json first = nlohmann::json::parse(rows.lines.substr(0, rows.lines.find('\n')));
  EXPECT_THAT(std::string(first["messages"][1]["content"]),
              HasSubstr("The red pump weighs 80 kg."));
  EXPECT_EQ(first["messages"][2]["content"], "The red pump weighs 80 kg. [1]");
  EXPECT_THAT(rows.lines, HasSubstr("红泵重80公斤。 [1]"));
}

// A row has no turns before it: the question is that which was asked.
TEST_F(DistillationTest, AFollowUpIsTaughtAsAQuestionThatStandsAlone) {
  RunRecord record =
      Record("en", "And its weight?", "The HY-300 weighs 80 kg.", "The HY-300 weighs 80 kg.");
  record.asked.messages = {{"user", "What is the rated power of the HY-300?"},
                           {"assistant", "4.2 kW"}};
  record.cache.kind = CacheKind::kExact;
  record.cache.question = "What is the weight of the HY-300?";
  const RunReport report = MakeReport(RunOf({record}, kLoose), {}).value();
  ASSERT_OK_AND_ASSIGN(const DistilledAnswers distilled, DistilRun(report));
  ASSERT_EQ(distilled.answers.size(), 1u);
  EXPECT_EQ(distilled.answers[0].answer.judged.question, "What is the weight of the HY-300?");
  EXPECT_FALSE(distilled.answers[0].answer.for_other_question);
}

TEST_F(DistillationTest, OnlyOfARunThatItsGatesLetThrough) {
  const std::vector<RunRecord> records = {Record("en", "How heavy is the red pump?",
                                                 "The red pump weighs 80 kg.",
                                                 "The red pump weighs 80 kg.")};
  const auto refusal = [](const eval::Run& run) {
    return DistilRun(MakeReport(run, {}).value()).status().message();
  };
  EXPECT_THAT(refusal(RunOf(records, {.kind = Gate::Kind::kMin, .metric = "pass", .value = 0.9})),
              HasSubstr("run run_1 did not pass its gate \"min pass >= 0.9\": inconclusive, "));
  EXPECT_THAT(refusal(RunOf(records, {.kind = Gate::Kind::kNoRegression, .metric = "pass"})),
              HasSubstr("did not pass its gate"));
  eval::Run unfinished = RunOf(records, kLoose);
  unfinished.manifest.cases = 2;
  EXPECT_THAT(refusal(unfinished), HasSubstr("run run_1 is not valid: "));
  eval::Run ungated = RunOf(records, kLoose);
  ungated.manifest.gates.clear();
  EXPECT_THAT(refusal(ungated),
              HasSubstr("has no gates: nothing says that its answers are good enough"));
}

}  // namespace
}  // namespace quarry::eval
