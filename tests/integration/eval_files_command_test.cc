// quarry eval import and export: suites and runs as other programs' files, there and back.

#include <filesystem>

#include "tests/testing/command_testing.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using testing::QuarryResult;
using ::testing::StartsWith;

class EvalFilesTest : public testing::CommandTest {
 protected:
  // Into home()/suite, from a file of the name; paths are as the user types them.
  QuarryResult Import(const std::string& format, const std::string& name, const std::string& text,
                      const std::string& suite) {
    if (!text.empty()) Write(name, text);
    return Run({"eval", "import", format, name, "--to", suite});
  }
  QuarryResult Export(const std::string& what, const std::string& format, const std::string& to) {
    return Run({"eval", "export", what, "--format", format, "--to", to});
  }
  std::string Text(const std::string& name) const { return ReadFile(home() + "/" + name).value(); }
  std::vector<Json> Cases(const std::string& suite) const {
    return JsonLines(suite + "/cases.jsonl");
  }
  std::vector<Json> JsonLines(const std::string& name) const {
    std::vector<Json> lines;
    const std::string text = Text(name);
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = text.find('\n', begin);
      lines.push_back(Json::parse(text.substr(begin, end - begin)));
      begin = end + 1;
    }
    return lines;
  }
};

constexpr const char* kSquad =
    R"({"version":"v2.0","data":[{"title":"T","paragraphs":[{"context":"Pump P-1 runs at 9 bar. )"
    R"(水泵P-2的压力是12巴。","qas":[)"
    R"({"id":"en","question":"At what pressure does pump P-1 run?","answers":[{"text":"9 bar"}]},)"
    R"({"id":"zh","question":"水泵P-2的压力是多少？","answers":[{"text":"12巴"}]},)"
    R"({"id":"no","question":"Who built pump P-1?","is_impossible":true,"answers":[]}]}]}]})";

TEST_F(EvalFilesTest, ASquadFileBecomesASuiteThatIsAskedAsItStands) {
  const QuarryResult imported = Import("squad", "dev.json", kSquad, "suites/squad");
  ASSERT_EQ(imported.exit_code, 0) << imported.error;
  EXPECT_EQ(imported.out, "wrote 3 cases to suites/squad\n");
  EXPECT_EQ(imported.error, "");
  EXPECT_EQ(Text("suites/squad/suite.yaml"), "name: squad\ncorpus: corpus\n");
  const std::vector<Json> cases = Cases("suites/squad");
  ASSERT_EQ(cases.size(), 3u);
  EXPECT_EQ(cases[0]["gold_spans"][0]["quote"], "9 bar");
  EXPECT_EQ(cases[1]["accept"], Json::array({"12巴"}));
  EXPECT_EQ(cases[2]["answerable"], false);
  const Json report = RunJson({"eval", "run", "suites/squad"});
  EXPECT_EQ(report["missing_gold"], Json::array());
  EXPECT_EQ(report["cases"].size(), 3u);

  // A suite that is there is not written over.
  const QuarryResult again = Import("squad", "dev.json", "", "suites/squad");
  EXPECT_NE(again.exit_code, 0);
  EXPECT_EQ(again.error, "quarry: error: suites/squad/cases.jsonl: is there already\n");
  const Json json =
      Json::parse(Run({"eval", "import", "squad", "dev.json", "--to", "suites/two", "--json"}).out);
  EXPECT_EQ(json, (Json{{"cases", 3}, {"suite", "suites/two"}, {"warnings", Json::array()}}));
}

TEST_F(EvalFilesTest, RgbLinesBringTheirPassagesAsACorpus) {
  const QuarryResult imported = Import(
      "rgb", "en.jsonl",
      R"({"id":7,"query":"At what pressure does pump P-1 run?","answer":[["9 bar","nine bar"]],)"
      R"("fakeanswer":"12 bar","positive":["Pump P-1 runs at 9 bar."],"negative":["Of bronze."]})"
      "\n",
      "rgb");
  EXPECT_EQ(imported.out, "wrote 1 case to rgb\n") << imported.error;
  EXPECT_EQ(Text("rgb/corpus/q1-positive-1.txt"), "Pump P-1 runs at 9 bar.");
  EXPECT_EQ(Text("rgb/corpus/q1-negative-1.txt"), "Of bronze.");
  EXPECT_EQ(Cases("rgb")[0]["reject"], Json::array({"12 bar"}));
  // What it accepts and rejects goes on to promptfoo.
  const QuarryResult exported = Export("rgb", "promptfoo", "tests.yaml");
  ASSERT_EQ(exported.exit_code, 0) << exported.error;
  EXPECT_THAT(exported.out, ::testing::MatchesRegex("wrote [0-9]+ B to tests.yaml\n"));
  EXPECT_EQ(Text("tests.yaml"),
            "- description: \"7\"\n"
            "  vars:\n"
            "    question: \"At what pressure does pump P-1 run?\"\n"
            "  assert:\n"
            "    - type: icontains-any\n"
            "      value:\n"
            "        - \"9 bar\"\n"
            "        - \"nine bar\"\n"
            "    - type: not-icontains\n"
            "      value: \"12 bar\"\n");
  ASSERT_EQ(Export("rgb", "qrels", "rgb.qrels").exit_code, 0);
  EXPECT_EQ(Text("rgb.qrels"), "7 0 q1-positive-1.txt 1\n");
}

TEST_F(EvalFilesTest, PromptfooTestsComeBackAsTheyWent) {
  const QuarryResult imported =
      Import("promptfoo", "p.yaml",
             "tests:\n"
             "  - vars: {question: 'At what pressure?', reference: 9 bar}\n"
             "    assert:\n"
             "      - {type: icontains, value: 9 bar}\n"
             "      - {type: contains-any, value: [九巴, nine bar]}\n"
             "      - {type: not-regex, value: '10 ?bar'}\n"
             "      - {type: is-json}\n"
             "      - {type: llm-rubric, value: is polite}\n",
             "there");
  ASSERT_EQ(imported.exit_code, 0);
  EXPECT_EQ(imported.error, "quarry: warning: t1: assertion \"llm-rubric\" is left out\n");
  EXPECT_EQ(Text("there/suite.yaml"), "name: there\n") << "it brought no documents";
  ASSERT_EQ(Export("there", "promptfoo", "again.yaml").exit_code, 0);
  ASSERT_EQ(Import("promptfoo", "again.yaml", "", "back").exit_code, 0);
  EXPECT_EQ(Text("back/cases.jsonl"), Text("there/cases.jsonl"));
  EXPECT_EQ(Cases("back")[0]["accept"].size(), 3u);
}

TEST_F(EvalFilesTest, ARunGoesToRagasAndItsQuestionsComeBack) {
  ASSERT_EQ(Import("ragas", "set.jsonl",
                   R"({"user_input":"At what pressure does pump P-1 run?","reference":"At 9 bar.",)"
                   R"("reference_contexts":["Pump P-1 runs at 9 bar."]})"
                   "\n"
                   R"({"question":"水泵P-2的压力是多少？","ground_truths":["12巴"],)"
                   R"("contexts":["水泵P-2的压力是12巴。"]})"
                   "\n",
                   "ragas")
                .out,
            "wrote 2 cases to ragas\n");
  ASSERT_LE(Run({"eval", "run", "ragas", "--name", "first"}).exit_code, 1);
  ASSERT_EQ(Export("first", "ragas", "out.jsonl").exit_code, 0);
  const std::vector<Json> rows = JsonLines("out.jsonl");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["user_input"], "At what pressure does pump P-1 run?");
  EXPECT_THAT(rows[0]["response"].get<std::string>(), HasSubstr("9 bar"));
  EXPECT_EQ(rows[0]["reference"], "At 9 bar.");
  EXPECT_THAT(rows[1]["retrieved_contexts"].dump(), HasSubstr("12巴"));
  ASSERT_EQ(Import("ragas", "out.jsonl", "", "back").exit_code, 0);
  for (size_t i = 0; i < 2; ++i) {
    for (const char* field : {"id", "query", "reference"}) {
      EXPECT_EQ(Cases("back")[i][field], Cases("ragas")[i][field]);
    }
  }

  ASSERT_EQ(Export("first", "trec", "run.trec").exit_code, 0);
  EXPECT_THAT(Text("run.trec"), StartsWith("1 Q0 q1-1.txt 1 100 first\n"));
  ASSERT_EQ(Export("latest", "qrels", "run.qrels").exit_code, 0);
  EXPECT_EQ(Text("run.qrels"), "1 0 q1-1.txt 1\n2 0 q2-1.txt 1\n");
  // A run in a file is reported without the store that it was made in.
  ASSERT_EQ(Export("first", "run", "run.jsonl").exit_code, 0);
  const QuarryResult reported =
      testing::RunQuarryWith({.arguments = {"eval", "export", "run.jsonl", "--format", "qrels",
                                            "--to", "q", "--store", "no", "--json"},
                              .directory = home()});
  EXPECT_EQ(Json::parse(reported.out), (Json{{"bytes", 30}, {"file", "q"}})) << reported.error;
  EXPECT_EQ(Text("q"), Text("run.qrels"));
  EXPECT_FALSE(std::filesystem::exists(home() + "/no"));
}

TEST_F(EvalFilesTest, ABeirFolderGoesThereAndBack) {
  ASSERT_EQ(Import("squad", "dev.json", kSquad, "squad").exit_code, 0);
  const QuarryResult exported = Export("squad", "beir", "beir");
  ASSERT_EQ(exported.exit_code, 0) << exported.error;
  EXPECT_EQ(exported.out, "wrote 1 document and 3 questions to beir\n");
  EXPECT_EQ(Text("beir/qrels/test.tsv"),
            "query-id\tcorpus-id\tscore\nen\ta1-p1.txt\t1\nzh\ta1-p1.txt\t1\n");
  const QuarryResult imported = Import("beir", "beir", "", "back");
  EXPECT_EQ(imported.out, "wrote 3 cases to back\n");
  // What is to be done is what the note says.
  EXPECT_EQ(imported.error,
            "quarry: warning: the documents are not copied; for this suite `quarry eval retrieval "
            "--beir beir --store DIR` indexes them\n");
  ASSERT_EQ(Run({"eval", "retrieval", "--beir", "beir"}).exit_code, 0);
  EXPECT_EQ(RunJson({"eval", "run", "back"})["missing_gold"], Json::array());
  ASSERT_EQ(Export("back", "beir", "twice").exit_code, 0);
  for (const char* file : {"/corpus.jsonl", "/queries.jsonl", "/qrels/test.tsv"}) {
    EXPECT_EQ(Text("twice" + std::string(file)), Text("beir" + std::string(file))) << file;
  }
}

TEST_F(EvalFilesTest, AFileThatIsNotOfItsFormatIsNamedWithThePlaceAndMakesNoSuite) {
  struct Wrong {
    const char* format;
    const char* text;
    const char* error;
  };
  for (const Wrong& wrong : std::initializer_list<Wrong>{
           {"csv", "a,b", "FORMAT: expected beir, squad, rgb, ragas or promptfoo, got \"csv\""},
           {"squad", R"({"data":[{}]})", "wrong: data[0]: expected \"paragraphs\""},
           {"squad", R"({"data":[]})", "wrong: expected a question at least, as squad has them"},
           {"squad", " ", "wrong: not valid JSON: it ends too early"},
           {"rgb", "{\"query\":\"q\"}\n", "wrong:1: expected \"answer\""},
           {"rgb", "\n", "wrong: expected a question at least, as rgb has them"},
           {"ragas", "{\"question\":\"q\"}\nx\n",
            "wrong:2: not valid JSON: unexpected input at byte 1"},
           {"ragas", "{\"reference\":\"r\"}\n", "wrong:1: expected \"user_input\" or \"question\""},
           {"promptfoo", "tests:\n  - vars: {x: 1}\n",
            "wrong:2: expected the variable \"question\" or \"query\""},
           {"promptfoo", "tests: []\n",
            "wrong: expected a question at least, as promptfoo has them"},
       }) {
    const QuarryResult result = Import(wrong.format, "wrong", wrong.text, "made");
    EXPECT_EQ(result.exit_code, 2) << wrong.text;
    EXPECT_EQ(result.error, "quarry: error: " + std::string(wrong.error) + "\n");
    EXPECT_FALSE(std::filesystem::exists(home() + "/made"));
  }
  EXPECT_EQ(Import("squad", "none.json", "", "made").error,
            "quarry: error: read none.json: No such file or directory\n");
  Write("empty", "");
  EXPECT_EQ(Import("squad", "empty", "", "made").error,
            "quarry: error: empty: expected a JSON object, found nothing\n");
}

TEST_F(EvalFilesTest, AnExportThatCannotBeSaysWhatCould) {
  ASSERT_EQ(Import("squad", "dev.json", kSquad, "squad").exit_code, 0);
  const QuarryResult of_suite = Export("squad", "trec", "x");
  EXPECT_EQ(of_suite.exit_code, 2);
  EXPECT_EQ(
      of_suite.error,
      "quarry: error: --format: of a suite expected promptfoo, qrels or beir, got \"trec\"\n");
  EXPECT_EQ(Export("squad", "qrels", "no/x").error,
            "quarry: error: --to: write no/x: No such file or directory\n");
  ASSERT_EQ(Run({"eval", "run", "squad"}).exit_code, 0);
  const QuarryResult of_run = Export("latest", "csv", "x");
  EXPECT_EQ(of_run.exit_code, 2);
  EXPECT_EQ(of_run.error,
            "quarry: error: --format: of a run expected run, ragas, trec, promptfoo or qrels, got "
            "\"csv\"\n");
  EXPECT_EQ(Export("none", "qrels", "x").exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(home() + "/x"));
}

}  // namespace
}  // namespace quarry::app
