// quarry chat, as it is talked to through a pipe, and the language of what stands beside an answer.

#include "tests/testing/command_testing.h"

namespace quarry::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::QuarryResult;

class ChatCommandTest : public testing::CommandTest {
 protected:
  QuarryResult Talk(const std::string& lines) const {
    testing::QuarryCommand command = Command({"chat"});
    command.input = lines;
    return testing::RunQuarryWith(command);
  }
};

TEST_F(ChatCommandTest, WhatIsPrintedBesideAnAnswerIsInItsLanguage) {
  Write("docs/zh.md", "# 泵\n\n水泵的阀门扭矩是35牛米。水泵的额定功率为7.5千瓦。\n");
  Write("docs/en.md",
        "# Crane\n\nThe crane lifts 12 tonnes. The mast of the crane is 40 m tall.\n");
  ASSERT_EQ(Run({"index", "docs"}).exit_code, 0);
  const QuarryResult chinese = Talk("水泵的阀门扭矩是多少？\n那额定功率呢？\n/sources\n");
  EXPECT_EQ(chinese.exit_code, 0) << chinese.error;
  EXPECT_THAT(chinese.out, AllOf(HasSubstr("（理解为："), HasSubstr("来源\n"), HasSubstr("字节"),
                                 Not(HasSubstr("understood as")), Not(HasSubstr("bytes"))));
  const QuarryResult english =
      Talk("How much does the crane lift?\nAnd how tall is its mast?\n/sources\n");
  EXPECT_EQ(english.exit_code, 0) << english.error;
  EXPECT_THAT(english.out,
              AllOf(HasSubstr("Sources\n"), HasSubstr("bytes "), Not(HasSubstr("理解为"))));
}

TEST_F(ChatCommandTest, AnUnknownCommandIsSaidAndNotAsked) {
  Write("docs/hosts.md", "# Hosts\n\nThe file /etc/hosts maps names to 3 addresses.\n");
  ASSERT_EQ(Run({"index", "docs"}).exit_code, 0);
  const QuarryResult unknown = Talk("/foo\n/sources now\n/\n");
  EXPECT_EQ(unknown.exit_code, 0);
  EXPECT_EQ(unknown.out, "");
  const std::string known = "; expected /new, /sources, /help or /quit\n";
  EXPECT_EQ(unknown.error, "quarry: unknown command /foo" + known +
                               "quarry: unknown command /sources now" + known +
                               "quarry: unknown command /" + known);
  EXPECT_THAT(Talk("/help\n").out, HasSubstr("/new forgets the conversation"));
  // What begins with a path is a question.
  EXPECT_THAT(Talk("/etc/hosts maps names to how many addresses?\n").out, HasSubstr("3 addresses"));
}

TEST_F(ChatCommandTest, WhatIsPrintedBesideAComparisonIsInItsLanguage) {
  Write("docs/zh.md",
        "# 考勤制度\n\n员工每年享有15天年假。迟到30分钟以上按半天事假处理。周末加班按两倍工资计算，"
        "须提前向部门经理申请，由主管批准后方可生效。\n");
  Write("docs/en.md", "# Leave\n\nEmployees get 28 days of leave.\n");
  ASSERT_EQ(Run({"index", "docs"}).exit_code, 0);
  const QuarryResult compared = Run({"docs", "compare", "en.md", "zh.md"});
  EXPECT_EQ(compared.exit_code, 0) << compared.error;
  EXPECT_THAT(compared.out,
              AllOf(HasSubstr("Statements: "), HasSubstr("Sources\n"), Not(HasSubstr("来源\n"))));
}

}  // namespace
}  // namespace quarry::app
