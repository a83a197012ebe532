// What eval retrieval, answers, lint, plan and sweep, and tune, print of a collection with judgements: as a
// table and as JSON.

#include <filesystem>

#include "tests/testing/beir_testing.h"
#include "tests/testing/command_testing.h"

namespace quarry::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::QuarryResult;
using ::testing::StartsWith;

class EvalTablesTest : public testing::CommandTest {
 protected:
  EvalTablesTest() { testing::WritePumpCollection(home() + "/beir"); }

  void Append(const std::string& file, const std::string& line) const {
    Write(file, ReadFile(home() + "/" + file).value() + line + "\n");
  }
  // Without naming a store: of a test collection it is a scratch one.
  QuarryResult RunAlone(std::vector<std::string> arguments) const {
    return testing::RunQuarryWith({.arguments = std::move(arguments), .directory = home()});
  }
};

TEST_F(EvalTablesTest, RetrievalIsMeasuredInAScratchStoreOrInOneThatIsNamed) {
  Append("beir/corpus.jsonl", R"({"_id": "void", "title": "", "text": ""})");
  Append("beir/queries.jsonl", R"({"_id": "gone", "text": "pump P-99"})");
  Append("beir/qrels/test.tsv", "gone\td99\t1");
  const QuarryResult table =
      RunAlone({"eval", "retrieval", "--beir", "beir", "--mode", "lexical", "--run", "run.trec"});
  EXPECT_EQ(table.exit_code, 0) << table.error;
  EXPECT_THAT(table.out,
              AllOf(StartsWith("beir test\n"
                               "documents   40, 40 chunks (1.00 per document), 1 empty\n"
                               "missing     1 judged relevant and not in the collection\n"
                               "queries     41, mode lexical\n"
                               "nDCG@10     0.9756\n"
                               "recall@10   0.9756\n"
                               "recall@100  0.9756\n"
                               "MRR@10      0.9756\n"
                               "MAP         0.9756\n"
                               "indexing    "),
                    HasSubstr(" documents/s), learning "), HasSubstr("\nsearch      p50 ")));
  EXPECT_FALSE(std::filesystem::exists(home() + "/.quarry"));
  EXPECT_THAT(ReadFile(home() + "/run.trec").value(), HasSubstr("\nq7 Q0 d7 1 "));

  const Json first = RunJson({"eval", "retrieval", "--beir", "beir", "--mode", "lexical"});
  EXPECT_EQ(first["mode"], "lexical");
  EXPECT_EQ(first["queries"], 41);
  EXPECT_EQ(first["missing_judged_documents"], 1);
  EXPECT_EQ(first["empty_documents"], 1);
  EXPECT_EQ(first["indexed"], true);
  EXPECT_NEAR(first["ndcg@10"].get<double>(), 40.0 / 41, 1e-9);
  // The store that was named has the documents from then on.
  const Json second = RunJson({"eval", "retrieval", "--beir", "beir", "--mode", "lexical"});
  EXPECT_EQ(second["indexed"], false);
  EXPECT_EQ(second["documents_per_second"], nullptr);
  EXPECT_EQ(second["ndcg@10"], first["ndcg@10"]);
  EXPECT_THAT(Run({"eval", "retrieval", "--beir", "beir", "-k", "5"}).out,
              AllOf(HasSubstr("\nnDCG@5      "), HasSubstr("\nindexing    was there\n")));
}

TEST_F(EvalTablesTest, AnswersAreCountedAtTheThresholdAndBesideIt) {
  for (int i = 0; i < 10; ++i) {
    Append("beir/queries.jsonl", R"({"_id": "no)" + std::to_string(i) +
                                     R"(", "text": "Who painted the opera house of city )" +
                                     std::to_string(i) +
                                     R"(?", "metadata": {"is_impossible": true}})");
  }
  const QuarryResult table = Run({"eval", "answers", "--beir", "beir"});
  EXPECT_EQ(table.exit_code, 0) << table.error;
  EXPECT_THAT(table.out,
              AllOf(StartsWith("beir test\n"
                               "documents  40\n"
                               "questions  40 answerable, 10 not, mode hybrid\n"
                               "answering  p50 "),
                    HasSubstr("threshold  gold cited  of answered  wrongly declined  "
                              "rightly declined"),
                    HasSubstr("\nall, never declining "), HasSubstr("\nall, as configured "),
                    HasSubstr("\nhalf, chosen on the other "), HasSubstr("\nhalf ")));
  const Json json = RunJson({"eval", "answers", "--beir", "beir"});
  EXPECT_EQ(json["answerable"], 40);
  EXPECT_EQ(json["unanswerable"], 10);
  EXPECT_EQ(json["undeclined"]["declined_unanswerable"], 0);
  EXPECT_EQ(json["configured"]["declined_unanswerable"], 1);
  EXPECT_EQ(json["configured"]["declined_answerable"], 0);
  EXPECT_EQ(json["configured"]["cited_gold"], 1);
  EXPECT_FALSE(json["curve"].empty());
  EXPECT_TRUE(json["chosen_on_other_half"].is_object());
}

TEST_F(EvalTablesTest, TuningTriesEveryWeightAndSaysWhetherOneIsBetter) {
  const QuarryResult table = Run({"tune", "--beir", "beir"});
  EXPECT_EQ(table.exit_code, 0) << table.error;
  EXPECT_THAT(table.out,
              AllOf(StartsWith("weight  nDCG@10\n"), HasSubstr("  best\n"),
                    HasSubstr("\n  0.35   1.0000  configured\n"), HasSubstr("\n     1   "),
                    HasSubstr("\nno weight is surely better than the configured one\n")));
  const Json json = RunJson({"tune", "--beir", "beir"});
  EXPECT_EQ(json["trials"].size(), 21u);
  // What words alone satisfy, vectors cannot make better: their weight is found too high where it is.
  const QuarryResult better =
      RunAlone({"tune", "--beir", "beir", "--set", "retrieval.dense_weight=1"});
  EXPECT_THAT(better.out, AllOf(HasSubstr("for quarry.yaml:\n"),
                                HasSubstr("    collection_dense_weights: [\"default=0\"]\n"),
                                Not(HasSubstr("no weight is surely better"))));

  EXPECT_EQ(Run({"tune"}).error,
            "quarry: error: --beir: is missing: the folder of judged questions\n");
  const QuarryResult split = Run({"tune", "--beir", "beir", "--split", "dev"});
  EXPECT_NE(split.exit_code, 0);
  EXPECT_EQ(split.error,
            "quarry: error: beir/qrels/dev.tsv: no such split; beir/qrels has the splits test\n");
}

TEST_F(EvalTablesTest, WhatIsWrongWithASuiteStandsCaseByCase) {
  Write("suite/docs/pump.md", "# Pump\n\nThe red pump delivers ten litres per second.\n");
  Write("suite/suite.yaml", "name: small\ncorpus: docs\n");
  Write("suite/cases.jsonl",
        R"({"id":"a","query":"What does the red pump deliver?","accept":["ten litres"],)"
        R"("gold_spans":[{"doc":"pump.md","quote":"ten litres"}]})"
        "\n"
        R"({"id":"b","query":"青铜阀门几秒关闭？","gold_spans":[{"doc":"pump.md","quote":"两秒"}]})"
        "\n"
        R"({"id":"c","query":"Who built it?","draft":true})"
        "\n");
  const QuarryResult lint = Run({"eval", "lint", "suite"});
  EXPECT_EQ(lint.exit_code, 1);
  EXPECT_THAT(lint.out,
              AllOf(HasSubstr("error    b: "), HasSubstr("\ndraft    c: "),
                    HasSubstr("\n2 cases (0 unanswerable, 1 draft beside them), 2 gold spans"),
                    HasSubstr("no difference can be shown with so few\n")));
  const Json json = RunJson({"eval", "lint", "suite"});
  EXPECT_EQ(json["cases"], 2);
  EXPECT_EQ(json["drafts"], 1);
  EXPECT_EQ(json["findings"][0]["level"], "error");
  EXPECT_EQ(json["findings"][0]["case"], "b");

  const QuarryResult plan = Run({"eval", "plan", "suite", "--detect", "0.05"});
  EXPECT_EQ(plan.exit_code, 0);
  EXPECT_THAT(
      plan.out,
      AllOf(StartsWith("To see 5.0 percentage points where two systems disagree on 15 % of "
                       "the cases (5 % two-sided, 80 % power):\n  469 paired cases; there are "
                       "2 and 1 draft that is not asked yet, 467 more are needed\n"),
            HasSubstr("\n  no difference can be shown with those that there are\n"),
            HasSubstr("\n  a run makes 469 answers\n")));
  EXPECT_EQ(RunJson({"eval", "plan", "--detect", "0.05"})["cases"], 469);
  const QuarryResult none = Run({"eval", "plan", "--detect", "2"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.error, StartsWith("quarry: error: --detect: "));
}

TEST_F(EvalTablesTest, ASweepShowsTheWinnerOnQuestionsThatChoseNothing) {
  const QuarryResult table =
      Run({"eval", "sweep", "--beir", "beir", "--vary", "retrieval.dense_weight=0,1"});
  EXPECT_EQ(table.exit_code, 0) << table.error;
  EXPECT_THAT(
      table.out,
      AllOf(StartsWith("beir test  not shown to be better\n"),
            HasSubstr("\non 20 held-out questions: nDCG@10 1.0000 -> 1.0000, +0.0000 (95 % "
                      "interval "),
            HasSubstr("\n3 configurations raced on 20 others, "), HasSubstr("\nasked  nDCG@10 "),
            HasSubstr("  default\n"), HasSubstr("  retrieval.dense_weight=1\n")));
  const QuarryResult folds = Run(
      {"eval", "sweep", "--beir", "beir", "--folds", "4", "--vary", "retrieval.dense_weight=0,1"});
  EXPECT_THAT(folds.out, AllOf(HasSubstr("\neach of 4 parts at what won on the others;\n"),
                               HasSubstr("\non 40 held-out questions: ")));
}

}  // namespace
}  // namespace quarry::app
