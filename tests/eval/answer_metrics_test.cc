// Claim matrices by hand, and the traps that well-known tools fall into.

#include "eval/answer_metrics.h"

#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::Eq;
using ::testing::Optional;

// 'e' entailed, 'c' contradicted, 'n' neutral, '?' not given.
Judgement Of(char letter) {
  Judgement judgement;
  judgement.verdict = letter == 'e'   ? ClaimVerdict::kEntailed
                      : letter == 'c' ? ClaimVerdict::kContradicted
                      : letter == 'n' ? ClaimVerdict::kNeutral
                                      : ClaimVerdict::kUnjudged;
  return judgement;
}

std::vector<Judgement> Row(const std::string& letters) {
  std::vector<Judgement> row;
  for (const char letter : letters) row.push_back(Of(letter));
  return row;
}

// A claim of the answer: verdicts by passage, by the reference; what it cites with the verdicts of
// all together, of each alone and of the others without it.
struct AnswerClaim {
  std::string by_passage;
  char by_reference = 'n';
  std::vector<uint32_t> citations = {};
  char together = 'n';
  std::string alone = "";
  std::string without = "";
};
// A fact: verdicts by passage and by the answer.
struct Fact {
  std::string by_passage;
  char by_answer = 'n';
  bool must = true;
};

ClaimMatrix MatrixOf(const std::vector<AnswerClaim>& claims, const std::vector<Fact>& facts) {
  ClaimMatrix matrix;
  for (const AnswerClaim& claim : claims) {
    matrix.answer.push_back({.id = "a", .text = "claim", .citations = claim.citations});
    matrix.answer_by_passage.push_back(Row(claim.by_passage));
    matrix.answer_by_reference.push_back(Of(claim.by_reference));
    matrix.citations.push_back({Of(claim.together), Row(claim.alone), Row(claim.without)});
  }
  for (const Fact& fact : facts) {
    matrix.reference.push_back({.id = "f", .text = "fact", .must = fact.must});
    matrix.reference_by_passage.push_back(Row(fact.by_passage));
    matrix.reference_by_answer.push_back(Of(fact.by_answer));
  }
  return matrix;
}

TEST(AnswerMetricsTest, PrecisionCountsClaimsRecallCountsFacts) {
  const AnswerScores scores = ScoreAnswer(
      MatrixOf({{"e", 'e'}, {"e", 'n'}, {"e", 'n'}, {"e", 'e'}}, {{"e", 'e'}, {"e", 'n'}}), false);
  EXPECT_THAT(scores.precision, Optional(DoubleEq(0.5)));
  EXPECT_THAT(scores.recall, Optional(DoubleEq(0.5)));
  EXPECT_THAT(scores.f1, Optional(DoubleEq(0.5)));
  EXPECT_THAT(scores.has_must_facts, Optional(false));
}

TEST(AnswerMetricsTest, AFactThatNeedNotBeThereDecidesNothing) {
  const auto has_must_facts = [](const std::vector<Fact>& facts) {
    return ScoreAnswer(MatrixOf({{"e", 'e'}}, facts), false).has_must_facts;
  };
  EXPECT_THAT(has_must_facts({{"e", 'e'}, {"e", 'n', false}}), Optional(true));
  EXPECT_THAT(has_must_facts({{"e", 'n', false}}), Eq(std::nullopt));
}

TEST(AnswerMetricsTest, SharesOfClaimsAddUpWithThoseUnjudged) {
  // entailed by the second; contradicted; neutral; one verdict of two not given.
  const AnswerScores scores = ScoreAnswer(
      MatrixOf({{"ne", 'e'}, {"cn", 'n'}, {"nn", 'e'}, {"n?", 'n'}}, {{"en", 'e'}}), false);
  EXPECT_THAT(scores.faithfulness, Optional(DoubleEq(0.25)));
  EXPECT_THAT(scores.contradicted, Optional(DoubleEq(0.25)));
  EXPECT_THAT(scores.unsupported, Optional(DoubleEq(0.25)));
  // The contradicted one is wrong too; the neutral one is right, by the reference.
  EXPECT_THAT(scores.hallucinated, Optional(DoubleEq(0.25)));
  EXPECT_THAT(scores.self_knowledge, Optional(DoubleEq(0.25)));
}

TEST(AnswerMetricsTest, AJudgeThatReturnsOneOfFiveVerdictsDoesNotScoreOne) {
  const AnswerScores scores = ScoreAnswer(MatrixOf({{"e"}, {"?"}, {"?"}, {"?"}, {"?"}}, {}), false);
  EXPECT_THAT(scores.faithfulness, Optional(DoubleEq(0.2)));
  EXPECT_EQ(scores.verdicts, 5u);
  EXPECT_EQ(scores.judged, 1u);
}

TEST(AnswerMetricsTest, AnAnswerWithoutClaimsIsNotScoredOne) {
  const AnswerScores scores = ScoreAnswer(MatrixOf({}, {{"e", 'n'}}), false);
  EXPECT_THAT(scores.faithfulness, Optional(DoubleEq(0)));
  EXPECT_THAT(scores.precision, Optional(DoubleEq(0)));
  EXPECT_THAT(scores.recall, Optional(DoubleEq(0)));
  EXPECT_THAT(scores.f1, Optional(DoubleEq(0)));
  EXPECT_THAT(scores.citation_recall, Optional(DoubleEq(0)));
  EXPECT_THAT(scores.citation_precision, Optional(DoubleEq(0)));
}

TEST(AnswerMetricsTest, ARefusalIsNeitherGroundedNorCorrect) {
  const AnswerScores scores = ScoreAnswer(MatrixOf({}, {{"e", 'n'}}), true);
  EXPECT_THAT(scores.faithfulness, Eq(std::nullopt));
  EXPECT_THAT(scores.citation_recall, Eq(std::nullopt));
  EXPECT_THAT(scores.f1, Optional(DoubleEq(0)));
  EXPECT_THAT(scores.has_must_facts, Optional(false));
  EXPECT_THAT(scores.context_sufficiency, Optional(DoubleEq(1)));
  EXPECT_THAT(scores.context_utilisation, Optional(DoubleEq(0)));
}

TEST(AnswerMetricsTest, NoiseIsToldByThePassageThatItCameFrom) {
  // Passage 1 holds the fact. The second claim is wrong and stands there; the third stands in 2 only.
  const AnswerScores scores =
      ScoreAnswer(MatrixOf({{"en", 'e'}, {"en", 'n'}, {"ne", 'c'}}, {{"en", 'e'}}), false);
  EXPECT_THAT(scores.noise_relevant, Optional(DoubleEq(1.0 / 3)));
  EXPECT_THAT(scores.noise_irrelevant, Optional(DoubleEq(1.0 / 3)));
}

TEST(AnswerMetricsTest, WithoutAReferenceNothingIsSaidOfIt) {
  const AnswerScores scores = ScoreAnswer(MatrixOf({{"e"}}, {}), false);
  EXPECT_THAT(scores.f1, Eq(std::nullopt));
  EXPECT_THAT(scores.hallucinated, Eq(std::nullopt));
  EXPECT_THAT(scores.context_sufficiency, Eq(std::nullopt));
  EXPECT_THAT(scores.faithfulness, Optional(DoubleEq(1)));
}

// The cases of ALCE, section 4.3: computed by hand.
TEST(AnswerMetricsTest, OneCitationThatCarriesItsClaimIsRecallAndPrecision) {
  const AnswerScores scores = ScoreAnswer(MatrixOf({{"e", 'n', {1}, 'e', "e"}}, {}), false);
  EXPECT_THAT(scores.citation_recall, Optional(DoubleEq(1)));
  EXPECT_THAT(scores.citation_precision, Optional(DoubleEq(1)));
}

TEST(AnswerMetricsTest, ACitationThatNeitherCarriesNorIsNeededIsImprecise) {
  // [1] carries the claim alone; [2] does not, and without it the claim still stands.
  const AnswerScores scores =
      ScoreAnswer(MatrixOf({{"en", 'n', {1, 2}, 'e', "en", "ne"}}, {}), false);
  EXPECT_THAT(scores.citation_recall, Optional(DoubleEq(1)));
  EXPECT_THAT(scores.citation_precision, Optional(DoubleEq(0.5)));
}

TEST(AnswerMetricsTest, TwoCitationsThatCarryTheClaimOnlyTogetherAreBothPrecise) {
  const AnswerScores scores =
      ScoreAnswer(MatrixOf({{"nn", 'n', {1, 2}, 'e', "nn", "nn"}}, {}), false);
  EXPECT_THAT(scores.citation_recall, Optional(DoubleEq(1)));
  EXPECT_THAT(scores.citation_precision, Optional(DoubleEq(1)));
}

TEST(AnswerMetricsTest, CitationsOfAClaimThatIsNotCarriedAreAllImprecise) {
  // ALCE counts them in the denominator: 1 of 3 citations, 1 of 3 claims; the last cites nothing.
  const AnswerScores scores = ScoreAnswer(
      MatrixOf({{"en", 'n', {1}, 'e', "e"}, {"nn", 'n', {1, 2}, 'n', "nn", "nn"}, {"en"}}, {}),
      false);
  EXPECT_THAT(scores.citation_recall, Optional(DoubleEq(1.0 / 3)));
  EXPECT_THAT(scores.citation_precision, Optional(DoubleEq(1.0 / 3)));
}

TEST(AnswerMetricsTest, AVerdictThatIsMissingMakesNoCitationNeeded) {
  // What the others say without [2] was asked and not told.
  const AnswerScores scores =
      ScoreAnswer(MatrixOf({{"en", 'n', {1, 2}, 'e', "en", "n?"}}, {}), false);
  EXPECT_THAT(scores.citation_precision, Optional(DoubleEq(0.5)));
}

TEST(AnswerMetricsTest, MoreThanThreeCitationsAllCount) {
  const AnswerScores scores =
      ScoreAnswer(MatrixOf({{"ennne", 'n', {1, 2, 3, 4, 5}, 'e', "ennne", "eeeee"}}, {}), false);
  EXPECT_THAT(scores.citation_precision, Optional(DoubleEq(2.0 / 5)));
}

}  // namespace
}  // namespace quarry::eval
