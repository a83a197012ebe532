// Measuring a small collection with the real engine.

#include "eval/answer_eval.h"
#include "eval/retrieval_eval.h"
#include "tests/testing/eval_testing.h"

namespace quarry::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Four documents, two of them twins, on disk.
class EvaluationTest : public testing::FolderTest {
 protected:
  EvaluationTest() {
    Write("corpus.jsonl",
          R"({"_id": "a", "title": "", "text": "The red pump delivers ten litres per second."})"
          "\n"
          R"({"_id": "b", "title": "", "text": "The red pump delivers six litres per second."})"
          "\n"
          R"({"_id": "c", "title": "Valve", "text": "The bronze valve closes within two seconds."})"
          "\n"
          R"({"_id": "d", "title": "", "text": "青砚水厂的取水口位于河的左岸。"})"
          "\n"
          R"({"_id": "e", "title": "", "text": " "})"
          "\n");
    Write("queries.jsonl",
          R"({"_id": "q1", "text": "What does the red pump deliver per second?",)"
          R"( "metadata": {"x": ["no"], "answers": ["10 l", "ten litres"], "y": ["no"]}})"
          "\n"
          R"({"_id": "q2", "text": "Within how many seconds does the bronze valve close?"})"
          "\n"
          R"({"_id": "q3", "text": "青砚水厂的取水口位于哪里？"})"
          "\n"
          R"({"_id": "u1", "text": "Who painted the town hall of Antwerp?",)"
          R"( "metadata": {"is_impossible": true}})"
          "\n"
          R"({"_id": "u2", "text": "When was the opera house of Oslo opened?",)"
          R"( "metadata": {"x": {"is_impossible": false}, "is_impossible": true}})"
          "\n"
          R"({"_id": "n1", "text": "not judged", "metadata": {"is_impossible": false}})"
          "\n");
    Write("qrels/test.tsv", "query\tdocument\tgrade\nq1\ta\t1\nq2\tc\t1\nq3\td\t1\n");
  }

  testing::TestEngine engine_;
};

TEST_F(EvaluationTest, RetrievalIsMeasuredOverAllJudgedQueries) {
  RetrievalEvalOptions options;
  options.directory = directory_.path();
  options.mode = SearchMode::kLexical;
  options.k = 10;
  options.run_file = Path("run.trec");
  ASSERT_OK_AND_ASSIGN(const RetrievalEvalReport report,
                       EvaluateRetrieval(options, EvalPartsOf(engine_), nullptr, {}));
  EXPECT_TRUE(report.corpus.indexed);
  EXPECT_EQ(report.corpus.documents, 4u);
  EXPECT_EQ(report.corpus.empty_documents, 1u);
  EXPECT_EQ(report.corpus.chunks, 4u);
  EXPECT_EQ(report.queries, 3u);
  EXPECT_EQ(report.missing_judged_documents, 0u);
  EXPECT_THAT(report.mean.ndcg_at_k, DoubleEq(1.0));
  EXPECT_THAT(report.mean.recall_at_100, DoubleEq(1.0));
}

// The twins tie for q1. trec_eval would put "b" first.
TEST_F(EvaluationTest, TiesStayInTheOrderOfTheRetriever) {
  RetrievalEvalOptions options;
  options.directory = directory_.path();
  options.mode = SearchMode::kLexical;
  options.run_file = Path("run.trec");
  ASSERT_OK(EvaluateRetrieval(options, EvalPartsOf(engine_), nullptr, {}).status());
  ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(Path("run.trec")));
  ASSERT_OK_AND_ASSIGN(RankedRun run, ParseTrecRun(text, "run.trec"));
  std::vector<RankedDocument>& ranking = run["q1"];
  SortRanking(ranking);
  ASSERT_THAT(ranking, SizeIs(Ge(2u)));
  EXPECT_EQ(ranking[0].id, "a");
  EXPECT_EQ(ranking[1].id, "b");
  EXPECT_LT(static_cast<float>(ranking[1].score), static_cast<float>(ranking[0].score));
  EXPECT_THAT(ranking[1].score, DoubleNear(ranking[0].score, 1e-5));
}

TEST_F(EvaluationTest, ACollectionThatIsThereIsUsedAsItIs) {
  RetrievalEvalOptions options;
  options.directory = directory_.path();
  ASSERT_OK(EvaluateRetrieval(options, EvalPartsOf(engine_), nullptr, {}).status());
  ASSERT_OK_AND_ASSIGN(const RetrievalEvalReport again,
                       EvaluateRetrieval(options, EvalPartsOf(engine_), nullptr, {}));
  EXPECT_FALSE(again.corpus.indexed);
  EXPECT_EQ(again.corpus.documents, 4u);
}

TEST_F(EvaluationTest, ACollectionOfSomethingElseIsRefused) {
  engine_.Add(testing::SmallCorpus());
  RetrievalEvalOptions options;
  options.directory = directory_.path();
  const Status status = EvaluateRetrieval(options, EvalPartsOf(engine_), nullptr, {}).status();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(),
              HasSubstr("collection \"default\" holds none of the documents that"));
}

TEST_F(EvaluationTest, AnswersAreMeasuredWithAndWithoutDeclining) {
  AnswerEvalOptions options;
  options.directory = directory_.path();
  options.answer.extractive.decline_below = 1.0;
  ASSERT_OK_AND_ASSIGN(const AnswerEvalReport report,
                       EvaluateAnswers(options, EvalPartsOf(engine_), nullptr, {}));
  EXPECT_EQ(report.answerable, 3u);
  EXPECT_EQ(report.unanswerable, 2u);
  EXPECT_THAT(report.undeclined.cited_gold, DoubleEq(1.0));
  EXPECT_THAT(report.undeclined.declined_unanswerable, DoubleEq(0.0));
  EXPECT_EQ(report.marked, 1u);
  EXPECT_THAT(report.undeclined.span_short, DoubleEq(1.0));
  EXPECT_THAT(report.undeclined.span_long, DoubleEq(1.0));
  EXPECT_GT(report.undeclined.token_f1, 0.2);
  EXPECT_THAT(report.configured.span_long, DoubleEq(0.0));
  EXPECT_THAT(report.configured.cited_gold, DoubleEq(0.0));
  EXPECT_THAT(report.configured.declined_answerable, DoubleEq(1.0));
  // Chosen on q1, q3 and u1; measured on q2 and u2.
  EXPECT_GT(report.chosen.threshold, 0);
  EXPECT_THAT(report.chosen.declined_unanswerable, DoubleEq(1.0));
  EXPECT_THAT(report.chosen.declined_answerable, DoubleEq(0.0));
  ASSERT_THAT(report.curve, SizeIs(21));
  for (size_t i = 1; i < report.curve.size(); ++i) {
    EXPECT_GE(report.curve[i].declined_answerable, report.curve[i - 1].declined_answerable);
    EXPECT_LE(report.curve[i].cited_gold, report.curve[i - 1].cited_gold);
  }
}

TEST_F(EvaluationTest, WithoutUnanswerableQuestionsThereIsNoCurve) {
  Write("queries.jsonl", R"({"_id": "q2", "text": "bronze valve"})");
  Write("qrels/test.tsv", "query\tdocument\tgrade\nq2\tc\t1\n");
  AnswerEvalOptions options;
  options.directory = directory_.path();
  ASSERT_OK_AND_ASSIGN(const AnswerEvalReport report,
                       EvaluateAnswers(options, EvalPartsOf(engine_), nullptr, {}));
  EXPECT_EQ(report.unanswerable, 0u);
  EXPECT_THAT(report.curve, IsEmpty());
}

}  // namespace
}  // namespace quarry::eval
