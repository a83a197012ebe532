#include "eval/attribution.h"

#include "eval/local_judge.h"
#include "eval/suite_run.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::HasSubstr;

// "The pump weighs 80 kg." stands in pump.md at 10 to 32; a record that answers with it.
class AttributionTest : public ::testing::Test {
 protected:
  AttributionTest() {
    case_.id = "c";
    case_.query = "How heavy is the pump?";
    case_.expected_facts = {{"f", "The pump weighs 80 kg.", true}};
    case_.gold_spans = {{.document = "pump.md", .begin = 10, .end = 32, .fact = "f"}};
    record_.case_id = "c";
    record_.gold_spans = {{case_.gold_spans[0], true}};
    record_.candidates = {{.document = "valve.md", .end = 40, .within_k = true},
                          {.document = "pump.md", .end = 40, .lexical_rank = 2, .within_k = true}};
    record_.passages = {
        {.document = "pump.md", .end = 40, .heading = "Pump", .text = "The pump weighs 80 kg."},
        {.document = "valve.md",
         .end = 40,
         .heading = "Valve",
         .text = "The valve is made of bronze."}};
    record_.answer = "The pump weighs 80 kg [1].";
  }

  std::optional<Failure> Label(const Replays& replays = {}, const GoldPresence& presence = {}) {
    EXPECT_OK(JudgeRecord(case_, judge_, record_, {}));
    return Attribute(case_, record_, {}, presence, replays);
  }
  FailureKind Kind() {
    const std::optional<Failure> failure = Label();
    EXPECT_TRUE(failure.has_value());
    return failure ? failure->kind : FailureKind::kInfraError;
  }

  Analyzer analyzer_;
  LocalJudge judge_{analyzer_};
  Case case_;
  RunRecord record_;
};

TEST_F(AttributionTest, ACaseThatPassesHasNoLabel) { EXPECT_FALSE(Label().has_value()); }

TEST_F(AttributionTest, WhereThePassageIsLostIsToldWithItsRank) {
  record_.answer = "The valve is made of bronze [1].";
  record_.passages.erase(record_.passages.begin());
  record_.dropped = {{.document = "pump.md", .why = "token budget of 300 used up"}};
  std::optional<Failure> failure = Label();
  EXPECT_EQ(failure->kind, FailureKind::kContextTruncation);
  EXPECT_THAT(failure->evidence, HasSubstr("is not in the prompt: token budget of 300 used up"));
  EXPECT_FALSE(failure->confirmed);
  EXPECT_TRUE(Label({.full_k = ReplayOutcome{.passed = true}})->confirmed);
  record_.candidates[1].within_k = false;
  failure = Label();
  EXPECT_EQ(failure->kind, FailureKind::kRanking);
  EXPECT_THAT(failure->evidence, HasSubstr("ranks 2, behind k (by words 2, by meaning 0"));
  record_.candidates.pop_back();
  failure = Label({}, {.known = true, .indexed = true, .lost_by = "the filter leaves it out"});
  EXPECT_EQ(failure->kind, FailureKind::kRetrievalMiss);
  EXPECT_THAT(failure->evidence, HasSubstr("not among the 1 candidates: the filter leaves it out"));
  EXPECT_EQ(Label({}, {.known = true, .indexed = false})->kind, FailureKind::kCorpusGap);
  record_.gold_spans[0].present = false;
  EXPECT_EQ(Kind(), FailureKind::kCorpusGap);
}

TEST_F(AttributionTest, APassageThatSaysTheSameStandsForTheGoldOne) {
  record_.candidates.clear();
  record_.passages[0].document = "copy.md";
  record_.answer = "The valve is made of bronze [2].";
  EXPECT_EQ(Kind(), FailureKind::kDistracted) << "the fact was in the prompt, in a copy";
}

TEST_F(AttributionTest, OnlyAnAnswerMadeAnewTellsAFalseHit) {
  record_.answer = "The pump weighs 95 kg [1].";
  record_.cache.kind = CacheKind::kExact;
  record_.cache.question = "How heavy is the pump?";
  std::optional<Failure> failure = Label({.no_cache = ReplayOutcome{.passed = true}});
  EXPECT_EQ(failure->kind, FailureKind::kCacheFalseHit);
  EXPECT_TRUE(failure->confirmed);
  failure = Label({});
  EXPECT_EQ(failure->kind, FailureKind::kUnfaithful) << "nobody has made it anew";
  failure = Label({.no_cache = ReplayOutcome{.passed = false}});
  EXPECT_EQ(failure->kind, FailureKind::kUnfaithful);
  EXPECT_THAT(failure->evidence, HasSubstr("passage 1 says otherwise than"));
}

TEST_F(AttributionTest, WhatTheAnswererDidWrongIsTold) {
  record_.answer = "The pump weighs 80 kg [2].";
  std::optional<Failure> failure = Label();
  EXPECT_EQ(failure->kind, FailureKind::kCitationError);
  EXPECT_THAT(failure->evidence, HasSubstr("cites [2]; passage 1 carries it"));
  record_.answer = "The pump weighs 80 kg.";
  EXPECT_THAT(Label()->evidence, HasSubstr("cites nothing"));
  record_.abstained = true;
  EXPECT_EQ(Kind(), FailureKind::kOverRefusal);
  record_.abstained = false;
  record_.passages[0].text += " The pump stands in the cellar of the mill.";
  record_.answer = "The pump stands in the cellar of the mill [1].";
  EXPECT_EQ(Kind(), FailureKind::kOmission);
  case_.answerable = false;
  EXPECT_EQ(Kind(), FailureKind::kShouldHaveRefused);
  record_.error = "UNAVAILABLE: down";
  EXPECT_EQ(Label()->evidence, "UNAVAILABLE: down");
}

TEST_F(AttributionTest, ASourceThatContradictsTheReferenceIsWrong) {
  record_.passages[0].text = "The pump weighs 95 kg.";
  record_.gold_spans[0].present = false;
  record_.answer = "The pump weighs 95 kg [1].";
  const std::optional<Failure> failure = Label();
  EXPECT_EQ(failure->kind, FailureKind::kSourceWrong);
  EXPECT_THAT(failure->evidence, HasSubstr("pump.md says \"The pump weighs 95 kg"));
}

// A case as one writes it first: a question and what its answer must hold.
class AcceptedAttributionTest : public AttributionTest {
 protected:
  AcceptedAttributionTest() {
    case_.expected_facts.clear();
    case_.gold_spans.clear();
    case_.accept = {{.texts = {"80 kg"}}};
    record_.gold_spans.clear();
  }
  // As the index was looked at: one place of "80 kg", or none.
  GoldPresence Looked(const std::vector<GoldSpan>& places) const {
    return {.known = true, .indexed = true, .lost_by = "", .accepted = {{0, places}}};
  }
  const GoldSpan place_{.document = "pump.md", .begin = 0, .end = 40, .quote = "80 kg", .fact = ""};
};

TEST_F(AcceptedAttributionTest, ARefusalIsOneTooManyOnlyWhereThePromptHoldsTheAnswer) {
  record_.abstained = true;
  std::optional<Failure> failure = Label({}, Looked({place_}));
  EXPECT_EQ(failure->kind, FailureKind::kOverRefusal);
  EXPECT_EQ(failure->evidence,
            "declined, though the prompt says it: passage 1 (pump.md) holds \"80 kg\"");
  record_.passages.erase(record_.passages.begin());
  failure = Label({}, Looked({}));
  EXPECT_EQ(failure->kind, FailureKind::kCorpusGap);
  EXPECT_EQ(failure->evidence, "no chunk holds \"80 kg\" (it may say it in other words)");
  EXPECT_FALSE(failure->confirmed) << "words were looked for, not what they say";
  EXPECT_EQ(Label({}, Looked({place_}))->kind, FailureKind::kContextTruncation);
  record_.candidates[1].within_k = false;
  EXPECT_EQ(Label({}, Looked({place_}))->kind, FailureKind::kRanking);
  record_.candidates.pop_back();
  EXPECT_EQ(Label({}, Looked({place_}))->kind, FailureKind::kRetrievalMiss);
  // Nobody has looked in the index.
  failure = Label();
  EXPECT_EQ(failure->kind, FailureKind::kUnknown);
  EXPECT_EQ(failure->evidence,
            "no gold span tells where the answer stands; no passage of the prompt holds \"80 kg\"");
  case_.accept = {{.texts = {"no"}}};
  failure = Label();
  EXPECT_EQ(failure->kind, FailureKind::kUnknown);
  EXPECT_THAT(failure->evidence, HasSubstr("nothing in `accept` can be looked for"));
}

TEST_F(AcceptedAttributionTest, AChineseTextIsLookedForToo) {
  case_.query = "水泵有多重？";
  case_.accept = {{.texts = {"80公斤"}}};
  record_.abstained = true;
  record_.passages[0].text = "水泵重80公斤。";
  EXPECT_EQ(Kind(), FailureKind::kOverRefusal);
  record_.passages[0].text = "水泵重95公斤。";
  EXPECT_EQ(Label({}, Looked({}))->kind, FailureKind::kCorpusGap);
}

TEST_F(AcceptedAttributionTest, APassageIsNoDistractionWhereNothingTellsThatItDoesNotAnswer) {
  record_.passages[0].text = "The pump weighs 95 kg.";
  record_.answer = "The pump weighs 95 kg [1].";
  EXPECT_EQ(Kind(), FailureKind::kUnknown);
  std::optional<Failure> failure = Label({}, Looked({}));
  EXPECT_EQ(failure->kind, FailureKind::kCorpusGap);
  EXPECT_EQ(failure->evidence,
            "no chunk holds \"80 kg\" (it may say it in other words); what was answered stands in "
            "pump.md");
  case_.gold_docs = {{"pump.md", 1}};
  EXPECT_EQ(Label({}, Looked({}))->kind, FailureKind::kCorpusGap) << "not yet a wrong source";
  case_.accept = {{.kind = AnswerCheck::Kind::kNumber, .texts = {}, .number = 80, .unit = "kg"}};
  failure = Label({}, Looked({}));
  EXPECT_EQ(failure->kind, FailureKind::kSourceWrong);
  EXPECT_THAT(failure->evidence, HasSubstr("; nothing in the index holds \"80 kg\""));
  // Another passage holds it.
  case_.gold_docs.clear();
  case_.accept = {{.texts = {"80 kg"}}};
  record_.passages[1].text = "The whole pump weighs 80 kg.";
  failure = Label({}, Looked({place_}));
  EXPECT_EQ(failure->kind, FailureKind::kDistracted);
  EXPECT_THAT(failure->evidence, HasSubstr("pump.md, which does not hold what `accept` asks for"));
}

// "does not work" says what "not supported" asks for, "无法使用" what "不支持" does.
TEST_F(AcceptedAttributionTest, AParaphraseInAGoldDocumentIsNoWrongSource) {
  case_.gold_docs = {{"pump.md", 1}};
  case_.query = "May the pump be used with sea water?";
  case_.accept = {{.texts = {"not supported"}}};
  record_.passages[0].text = "The pump does not work with sea water.";
  record_.answer = "The pump does not work with sea water [1].";
  for (const bool is_chinese : {false, true}) {
    if (is_chinese) {
      case_.query = "水泵支持海水吗？";
      case_.accept = {{.texts = {"不支持"}}};
      record_.passages[0].text = "水泵无法用于海水。";
      record_.answer = "水泵无法用于海水[1]。";
    }
    const std::optional<Failure> failure = Label({}, Looked({}));
    EXPECT_EQ(failure->kind, FailureKind::kCorpusGap);
    EXPECT_FALSE(failure->confirmed);
    EXPECT_THAT(failure->evidence, HasSubstr("(it may say it in other words)"));
  }
}

TEST_F(AcceptedAttributionTest, WhatTheAnswerSaysIsNotMissing) {
  record_.passages[0].text = "The pump weighs eighty kilograms.";
  case_.reject = {{.texts = {"pump"}}};
  // The index says it in other words, and the answer is too wordy, or not carried.
  EXPECT_NE(Label({}, Looked({}))->kind, FailureKind::kCorpusGap);
  record_.answer = "The pump weighs 70 kg [1].";
  EXPECT_EQ(Label({}, Looked({}))->kind, FailureKind::kCorpusGap);
}

TEST_F(AcceptedAttributionTest, WhatAGoldDocumentHoldsIsLeftOut) {
  case_.query = "May the pump run dry?";
  case_.accept = {{.texts = {"No"}}};
  case_.gold_docs = {{"pump.md", 1}};
  record_.passages[0].text = "No. A dry pump gets hot.";
  record_.answer = "A dry pump gets hot [1].";
  std::optional<Failure> failure = Label();
  EXPECT_EQ(failure->kind, FailureKind::kOmission);
  EXPECT_EQ(failure->evidence, "passage 1 (pump.md) holds \"No\", the answer does not");
  record_.abstained = true;
  record_.passages.erase(record_.passages.begin());
  failure = Label();
  EXPECT_EQ(failure->kind, FailureKind::kContextTruncation);
  EXPECT_EQ(failure->evidence, "pump.md was within k and is not in the prompt");
  record_.candidates.clear();
  EXPECT_EQ(Label()->evidence, "pump.md is not among the 0 candidates");
  record_.missing_documents = {"pump.md"};
  failure = Label();
  EXPECT_EQ(failure->kind, FailureKind::kCorpusGap);
  EXPECT_EQ(failure->evidence, "pump.md is not in the corpus");
}

TEST_F(AttributionTest, WithoutVerdictsNothingIsBlamedOnTheAnswer) {
  record_.answer = "Something else.";
  record_.judge_error = "UNAVAILABLE: the judge is down";
  const std::optional<Failure> failure = Attribute(case_, record_, {}, {}, {});
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->kind, FailureKind::kInfraError);
  EXPECT_EQ(failure->evidence, "not judged: UNAVAILABLE: the judge is down");
}

}  // namespace
}  // namespace quarry::eval
