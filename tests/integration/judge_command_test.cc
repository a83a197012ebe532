// quarry eval judge-check, advise, from-traffic; quarry feedback export; quarry tune --from qrels.

#include "app/server_record.h"
#include "tests/testing/beir_testing.h"
#include "tests/testing/command_testing.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using testing::QuarryResult;

class JudgeCommandTest : public testing::CommandTest {
 protected:
  static std::string Labels() {
    std::string lines;
    for (int i = 0; i < 90; ++i) {
      const std::string n = std::to_string(i);
      const std::string text = "The pump P-" + n + " weighs " + std::to_string(100 + i) + " kg.";
      lines += R"({"claim": ")" + text + R"(", "text": ")" + text + R"(", "label": true})" + "\n";
      lines += R"({"claim": "The pump P-)" + n + R"( weighs 7 kg.", "text": ")" + text +
               R"(", "label": false})" + "\n";
    }
    return lines;
  }
};

TEST_F(JudgeCommandTest, TheLocalJudgeIsMeasuredBySetAndLanguage) {
  Write("labels.jsonl", Labels());
  const Json report = RunJson({"eval", "judge-check", home() + "/labels.jsonl", "--keep"});
  EXPECT_EQ(report["trusted"], true);
  ASSERT_EQ(report["sets"].size(), 1u);
  EXPECT_EQ(report["sets"][0]["set"], "labels");
  EXPECT_EQ(report["sets"][0]["language"], "en");
  EXPECT_EQ(report["sets"][0]["rows"], 180);
  EXPECT_EQ(report["sets"][0]["accuracy"]["mean"], 1.0);
  const QuarryResult tuned = Run({"eval", "judge-check", home() + "/labels.jsonl", "--tune"});
  EXPECT_EQ(tuned.exit_code, 0) << tuned.error;
  EXPECT_THAT(tuned.out, HasSubstr("chosen on the half of the rows that is not reported below"));
  EXPECT_THAT(tuned.out, HasSubstr("judge trusted: kappa 1.00"));
  EXPECT_THAT(Run({"eval", "judge-check", home() + "/labels.jsonl", "--tune", "--keep"}).error,
              HasSubstr("--keep: not with --tune"));
}

TEST_F(JudgeCommandTest, ARunInAFileIsCorrectedByWhatTheStoreKnowsOfItsJudge) {
  Write("suite/docs/p.md", "# Pump\n\nThe pump P-1 weighs 101 kg.\n");
  Write("suite/suite.yaml", "name: pumps\ncorpus: docs\n");
  Write("suite/cases.jsonl",
        R"({"id": "a", "query": "How many kg does the pump P-1 weigh?",)"
        R"( "expected_facts": [{"id": "f", "text": "The pump P-1 weighs 101 kg."}]})"
        "\n");
  const std::string file = home() + "/run.jsonl";
  EXPECT_EQ(Run({"eval", "run", home() + "/suite", "--report", file}).exit_code, 0);
  EXPECT_EQ(RunJson({"eval", "report", file})["corrected"], Json::array()) << "not yet measured";
  Write("labels.jsonl", Labels());
  EXPECT_EQ(Run({"eval", "judge-check", home() + "/labels.jsonl", "--keep"}).exit_code, 0);
  const Json stored = RunJson({"eval", "report", "latest"})["corrected"];
  EXPECT_FALSE(stored.empty());
  EXPECT_EQ(RunJson({"eval", "report", file})["corrected"], stored);
  EXPECT_EQ(RunJson({"eval", "compare", file, file})["corrected"], stored);
  // Where there is no store, and where somebody else has it, the file is reported without.
  const std::string nowhere = home() + "/nowhere";
  EXPECT_EQ(testing::RunQuarryWith(
                {.arguments = {"eval", "report", file, "--store", nowhere}, .directory = home()})
                .exit_code,
            0);
  ASSERT_OK_AND_ASSIGN(const FileLock writer,
                       FileLock::Acquire(home() + "/store/LOCK", FileLock::Kind::kExclusive));
  const QuarryResult locked = Run({"eval", "report", file});
  EXPECT_EQ(locked.exit_code, 0);
  const char* told = "what the judge said is not corrected for its errors: the store is in use\n";
  EXPECT_THAT(locked.error, HasSubstr(told));
  // By a server, too: what is in a file needs none.
  ASSERT_OK_AND_ASSIGN(const app::PublishedServer server,
                       app::PublishedServer::Publish(
                           home() + "/store", {.url = "http://127.0.0.1:1", .token = "qo-1"}));
  const QuarryResult reported = Run({"eval", "report", file});
  EXPECT_EQ(reported.exit_code, 0);
  EXPECT_THAT(reported.error, HasSubstr(told));
  EXPECT_THAT(Run({"eval", "compare", file, file}).error, HasSubstr(told));
}

TEST_F(JudgeCommandTest, WrongLabelsAndMissingModelsAreNamed) {
  Write("labels.jsonl", Labels() + "{\"claim\": \"a\"}\n");
  const QuarryResult wrong = Run({"eval", "judge-check", home() + "/labels.jsonl"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.error, HasSubstr("labels.jsonl:181: expected claim, text and label"));
  Write("labels.jsonl", Labels());
  EXPECT_THAT(Run({"eval", "judge-check", home() + "/labels.jsonl", "--judge", "llm"}).error,
              HasSubstr("no chat model is configured"));
  EXPECT_THAT(Run({"eval", "judge-check", home() + "/labels.jsonl", "--judge", "oracle"}).error,
              HasSubstr("expected local or llm"));
  EXPECT_EQ(Run({"eval", "judge-check", home() + "/none.jsonl"}).exit_code, 2);
}

TEST_F(JudgeCommandTest, TuningFromJudgementsLearnsOnOneSplitAndMeasuresOnAnother) {
  testing::WritePumpCollection(home() + "/beir");
  const std::string rows = ReadFile(home() + "/beir/qrels/test.tsv", 1 << 20).value();
  // Every other question is learnt from.
  std::string train, held;
  size_t number = 0;
  for (size_t begin = 0; begin < rows.size();) {
    const size_t end = rows.find('\n', begin) + 1;
    const std::string line = rows.substr(begin, end - begin);
    if (begin == 0 || number % 2 == 0) train += line;
    if (begin == 0 || number % 2 == 1) held += line;
    number += begin == 0 ? 0 : 1;
    begin = end;
  }
  Write("beir/qrels/train.tsv", train);
  Write("beir/qrels/held.tsv", held);
  const Json report = RunJson({"tune", "--from", "qrels", "--beir", home() + "/beir", "--train",
                               "train", "--split", "held"});
  EXPECT_EQ(report["learnt_from"], 20);
  EXPECT_EQ(report["held_out"], 20);
  EXPECT_GE(report["trials"]["bm25"].size(), 20u);
  EXPECT_EQ(report["trials"]["weights"].size(), 21u);
  EXPECT_EQ(report["improves"], report["gain"]["low"] > 0);
  const QuarryResult same = Run({"tune", "--from", "qrels", "--beir", home() + "/beir", "--train",
                                 "held", "--split", "held"});
  EXPECT_EQ(same.exit_code, 2);
  EXPECT_THAT(same.error, HasSubstr("what is learnt from proves nothing"));
}

// Readers call machines by names that their documents do not use.
TEST_F(JudgeCommandTest, TuningTeachesTheEmbedderWhatQuestionsMean) {
  static constexpr std::pair<const char*, const char*> kNames[] = {
      {"growler", "pump"},  {"gulper", "sluice"}, {"whirler", "turbine"}, {"stork", "crane"},
      {"kettle", "boiler"}, {"老黄", "水泵"},     {"大嘴", "闸门"},       {"胖子", "锅炉"}};
  std::string corpus, queries, train = "query-id\tcorpus-id\tscore\n", held = train;
  const auto add = [&](const std::string& id, const std::string& text) {
    corpus += Json{{"_id", id}, {"text", text}}.dump() + "\n";
  };
  for (const auto& [nickname, machine] : kNames) {
    const bool chinese = static_cast<unsigned char>(nickname[0]) > 127;
    for (int i = 0; i < 8; ++i) {
      const std::string n = std::to_string(i);
      add(machine + n, chinese ? std::string(machine) + n + "号装在" + n + "号厂房，由河水带动。"
                               : "The " + std::string(machine) + " number " + n +
                                     " stands in hall " + n + " and is driven by the river.");
      add(nickname + n, chinese ? "节日第" + n + "天，合唱团唱起" + nickname + "的歌。"
                                : "On day " + n + " of the festival the choir sang of the " +
                                      std::string(nickname) + ".");
      const std::string id = nickname + ("-" + n);
      queries += Json{{"_id", id},
                      {"text", chinese ? std::string(nickname) + "装在哪个厂房？第" + n + "问"
                                       : "Which hall has the " + std::string(nickname) +
                                             "? Asked " + n + " times"}}
                     .dump() +
                 "\n";
      for (int j = 0; j < 8; ++j) {
        (i % 2 == 0 ? train : held) += id + "\t" + machine + std::to_string(j) + "\t1\n";
      }
    }
  }
  Write("beir/corpus.jsonl", corpus);
  Write("beir/queries.jsonl", queries);
  Write("beir/qrels/train.tsv", train);
  Write("beir/qrels/held.tsv", held);
  const std::string pairs = home() + "/pairs.jsonl";
  const QuarryResult tuned = Run(
      {"tune", "--from", "qrels", "--beir", home() + "/beir", "--split", "held", "--pairs", pairs});
  ASSERT_EQ(tuned.exit_code, 0) << tuned.error;
  EXPECT_THAT(tuned.out, HasSubstr("embedder of 160 pairs"));
  EXPECT_THAT(tuned.out, HasSubstr("pairs: " + pairs + "    # then: quarry embedder learn"));

  Write("docs.jsonl", corpus);
  const auto first = [&] {
    return RunJson({"search", "Which hall has the whirler?", "--mode", "dense", "-k",
                    "1"})["hits"][0]["text"]
        .get<std::string>();
  };
  const std::vector<std::string> index = {"index", home() + "/docs.jsonl"};
  ASSERT_EQ(Run(index).exit_code, 0);
  EXPECT_THAT(first(), HasSubstr("choir"));
  const QuarryResult learnt = Run({"embedder", "learn", "--set", "embedding.pairs=" + pairs});
  ASSERT_EQ(learnt.exit_code, 0) << learnt.error;
  EXPECT_THAT(first(), HasSubstr("turbine"));
  EXPECT_THAT(Run({"embedder", "learn", "--set", "embedding.pairs=none.jsonl"}).error,
              HasSubstr("none.jsonl"));
  EXPECT_THAT(Run({"tune", "--beir", home() + "/beir", "--pairs", pairs}).error,
              HasSubstr("--pairs: needs --from"));
}

TEST_F(JudgeCommandTest, AdviceNamesWhyCasesFailAndKeepsTheLabelsWithTheRun) {
  std::string cases;
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    const std::string weight = std::to_string(100 + 3 * i) + " kg";
    const std::string fact = "The pump P-" + n + " weighs " + weight + ".";
    // Of every fourth pump the corpus does not tell the weight.
    Write("suite/docs/p" + n + ".md",
          i % 4 == 0 ? "# Pump P-" + n + "\n\nThe pump P-" + n + " stands in the northern mill.\n"
                     : "# Pump P-" + n + "\n\n" + fact + "\n");
    cases += Json{{"id", "c" + n},
                  {"query", "How many kg does the pump P-" + n + " weigh?"},
                  {"expected_facts", {{{"id", "f"}, {"text", fact}}}},
                  {"gold_spans", {{{"doc", "p" + n + ".md"}, {"quote", fact}, {"fact", "f"}}}}}
                 .dump() +
             "\n";
  }
  Write("suite/suite.yaml", "name: pumps\ncorpus: docs\n");
  Write("suite/cases.jsonl", cases);
  const QuarryResult run = Run({"eval", "run", home() + "/suite"});
  ASSERT_EQ(run.error.find("quarry: error"), std::string::npos) << run.error;
  const Json advice = RunJson({"eval", "advise", "latest", "--suite", home() + "/suite"});
  EXPECT_EQ(advice["cases"], 40);
  ASSERT_FALSE(advice["failures"].empty());
  EXPECT_EQ(advice["failures"][0]["label"], "corpus gap");
  EXPECT_EQ(advice["failures"][0]["cases"], 10);
  EXPECT_TRUE(advice.contains("context_gap"));
  EXPECT_FALSE(advice["advice"].empty());
  EXPECT_THAT(Run({"eval", "report", "latest"}).out, HasSubstr("corpus gap"));
  EXPECT_EQ(
      Run({"eval", "advise", "latest", "--suite", home() + "/suite", "--judge", "none"}).exit_code,
      2);
}

TEST_F(JudgeCommandTest, AStoreWithoutTrafficHasNothingToJudgeOrToExport) {
  Write("docs/a.md", "The pump weighs 80 kg.");
  ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  const Json traffic = RunJson({"eval", "from-traffic", "--share", "1"});
  EXPECT_TRUE(traffic["slices"].empty());
  const QuarryResult rows = Run({"feedback", "export", "--format", "sft"});
  EXPECT_EQ(rows.exit_code, 1);
  EXPECT_EQ(rows.out, "");
  EXPECT_THAT(Run({"feedback", "export", "--format", "csv"}).error,
              HasSubstr("--format: expected sft, dpo or suite"));
  EXPECT_THAT(Run({"feedback", "export", "--format", "sft", "--baseline", "latest"}).error,
              HasSubstr("--baseline: needs --run"));
}

}  // namespace
}  // namespace quarry::app
