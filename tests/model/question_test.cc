#include "model/question.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::UnorderedElementsAre;

TEST(QuestionTest, TheFormTellsTheKindOfAnswer) {
  const Analyzer analyzer;
  const std::pair<const char*, AnswerKind> cases[] = {
      {"Who built the dam?", AnswerKind::kPerson},
      {"In what year was it built?", AnswerKind::kTime},
      {"When does the office open?", AnswerKind::kTime},
      {"Where is the depot?", AnswerKind::kPlace},
      {"How many valves are there?", AnswerKind::kNumber},
      {"Why did the pump stop?", AnswerKind::kReason},
      {"What is a pump?", AnswerKind::kAny},
      // The first question word decides; "when" only where it is the only one.
      {"What happens when the pump stops?", AnswerKind::kAny},
      {"Who is called when the pump stops?", AnswerKind::kPerson},
      {"For how long may it run when cold?", AnswerKind::kNumber},
      {"大坝是谁建造的？", AnswerKind::kPerson},
      {"大壩是誰建造的？", AnswerKind::kPerson},
      {"办公室什么时候开门？", AnswerKind::kTime},
      {"它建于哪一年？", AnswerKind::kTime},
      {"仓库在哪里？", AnswerKind::kPlace},
      {"有多少个阀门？", AnswerKind::kNumber},
      {"泵为什么停了？", AnswerKind::kReason},
      {"什么是几何学？", AnswerKind::kAny},
      {"How much does the Team plan cost?", AnswerKind::kMoney},
      {"How much money was raised?", AnswerKind::kMoney},
      {"What does a seat cost?", AnswerKind::kMoney},
      {"How much water does it hold?", AnswerKind::kNumber},
      {"How much must a guest pay?", AnswerKind::kMoney},
      {"How much have we paid so far?", AnswerKind::kMoney},
      {"How much is the charge for parking?", AnswerKind::kMoney},
      // It counts its own noun.
      {"How much paid leave do new employees get?", AnswerKind::kNumber},
      {"How much time do customers have to pay an invoice?", AnswerKind::kNumber},
      {"How much charge does the battery hold?", AnswerKind::kNumber},
      {"What is the cost of a seat?", AnswerKind::kAny},
      {"专业版多少钱？", AnswerKind::kMoney},
      {"專業版要多少錢？", AnswerKind::kMoney},
      {"罚款多少元？", AnswerKind::kMoney},
      {"罚款多少块钱？", AnswerKind::kMoney},
      {"罰款多少塊錢？", AnswerKind::kMoney},
      {"一套系统需要多少块电池板？", AnswerKind::kNumber},
      {"一套系統需要多少塊電池板？", AnswerKind::kNumber},
      {"年假多少天？", AnswerKind::kNumber}};
  for (const auto& [question, kind] : cases) {
    EXPECT_EQ(AnalyseQuestion(question, analyzer).kind, kind) << question;
  }
}

TEST(QuestionTest, QuestionWordsAreNoTerms) {
  const Analyzer analyzer;
  for (const char* question : {"什么？", "为什么呢", "哪里"}) {
    EXPECT_TRUE(AnalyseQuestion(question, analyzer).terms.empty()) << question;
  }
  const Question question = AnalyseQuestion("最大压力是多少？", analyzer);
  for (const QuestionTerm& term : question.terms)
    EXPECT_EQ(term.term.find("多"), std::string::npos);
}

TEST(QuestionTest, WhatIsAskedOfEachOrOfAllIsNoTerm) {
  const Analyzer analyzer;
  const auto terms = [&](const char* question) {
    std::vector<std::string> found;
    for (const QuestionTerm& term : AnalyseQuestion(question, analyzer).terms) {
      if (term.emphasis >= 1) found.push_back(term.term);
    }
    return found;
  };
  EXPECT_THAT(terms("产假和婚假分别是多少天？"), UnorderedElementsAre("产假", "婚假"));
  EXPECT_THAT(terms("甲方与乙方分别是谁？"), UnorderedElementsAre("甲方", "乙方"));
  EXPECT_THAT(terms("合同一共多少钱？"), UnorderedElementsAre("合同"));
  EXPECT_THAT(terms("住在北京要花多少钱？"), ::testing::Contains("北京"));
  EXPECT_THAT(terms("住在北京要花多少钱？"), ::testing::Not(::testing::Contains("要花")));
  EXPECT_THAT(terms("系统一共有几个模块？"), UnorderedElementsAre("系统", "模块"));
  // Parts of other words.
  EXPECT_THAT(terms("法兰西第一共和国成立于哪一年？"), ::testing::Contains("第一"));
  EXPECT_THAT(terms("统一共享目录在哪里？"), ::testing::Contains("共享"));
  EXPECT_THAT(terms("統一共享目錄在哪裡？"), ::testing::Contains("共享"));
  EXPECT_THAT(terms("唯一共同点是什么？"), ::testing::Contains("共同"));
  EXPECT_THAT(terms("大部分别墅有几个车位？"), ::testing::Contains("别墅"));
  // How things part, and those who do.
  EXPECT_THAT(terms("甲方和乙方的分别是什么？"), ::testing::Contains("分别"));
  EXPECT_THAT(terms("他们在哪里分别？"), ::testing::Contains("分别"));
}

TEST(QuestionTest, NamesAreWhatNoOtherWordCanStandFor) {
  const Analyzer analyzer;
  const auto names = [&](const char* question) {
    std::vector<std::string> found;
    for (const QuestionTerm& term : AnalyseQuestion(question, analyzer).terms) {
      if (term.is_name) found.push_back(term.term);
    }
    return found;
  };
  EXPECT_THAT(names("Which valve did Anna order for the second pump in 1998?"),
              UnorderedElementsAre("anna", "second", "1998"));
  EXPECT_THAT(names("Who wrote \"deep water\"?"), UnorderedElementsAre("deep", "water"));
  EXPECT_THAT(names("《水浒》的作者是谁？"), UnorderedElementsAre("水浒"));
  EXPECT_THAT(names("水泵在哪里？"), UnorderedElementsAre());
  // A capital within a word makes it a name where it stands first, too.
  EXPECT_THAT(names("How is the pump run from an iPhone?"), UnorderedElementsAre("iphon"));
  EXPECT_THAT(names("MongoDB 监听哪个端口？"), UnorderedElementsAre("mongodb"));
  EXPECT_THAT(names("Pumps of what size are there?"), UnorderedElementsAre());
}

TEST(QuestionTest, AnArticleCountsNothing) {
  const Analyzer analyzer;
  const auto text = [&](const char* question) { return AnalyseQuestion(question, analyzer).text; };
  EXPECT_EQ(text("删除一个文档"), "删除文档");
  EXPECT_EQ(text("如何新建一张采购单"), " 新建采购单");
  EXPECT_EQ(text("下一个版本何时发布"), "下一个版本 发布");
  EXPECT_EQ(text("上一条款规定了违约金"), "上一条款规定了违约金");
  EXPECT_EQ(text("试用期一个月"), "试用期一个月");
  EXPECT_EQ(text("第一个阀门"), "第一个阀门");
  EXPECT_EQ(text("只有一个"), "只有一个");
}

TEST(QuestionTest, WhoAsksIsNoTerm) {
  const Analyzer analyzer;
  const auto terms = [&](const char* text) {
    std::vector<std::string> all;
    for (QuestionTerm& term : AnalyseQuestion(text, analyzer).terms)
      all.push_back(std::move(term.term));
    return all;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(terms("How do I create my key if I have to?"), ElementsAre("creat", "key"));
  EXPECT_THAT(terms("Can we park, and can you?"), ElementsAre("park"));
  EXPECT_THAT(terms("When did Charles I die?"), ElementsAre("charl", "i", "die"));
  // However often it is said.
  std::string long_text = "When did Charles I die?";
  for (int n = 0; n < 100'000; ++n) long_text += " I";
  EXPECT_EQ(AnalyseQuestion(long_text, analyzer).terms.size(), 3u);
}

TEST(QuestionTest, WhoAsksIsNoName) {
  const Analyzer analyzer;
  for (const char* question : {"How do I reset the router?", "Where do I find My Book?"}) {
    for (const QuestionTerm& term : AnalyseQuestion(question, analyzer).terms) {
      EXPECT_EQ(term.is_name, term.term == "book") << question << ": " << term.term;
    }
  }
  EXPECT_EQ(AnalyseQuestion("我有几天年假？", analyzer).kind, AnswerKind::kNumber);
}

TEST(QuestionTest, TheWeightOfACodeIsThatOfOneWord) {
  const Analyzer analyzer;
  const Question code = AnalyseQuestion("mass of the PPR-9087", analyzer);
  const Question number = AnalyseQuestion("mass of the 9087", analyzer);
  const auto weight = [](const Question& question) {
    double sum = 0;
    for (const QuestionTerm& term : question.terms) sum += term.emphasis;
    return sum;
  };
  EXPECT_GT(code.terms.size(), number.terms.size());
  EXPECT_LE(weight(code), weight(number));
  EXPECT_DOUBLE_EQ(code.words, number.words);
  // Six characters make five pairs, or about three words.
  EXPECT_DOUBLE_EQ(AnalyseQuestion("水泵最大压力", analyzer).words, 2.5);
}

TEST(QuestionTest, NegationIsSeen) {
  for (const char* text : {"What is not covered?",
                           "Who didn't sign?",
                           "a pump without a seal",
                           "哪些费用不能报销？",
                           "哪個水廠沒有發電機？",
                           "No phosphate is dosed.",
                           "which of them is least noisy",
                           "原水不过滤。",
                           "甲方不同意。",
                           "没收到通知。",
                           "未来得及签字。",
                           "It is not under warranty.",
                           "not within 3 days",
                           "It is no longer sold.",
                           "不能超车。",
                           "没有高压泵。",
                           "不满足条件的设备",
                           "客戶不滿意",
                           "人员不到位",
                           "not more expensive",
                           "no longer in use"}) {
    EXPECT_TRUE(IsNegated(text)) << text;
  }
  for (const char* text : {"What is covered?",   "Which engine is No. 3?",
                           "哪些费用可以报销？", "It takes at least six minutes.",
                           "At least two sign.", "不锈钢泵体HY-300的最高温度是多少？",
                           "无锡分公司在哪里？", "無線網路的密碼",
                           "无人机的续航",       "未来三年的计划",
                           "不同型号的重量",     "不动产登记费",
                           "被洪水淹没的路段",   "总重不超过五吨",
                           "總重不超過五噸",     "工龄不满三年",
                           "工齡不滿三年",       "未满十八岁的乘客",
                           "未滿十八歲的乘客",   "不晚於每月五日",
                           "總重不得超過五噸",   "频率不得低于28 Hz",
                           "不应早于8点",        "能不能超过5吨"}) {
    EXPECT_FALSE(IsNegated(text)) << text;
  }
  for (const char* text :
       {"It must not exceed 82 °C.", "not more than 5 t", "No more than three visitors",
        "no fewer than two", "it cannot exceed 5 t", "Staff mustn't exceed 90 km/h.",
        "no later than Friday", "不迟于每月五日", "not in excess of 5 t", "not wider than 3 m",
        "must not at any time exceed 5 t", "not earlier than 1 March",
        "must not be less than 28 Hz", "82 °C must not be exceeded", "not over 5 kg",
        "without exceeding 80 %", "Which temperature must the bearing not exceed?"}) {
    EXPECT_FALSE(IsNegated(text)) << text;
  }
  const Analyzer analyzer;
  EXPECT_FALSE(AnalyseQuestion("水泵能不能倒转？", analyzer).negated);  // only asks
  EXPECT_TRUE(AnalyseQuestion("哪些水泵不能倒转？", analyzer).negated);
  // Why something is not so is told by what is.
  EXPECT_FALSE(AnalyseQuestion("为什么水泵不能倒转？", analyzer).negated);
  EXPECT_FALSE(AnalyseQuestion("Why should Telnet no longer be used?", analyzer).negated);
}

TEST(QuestionTest, ABoundIsDeniedByWhatGoesBeyondIt) {
  EXPECT_TRUE(DenyEachOther("It must not exceed 82 °C.", "It may exceed 82 °C."));
  EXPECT_TRUE(DenyEachOther("总重不得超过5吨。", "总重可以超过5吨。"));
  EXPECT_TRUE(DenyEachOther("It is covered.", "It is not covered."));
  EXPECT_FALSE(DenyEachOther("It must not exceed 82 °C.", "at most 82 °C"));
  EXPECT_FALSE(DenyEachOther("It must not exceed 82 °C.", "no more than 82 °C"));
  EXPECT_FALSE(DenyEachOther("总重不得超过5吨。", "总重最多5吨。"));
}

TEST(QuestionTest, WhatIsDoneAtAPlaceSaysLittleWhereThePlaceIsAsked) {
  const Analyzer analyzer;
  const auto emphasis = [&](const char* question) {
    return AnalyseQuestion(question, analyzer).terms.back().emphasis;
  };
  EXPECT_LT(emphasis("Where does Dana Whitlock work?"), 1);
  EXPECT_EQ(emphasis("Where is the work permit?"), 1);
  EXPECT_EQ(AnalyseQuestion("王磊在哪里工作？", analyzer).text, "王磊 ？");
  EXPECT_EQ(AnalyseQuestion("在哪里工作服可以领？", analyzer).text, " 工作服可以领？");
}

TEST(QuestionTest, KindsAreRecognisedInSentences) {
  EXPECT_TRUE(HoldsKind(AnswerKind::kTime, "It opened in 1987.", "When did it open?"));
  EXPECT_FALSE(
      HoldsKind(AnswerKind::kTime, "The 1987 plan failed.", "When did the 1987 plan fail?"));
  EXPECT_TRUE(HoldsKind(AnswerKind::kNumber, "It has seven valves.", "How many valves?"));
  EXPECT_TRUE(HoldsKind(AnswerKind::kNumber, "共有七个阀门。", "有多少阀门？"));
  EXPECT_TRUE(
      HoldsKind(AnswerKind::kPerson, "The dam was built by Ada Byron.", "Who built the dam?"));
  EXPECT_FALSE(HoldsKind(AnswerKind::kPerson, "The dam was built quickly.", "Who built the dam?"));
  EXPECT_TRUE(HoldsKind(AnswerKind::kPerson, "Approved by: head of district", "Who approves it?"));
  EXPECT_TRUE(HoldsKind(AnswerKind::kPerson, "设计者是李明华。", "谁设计的？"));
  EXPECT_FALSE(HoldsKind(AnswerKind::kPerson, "它是用不锈钢制的。", "谁制的？"));
  for (const auto& [sentence, question] : std::vector<std::pair<const char*, const char*>>{
           {"区域折扣由区域经理核准。", "区域折扣由谁核准？"},
           {"超过五千元的须报总监。", "超过五千元的要谁批准？"},
           {"须经部門經理同意。", "須經誰同意？"},
           {"总经理不在时由副总经理批准。", "总经理不在时由谁批准？"},
           {"预算由会计编制。", "谁编制预算？"},
           {"預算由領導審批。", "誰審批預算？"},
           {"预算由主管部门审批。", "谁审批预算？"},
           {"Discounts are granted by area managers.", "Who grants discounts?"},
           {"Orders need the approval of the supervisor.", "Who approves orders?"}}) {
    EXPECT_TRUE(HoldsKind(AnswerKind::kPerson, sentence, question)) << sentence;
  }
  for (const auto& [sentence, question] : std::vector<std::pair<const char*, const char*>>{
           {"区域折扣须书面核准。", "区域折扣由谁核准？"},
           {"总经理不在时暂缓批准。", "总经理不在时由谁批准？"},
           {"预算按会计年度编制。", "谁审批预算？"},
           {"预算按会计科目编制。", "谁审批预算？"},
           {"預算按會計年度編制。", "誰審批預算？"},
           {"Employees are paid monthly.", "Who approves the budget?"},
           {"The rule binds all employees.", "Who approves the rule?"},
           {"Discounts are granted in writing.", "Who grants discounts?"},
           {"The director is replaced yearly.", "Who replaces the director?"}}) {
    EXPECT_FALSE(HoldsKind(AnswerKind::kPerson, sentence, question)) << sentence;
  }
  // A number that is part of another one in the question is new.
  EXPECT_TRUE(HoldsKind(AnswerKind::kNumber, "项目: 量程; 参数: 0～10米", "LS-410的量程是多少？"));
  EXPECT_TRUE(HoldsKind(AnswerKind::kReason, "由于漏水，泵停了。", "泵为什么停了？"));
  EXPECT_FALSE(HoldsKind(AnswerKind::kAny, "Anything in 1987.", "What?"));
}

TEST(QuestionTest, MoneyIsNoNumberOfOtherThings) {
  for (const auto& [sentence, question] : std::vector<std::pair<const char*, const char*>>{
           {"专业版每年 48,000 元，支持 20 条任务。", "专业版多少钱？"},
           {"产品: 专业版; 单价（元/年）: 48000; 备注: 含 20 条任务", "专业版多少钱？"},
           {"总价为3.5万元。", "总价多少钱？"},
           {"罚款五十元。", "罚款多少钱？"},
           {"每晚三百多块钱。", "每晚多少钱？"},
           {"社区版免费，最多 2 条任务。", "社区版多少钱？"},
           {"押金為二千元。", "押金多少錢？"},
           {"每人一千二百谷元。", "每人多少钱？"},
           {"门票30加元。", "门票多少钱？"},
           {"违约金为合同总价的 5%。", "违约金多少钱？"},
           {"it costs $40 per month.", "How much does it cost?"},
           {"plan: team; price per month (gbp): 190; users: 50", "How much does it cost?"},
           {"it took 3.2 million.", "How much did it cost?"},
           {"it costs fifty dollars.", "How much does it cost?"},
           {"parking:8 EUR a day.", "How much does it cost?"},
           {"停车:8元/天。", "停车多少钱？"},
           {"the plan is free.", "How much does it cost?"}}) {
    EXPECT_TRUE(HoldsKind(AnswerKind::kMoney, sentence, question)) << sentence;
  }
  for (const auto& [sentence, question] : std::vector<std::pair<const char*, const char*>>{
           {"专业版和企业版均可免费试用 30 天。", "专业版多少钱？"},
           {"专业版最多支持 20 条任务，3–5 人使用，工作日 9:00 起。", "专业版多少钱？"},
           {"专业版于 2021 年 3 月 18 日发布。", "专业版多少钱？"},
           {"试用期为三个月。", "试用多少钱？"},
           {"the trial takes 30 days, or a 14-day one.", "How much does the plan cost?"},
           {"there is a free 30-day trial.", "How much does the plan cost?"},
           {"the desk opens at 9:30.", "How much does it cost?"},
           {"SB-PRO-01", "How much does it cost?"},
           {"it holds 3 million users and is read in three weeks.", "How much does it cost?"}}) {
    EXPECT_FALSE(HoldsKind(AnswerKind::kMoney, sentence, question)) << sentence;
  }
}

TEST(QuestionTest, PlacesAreAlsoRoomsPathsMenusAndAddresses) {
  for (const auto& [sentence, question] : std::vector<std::pair<const char*, const char*>>{
           {"备份保留 30 天，存放在 `/data/backup/meta`。", "备份存放在哪里？"},
           {"日志写在/var/log/app.log里。", "日志写在哪里？"},
           {"备份存放在备份目录下。", "备份存放在哪里？"},
           {"在“工具”菜单中打开。", "在哪里打开？"},
           {"在设置中开启。", "在哪里开启？"},
           {"打印机放在 3 楼。", "打印机在哪里？"},
           {"檔案放在二樓的抽屜。", "檔案放在哪裡？"},
           {"从 https://get.example/app 下载。", "从哪里下载？"},
           {"发送到 help@firm.example。", "发送到哪里？"},
           {"依次点设置 > 安全。", "在哪里改密码？"},
           {"backups lie below /srv/backup.", "Where do backups lie?"},
           {"it is read from app.yaml.", "Where is it read from?"},
           {"open C:\\logs and look.", "Where are the logs?"},
           {"it is under settings > keys.", "Where is it?"},
           {"written to `~/notes`.", "Where is it written to?"}}) {
    EXPECT_TRUE(HoldsKind(AnswerKind::kPlace, sentence, question)) << sentence;
  }
  for (const auto& [sentence, question] : std::vector<std::pair<const char*, const char*>>{
           {"备份每天自动进行，价格为 3 元/gb。", "备份存放在哪里？"},
           {"备份保留 30 天。", "备份存放在哪里？"},
           {"/data/backup 每天备份。", "/data/backup 备份到哪里？"},
           {"the limit is 5 and/or 6, as in x > 5.", "Where is the limit set?"},
           {"it runs at 20 km/h, e.g. daily.", "Where does it run?"}}) {
    EXPECT_FALSE(HoldsKind(AnswerKind::kPlace, sentence, question)) << sentence;
  }
}

}  // namespace
}  // namespace quarry::model
