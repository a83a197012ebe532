// Rows of a table that are counted and added up.

#include <string>

#include "tests/generation/reply_rules_testing.h"

namespace quarry::generation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST_F(ReplyRulesTest, RowsOfAWholeTableAreCountedAndAddedUp) {
  engine_.Add({CsvTable("pumps.csv", "Pumps",
                        "Pump,Motor (kW),Weight (kg),Certified,Hall\nP-1,3,40,yes,North\n"
                        "P-2,7.5,90,no,North\nP-3,5.5,60,yes,South\nP-4,11,120,no,South\n"),
               CsvTable("mendian.csv", "门店一览",
                        "门店,地区,销售额（万元）,面积（平方米）\n徐汇店,华东,120,300\n"
                        "静安店,华东,180,250\n天河店,华南,260,400\n福田店,华南,90,150\n")});
  const auto says = [&](const char* question, const char* total, size_t rows) {
    const Answer answer = Ask(question);
    EXPECT_FALSE(answer.abstained) << question;
    EXPECT_THAT(answer.text, StartsWith(total)) << question;
    EXPECT_THAT(answer.citations, SizeIs(rows)) << question;
  };
  says("How many pumps are certified?", "2 of 4 rows:", 2);
  says("How many pumps are in the North hall?", "2 of 4 rows:", 2);
  says("How many pumps have a motor over 5 kW?", "3 of 4 rows:", 3);
  says("How many pumps are there?", "4 of 4 rows:", 4);
  says("How many pumps do we have?", "4 of 4 rows:", 4);
  says("What is the total weight of all pumps?", "Weight (kg), sum of 4 of 4 rows: 310.", 4);
  says("What is the average weight of the certified pumps?",
       "Weight (kg), average of 2 of 4 rows: 50.", 2);
  says("What is the mean weight of all pumps?", "Weight (kg), average of 4 of 4 rows: 77.5.", 4);
  says("一共有多少个门店？", "4 行中有 4 行：", 4);
  says("华东地区有几个门店？", "4 行中有 2 行：", 2);
  says("华南地区的门店有几家？", "4 行中有 2 行：", 2);
  says("所有门店的销售额合计是多少？", "4 行中 4 行的销售额（万元）合计：650。", 4);
  says("所有门店的总面积是多少？", "4 行中 4 行的面积（平方米）合计：1100。", 4);
  // What one row comes to is what it says.
  says("What is the total weight of P-3?", "P-3 — Weight: 60 kg", 1);
  says("徐汇店的总面积是多少？", "徐汇店 — 面积: 300 平方米", 1);
  // What is not read surely is not counted.
  for (const char* question :
       {"How many pumps are certified or in the North hall?",
        "How many pumps are not in the North hall?", "How many pumps are in the Eastern hall?",
        "How many valves are certified?", "华北地区有几个门店？", "南东地区有几个门店？",
        "有几个门店不在华东地区？", "How many pumps without a motor are there?",
        "What does weight mean?", "What does the mean weight of a pump mean?",
        "平均面积是什么意思？", "How many pumps are needed?", "How many pumps do we need?",
        "How many pumps should we have?", "需要几个门店？", "应该有多少个门店？",
        "华东地区要几个门店？"}) {
    EXPECT_THAT(Ask(question).text,
                ::testing::AllOf(Not(HasSubstr("of 4 rows")), Not(HasSubstr("4 行中"))))
        << question;
  }
}

// What is needed is counted where the table tells it.
TEST_F(ReplyRulesTest, RowsThatNeedSomethingAreCounted) {
  engine_.Add({CsvTable("pumps.csv", "Pumps",
                        "Pump,Needs oil,Hall\nP-1,yes,North\nP-2,no,North\nP-3,yes,South\n"),
               CsvTable("shebei.csv", "设备",
                        "设备,需要校准,车间\n车床,是,一车间\n铣床,否,一车间\n压机,是,二车间\n"),
               CsvTable("xuqiu.csv", "需求清单", "需求,状态\n打印,进行中\n导出,完成\n")});
  EXPECT_THAT(Ask("How many pumps need oil?").text, StartsWith("2 of 3 rows:"));
  EXPECT_THAT(Ask("有几台设备需要校准？").text, StartsWith("3 行中有 2 行："));
  EXPECT_THAT(Ask("一共有多少个需求？").text, StartsWith("2 行中有 2 行："));
  EXPECT_THAT(Ask("一车间需要几台设备？").text, Not(HasSubstr("行中")));
}

// Nor where not all that is counted could be quoted, or a row is a total itself.
TEST_F(ReplyRulesTest, RowsOfALongTableAndTotalsAreNotCounted) {
  std::string rows = "Machine,Certified\n";
  for (char name = 'A'; name < 'Z'; ++name) rows += std::string("Press ") + name + ",yes\n";
  engine_.Add({CsvTable("machines.csv", "Machines", rows.c_str()),
               CsvTable("feiyong.csv", "费用", "项目,金额（元）\n差旅,300\n培训,200\n合计,500\n")});
  EXPECT_THAT(Ask("How many machines are certified?").text, Not(HasSubstr(" rows:")));
  EXPECT_THAT(Ask("一共有几个项目？").text, Not(HasSubstr("行中")));
}

}  // namespace
}  // namespace quarry::generation
