#include "generation/question_parts.h"

#include <string>
#include <utility>
#include <vector>

#include "ingest/parser.h"
#include "tests/testing/engine_testing.h"

namespace quarry::generation {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::TextDocument;

std::vector<std::string> PartsAsSaid(std::string_view question) {
  std::vector<std::string> said;
  for (const QuestionPart& part : PartsOfQuestion(question)) said.push_back(part.said);
  return said;
}

TEST(QuestionPartsTest, PartsBeginWithWordsThatOpenAQuestion) {
  EXPECT_THAT(PartsAsSaid("When was the mill built and who owns it?"),
              ElementsAre("When was the mill built?", "who owns it?"));
  EXPECT_THAT(
      PartsAsSaid("What does a locker cost, how long is it yours, and where is the key?"),
      ElementsAre("What does a locker cost?", "how long is it yours?", "where is the key?"));
  EXPECT_THAT(
      PartsAsSaid("What did Mary Hale, who led the board, decide and when was it announced?"),
      ElementsAre("What did Mary Hale, who led the board, decide?", "when was it announced?"));
  EXPECT_THAT(PartsAsSaid("When the lift stops, who is called and what is written down?"),
              ElementsAre("When the lift stops, who is called?", "what is written down?"));
  EXPECT_THAT(PartsAsSaid("Who repaired the lift? And since when does it run again?"),
              ElementsAre("Who repaired the lift?", "since when does it run again?"));
  EXPECT_THAT(PartsAsSaid("How heavy is the KT-9; which oil does it need?"),
              ElementsAre("How heavy is the KT-9?", "which oil does it need?"));
  EXPECT_THAT(PartsAsSaid("Who drew the plans and when?"),
              ElementsAre("Who drew the plans?", "when?"));
  EXPECT_THAT(PartsAsSaid("What does a ticket cost and does it include the museum?"),
              ElementsAre("What does a ticket cost?", "does it include the museum?"));
}

TEST(QuestionPartsTest, ChinesePartsStandBetweenMarks) {
  EXPECT_THAT(PartsAsSaid("磨坊建于哪一年，由谁经营？"),
              ElementsAre("磨坊建于哪一年？", "由谁经营？"));
  EXPECT_THAT(PartsAsSaid("储物柜多少钱？钥匙在哪里领？"),
              ElementsAre("储物柜多少钱？", "钥匙在哪里领？"));
  EXPECT_THAT(PartsAsSaid("储物柜多少钱以及能用几天？"),
              ElementsAre("储物柜多少钱？", "能用几天？"));
  EXPECT_THAT(PartsAsSaid("停水两天，谁来通知用户，水费怎么算？"),
              ElementsAre("停水两天，谁来通知用户？", "水费怎么算？"));
}

TEST(QuestionPartsTest, WhatTellsWhenOrOfWhomIsNoPart) {
  for (const char* question : {"When the pump stops, who is called?",
                               "What did Mary Hale, who led the board, decide?",
                               "Which drivers are those who work at night and who live far away?",
                               "What happens when the lamp blinks and when the siren sounds?",
                               "Which pump is the oldest and is the heaviest?",
                               "Who signs the form and the receipt?",
                               "What are the opening hours of the baths and the library?",
                               "Which are red and which blue?",
                               "在什么情况下，应当由谁报告？",
                               "无论谁来，都要登记吗？",
                               "几内亚的首都，人口是多少？",
                               "运费1,180元由谁承担？",
                               "任何人都可以来，怎么报名？",
                               "最近几年，公司的收入是多少？",
                               "前几天提交的申请，由谁批准？",
                               "在过去几个月，参观人数是多少？",
                               "这十几台设备，由谁保养？",
                               "哪怕周末，也可以退票吗？",
                               "谁都可以报名，怎么报名？",
                               "哪里都能充值，手续费多少？",
                               "没什么问题的话，找谁签字？",
                               "周末无论如何要上班，补贴多少？",
                               ""}) {
    EXPECT_THAT(PartsAsSaid(question), IsEmpty()) << question;
  }
}

TEST(QuestionPartsTest, ANumberThatIsAskedForIsAPart) {
  EXPECT_THAT(PartsAsSaid("出发前几天可以退票，手续费多少？"),
              ElementsAre("出发前几天可以退票？", "手续费多少？"));
  EXPECT_THAT(PartsAsSaid("码头几点关门，周末开放吗？"),
              ElementsAre("码头几点关门？", "周末开放吗？"));
  EXPECT_THAT(PartsAsSaid("哪些都要登记，由谁登记？"), ElementsAre("哪些都要登记？", "由谁登记？"));
  EXPECT_THAT(PartsAsSaid("有没有什么优惠，怎么申请？"),
              ElementsAre("有没有什么优惠？", "怎么申请？"));
  EXPECT_THAT(PartsAsSaid("周末的票没有吗，平日多少钱？"),
              ElementsAre("周末的票没有吗？", "平日多少钱？"));
}

TEST(QuestionPartsTest, WordsThatShareOneVerbAreNoParts) {
  for (const char* question :
       {"What time and where does the harbour tour start?", "Who founded and who runs Acme?",
        "How much and how often is the fee due?", "By whom and when was the mill built?",
        "At what time and where does the tour start?", "Since which year and how is it measured?",
        "How many adult guests and how many children are allowed?", "开幕式何时以及在哪里举行？",
        "由谁以及何时批准申请？", "在哪里以及怎么领取钥匙？", "月票为什么以及由谁收回？"}) {
    EXPECT_THAT(PartsAsSaid(question), IsEmpty()) << question;
  }
  EXPECT_THAT(PartsAsSaid("How much and how often is the fee due, and who pays it?"),
              ElementsAre("How much and how often is the fee due?", "who pays it?"));
  EXPECT_THAT(PartsAsSaid("How many pumps failed and who repaired them?"),
              ElementsAre("How many pumps failed?", "who repaired them?"));
  EXPECT_THAT(PartsAsSaid("How to reset the router and who is responsible for it?"),
              ElementsAre("How to reset the router?", "who is responsible for it?"));
  EXPECT_THAT(PartsAsSaid("What happened? And who was hurt?"),
              ElementsAre("What happened?", "who was hurt?"));
  EXPECT_THAT(PartsAsSaid("Who won; when was the final?"),
              ElementsAre("Who won?", "when was the final?"));
  EXPECT_THAT(PartsAsSaid("磨坊建于何时以及由谁经营？"),
              ElementsAre("磨坊建于何时？", "由谁经营？"));
  EXPECT_THAT(PartsAsSaid("钥匙在哪里以及怎么领？"), ElementsAre("钥匙在哪里？", "怎么领？"));
}

TEST(QuestionPartsTest, APronounThatAPartBeginsWithMayStandForWhatIsNamedBehind) {
  for (const char* question :
       {"How much does it cost and how heavy is the motor boat Merle?",
        "When was it built and who owns the mill?", "What are its colours; who drew the Merle?",
        "它多少钱，摩托艇梅尔有多重？", "谁造了它，摩托艇梅尔有多重？"}) {
    EXPECT_THAT(PartsAsSaid(question), IsEmpty()) << question;
  }
  EXPECT_THAT(PartsAsSaid("How heavy is the Merle and how much does it cost?"),
              ElementsAre("How heavy is the Merle?", "how much does it cost?"));
  EXPECT_THAT(PartsAsSaid("Where is it allowed to swim and what does a ticket cost?"),
              ElementsAre("Where is it allowed to swim?", "what does a ticket cost?"));
  EXPECT_THAT(PartsAsSaid("摩托艇梅尔有多重，它多少钱？"),
              ElementsAre("摩托艇梅尔有多重？", "它多少钱？"));
  EXPECT_THAT(PartsAsSaid("他人代办多少钱，由谁签字？"),
              ElementsAre("他人代办多少钱？", "由谁签字？"));
}

TEST(QuestionPartsTest, APartLeansOnThoseBeforeIt) {
  const std::vector<QuestionPart> english =
      PartsOfQuestion("What does the KT-9 weigh and who built it?");
  ASSERT_THAT(english, SizeIs(2));
  EXPECT_FALSE(english[0].leans());
  EXPECT_TRUE(english[1].leans());
  EXPECT_THAT(english[1].standalone.text, HasSubstr("KT-9"));
  const std::vector<QuestionPart> chinese = PartsOfQuestion("风车岛码头有多长，哪年建成？");
  ASSERT_THAT(chinese, SizeIs(2));
  EXPECT_TRUE(chinese[1].leans());
  EXPECT_THAT(chinese[1].standalone.text, HasSubstr("码头"));
}

class AnswersOfPartsTest : public ::testing::Test {
 protected:
  AnswersOfPartsTest() {
    engine_.Add(
        {TextDocument("hall.txt", "hall",
                      "Marten Hall was completed in 1911. It seats 420 people. Clubs hire the hall "
                      "for 85 euros an evening."),
         TextDocument(
             "pass.txt", "pass",
             "The harbour pass costs 24 euros for adults. It is valid for thirty days from "
             "the day of issue. A lost pass is replaced at the harbour office."),
         TextDocument("crane.txt", "crane",
                      "The crane on pier 2 lifts 12 tonnes. Its operator is Ingrid Sole. The crane "
                      "was overhauled in March 2023."),
         TextDocument("yuepiao.txt", "yuepiao",
                      "成人月票每张120元。月票自购买之日起三十天内有效。遗失的月票由票务室补办。"),
         TextDocument("ge.txt", "ge", "临江阁高21米。临江阁始建于1903年。设计者是工程师梁思远。"),
         TextDocument("bo.txt", "bo",
                      "二号码头的吊机起重量为12吨。吊机由孟宪明操作。吊机于2023年3月大修。")});
  }

  Answer Ask(const std::string& question) {
    return engine_.answerer.Ask({.text = question}, *engine_.snapshot(), nullptr, CallContext())
        .value();
  }

  void ExpectSays(const std::string& question, const std::vector<std::string>& facts) {
    const Answer answer = Ask(question);
    EXPECT_FALSE(answer.abstained) << question;
    for (const std::string& fact : facts) {
      EXPECT_THAT(answer.text, HasSubstr(fact)) << question;
    }
  }

  testing::TestEngine engine_;
};

TEST_F(AnswersOfPartsTest, EachPartHasItsSentence) {
  ExpectSays("When was Marten Hall completed, and what does the harbour pass cost?",
             {"1911", "24 euros"});
  ExpectSays("When was the crane overhauled, and how many people does Marten Hall seat?",
             {"March 2023", "420 people"});
  ExpectSays("临江阁建于哪一年，成人月票多少钱？", {"1903年", "120元"});
}

TEST_F(AnswersOfPartsTest, APartIsAboutWhatTheOneBeforeIsAbout) {
  ExpectSays("What does the harbour pass cost and how long is it valid?",
             {"24 euros", "thirty days"});
  ExpectSays("二号码头的吊机起重量是多少，由谁操作？", {"12吨", "孟宪明"});
}

TEST_F(AnswersOfPartsTest, APartThatNothingAnswersIsNamed) {
  const Answer english =
      Ask("When was the crane overhauled, and who painted the ceiling of the chapel?");
  EXPECT_FALSE(english.abstained);
  EXPECT_THAT(english.text, HasSubstr("March 2023"));
  EXPECT_THAT(english.verdict.reason,
              HasSubstr("no answer was found to: who painted the ceiling of the chapel?"));
  const Answer chinese = Ask("吊机什么时候大修，教堂顶上的壁画由哪位画师绘制？");
  EXPECT_FALSE(chinese.abstained);
  EXPECT_THAT(chinese.text, HasSubstr("2023年3月"));
  EXPECT_THAT(chinese.verdict.reason,
              HasSubstr("没有找到答案的部分：教堂顶上的壁画由哪位画师绘制？"));
}

TEST_F(AnswersOfPartsTest, WhereNoPartIsAnsweredNothingIs) {
  EXPECT_TRUE(Ask("Who painted the ceiling of the chapel and how old is its organ?").abstained);
  EXPECT_TRUE(Ask("教堂顶上的壁画由谁绘制，管风琴有几排键盘？").abstained);
}

// A part may be a list, before or behind another.
class ListsOfPartsTest : public ::testing::Test {
 protected:
  void Add(const std::string& id, const std::string& text) {
    ingest::ParsedSource parsed = ingest::ParserFor(ingest::Format::kMarkdown)
                                      .Parse(text, {.id = id, .path = id, .uri = id})
                                      .value();
    engine_.Add(std::move(parsed.documents));
  }

  std::string TextOf(const std::string& question) {
    return engine_.answerer.Ask({.text = question}, *engine_.snapshot(), nullptr, CallContext())
        .value()
        .text;
  }

  testing::TestEngine engine_;
};

TEST_F(ListsOfPartsTest, AListIsToldInItsOrder) {
  Add("router.md",
      "# Resetting the router\n\nTo reset the router:\n\n1. Unplug the router from the wall.\n"
      "2. Hold the reset button of the router for ten seconds.\n3. Plug the router in again.\n");
  Add("staff.md", "# Staff\n\nNora Falk is responsible for the router in the office.\n");
  Add("chongqi.md",
      "# 重启路由器\n\n重启路由器的步骤：\n\n1. 拔下路由器的电源。\n2. 按住路由器的复位键十秒。\n"
      "3. 重新接上路由器的电源。\n");
  Add("renyuan.md", "# 人员\n\n办公室的路由器由何美玲负责。\n");
  EXPECT_EQ(
      TextOf("How do I reset the router and who is responsible for the router in the office?"),
      "To reset the router [1]:\n1. Unplug the router from the wall [1].\n2. Hold the reset button "
      "of the router for ten seconds [1].\n3. Plug the router in again [1].\nNora Falk is "
      "responsible for the router in the office [2].");
  EXPECT_THAT(
      TextOf("Who is responsible for the router in the office and how do I reset the router?"),
      EndsWith("in the office [1].\nTo reset the router [2]:\n1. Unplug the router from the wall "
               "[2].\n2. Hold the reset button of the router for ten seconds [2].\n3. Plug the "
               "router in again [2]."));
  EXPECT_EQ(TextOf("怎么重启路由器，办公室的路由器由谁负责？"),
            "重启路由器的步骤[1]：\n1. 拔下路由器的电源[1]。\n2. 按住路由器的复位键十秒[1]。\n"
            "3. 重新接上路由器的电源[1]。\n办公室的路由器由何美玲负责[2]。");
}

TEST_F(ListsOfPartsTest, WhatThereIsNoRoomForIsCountedBehindItsList) {
  std::string english = "# Upgrading Hookwell\n\n1. Run hookwell backup first.\n";
  std::string chinese = "# 同步桥的安装\n\n1. 下载同步桥安装包。\n";
  for (int i = 2; i <= 25; ++i) {
    english += std::to_string(i) + ". Do part " + std::to_string(i) + " of it.\n";
    chinese += std::to_string(i) + ". 做好第" + std::to_string(i) + "项。\n";
  }
  Add("upgrade.md", english);
  Add("keys.md", "# Keys\n\nNora Falk keeps the key of the pump house.\n");
  Add("anzhuang.md", chinese);
  Add("yaoshi.md", "# 钥匙\n\n泵房的钥匙由何美玲保管。\n");
  EXPECT_THAT(TextOf("How do I upgrade Hookwell and who keeps the key of the pump house?"),
              EndsWith("\n20. Do part 20 of it [1].\nAnd 5 more.\nNora Falk keeps the key of the "
                       "pump house [2]."));
  EXPECT_THAT(TextOf("Who keeps the key of the pump house and how do I upgrade Hookwell?"),
              EndsWith("\n20. Do part 20 of it [2].\nAnd 5 more."));
  EXPECT_THAT(TextOf("如何安装同步桥，泵房的钥匙由谁保管？"),
              EndsWith("\n20. 做好第20项[1]。\n另有 5 项。\n泵房的钥匙由何美玲保管[2]。"));
}

TEST_F(AnswersOfPartsTest, OneQuestionIsAnsweredAsShortlyAsBefore) {
  EXPECT_THAT(Ask("When was Marten Hall completed?").citations, SizeIs(1));
  EXPECT_THAT(Ask("成人月票多少钱？").citations, SizeIs(1));
  EXPECT_THAT(Ask("When was Marten Hall completed?").text, Not(HasSubstr("420")));
}

}  // namespace
}  // namespace quarry::generation
