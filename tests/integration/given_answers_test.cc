#include "app/given_answers.h"

#include <nlohmann/json.hpp>

#include "tests/testing/engine_testing.h"

namespace quarry::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr const char* kText = "The pump weighs 80 kg. It runs at 9 bar.";

class GivenAnswersTest : public ::testing::Test {
 protected:
  GivenAnswersTest() {
    engine_.ingest.embedding.enabled = false;
    engine_.Add({testing::TextDocument("pump.txt", "Pump", kText)});
    chunk_ = engine_.snapshot()->ReadDocument("pump.txt").value().chunks.at(0).value;
  }

  static Json Citation(uint64_t passage, const char* document, uint64_t begin, uint64_t end) {
    return {{"passage", passage}, {"document", document}, {"begin", begin},
            {"end", end},         {"answer_begin", 0},    {"answer_end", 21}};
  }
  // As a server keeps them (docs/http.md).
  void KeepAnswer(const std::string& id, const std::string& cache = "miss", uint64_t chunk = 0) {
    const Json answer = {{"question", "How heavy is the pump?"},
                         {"collection", "default"},
                         {"answer", "The pump weighs 80 kg [1]."},
                         {"abstained", false},
                         {"model", "extractive"},
                         {"citations", {Citation(1, "pump.txt", 0, 22)}},
                         {"sentences", {{{"begin", 0}, {"end", 21}, {"label", "supported"}}}},
                         {"cache", {{"kind", cache}, {"hit", cache != "miss"}}}};
    const Json value = {{"version", 1},
                        {"time_us", 1'700'000'000'000'000},
                        {"collection", engine_.collection.value},
                        {"request", nullptr},
                        {"passages",
                         {{{"document", "pump.txt"},
                           {"begin", 0},
                           {"end", std::string(kText).size()},
                           {"chunks", {chunk == 0 ? chunk_ : chunk}}}}},
                        {"seconds", 0.1},
                        {"answer", answer}};
    Put(index::ObjectKind::kAnswer, id, value.dump());
  }
  void Rate(const std::string& id, const std::string& answer, const std::string& rating) {
    Put(index::ObjectKind::kFeedback, id,
        Json{{"version", 1},
             {"time_us", 1},
             {"collection", "default"},
             {"question", "q"},
             {"answer", answer},
             {"rating", rating},
             {"reasons", Json::array()},
             {"comment", ""}}
            .dump());
  }
  void Compare(const std::string& id, const Json& vote) {
    const auto side = [](const char* answer) {
      return Json{{"setting", "a"},
                  {"options", Json::object()},
                  {"answer", answer},
                  {"model", "m"},
                  {"seconds", 1.0}};
    };
    Put(index::ObjectKind::kFeedback, id,
        Json{{"version", 1},
             {"time_us", 1},
             {"collection", "default"},
             {"question", "q"},
             {"left", side("a1")},
             {"right", side("a2")},
             {"vote", vote}}
            .dump());
  }
  void Put(index::ObjectKind kind, const std::string& id, const std::string& value) {
    ASSERT_OK(engine_.index->objects().Put({.kind = kind, .id = id}, value));
  }

  testing::TestEngine engine_;
  uint64_t chunk_ = 0;
};

TEST_F(GivenAnswersTest, TrafficHasItsPassagesAndWhatIsGoneIsCounted) {
  KeepAnswer("a1");
  KeepAnswer("a2", "semantic");
  KeepAnswer("a3", "miss", /*chunk=*/4711);
  ASSERT_OK_AND_ASSIGN(const GivenTraffic traffic, ReadTraffic(*engine_.index, 1, 1, 0));
  ASSERT_THAT(traffic.answers, SizeIs(2));
  const eval::TrafficAnswer& first = traffic.answers[0];
  EXPECT_EQ(first.judged.passages[0].text, kText);
  EXPECT_THAT(first.judged.sentences[0].citations, ElementsAre(1));
  EXPECT_THAT(first.slices, ElementsAre("lang=en", "collection=default", "cache=miss"));
  EXPECT_THAT(traffic.left_out, ElementsAre(Pair("made from what is not there any more", 1)));
  EXPECT_THAT(ReadTraffic(*engine_.index, 0, 1, 0).value().answers, IsEmpty());
  EXPECT_THAT(ReadTraffic(*engine_.index, 1, 1, INT64_MAX).value().answers, IsEmpty());
}

// Kept by rank, cited by their places in the context: what answers was found second, and is [1].
TEST_F(GivenAnswersTest, PassagesStandWhereTheAnswerCitesThem) {
  engine_.Add({testing::TextDocument("valve.txt", "Valve", "The valve closes.")});
  const uint64_t valve = engine_.snapshot()->ReadDocument("valve.txt").value().chunks.at(0).value;
  const auto passage = [](const char* document, uint64_t end, uint64_t chunk) {
    return Json{{"document", document}, {"begin", 0}, {"end", end}, {"chunks", {chunk}}};
  };
  const Json answer = {{"question", "What closes?"},
                       {"collection", "default"},
                       {"answer", "The valve closes [1]."},
                       {"model", "extractive"},
                       {"abstained", false},
                       {"citations", {Citation(1, "valve.txt", 0, 17)}},
                       {"sentences", {{{"begin", 0}, {"end", 21}, {"label", "supported"}}}},
                       {"cache", {{"kind", "miss"}, {"hit", false}}}};
  const Json value = {
      {"version", 2},
      {"time_us", 1},
      {"collection", engine_.collection.value},
      {"request", nullptr},
      {"passages",
       {passage("pump.txt", std::string(kText).size(), chunk_), passage("valve.txt", 17, valve)}},
      {"seconds", 0.1},
      {"answer", answer}};
  Put(index::ObjectKind::kAnswer, "a1", value.dump());
  const GivenTraffic traffic = ReadTraffic(*engine_.index, 1, 1, 0).value();
  ASSERT_THAT(traffic.answers, SizeIs(1));
  const eval::JudgedCase& judged = traffic.answers[0].judged;
  ASSERT_THAT(judged.passages, SizeIs(2));
  EXPECT_EQ(judged.passages[0].text, "The valve closes.");
  EXPECT_EQ(judged.passages[1].text, kText);
  EXPECT_THAT(judged.sentences[0].citations, ElementsAre(1));
}

TEST_F(GivenAnswersTest, RatingsAndVotesAreJoinedWithTheirAnswers) {
  KeepAnswer("a1");
  KeepAnswer("a2", "semantic");
  Rate("f1", "a1", "up");
  Rate("f2", "a2", "down");
  Rate("f3", "gone", "up");
  Compare("f4", "left");
  Compare("f5", nullptr);
  Compare("f6", "both_bad");
  ASSERT_OK_AND_ASSIGN(const GivenFeedback feedback, ReadFeedback(*engine_.index));
  ASSERT_THAT(feedback.rated, SizeIs(2));
  EXPECT_TRUE(feedback.rated[0].up);
  EXPECT_FALSE(feedback.rated[0].answer.for_other_question);
  EXPECT_TRUE(feedback.rated[1].answer.for_other_question);
  EXPECT_THAT(feedback.rated[0].answer.documents, ElementsAre("pump.txt"));
  ASSERT_THAT(feedback.compared, SizeIs(2));
  EXPECT_EQ(feedback.compared[0].vote, eval::Preference::kFirst);
  EXPECT_EQ(feedback.compared[1].vote, eval::Preference::kTie);
  EXPECT_THAT(feedback.left_out, ElementsAre(Pair("made from what is not there any more", 1),
                                             Pair("not voted on", 1)));
}

TEST_F(GivenAnswersTest, DamageIsNamedAndHidesNothingElse) {
  Put(index::ObjectKind::kAnswer, "bad", R"({"version": 1, "time_us": "x"})");
  KeepAnswer("a1");
  KeepAnswer("a2");
  testing::DamageRecord(engine_.index->objects(), {.kind = index::ObjectKind::kAnswer, .id = "a2"});
  ASSERT_OK_AND_ASSIGN(const GivenTraffic traffic, ReadTraffic(*engine_.index, 1, 1, 0));
  ASSERT_THAT(traffic.answers, SizeIs(1));
  EXPECT_EQ(traffic.answers[0].id, "a1");
  ASSERT_THAT(traffic.damaged, SizeIs(2));
  for (const Status& status : traffic.damaged) EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_THAT(traffic.damaged[0].message(), HasSubstr("object number ")) << "its record";
  EXPECT_THAT(traffic.damaged[1].message(), HasSubstr("answer bad: time_us: "));

  Put(index::ObjectKind::kFeedback, "f", "[");
  Rate("f1", "bad", "up");
  Rate("f2", "bad", "down");
  Rate("f3", "a1", "up");
  ASSERT_OK_AND_ASSIGN(const GivenFeedback feedback, ReadFeedback(*engine_.index));
  EXPECT_THAT(feedback.rated, SizeIs(1));
  ASSERT_THAT(feedback.damaged, SizeIs(2)) << "an answer is named once";
  EXPECT_THAT(feedback.damaged[0].message(), HasSubstr("feedback f: "));
  EXPECT_THAT(feedback.damaged[1].message(), HasSubstr("answer bad: time_us: "));
}

}  // namespace
}  // namespace quarry::app
