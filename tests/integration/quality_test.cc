// The floors of quality that are promised on public collections (docs/benchmarks.md).

#include "eval/answer_eval.h"
#include "eval/retrieval_eval.h"
#include "tests/testing/engine_testing.h"

namespace quarry::eval {
namespace {

EvalParts PartsOf(testing::TestEngine& engine) {
  return {.index = *engine.index,
          .collection = engine.collection,
          .analyzer = engine.analyzer,
          .retriever = engine.retriever,
          .ingest = engine.ingest,
          .embedders = engine.embedders,
          .pool = engine.pool};
}

// Public collections beside the project: what the README's figures stand on. The floors are those
// that were promised, not what was last measured.
struct Floor {
  const char* collection;
  double lexical_ndcg;
  double hybrid_below_lexical;  // at most
};

class CollectionFloorTest : public ::testing::TestWithParam<Floor> {};

TEST_P(CollectionFloorTest, HoldsOnThePublicCollection) {
  const auto directory = testing::DataPath(std::string("retrieval/") + GetParam().collection);
  if (!directory) GTEST_SKIP() << "no data/retrieval/" << GetParam().collection;
  testing::TestEngine engine;
  RetrievalEvalOptions options;
  options.directory = *directory;
  options.mode = SearchMode::kLexical;
  ASSERT_OK_AND_ASSIGN(const RetrievalEvalReport lexical,
                       EvaluateRetrieval(options, PartsOf(engine), nullptr, {}));
  EXPECT_GE(lexical.mean.ndcg_at_k, GetParam().lexical_ndcg);
  options.mode = SearchMode::kHybrid;
  ASSERT_OK_AND_ASSIGN(const RetrievalEvalReport hybrid,
                       EvaluateRetrieval(options, PartsOf(engine), nullptr, {}));
  EXPECT_GE(hybrid.mean.ndcg_at_k, lexical.mean.ndcg_at_k - GetParam().hybrid_below_lexical);
}

INSTANTIATE_TEST_SUITE_P(Collections, CollectionFloorTest,
                         ::testing::Values(Floor{"scifact", 0.685, 0.01},
                                           Floor{"cranfield", 0.51, 0.01},
                                           Floor{"squad_v2_dev_cs224n", 0.885, 0.01},
                                           Floor{"cmrc2018_dev", 0.982, 0.01},
                                           Floor{"dureader_robust_dev", 0.785, 0.01},
                                           // Ties between planted twins: docs/benchmarks.md.
                                           Floor{"rgb_en_fact", 0.46, 0.03}),
                         [](const auto& floor) { return std::string(floor.param.collection); });

TEST(AnswerFloorTest, TheFirstCitationIsTheGoldPassageOnSquad) {
  const auto directory = testing::DataPath("retrieval/squad_v2_dev_cs224n");
  if (!directory) GTEST_SKIP() << "no data/retrieval/squad_v2_dev_cs224n";
  testing::TestEngine engine;
  AnswerEvalOptions options;
  options.directory = *directory;
  ASSERT_OK_AND_ASSIGN(const AnswerEvalReport report,
                       EvaluateAnswers(options, PartsOf(engine), nullptr, {}));
  EXPECT_EQ(report.answerable, 2910u);
  EXPECT_EQ(report.unanswerable, 3168u);
  EXPECT_GE(report.configured.cited_gold, 0.78);
  EXPECT_GT(report.configured.declined_unanswerable, report.configured.declined_answerable);
}

}  // namespace
}  // namespace quarry::eval
