// Short questions behind others, over a small engine: which of their readings is asked.

#include "generation/readings.h"

#include "base/ascii.h"
#include "tests/testing/engine_testing.h"

namespace quarry::generation {
namespace {

using ::testing::HasSubstr;

class TwoReadingsTest : public ::testing::Test {
 protected:
  TwoReadingsTest() {
    engine_.Add(
        {testing::TextDocument("pump.md", "XR-10 pump", "The XR-10 has a warranty of 36 months."),
         testing::TextDocument("fridge.md", "Fridge", "The fridge has a warranty of 12 months."),
         testing::TextDocument("canteen.md", "Canteen", "The canteen opens at seven."),
         testing::TextDocument(
             "castings.md", "Contract with Norwich Castings",
             "The Steel Bridge Casing costs 188 crowns.\n\nThe supplier's liability is limited "
             "to the price of the parts."),
         testing::TextDocument("travel.md", "Travel",
                               "The hotel limit is 140 EUR per night in Berlin.\n\n"
                               "The meal allowance is 35 EUR per day.\n\n"
                               "Overtime is paid at 125 percent on weekdays and at 150 percent on "
                               "Sundays."),
         testing::TextDocument("chuchai.md", "出差",
                               "北京的住宿标准为每晚500元。\n\n餐补每天100元。\n\n"
                               "平日加班按1.5倍工资计算，周末加班按2倍工资计算。"),
         testing::TextDocument("hy.md", "HY-300水泵", "HY-300的保修期为三年。"),
         testing::TextDocument("canteen-zh.md", "食堂", "食堂七点开放。")});
    snapshot_ = engine_.snapshot();
  }

  StandaloneQuestion Understand(const std::string& message) const {
    return StandAlone(IsAscii(message.front()) ? english_ : chinese_, message);
  }
  std::string Chosen(const std::string& message) const {
    return ChooseReading(engine_.answerer, {.text = message}, Understand(message), *snapshot_,
                         CallContext())
        .value();
  }

  const std::vector<ConversationTurn> english_ = {{true, "What is the rated head of the XR-10?"},
                                                  {false, "52 m"}};
  const std::vector<ConversationTurn> chinese_ = {{true, "HY-300的额定功率是多少？"},
                                                  {false, "4.2 kW"}};
  testing::TestEngine engine_;
  std::shared_ptr<const index::Snapshot> snapshot_;
};

TEST_F(TwoReadingsTest, TheOneIsAskedThatTheDocumentsSpeakOf) {
  EXPECT_EQ(Chosen("How long is the warranty?"), "How long is the warranty (XR-10)?");
  EXPECT_EQ(Chosen("When does the canteen open?"), "When does the canteen open?");
  EXPECT_EQ(Chosen("保修期是多久？"), "HY-300的保修期是多久？");
  EXPECT_EQ(Chosen("食堂几点开放？"), "食堂几点开放？");
}

// The article about liability is of the contract, and names no part.
TEST_F(TwoReadingsTest, OneNameOfATopicIsEnough) {
  const std::string message = "What is the liability?";
  const std::vector<ConversationTurn> turns = {
      {true, "How much is the Steel Bridge Casing from Norwich Castings?"}, {false, "188 crowns"}};
  const StandaloneQuestion question = StandAlone(turns, message);
  ASSERT_EQ(question.topic, "Steel Bridge Casing, Norwich Castings");
  EXPECT_EQ(ChooseReading(engine_.answerer, {.text = message}, question, *snapshot_, CallContext())
                .value(),
            question.with_topic);
}

TEST_F(TwoReadingsTest, AWordMayBeSaidInAnotherForm) {
  engine_.Add({testing::TextDocument("history.md", "XR-10 pump, history",
                                     "The XR-10 was built by Maddox and Tull for a pressure of "
                                     "9 bar. Press the knob to start it.")});
  snapshot_ = engine_.snapshot();
  EXPECT_EQ(Chosen("Who was the builder?"), "Who was the builder (XR-10)?");
  EXPECT_EQ(Chosen("Who was the president?"), "Who was the president?");
  EXPECT_EQ(Chosen("保安人员是谁？"), "保安人员是谁？");
}

TEST_F(TwoReadingsTest, OfNeitherTheLikelierIsAsked) {
  EXPECT_EQ(Chosen("What is the colour?"), "What is the colour?");
  EXPECT_EQ(Chosen("颜色呢？"), Understand("颜色呢？").text);
}

TEST_F(TwoReadingsTest, AnAnswerSaysWhatWasAsked) {
  const auto ask = [&](const std::string& message) {
    size_t pieces = 0;
    const Answer answer =
        AskStandalone(
            *engine_.cached_answerer, {.text = message}, Understand(message), *snapshot_,
            CacheUse::kOff, [&](std::string_view) { return ++pieces > 0; }, CallContext())
            .value();
    EXPECT_EQ(pieces, 1u) << message;
    return answer;
  };
  const Answer warranty = ask("How long is the warranty?");
  EXPECT_EQ(warranty.standalone, "How long is the warranty (XR-10)?");
  EXPECT_THAT(warranty.text, HasSubstr("36 months"));
  EXPECT_EQ(ask("When does the canteen open?").standalone, "");
  EXPECT_EQ(ask("保修期是多久？").standalone, "HY-300的保修期是多久？");
}

// What was asked before, once more, is no answer to who asks about something else.
TEST_F(TwoReadingsTest, AnAnswerSpeaksOfWhatWasAdded) {
  const auto ask = [&](const std::string& before, const std::string& message) {
    const std::vector<ConversationTurn> turns = {{true, before}, {false, ""}};
    return AskStandalone(*engine_.cached_answerer, {.text = message}, StandAlone(turns, message),
                         *snapshot_, CacheUse::kOff, nullptr, CallContext())
        .value();
  };
  EXPECT_THAT(ask("What is the hotel limit in Berlin?", "And for meals?").text,
              HasSubstr("35 EUR"));
  EXPECT_THAT(ask("北京的住宿标准是多少？", "餐补呢？").text, HasSubstr("100元"));
  // Where it does, the question before still counts.
  const Answer sundays = ask("How is overtime paid on weekdays?", "And on Sundays?");
  EXPECT_EQ(sundays.standalone, "How is overtime paid on Sundays?");
  EXPECT_THAT(sundays.text, HasSubstr("150 percent"));
  const Answer weekends = ask("平日加班工资怎么算？", "周末呢？");
  EXPECT_EQ(weekends.standalone, "周末，平日加班工资怎么算？");
  EXPECT_THAT(weekends.text, HasSubstr("2倍"));
}

// What is closed on weekends is no answer to who asks what parking costs then.
TEST_F(TwoReadingsTest, AnotherTimeIsNoOtherQuestion) {
  engine_.Add({testing::TextDocument("parking.md", "Parking", "Parking costs 3 EUR per day."),
               testing::TextDocument("museum.md", "Museum", "On weekends the museum is closed."),
               testing::TextDocument("tuipiao.md", "退票", "退票手续费为票价的10%。"),
               testing::TextDocument("bowuguan.md", "博物馆", "周末博物馆不开放。")});
  snapshot_ = engine_.snapshot();
  const auto ask = [&](const std::string& before, const std::string& message) {
    const std::vector<ConversationTurn> turns = {{true, before}, {false, ""}};
    return AskStandalone(*engine_.cached_answerer, {.text = message}, StandAlone(turns, message),
                         *snapshot_, CacheUse::kOff, nullptr, CallContext())
        .value();
  };
  EXPECT_THAT(ask("What does parking cost?", "And on weekends?").text, HasSubstr("3 EUR"));
  EXPECT_THAT(ask("退票手续费多少？", "那周末呢？").text, HasSubstr("10%"));
}

TEST_F(TwoReadingsTest, WhereNoReasonIsGivenWhySaysSoAndRepeatsNothing) {
  engine_.Add(
      {testing::TextDocument("basin.md", "Basin",
                             "The water level in the basin must not rise above 20 cm. The "
                             "grille is painted green."),
       testing::TextDocument("sluice.md", "Sluice",
                             "The sluice must be shut at 21:00, because the seal leaks at "
                             "night. Keys are with the warden."),
       testing::TextDocument("yan.md", "盐仓", "盐仓的湿度不得超过 60%。门是蓝色的。"),
       testing::TextDocument("grille.md", "Hatch",
                             "To protect the seal from frost, the hatch must be shut at 18:00."),
       testing::TextDocument("zha.md", "北闸", "北闸必须在 21 点关闭，因为密封件夜间渗漏。")});
  snapshot_ = engine_.snapshot();
  const auto ask = [&](std::vector<ConversationTurn> turns, const std::string& message) {
    return AskStandalone(*engine_.cached_answerer, {.text = message}, StandAlone(turns, message),
                         *snapshot_, CacheUse::kOff, nullptr, CallContext())
        .value();
  };
  const auto why = [&](const std::string& before, const std::string& message) {
    const Answer answer = ask({}, before);
    EXPECT_FALSE(answer.abstained) << before;
    return ask({{true, before}, {false, answer.text}}, message);
  };
  const Answer none = why("How high may the water level in the basin rise?", "Why?");
  EXPECT_EQ(none.text, "The indexed documents give no reason for this.");
  EXPECT_TRUE(none.abstained);
  EXPECT_TRUE(none.citations.empty());
  EXPECT_EQ(none.verdict.reason, "it names no reason");
  EXPECT_EQ(none.verdict.score, 0);
  EXPECT_EQ(why("盐仓的湿度不得超过多少？", "为什么？").text, "已索引的文档没有说明其中的原因。");
  // A reason that was quoted along is one.
  EXPECT_THAT(why("When must the sluice be shut?", "Why?").text, HasSubstr("the seal leaks"));
  EXPECT_THAT(why("北闸必须在几点关闭？", "为什么？").text, HasSubstr("密封件夜间渗漏"));
  EXPECT_THAT(why("When must the hatch be shut?", "Why?").text, HasSubstr("protect the seal"));
}

TEST_F(TwoReadingsTest, AReaderThatGoesAwayEndsIt) {
  const std::string message = "How long is the warranty?";
  EXPECT_EQ(AskStandalone(
                *engine_.cached_answerer, {.text = message}, Understand(message), *snapshot_,
                CacheUse::kOff, [](std::string_view) { return false; }, CallContext())
                .status()
                .code(),
            Code::kCancelled);
}

}  // namespace
}  // namespace quarry::generation
