// Questions that are answered by the rows of a table that meet their conditions, or by the one with
// the least or the greatest number.

#include <memory>
#include <string>
#include <vector>

#include "base/answer_guide.h"
#include "tests/generation/reply_rules_testing.h"

namespace quarry::generation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(ReplyRulesTest, AnExtremeIsTheRowThatHasIt) {
  engine_.Add({SalesTable()});
  const auto says = [&](const char* question, const char* row) {
    EXPECT_THAT(Ask(question).text, HasSubstr(row)) << question;
    EXPECT_THAT(Ask(question).citations, SizeIs(1)) << question;
  };
  says("2025年哪个区域订单数最少？", "区域: 华南; 季度: Q1");
  says("2025年哪个区域订单数最多？", "区域: 华东; 季度: Q2");
  says("2025年哪个区域第二季度订单数最少？", "区域: 华南; 季度: Q2");
}

TEST_F(ReplyRulesTest, RowsMeetEveryConditionWithItsSign) {
  engine_.Add({CsvTable("machines.csv", "Machines",
                        "Machine,Needs lubrication,Needs calibration,Hall\nLathe,yes,no,North\n"
                        "Mill,yes,yes,North\nScale,no,yes,South\nPress,no,no,South\n"),
               CsvTable("shebei.csv", "设备",
                        "设备,润滑,校准,车间\n车床,需要,不需要,一车间\n铣床,需要,需要,一车间\n"
                        "天平,不需要,需要,二车间\n压机,不需要,不需要,二车间\n")});
  const std::vector<std::string> all = {"Lathe", "Mill", "Scale", "Press",
                                        "车床",  "铣床", "天平",  "压机"};
  const auto names_only = [&](const char* question, const std::vector<std::string>& named) {
    ExpectNamesOnly(question, all, named);
  };
  names_only("Which machines need lubrication but no calibration?", {"Lathe"});
  names_only("Which machines need calibration and lubrication?", {"Mill"});
  names_only("Which machines need neither lubrication nor calibration?", {"Press"});
  names_only("Which machines in the South hall need calibration?", {"Scale"});
  names_only("哪些设备需要润滑但不需要校准？", {"车床"});
  names_only("哪些设备不需要润滑也不需要校准？", {"压机"});
  names_only("哪些设备不需要润滑，但需要校准？", {"天平"});
  names_only("哪些设备需要校准？", {"铣床", "天平"});
  names_only("二车间哪些设备不需要校准？", {"压机"});
  names_only("Which machines need no lubrication or calibration?", {"Press"});
  names_only("Which machines need neither lubrication, nor calibration?", {"Press"});
  names_only("哪些设备不需要润滑或校准？", {"压机"});
  names_only("校准不需要的设备有哪些？", {"车床", "压机"});
  // None of the rows is known to meet it.
  EXPECT_TRUE(Ask("Which machines need calibration but are not in a hall?").abstained);
}

// Rows that have one of the two are not left out for those that have both.
TEST_F(ReplyRulesTest, OneOrTheOtherIsNotBoth) {
  engine_.Add({CsvTable("machines.csv", "Machines",
                        "Machine,Needs lubrication,Needs calibration\nLathe,yes,no\n"
                        "Mill,yes,yes\nScale,no,yes\n"),
               CsvTable("shebei.csv", "设备",
                        "设备,润滑,校准\n车床,需要,不需要\n铣床,需要,需要\n天平,不需要,需要\n")});
  for (const char* question : {"Which machines need lubrication or calibration?",
                               "Which machines need lubrication, or need calibration?",
                               "哪些设备需要润滑或校准？", "哪些设备需要润滑，或者需要校准？"}) {
    EXPECT_THAT(Ask(question).verdict.reason,
                ::testing::AllOf(Not(HasSubstr("every condition")), Not(HasSubstr("全部条件"))))
        << question;
  }
}

TEST_F(ReplyRulesTest, RowsDoNotMeetWhatIsNotReadOfThem) {
  engine_.Add({CsvTable("pumps.csv", "Pumps",
                        "Pump,Certified,Head,Mass\nNorth,yes,40 m,120 kg\nSouth,yes,60 m,80 kg\n"
                        "East,no,30 m,90 kg\n"),
               CsvTable("shebei.csv", "设备",
                        "设备,校准,重量\n车床,需要,120千克\n铣床,需要,80千克\n"
                        "天平,不需要,9千克\n")});
  for (const char* question :
       {"Which two pumps that are certified are the heaviest?",
        "Which pumps are certified or have a mass of more than 100 kg?",
        "哪两台需要校准的设备最重？", "哪些设备需要校准，或者重量超过100千克？"}) {
    EXPECT_THAT(Ask(question).verdict.reason,
                ::testing::AllOf(Not(HasSubstr("every condition")), Not(HasSubstr("全部条件"))))
        << question;
  }
  // What is denied of a bound is one from the other side.
  ExpectNamesOnly("Which certified pumps are not heavier than 100 kg?", {"North", "South", "East"},
                  {"South"});
  EXPECT_THAT(Ask("Which pumps are certified?").verdict.reason, HasSubstr("every condition"));
  EXPECT_THAT(Ask("哪些设备需要校准？").verdict.reason, HasSubstr("全部条件"));
}

// Whatever stands before the denial, and whatever the first column is called.
TEST_F(ReplyRulesTest, ADenialIsOfWhatItStandsRightBefore) {
  engine_.Add({CsvTable("calibration.csv", "Machines",
                        "Name,Needs calibration,Place\nLathe,no,North hall of Leeds\n"
                        "Mill,yes,North hall of Leeds\nPress,no,South hall of Leeds\n"),
               CsvTable("jiaozhun.csv", "设备清单",
                        "名称,需要校准,地点\n车床,否,东区一车间\n铣床,是,东区一车间\n"
                        "压机,否,西区二车间\n")});
  const std::vector<std::string> all = {"Lathe", "Mill", "Press", "车床", "铣床", "压机"};
  ExpectNamesOnly("Which machines need no calibration?", all, {"Lathe", "Press"});
  ExpectNamesOnly("Which machines don't need calibration?", all, {"Lathe", "Press"});
  ExpectNamesOnly("Which machines need calibration?", all, {"Mill"});
  ExpectNamesOnly("Which machines in the North hall of Leeds need no calibration?", all, {"Lathe"});
  ExpectNamesOnly("In the North hall of Leeds, which machines need no calibration?", all,
                  {"Lathe"});
  ExpectNamesOnly("What machines need no calibration?", all, {"Lathe", "Press"});
  ExpectNamesOnly("什么设备不需要校准？", all, {"车床", "压机"});
  ExpectNamesOnly("校准不需要的设备有哪些？", all, {"车床", "压机"});
  ExpectNamesOnly("哪些设备不需要校准？", all, {"车床", "压机"});
  ExpectNamesOnly("哪些设备需要校准？", all, {"铣床"});
  ExpectNamesOnly("东区一车间的哪些设备不需要校准？", all, {"车床"});
  // These do not ask which.
  for (const char* question :
       {"Does the Mill, which needs calibration, stand in the North hall of Leeds?",
        "For machines in the North hall, which need calibration, should we have a plan?",
        "What is the place of the Mill that needs calibration?", "什么情况下设备需要校准？"}) {
    EXPECT_THAT(Ask(question).verdict.reason,
                ::testing::AllOf(Not(HasSubstr("every condition")), Not(HasSubstr("全部条件"))))
        << question;
  }
  // The denial is of a place that the table tells of.
  EXPECT_TRUE(Ask("Which machines need calibration but are not in the North hall?").abstained);
  EXPECT_TRUE(Ask("哪些不在东区的设备需要校准？").abstained);
}

TEST_F(ReplyRulesTest, AnExtremeIsAmongTheRowsThatMeetTheConditions) {
  engine_.Add({CsvTable("pumps.csv", "Pumps",
                        "Pump,Motor (kW),Weight (kg),Certified,Hall\nP-1,3,40,yes,North\n"
                        "P-2,7.5,90,no,North\nP-3,5.5,60,yes,South\nP-4,11,120,no,South\n"),
               CsvTable("plans.csv", "Plans",
                        "Plan,Price per month,SSO\nFree,0 €,no\nTeam,12 €,no\n"
                        "Business,25 €,yes\nEnterprise,60 €,yes\n"),
               CsvTable("mendian.csv", "门店一览",
                        "门店,地区,销售额（万元）,面积（平方米）\n徐汇店,华东,120,300\n"
                        "静安店,华东,180,250\n天河店,华南,260,400\n福田店,华南,90,150\n")});
  const std::vector<std::string> all = {"P-1",    "P-2",    "P-3",      "P-4",
                                        "Free",   "Team",   "Business", "Enterprise",
                                        "徐汇店", "静安店", "天河店",   "福田店"};
  ExpectNamesOnly("Which pump with a motor over 5 kW is the lightest?", all, {"P-3"});
  ExpectNamesOnly("Which pump is the heaviest?", all, {"P-4"});
  ExpectNamesOnly("Which certified pump is the heaviest?", all, {"P-3"});
  ExpectNamesOnly("Which pump in the North hall is the lightest?", all, {"P-1"});
  ExpectNamesOnly("What is the lightest pump that is not certified?", all, {"P-2"});
  ExpectNamesOnly("Which pumps have a weight between 50 and 100 kg?", all, {"P-2", "P-3"});
  ExpectNamesOnly("What is the cheapest plan that has SSO?", all, {"Business"});
  ExpectNamesOnly("Which is the cheapest plan with SSO?", all, {"Business"});
  ExpectNamesOnly("What is the price of the cheapest plan?", all, {"Free"});
  ExpectNamesOnly("What is the price of the most expensive plan?", all, {"Enterprise"});
  ExpectNamesOnly("What is the price of the cheapest plan that has SSO?", all, {"Business"});
  ExpectNamesOnly("华东地区哪个门店的销售额最高？", all, {"静安店"});
  ExpectNamesOnly("面积超过260平方米的门店中哪个销售额最低？", all, {"徐汇店"});
  ExpectNamesOnly("哪些门店的销售额超过100万元？", all, {"徐汇店", "静安店", "天河店"});
  ExpectNamesOnly("哪些门店的面积不超过250平方米？", all, {"静安店", "福田店"});
  // None of the rows meets it.
  EXPECT_TRUE(Ask("Which pump with a motor over 20 kW is the lightest?").abstained);
  EXPECT_TRUE(Ask("面积超过900平方米的门店中哪个销售额最低？").abstained);
}

TEST_F(ReplyRulesTest, AnExtremeIsReckonedInOneUnit) {
  engine_.Add({CsvTable("renkou.csv", "2025年各城市人口",
                        "城市,人口,市长\n甲水市,120万,王磊\n乙山市,9500,黄丽娟\n"),
               CsvTable("towns.csv", "Population of the towns",
                        "Town,Population\nOrrin,1.2 million\nBrackwell,\"950,000\"\n")});
  const Answer zh = Ask("2025年哪个城市人口最多？");
  EXPECT_THAT(zh.text, HasSubstr("甲水市"));
  EXPECT_THAT(zh.text, Not(HasSubstr("乙山市")));
  const Answer en = Ask("Which town has the largest population?");
  EXPECT_THAT(en.text, HasSubstr("Orrin"));
  EXPECT_THAT(en.text, Not(HasSubstr("Brackwell")));
}

TEST_F(ReplyRulesTest, TheReasonTellsOfRowsThatAreNotQuoted) {
  std::string english = "Machine,Needs calibration\n";
  std::string chinese = "设备,校准\n";
  for (char name = 'A'; name < 'M'; ++name) {
    english += std::string("Press ") + name + ",yes\n";
    chinese += std::string("压机") + name + ",需要\n";
  }
  engine_.Add({CsvTable("machines.csv", "Machines", english.c_str()),
               CsvTable("shebei.csv", "设备", chinese.c_str())});
  const auto reason = [&](const char* question, AnswerLength length) {
    AnswerGuide guide;
    guide.length = length;
    Query query{.text = question};
    query.guide = std::make_shared<const AnswerGuide>(guide);
    return engine_.answerer.Ask(query, *engine_.snapshot(), nullptr, CallContext())
        .value()
        .verdict.reason;
  };
  const char* en = "Which machines need calibration?";
  const char* zh = "哪些设备需要校准？";
  EXPECT_THAT(reason(en, AnswerLength::kAsConfigured), HasSubstr("8 of 12"));
  EXPECT_THAT(reason(zh, AnswerLength::kAsConfigured), HasSubstr("8/12"));
  EXPECT_THAT(reason(en, AnswerLength::kShort), HasSubstr("1 of 12"));
  EXPECT_THAT(reason(zh, AnswerLength::kShort), HasSubstr("1/12"));
}

}  // namespace
}  // namespace quarry::generation
