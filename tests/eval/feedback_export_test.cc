#include "eval/feedback_export.h"

#include <nlohmann/json.hpp>

#include "eval/local_judge.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;
using Json = nlohmann::json;

GivenAnswer Pump(const std::string& id, const std::string& answer = "The pump weighs 80 kg [1].") {
  return {.id = id,
          .judged = {.lang = "en",
                     .question = "How heavy is the feed pump of the station?",
                     .answer = answer,
                     .sentences = {{{0, answer.size() - 5}, {1}}},
                     .passages = {{"Pump", "The pump weighs 80 kg. It is red."}}},
          .documents = {"pump.md"}};
}

class FeedbackExportTest : public ::testing::Test {
 protected:
  ExportReport Export(ExportOptions options, std::vector<RatedAnswer> rated,
                      std::vector<ComparedAnswers> compared = {}) {
    const auto report = ExportFeedback(rated, compared, options, judge_, prompts_, analyzer_, {});
    EXPECT_TRUE(report.ok()) << report.status().ToString();
    return *report;
  }

  Analyzer analyzer_;
  LocalJudge judge_{analyzer_};
  generation::Prompts prompts_;
};

TEST_F(FeedbackExportTest, LikedAnswersBecomeConversationsWithTheirPassages) {
  const ExportReport report = Export({}, {{Pump("1"), true}, {Pump("2"), false}});
  EXPECT_EQ(report.rows, 1u);
  EXPECT_THAT(report.left_out, ElementsAre(Pair("rated down", 1)));
  const Json row = Json::parse(report.lines);
  ASSERT_THAT(row["messages"], SizeIs(3));
  EXPECT_EQ(row["messages"][0]["role"], "system");
  EXPECT_THAT(std::string(row["messages"][1]["content"]), HasSubstr("The pump weighs 80 kg."));
  EXPECT_EQ(row["messages"][2]["content"], "The pump weighs 80 kg [1].");
}

TEST_F(FeedbackExportTest, NothingFalseUnfaithfulDeclinedOrHeldOutIsExported) {
  GivenAnswer hit = Pump("hit");
  hit.for_other_question = true;
  GivenAnswer declined = Pump("declined");
  declined.declined = true;
  const ExportReport report = Export({.held_out = {"How heavy is the feed pump of this station?"}},
                                     {{hit, true}, {declined, true}, {Pump("held"), true}});
  EXPECT_EQ(report.rows, 0u);
  EXPECT_THAT(report.left_out, ElementsAre(Pair("declined", 1), Pair("near a held-out case", 1),
                                           Pair("stored for another question", 1)));
  const ExportReport unfaithful = Export({}, {{Pump("u", "The pump weighs 90 kg [1]."), true}});
  EXPECT_THAT(unfaithful.left_out, ElementsAre(Pair("not carried by its passages", 1)));
}

TEST_F(FeedbackExportTest, VotesBecomePreferencesTiesDoNotAndOnePersonIsLimited) {
  const GivenAnswer right = Pump("r");
  const GivenAnswer wrong = Pump("w", "It is blue, I think [1].");
  std::vector<ComparedAnswers> votes = {
      {right, wrong, Preference::kFirst, "ann"},  {wrong, right, Preference::kSecond, "ann"},
      {wrong, right, Preference::kSecond, "ann"}, {right, wrong, Preference::kTie, "bob"},
      {right, wrong, Preference::kSecond, "bob"}, {right, right, Preference::kFirst, "bob"}};
  const ExportReport report =
      Export({.format = ExportFormat::kDpo, .votes_per_person = 2}, {{right, true}}, votes);
  EXPECT_EQ(report.rows, 2u);
  EXPECT_THAT(report.left_out, ElementsAre(Pair("a tie", 1), Pair("both answers are equal", 1),
                                           Pair("not carried by its passages", 1),
                                           Pair("one person's votes beyond 2", 1)));
  const Json row = Json::parse(report.lines.substr(0, report.lines.find('\n')));
  EXPECT_EQ(row["preferred_output"][0]["content"], right.judged.answer);
  EXPECT_EQ(row["non_preferred_output"][0]["content"], wrong.judged.answer);
  EXPECT_THAT(row["input"]["messages"], SizeIs(2));
}

TEST_F(FeedbackExportTest, CasesAreDraftsAndADislikedAnswerIsNoReference) {
  const ExportReport report =
      Export({.format = ExportFormat::kSuite}, {{Pump("1"), true}, {Pump("2"), false}});
  ASSERT_EQ(report.rows, 2u);
  const size_t cut = report.lines.find('\n');
  ASSERT_OK_AND_ASSIGN(const Case liked, ParseCase(report.lines.substr(0, cut)));
  EXPECT_TRUE(liked.draft);
  EXPECT_EQ(liked.reference, "The pump weighs 80 kg [1].");
  EXPECT_THAT(liked.gold_docs, ElementsAre(Pair("pump.md", 1)));
  ASSERT_OK_AND_ASSIGN(const Case disliked,
                       ParseCase(report.lines.substr(cut + 1, report.lines.size() - cut - 2)));
  EXPECT_EQ(disliked.reference, "");
  EXPECT_EQ(ParseExportFormat("csv").status().message(), "expected sft, dpo or suite, got \"csv\"");
}

}  // namespace
}  // namespace quarry::eval
