// Messages that lean on others, as questions that stand alone.

#include "generation/follow_up.h"

#include <gtest/gtest.h>

#include "generation/follow_up_words.h"

namespace quarry::generation {
namespace {

struct Case {
  std::string before;
  std::string answer;
  std::string message;
  FollowUp kind;
  std::string expected;
};

class FollowUpTest : public ::testing::TestWithParam<Case> {};

TEST_P(FollowUpTest, StandsAlone) {
  const Case& given = GetParam();
  const std::vector<ConversationTurn> turns = {{true, given.before}, {false, given.answer}};
  const StandaloneQuestion found = StandAlone(turns, given.message);
  EXPECT_EQ(found.text, given.expected);
  EXPECT_EQ(found.kind, given.kind);
}

INSTANTIATE_TEST_SUITE_P(
    English, FollowUpTest,
    ::testing::Values(
        Case{"What is the impeller diameter of the VX-240?", "236 mm", "And of the VX-220?",
             FollowUp::kEllipsis, "What is the impeller diameter of the VX-220?"},
        Case{"What was the leakage of the whole cooperative in 2024?", "", "What about 2023?",
             FollowUp::kEllipsis, "What was the leakage of the whole cooperative in 2023?"},
        Case{"How fast may the level of Upper Tarn be lowered?", "", "What about Lower Tarn?",
             FollowUp::kEllipsis, "How fast may the level of Lower Tarn be lowered?"},
        Case{"For how long is a Weirkeeper API token valid?", "180 days",
             "On which port does it listen?", FollowUp::kPronoun,
             "On which port does a Weirkeeper API token listen?"},
        Case{"Who is the general manager of the cooperative?", "Ingrid Vasseloe is it.",
             "Since when does she lead it?", FollowUp::kPronoun,
             "Since when does Ingrid Vasseloe lead it?"},
        Case{"Who noticed the forged Brinehart e-mail?", "Nils Ostrander did.", "When?",
             FollowUp::kBareAsking, "When noticed the forged Brinehart e-mail?"},
        Case{"What is the price of a VX-220?", "1,565.00 VM", "No, I meant the VX-220/B.",
             FollowUp::kCorrection, "What is the price of a VX-220/B?"},
        Case{"When was Weirkeeper 4.3.0 released?", "", "Sorry, I meant 4.2.0.",
             FollowUp::kCorrection, "When was Weirkeeper 4.2.0 released?"},
        Case{"What is the rated power of the HY-300?", "4.2 kW", "And its weight?",
             FollowUp::kEllipsis, "What is the weight of the HY-300?"},
        Case{"What refrigerant does the HY-500 use?", "R454B", "And its weight?",
             FollowUp::kEllipsis, "What is the weight of the HY-500?"},
        Case{"What is the rated power of the HY-300?", "4.2 kW", "And the noise?",
             FollowUp::kEllipsis, "What is the noise of the HY-300?"},
        Case{"What is the call sign of the dam keeper?", "Otter", "And of the station master?",
             FollowUp::kEllipsis, "What is the call sign of the station master?"},
        Case{"How much does a meter test cost the customer?", "35 VM",
             "How long is the parental leave?", FollowUp::kNone, "How long is the parental leave?"},
        Case{"How much does a meter test cost the customer?", "35 VM", "Is there a pension fund?",
             FollowUp::kNone, "Is there a pension fund?"},
        Case{"What is the speed limit on the site?", "20 km/h", "Who is the head of IT?",
             FollowUp::kNone, "Who is the head of IT?"},
        Case{"What is the speed limit on the site?", "20 km/h",
             "How long does it take to issue a badge?", FollowUp::kNone,
             "How long does it take to issue a badge?"},
        Case{"For how long is a Weirkeeper API token valid?", "180 days", "Where is it required?",
             FollowUp::kPronoun, "Where is a Weirkeeper API token required?"},
        // A noun without a verb, of what was asked before.
        Case{"Is shipping free?", "Above 500 EUR.", "From which amount?", FollowUp::kBareAsking,
             "From which amount is shipping free?"},
        Case{"How often is the oil changed?", "Every 2,000 hours.", "And which type?",
             FollowUp::kBareAsking, "Which type is the oil changed?"},
        Case{"How often is the oil changed?", "Every 2,000 hours.", "Which trainees are paid?",
             FollowUp::kNone, "Which trainees are paid?"},
        Case{"How often is the oil changed?", "Every 2,000 hours.", "Which gifts count?",
             FollowUp::kNone, "Which gifts count?"},
        Case{"How often is the oil changed?", "Every 2,000 hours.", "What about the belt?",
             FollowUp::kEllipsis, "How often is the belt changed?"},
        // Not in the year before.
        Case{"What was the meal allowance in 2023?", "30 EUR", "And now?", FollowUp::kEllipsis,
             "What was the meal allowance?"},
        Case{"What did the 2023 handbook say of meals?", "30 EUR", "And today?",
             FollowUp::kEllipsis, "What did the handbook say of meals?"},
        Case{"How many visitors came until 2023?", "300", "And today?", FollowUp::kEllipsis,
             "How many visitors came?"},
        // Who asks of two years asks of both.
        Case{"How did the number of visitors change from 2022 to 2023?", "By 40", "And now?",
             FollowUp::kEllipsis, "How did the number of visitors change from 2022 to 2023 now?"},
        Case{"What is the meal allowance?", "30 EUR", "And now?", FollowUp::kEllipsis,
             "What is the meal allowance now?"},
        // What is to be done, about what was asked about.
        Case{"What does error E-04 mean?", "The oil is too hot.", "What should I do?",
             FollowUp::kBareAsking, "What should I do (error E-04)?"},
        Case{"What does error E-04 mean?", "The oil is too hot.", "What can we do about it?",
             FollowUp::kPronoun, "What can we do about error E-04?"},
        Case{"When was the bridge built?", "In 1904.", "By whom?", FollowUp::kBareAsking,
             "By whom was the bridge built?"},
        // The other of two that the answer names.
        Case{"What is the power of the MX-12?",
             "Compressors MX-12 and MX-20 — Model: MX-12; Power: 7.5 kW [1].",
             "What about the other one?", FollowUp::kEllipsis, "What is the power of the MX-20?"},
        // Markers of citations are no words of the name before them.
        Case{"Who approves overtime above 20 hours?",
             "It must be approved by the plant manager, Helena Brandt [1].", "What is her name?",
             FollowUp::kPronoun, "What is Helena Brandt's name?"},
        Case{"Who approves overtime above 20 hours?", "The plant manager does [1].",
             "Since when does he approve it?", FollowUp::kPronoun,
             "Since when does he approve it, Who approves overtime above 20 hours?"}));

INSTANTIATE_TEST_SUITE_P(
    Chinese, FollowUpTest,
    ::testing::Values(
        Case{"东岸食堂午餐多少钱一份？", "3.50谷元", "那晚餐呢？", FollowUp::kEllipsis,
             "东岸食堂晚餐多少钱一份？"},
        Case{"2024年东岸第一档水价是多少？", "", "2025年呢？", FollowUp::kEllipsis,
             "2025年东岸第一档水价是多少？"},
        Case{"渡口大桥有多长？", "164米", "它有几孔？", FollowUp::kPronoun, "渡口大桥有几孔？"},
        Case{"活性炭滤池的空床接触时间是多少？", "12分钟", "为什么？", FollowUp::kBareAsking,
             "活性炭滤池的空床接触时间是为什么？"},
        Case{"VX-220/B轴承温度最高不得超过多少？", "80℃", "不是，我问的是VX-240。",
             FollowUp::kCorrection, "VX-240轴承温度最高不得超过多少？"},
        Case{"鹭泽镇哪一年接通自来水？", "2006年", "不是鹭泽镇，是石梁镇。", FollowUp::kCorrection,
             "石梁镇哪一年接通自来水？"},
        Case{"东岸的水有多硬？", "约11度", "谷中第一位女观测员是谁？", FollowUp::kNone,
             "谷中第一位女观测员是谁？"},
        // Of "A的B" what is of the kind of the new word gives way.
        Case{"HY-300的额定功率是多少？", "4.2 kW", "那保修期呢？", FollowUp::kEllipsis,
             "HY-300的保修期是多少？"},
        Case{"HY-300的噪声是多少？", "62 dB", "那制冷剂呢？", FollowUp::kEllipsis,
             "HY-300的制冷剂是多少？"},
        Case{"HY-300额定功率是多少？", "4.2 kW", "那重量呢？", FollowUp::kEllipsis,
             "HY-300重量是多少？"},
        Case{"HY-300的额定功率是多少？", "4.2 kW", "那HY-500呢？", FollowUp::kEllipsis,
             "HY-500的额定功率是多少？"},
        Case{"HY-300的额定功率是多少？", "4.2 kW", "那负责人呢？", FollowUp::kEllipsis,
             "HY-300的负责人是谁？"},
        Case{"华东的负责人是谁？", "王磊", "那订单数呢？", FollowUp::kEllipsis,
             "华东的订单数是多少？"},
        Case{"华东的负责人是谁？", "王磊", "那华南呢？", FollowUp::kEllipsis, "华南的负责人是谁？"},
        Case{"王雪梅的分机是多少？", "544", "那黄丽娟呢？", FollowUp::kEllipsis,
             "黄丽娟的分机是多少？"},
        // Pronouns: the person who was asked for, the thing and not what it has.
        Case{"谁负责数据库的迁移演练？", "由陈思雨负责，10 月 15 日前完成迁移演练[1]。",
             "他还负责什么？", FollowUp::kPronoun, "陈思雨还负责什么？"},
        Case{"数据组的负责人是谁？", "数据 — 组: 数据组; 负责人: 欧阳雪; 人数: 4[1]。",
             "她的电话呢？", FollowUp::kEllipsis, "欧阳雪的电话是什么？"},
        Case{"车队由谁负责？", "由鄭思雨负责。", "她的分机是多少？", FollowUp::kPronoun,
             "鄭思雨的分机是多少？"},
        Case{"数据库由谁负责？", "由陈洁[1]负责，备份由赵敏[2]负责。", "她的分机是多少？",
             FollowUp::kPronoun, "陈洁的分机是多少？"},
        Case{"陈思雨负责什么？", "由陈思雨负责[1]。孙浩出差。", "他的分机是多少？",
             FollowUp::kPronoun, "陈思雨的分机是多少？"},
        Case{"HY-500用的是什么制冷剂？", "R454B", "它的重量呢？", FollowUp::kEllipsis,
             "HY-500的重量是多少？"},
        Case{"HY-300的额定功率是多少？", "4.2 kW", "它有多重？", FollowUp::kPronoun,
             "HY-300有多重？"},
        // Not in the year before.
        Case{"2023年餐补是多少？", "80元", "现在呢？", FollowUp::kEllipsis, "餐补是多少？"},
        Case{"员工手册2023年的餐补是多少？", "80元", "那今年呢？", FollowUp::kEllipsis,
             "员工手册的餐补是多少？"},
        Case{"员工从2023年起的餐补是多少？", "80元", "现在呢？", FollowUp::kEllipsis,
             "员工的餐补是多少？"},
        // Who asks of two years asks of both.
        Case{"参观人数从2022年到2023年变化了多少？", "40人", "现在呢？", FollowUp::kEllipsis,
             "现在，参观人数从2022年到2023年变化了多少？"},
        // What is to be done, about what was asked about.
        Case{"故障代码E-04是什么意思？", "油温过高。", "那怎么办？", FollowUp::kBareAsking,
             "故障代码E-04怎么办？"},
        // The other of two that the answer names.
        Case{"KY-12的功率是多少？", "KY-12和KY-20空压机 — 型号: KY-12; 功率: 7.5 kW[1]。",
             "那另一个呢？", FollowUp::kEllipsis, "KY-20的功率是多少？"},
        Case{"KY-12的功率是多少？", "KY-12和KY-20空压机 — 型号: KY-12; 功率: 7.5 kW[1]。",
             "另外一台呢？", FollowUp::kEllipsis, "KY-20的功率是多少？"},
        // Another thing and another question.
        Case{"VX-240的扬程是多少？", "32 m", "那QB-350呢，几点发车？", FollowUp::kEllipsis,
             "QB-350几点发车？"},
        Case{"东岸食堂午餐多少钱一份？", "3.50谷元", "那宿舍床位呢，它一共多少张？",
             FollowUp::kEllipsis, "宿舍床位一共多少张？"},
        Case{"东岸的水有多硬？", "约11度", "其他分区的水价应该是多少？", FollowUp::kNone,
             "其他分区的水价应该是多少？"},
        Case{"德国分公司的地址在哪里？", "柏林", "土耳其分公司的负责人是谁？", FollowUp::kNone,
             "土耳其分公司的负责人是谁？"},
        Case{"渡口大桥有多长？", "164米", "此外各站彼此相距多远？", FollowUp::kNone,
             "此外各站彼此相距多远？"},
        Case{"渡口大桥有多长？", "164米", "其实它有几孔？", FollowUp::kPronoun,
             "其实渡口大桥有几孔？"}));

struct Readings {
  std::string before;
  std::string message;
  std::string text;
  std::string with_topic;  // "" where there is one reading
};

class ReadingsTest : public ::testing::TestWithParam<Readings> {};

TEST_P(ReadingsTest, AShortQuestionWithoutANameMayBeOfWhatWasAskedAbout) {
  const Readings& given = GetParam();
  const std::vector<ConversationTurn> turns = {{true, given.before}, {false, "4.2"}};
  const StandaloneQuestion found = StandAlone(turns, given.message);
  EXPECT_EQ(found.text, given.text);
  EXPECT_EQ(found.with_topic, given.with_topic);
  EXPECT_EQ(found.topic.empty(), given.with_topic.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Both, ReadingsTest,
    ::testing::Values(
        Readings{"What is the rated head of the VX-220?", "What is the impeller diameter?",
                 "What is the impeller diameter?", "What is the impeller diameter of VX-220?"},
        Readings{"What is the rated head of the VX-220?", "How many spares are kept?",
                 "How many spares are kept?", "How many spares are kept (VX-220)?"},
        Readings{"What is the rated head of the VX-220?", "What is the mass of the VX-240?",
                 "What is the mass of the VX-240?", ""},
        Readings{"How long is the parental leave?", "Is there a pension fund?",
                 "Is there a pension fund?", ""},
        // A year says when, and names no other thing.
        Readings{"How many visitors did the Liudu Hydrology Room have in 2023?",
                 "How many visitors came in 2024?", "How many visitors came in 2024?",
                 "How many visitors came in 2024 (Liudu Hydrology Room)?"},
        Readings{"What is the rated head of the VX-220?", "When was 4.2.0 released?",
                 "When was 4.2.0 released?", ""},
        Readings{"柳渡水文陈列馆2023年有多少参观者？", "2024年有多少参观者？",
                 "2024年有多少参观者？", "柳渡水文陈列馆2024年有多少参观者？"},
        Readings{"HY-300的销量是多少？", "2024年是多少？", "2024年是多少？",
                 "HY-300的销量2024年是多少？"},
        Readings{"柳渡水文陈列馆2023年有多少参观者？", "2024年到2025年有多少参观者？",
                 "2024年到2025年有多少参观者？", "柳渡水文陈列馆2024年到2025年有多少参观者？"},
        Readings{"柳渡水文陈列馆2023年有多少参观者？", "L8有多少乘客？", "L8有多少乘客？", ""},
        // With the words that say what the names are names of.
        Readings{"How much is a return ticket for an adult from Brackwell Wharf to Liudu?",
                 "How long is the ticket valid?", "How long is the ticket valid?",
                 "How long is the ticket valid (return ticket for an adult from Brackwell Wharf to "
                 "Liudu)?"},
        Readings{"What does casing C-40 of Lindqvist Castings cost?", "How long is the warranty?",
                 "How long is the warranty?",
                 "How long is the warranty (casing C-40 of Lindqvist Castings)?"},
        Readings{"What was the highest turbidity in the Orrin Ferry discolouration?",
                 "How many calls were taken?", "How many calls were taken?",
                 "How many calls were taken (Orrin Ferry discolouration)?"},
        Readings{"Does the VX-220 cost more than the VX-240?", "How long is the warranty?",
                 "How long is the warranty?", "How long is the warranty (VX-220, VX-240)?"},
        Readings{"Who manages the Larkfield contract?", "How much is the fee?",
                 "How much is the fee?", "How much is the fee (Larkfield)?"},
        Readings{"HY-300的额定功率是多少？", "保修期是多久？", "保修期是多久？",
                 "HY-300的保修期是多久？"},
        Readings{"怎么跟踪客户订单？", "年假有几天？", "跟踪客户订单的年假有几天？",
                 "跟踪客户订单的年假有几天？"},
        Readings{"HY-300的额定功率是多少？", "HY-500的保修期是多久？", "HY-500的保修期是多久？",
                 ""},
        // Without a word that asks, too.
        Readings{"HY-300的额定功率是多少？", "噪声大不大？", "HY-300的噪声大不大？",
                 "HY-300的噪声大不大？"},
        // Without a subject: what is done to something may be done to another thing.
        Readings{"祝三娘奖学金每名多少钱？", "何时截止申请？", "何时截止申请？",
                 "祝三娘奖学金何时截止申请？"},
        Readings{"云麓活性炭每吨报价多少？", "怎样交水费？", "云麓活性炭怎样交水费？",
                 "云麓活性炭怎样交水费？"},
        Readings{"云麓活性炭每吨报价多少？", "谁批准？", "云麓活性炭谁批准？", ""},
        Readings{"云麓活性炭每吨报价多少？", "那怎样交水费？", "云麓活性炭怎样交水费？", ""},
        Readings{"HY-300的额定功率是多少？", "试用期满以后的转正手续怎么办理？",
                 "试用期满以后的转正手续怎么办理？", ""}));

TEST(FollowUp, AThirdShortQuestionMayBeOfWhatTheFirstNamed) {
  const std::vector<ConversationTurn> english = {{true, "What is the rated head of the VX-220?"},
                                                 {false, "52 m"},
                                                 {true, "What is the impeller diameter?"},
                                                 {false, "VX-220: 204 mm"}};
  EXPECT_EQ(StandAlone(english, "What is the weight?").with_topic, "What is the weight of VX-220?");
  EXPECT_EQ(StandAlone(english, "And of the VX-240?").text,
            "What is the impeller diameter of VX-240?");
  const std::vector<ConversationTurn> chinese = {{true, "HY-300的额定功率是多少？"},
                                                 {false, "4.2 kW"},
                                                 {true, "保修期是多久？"},
                                                 {false, "HY-300: 三年"}};
  EXPECT_EQ(StandAlone(chinese, "噪声是多少？").with_topic, "HY-300的噪声是多少？");
}

TEST(FollowUp, WhoChangesTheSubjectLeavesTheOldOneBehind) {
  const std::vector<ConversationTurn> english = {{true, "What is the weight of the VX-220?"},
                                                 {false, "The VX-220 weighs 318 kg."},
                                                 {true, "When does the canteen open?"},
                                                 {false, "The canteen opens at 7."}};
  EXPECT_EQ(StandAlone(english, "Who is the manager?").with_topic, "");
  const std::vector<ConversationTurn> chinese = {{true, "HY-300的重量是多少？"},
                                                 {false, "HY-300的重量为300公斤。"},
                                                 {true, "食堂几点开放？"},
                                                 {false, "食堂7点开放。"}};
  EXPECT_EQ(StandAlone(chinese, "负责人是谁？").text.find("HY-300"), std::string::npos);
}

TEST(FollowUp, ThanksLeadNowhere) {
  const std::vector<ConversationTurn> english = {{true, "What is the head of the VX-220?"},
                                                 {false, "52 m"},
                                                 {true, "Thank you."},
                                                 {false, "You are welcome."}};
  EXPECT_EQ(StandAlone(english, "What is the weight?").with_topic, "What is the weight of VX-220?");
  EXPECT_EQ(StandAlone(english, "And of the VX-240?").text, "What is the head of the VX-240?");
  const std::vector<ConversationTurn> chinese = {
      {true, "HY-300的额定功率是多少？"}, {false, "4.2 kW"}, {true, "谢谢"}, {false, "不客气。"}};
  EXPECT_EQ(StandAlone(chinese, "重量是多少？").with_topic, "HY-300的重量是多少？");
}

TEST(FollowUp, ASiblingIsAnotherCodeOfTheKind) {
  EXPECT_TRUE(NamesSibling("VX-220", "The VX-240 has a warranty of 36 months."));
  EXPECT_TRUE(NamesSibling("HY-300", "HY-400的质保期为24个月。"));
  EXPECT_FALSE(NamesSibling("VX-220", "Of VX-240 and vx-220 the warranty is 36 months."));
  EXPECT_FALSE(NamesSibling("VX-220", "By ISO 9001:2015 and A4 paper, 36 months."));
  EXPECT_FALSE(NamesSibling("Brackwell Wharf", "The VX-240 has a warranty."));
}

TEST(FollowUp, WhatTellsWhenOrWhereIsNoOtherThing) {
  const std::vector<ConversationTurn> english = {{true, "What does parking cost?"},
                                                 {false, "3 EUR"}};
  EXPECT_EQ(StandAlone(english, "And on weekends?").text, "What does parking cost on weekends?");
  EXPECT_EQ(StandAlone(english, "What about weekends?").text,
            "What does parking cost on weekends?");
  for (const char* message : {"And on weekends?", "What about weekends?", "And for holidays?",
                              "And in the annex?", "And during the fair?"}) {
    EXPECT_EQ(StandAlone(english, message).added, "") << message;
  }
  EXPECT_EQ(StandAlone(english, "And for bicycles?").added, "bicycles");
  EXPECT_EQ(StandAlone(english, "What about bicycles?").added, "bicycles");
  const std::vector<ConversationTurn> chinese = {{true, "退票手续费多少？"}, {false, "10%"}};
  EXPECT_EQ(StandAlone(chinese, "那周末呢？").text, "周末，退票手续费多少？");
  for (const char* message :
       {"那周末呢？", "节假日呢？", "晚上呢？", "星期六呢？", "春运期间呢？"}) {
    EXPECT_EQ(StandAlone(chinese, message).added, "") << message;
  }
  EXPECT_EQ(StandAlone(chinese, "改签呢？").added, "改签");
}

TEST(FollowUp, OfSeveralOtherThingsNoneIsTheOther) {
  EXPECT_EQ(follow_up::SiblingIn("MX-12, MX-20. MX-20 is new.", "the MX-12"), "MX-20");
  EXPECT_EQ(follow_up::SiblingIn("MX-12, MX-20 and MX-30", "the MX-12"), "");
  EXPECT_EQ(follow_up::SiblingIn("KY-12和KY-20用A4纸。", "KY-12的功率"), "KY-20");
  EXPECT_EQ(follow_up::SiblingIn("The MX-20", "the canteen"), "");
}

TEST(FollowUp, LeansOnFollowUpsInTurn) {
  const std::vector<ConversationTurn> turns = {{true, "What is the delivery time of a VX-240?"},
                                               {false, "63 days"},
                                               {true, "And of the PRV-32?"},
                                               {false, "21 days"}};
  EXPECT_EQ(StandAlone(turns, "And of the TQ-7?").text, "What is the delivery time of a TQ-7?");
}

TEST(FollowUp, FirstMessagesStayAsTheyAre) {
  EXPECT_EQ(StandAlone({}, " And why? ").text, "And why?");
  const std::vector<ConversationTurn> said = {{false, "How can I help?"}};
  EXPECT_EQ(StandAlone(said, "Why?").text, "Why?");
}

TEST(FollowUp, OddMessagesDoNoHarm) {
  const std::vector<ConversationTurn> turns = {{true, "?"}, {false, ""}, {true, "…"}};
  for (const char* odd : {"", "?", "it", "它", "no", "不是", "不是，是", "what about", "那呢",
                          "and", "\xE5\x8F", "No, not", "I meant", "呢", "why", "他"}) {
    StandAlone(turns, odd);
    const std::vector<ConversationTurn> one = {{true, odd}};
    StandAlone(one, odd);
    StandAlone(one, "What about it?");
    StandAlone(one, "那它呢？");
  }
}

}  // namespace
}  // namespace quarry::generation
