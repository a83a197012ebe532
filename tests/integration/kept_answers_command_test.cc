// What a server keeps of its answers, as commands: quarry replay, feedback export, tune --from feedback,
// eval from-traffic.

#include <algorithm>
#include <csignal>
#include <memory>

#include "tests/testing/command_testing.h"
#include "tests/testing/http_client.h"

namespace quarry::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::QuarryProcess;
using testing::QuarryResult;
using ::testing::StartsWith;

class KeptAnswersTest : public testing::CommandTest {
 protected:
  static constexpr int kPumps = 48;

  // Every other one in Chinese.
  KeptAnswersTest() {
    for (int i = 0; i < kPumps; ++i) WritePump(i, 100 + 3 * i);
    QUARRY_CHECK(Run({"index", "docs"}).exit_code == 0);
  }
  void WritePump(int i, int weight) const {
    const std::string n = std::to_string(i);
    const std::string kg = std::to_string(weight);
    Write("docs/p" + n + ".md",
          i % 2 == 0 ? "# Pump P-" + n + "\n\nThe pump P-" + n + " weighs " + kg + " kg.\n"
                     : "# 水泵P-" + n + "\n\n水泵P-" + n + "重" + kg + "千克。\n");
  }
  static std::string Question(int i) {
    const std::string n = std::to_string(i);
    return i % 2 == 0 ? "How many kg does the pump P-" + n + " weigh?"
                      : "水泵P-" + n + "重多少千克？";
  }

  void StartServer() {
    server_ = std::make_unique<QuarryProcess>(Command({"serve", "--port", "0", "--json"}));
    const std::string line = server_->ReadFirstLine();
    QUARRY_CHECK(!line.empty());
    port_ = Json::parse(line).at("port");
  }
  void StopServer() {
    server_->Signal(SIGTERM);
    server_->Wait();
    server_.reset();
  }
  Json Post(const std::string& target, const Json& body) const {
    const auto reply =
        testing::Fetch(port_, "POST", target, body.dump(), "Content-Type: application/json\r\n");
    QUARRY_CHECK(reply && reply->status / 100 == 2);
    return Json::parse(reply->body);
  }
  // The id of an answer, once it is kept, which is behind the client's back.
  std::string Ask(int i) const {
    const std::string id = Post("/api/v1/answer", {{"query", Question(i)}}).at("id");
    QUARRY_CHECK(testing::Eventually([&] {
      const auto reply = testing::Fetch(port_, "GET", "/api/v1/answers/" + id);
      return reply && reply->status == 200;
    }));
    return id;
  }
  void AskAndRate(int questions) {
    StartServer();
    for (int i = 0; i < questions; ++i) {
      Post("/api/v1/feedback", {{"answer", Ask(i)}, {"rating", "up"}});
    }
    StopServer();
  }

  std::unique_ptr<QuarryProcess> server_;
  uint16_t port_ = 0;
};

TEST_F(KeptAnswersTest, AReplayShowsThePassagesOfThenAndOfNow) {
  StartServer();
  const std::string id = Ask(6);
  const QuarryResult through = Run({"replay", id});
  StopServer();
  const QuarryResult same = Run({"replay", id});
  EXPECT_EQ(same.exit_code, 0) << same.error;
  EXPECT_EQ(same.out, through.out);
  EXPECT_THAT(same.out, AllOf(StartsWith("Answer " + id + " of 20"),
                              HasSubstr("\n  question     How many kg does the pump P-6 weigh?\n"
                                        "  commit       48 then, 48 now\n"),
                              HasSubstr("the same passages, byte for byte.\n"
                                        "Under today's configuration: 0 came, 0 went, 0 moved.\n"
                                        "  then  now   passage\n"
                                        "  1     1     p6.md, bytes 0-37\n"),
                              Not(HasSubstr("Changed"))));

  // Another configuration is named, option by option, and what it would read.
  const QuarryResult other = Run({"replay", id, "--set", "context.max_passages=2"});
  EXPECT_THAT(other.out,
              AllOf(HasSubstr("the same passages, byte for byte.\n"),
                    HasSubstr(": 0 came, 6 went, 0 moved.\n"), HasSubstr("\n  8     -     p"),
                    HasSubstr("Changed in the configuration:\n"
                              "  context.max_passages: 8 -> 2\n")));

  // Another document is named as gone, its place among today's is empty.
  WritePump(6, 7);
  ASSERT_EQ(Run({"index", "docs"}).exit_code, 0);
  const QuarryResult changed = Run({"replay", id});
  EXPECT_EQ(changed.exit_code, 0);
  EXPECT_THAT(changed.out, AllOf(HasSubstr("  commit       48 then, 49 now\n"),
                                 HasSubstr("other passages; documents, embedder or models have "
                                           "changed.\n"),
                                 HasSubstr("\n  1     -     (deleted since)\n"),
                                 HasSubstr("\n  -     1     p6.md, bytes 0-35\n")));
  const Json json = RunJson({"replay", id});
  EXPECT_EQ(json["reproduced"], false);
  EXPECT_EQ(json["commit"], (Json{{"then", 48}, {"now", 49}}));
  EXPECT_EQ(json["passages"][0]["document"], nullptr);
  EXPECT_EQ(json["passages"][0]["now"], 0);

  const QuarryResult none = Run({"replay", "ans_none"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.error, "quarry: error: there is no answer ans_none, or it is not kept any more\n");
}

TEST_F(KeptAnswersTest, RatedAnswersAreExportedAndAHeldOutSuiteIsLeftOut) {
  AskAndRate(4);
  const QuarryResult rows = Run({"feedback", "export", "--format", "sft", "--out", "sft.jsonl"});
  EXPECT_EQ(rows.exit_code, 0);
  EXPECT_EQ(rows.out, "");
  EXPECT_EQ(rows.error, "quarry: 4 rows; left out: none\n");
  const std::string text = ReadFile(home() + "/sft.jsonl").value();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  EXPECT_THAT(text,
              AllOf(HasSubstr("The pump P-2 weighs 106 kg [1]."), HasSubstr("水泵P-3重109千克")));

  Write("held/cases.jsonl", Json{{"id", "a"}, {"query", Question(2)}}.dump() + "\n");
  const QuarryResult cases = Run({"feedback", "export", "--format", "suite", "--held-out", "held"});
  EXPECT_EQ(cases.exit_code, 0);
  EXPECT_THAT(cases.error,
              AllOf(StartsWith("quarry: 3 rows; left out: 1 "), Not(HasSubstr("none"))));
  EXPECT_THAT(cases.out, AllOf(HasSubstr(R"("gold_docs":{"p0.md":1},"draft":true})"),
                               Not(HasSubstr("P-2 weigh"))));
  const QuarryResult missing =
      Run({"feedback", "export", "--format", "suite", "--held-out", "none"});
  EXPECT_NE(missing.exit_code, 0);
  EXPECT_EQ(missing.error,
            "quarry: error: --held-out: none/cases.jsonl: No such file or directory\n");
}

TEST_F(KeptAnswersTest, WhereNothingWasSaidOfAnswersThatIsSaid) {
  const QuarryResult none = Run({"feedback", "export", "--format", "dpo"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.error,
            "quarry: 0 rows: nothing is kept that --format dpo is made of (docs/learning.md)\n");
  const QuarryResult traffic = Run({"eval", "from-traffic"});
  EXPECT_EQ(traffic.exit_code, 0);
  EXPECT_EQ(traffic.out, "no answers to judge\nleft out: none\n");
  const QuarryResult tuned = Run({"tune", "--from", "feedback"});
  EXPECT_EQ(tuned.exit_code, 2);
  EXPECT_EQ(tuned.error,
            "quarry: error: --from feedback: 0 questions with an answer that was rated up to learn "
            "from and 0 to hold out; expected 10 of each\n");
  EXPECT_THAT(Run({"tune", "--from", "readers"}).error,
              StartsWith("quarry: error: --from: expected qrels or feedback, got \"readers\""));
}

TEST_F(KeptAnswersTest, VotesThatPreferNothingAreCountedByReason) {
  StartServer();
  for (const char* vote : {"left", "tie"}) {
    const Json asked =
        Post("/api/v1/compare",
             {{"query", Question(2)}, {"a", {{"k", 5}}}, {"b", {{"mode", "lexical"}}}});
    const std::string id = asked.at("id");
    Post("/api/v1/compare/" + id + "/vote", {{"vote", vote}});
  }
  StopServer();
  const QuarryResult rows = Run({"feedback", "export", "--format", "dpo"});
  EXPECT_EQ(rows.exit_code, 1);
  EXPECT_EQ(rows.out, "");
  EXPECT_EQ(rows.error, "quarry: 0 rows; left out: 1 a tie, 1 both answers are equal\n");
}

TEST_F(KeptAnswersTest, TheWeightOfVectorsIsLearntFromRatedAnswers) {
  AskAndRate(kPumps);
  const Json report = RunJson({"tune", "--from", "feedback"});
  EXPECT_EQ(report["learnt_from"].get<int>() + report["held_out"].get<int>(), kPumps);
  EXPECT_GE(report["learnt_from"], 10);
  EXPECT_GE(report["held_out"], 10);
  EXPECT_EQ(report["trials"]["weights"].size(), 21u);
  EXPECT_EQ(report["trials"]["bm25"].size(), 0u) << "the postings are there already";
  EXPECT_EQ(report["improves"], report["gain"]["low"] > 0);

  const QuarryResult text = Run({"tune", "--from", "feedback", "--pairs", "pairs.jsonl"});
  EXPECT_EQ(text.exit_code, 0) << text.error;
  EXPECT_THAT(text.out,
              AllOf(StartsWith("learnt from " + std::to_string(report["learnt_from"].get<int>()) +
                               " questions, measured on "),
                    HasSubstr("\nnow     k1 1.2, b 0.75, weight of the vectors 0.35: nDCG@10 "),
                    HasSubstr("\ngain    ")));
  EXPECT_EQ(Run({"tune", "--from", "feedback", "--pairs", "no/pairs.jsonl"}).error,
            "quarry: error: --pairs no/pairs.jsonl: there is no directory " + home() + "/no\n");

  // What was answered from documents that are gone teaches nothing.
  ASSERT_EQ(Run({"docs", "delete", "p0.md"}).exit_code, 0);
  const Json fewer = RunJson({"tune", "--from", "feedback"});
  EXPECT_LT(fewer["learnt_from"].get<int>() + fewer["held_out"].get<int>(), kPumps);
}

TEST_F(KeptAnswersTest, TrafficIsJudgedByLanguageAndWhatIsGoneIsCounted) {
  AskAndRate(8);
  const Json traffic = RunJson({"eval", "from-traffic", "--share", "1"});
  EXPECT_EQ(traffic["slices"][0]["slice"], "all");
  int answers = 0;
  for (const Json& period : traffic["slices"][0]["periods"]) {
    answers += period["answers"].get<int>();
    EXPECT_EQ(period["carried"], 1.0);
  }
  EXPECT_EQ(answers, 8);
  EXPECT_EQ(traffic["left_out"], Json::object());
  const QuarryResult table = Run(
      {"eval", "from-traffic", "--share", "1", "--cases", "drafts.jsonl", "--metrics", "m.prom"});
  EXPECT_EQ(table.exit_code, 0) << table.error;
  EXPECT_THAT(table.out, AllOf(StartsWith("slice  "), HasSubstr("\nlang=en  "),
                               HasSubstr("\nlang=zh  "), HasSubstr("\nleft out: none\n")));
  EXPECT_THAT(ReadFile(home() + "/drafts.jsonl").value(),
              AllOf(HasSubstr(Question(1)), HasSubstr(R"("tags":["traffic"],"draft":true})")));
  EXPECT_THAT(ReadFile(home() + "/m.prom").value(),
              HasSubstr("quarry_traffic_answers{slice=\"lang=zh\"} "));
  ASSERT_EQ(Run({"docs", "delete", "p3.md"}).exit_code, 0);
  EXPECT_THAT(Run({"eval", "from-traffic", "--share", "1"}).out,
              HasSubstr(" made from what is not there any more\n"));
  EXPECT_EQ(Run({"eval", "from-traffic", "--metrics", "no/m.prom"}).error,
            "quarry: error: --metrics: write no/m.prom: No such file or directory\n");
}

}  // namespace
}  // namespace quarry::app
