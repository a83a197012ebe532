#include "retrieval/question_gate.h"

#include "retrieval/question_pairs.h"
#include "tests/testing/test_environment.h"

namespace quarry::retrieval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

GateVerdict Compare(std::string_view a, std::string_view b) {
  return CompareQuestions(FactsOf(a), FactsOf(b));
}

TEST(QuestionFacts, AreFoundInEnglish) {
  const QuestionFacts facts =
      FactsOf("Why did Anna not ship more than 12 kilograms from Oslo to Bergen in March 2023?");
  EXPECT_THAT(facts.of(FactKind::kLanguage), ElementsAre("en"));
  EXPECT_THAT(facts.of(FactKind::kNumber), ElementsAre("12 kg", "2023"));
  EXPECT_THAT(facts.of(FactKind::kTime), ElementsAre("m3"));
  EXPECT_THAT(facts.of(FactKind::kEntity), ElementsAre("anna", "bergen", "march", "oslo"));
  EXPECT_THAT(facts.of(FactKind::kNegation), ElementsAre("not"));
  EXPECT_THAT(facts.of(FactKind::kComparison), ElementsAre("more", "than"));
  EXPECT_THAT(facts.of(FactKind::kTense), ElementsAre("past"));
  EXPECT_THAT(facts.of(FactKind::kAsked), ElementsAre("why"));
  EXPECT_THAT(facts.of(FactKind::kRelation), ElementsAre("from"));
}

TEST(QuestionFacts, AreFoundInChinese) {
  const QuestionFacts facts = FactsOf("为什么去年不能从《活着》借超过3公斤的iPhone");
  EXPECT_THAT(facts.of(FactKind::kLanguage), ElementsAre("zh"));
  EXPECT_THAT(facts.of(FactKind::kNumber), ElementsAre("3 kg"));
  EXPECT_THAT(facts.of(FactKind::kTime), ElementsAre("去年"));
  EXPECT_THAT(facts.of(FactKind::kEntity), ElementsAre("iphone", "活 着 "));
  EXPECT_THAT(facts.of(FactKind::kNegation), ElementsAre("不"));
  EXPECT_THAT(facts.of(FactKind::kComparison), ElementsAre("超过"));
  EXPECT_THAT(facts.of(FactKind::kAsked), ElementsAre("why"));
  EXPECT_THAT(facts.of(FactKind::kRelation), ElementsAre("从"));
}

TEST(QuestionFacts, TheNegationOfAChoiceAndOfAnotherWordIsNone) {
  EXPECT_THAT(FactsOf("这个是不是特别贵").of(FactKind::kNegation), IsEmpty());
  EXPECT_THAT(FactsOf("未来有没有机会").of(FactKind::kNegation), IsEmpty());
  EXPECT_THAT(FactsOf("未来没有机会").of(FactKind::kNegation), ElementsAre("没"));
  for (const char* question :
       {"不过这台泵重多少公斤", "差不多要多久", "不锈钢泵多少钱", "无锡的水厂在哪",
        "無線網路的密碼", "不定期检查的水泵", "不同型号的重量"}) {
    EXPECT_THAT(FactsOf(question).of(FactKind::kNegation), IsEmpty()) << question;
  }
  EXPECT_THAT(FactsOf("原水不过滤吗").of(FactKind::kNegation), ElementsAre("不"));
  EXPECT_THAT(FactsOf("不断电的水泵").of(FactKind::kNegation), ElementsAre("不"));
}

TEST(QuestionFacts, APastTenseIsNoPresentOne) {
  EXPECT_NE(FactsOf("who discovered it").content, FactsOf("who discovers it").content);
  EXPECT_NE(FactsOf("it closed").content, FactsOf("it closes").content);
  EXPECT_EQ(FactsOf("who discovers it").content, FactsOf("who discover it").content);
}

TEST(QuestionFacts, TitlesOfCapitalsNameNobody) {
  EXPECT_THAT(FactsOf("How To Reset The Pump Quickly").of(FactKind::kEntity), IsEmpty());
}

TEST(QuestionGate, IsOpenForFunctionWordsAndForOtherWords) {
  EXPECT_TRUE(Compare("How do I reset the pump?", "How can you reset a pump?").open);
  EXPECT_TRUE(
      Compare("How do I reduce the noise of the pump?", "How can you make a pump quieter?").open);
  EXPECT_TRUE(Compare("怎么开通花呗", "如何开通花呗呢").open);
}

TEST(QuestionGate, IsClosedWhereAFactDiffersAndSaysWhich) {
  const std::vector<std::vector<std::string_view>> cases = {
      {"number", "What did it cost in 2023?", "What did it cost in 2024?"},
      {"number", "Is 5 mg enough?", "Is 5 g enough?"},
      {"number", "Does the crate hold 40 bolts?", "Are 40 hinges what the crate can take?"},
      {"negation", "Why is the valve open?", "Why is the valve not open?"},
      {"negation", "为什么可以退款", "为什么不可以退款"},
      {"entity", "Where do I find Anna in winter?", "Where do I find Bert in winter?"},
      {"comparison", "What is the largest pump?", "What is the smallest pump?"},
      {"scope", "Do all pumps need oil?", "Do some pumps need oil?"},
      {"tense", "When did it start?", "When will it start?"},
      {"asked", "When was it built?", "Where was it built?"},
      {"relation", "What flows from here?", "What flows by here?"},
      {"person", "Can I call you?", "Can you call me?"},
      {"language", "How do I reset it?", "怎么重置"},
      {"time", "周一开门吗", "周二开门吗"},
      {"order", "Does the wolf hunt the fox?", "Does the fox hunt the wolf?"},
      {"order", "狼吃羊吗", "羊吃狼吗"},
      {"order", "铁皮桶能改成花盆架吗", "能不能拿花盆架打出铁皮桶"},
      {"order", "Does copper wire shield steel mesh?",
       "Is steel mesh made for use around copper wire?"},
      {"narrower", "济南的公交卡在哪儿领", "公交卡在什么地方能拿"},
      {"narrower", "老人公交卡的价格是多少", "学生公交卡多少钱"},
      {"nearly the same words", "How do I open the valve?", "How do I close the valve?"},
      {"nearly the same words", "怎么打开阀门", "怎么关闭阀门"},
      {"nearly the same words", "battery life of the phone", "battery life of the red phone"},
  };
  for (const auto& expected : cases) {
    const GateVerdict verdict = Compare(expected[1], expected[2]);
    EXPECT_FALSE(verdict.open) << expected[1] << " | " << expected[2];
    EXPECT_THAT(verdict.reason, StartsWith(std::string(expected[0]) + ": "));
    EXPECT_FALSE(Compare(expected[2], expected[1]).open);
  }
}

TEST(QuestionGate, LongTextsAreNotCompared) {
  std::string a = "how";
  std::string b = "how";
  for (int i = 0; i < 300; ++i) {
    a += " pump" + std::string(1, static_cast<char>('a' + i % 26));
    b += " valve" + std::string(1, static_cast<char>('a' + i % 26));
  }
  EXPECT_EQ(Compare(a, b).reason, "too long to compare");
}

TEST(QuestionGate, WordsOfTheHourAreKnown) {
  for (const std::string_view question :
       {"What is the latest version?", "Who is on duty today?", "最新版本是什么", "今天谁值班"}) {
    EXPECT_TRUE(AsksForNow(NormaliseQuestion(question))) << question;
  }
  EXPECT_FALSE(AsksForNow(NormaliseQuestion("What is the torque?")));
  EXPECT_FALSE(AsksForNow(NormaliseQuestion("扭矩是多少")));
}

TEST(QuestionGate, TimesOfTheHourAndTheWeekAreKnownInAllTheirForms) {
  for (const std::string_view question :
       {"What is today's menu?", "What is the menu (today)?", "What is \"today\" worth?",
        "Who called this morning?", "Who called last night?", "What changed 3 days ago?",
        "What changed two days ago?", "昨晚谁值班", "今早谁值班", "三天前谁值班", "前天谁值班"}) {
    EXPECT_TRUE(AsksForNow(NormaliseQuestion(question))) << question;
  }
  for (const std::string_view question :
       {"Who left last week?", "What was last year's revenue?", "What happens next month?",
        "Who joined 3 months ago?", "上周谁值班", "下个月放假吗", "去年营收是多少",
        "三个月前谁值班"}) {
    EXPECT_FALSE(AsksForNow(NormaliseQuestion(question))) << question;
    EXPECT_TRUE(AsksRelativeToNow(NormaliseQuestion(question))) << question;
  }
  for (const std::string_view question :
       {"What was the revenue of 2023?", "What is the last step?", "2023年营收是多少"}) {
    EXPECT_FALSE(AsksForNow(NormaliseQuestion(question))) << question;
    EXPECT_FALSE(AsksRelativeToNow(NormaliseQuestion(question))) << question;
  }
}

TEST(QuestionGate, UnitsThatTheirCaseTellsApartAreNotOne) {
  const std::vector<std::pair<std::string_view, std::string_view>> pairs = {
      {"Is 5 mW enough?", "Is 5 MW enough?"},
      {"Is 5 Mb enough?", "Is 5 MB enough?"},
      {"Is 5 mΩ enough?", "Is 5 MΩ enough?"},
      {"Is 5 m enough?", "Is 5 M enough?"},
      {"When do I use sort!", "When do I use sort?"}};
  for (const auto& [a, b] : pairs) EXPECT_FALSE(Compare(a, b).open) << a << " | " << b;
  EXPECT_EQ(FactsOf("Is 5 MW enough?").of(FactKind::kNumber),
            FactsOf("Is 5 megawatts enough?").of(FactKind::kNumber));
}

TEST(QuestionPairs, AreReadFromJsonLinesAndBadOnesAreNamed) {
  const auto pairs = ParseQuestionPairs(
      "{\"a\":\"x\",\"b\":\"y\",\"label\":1}\n\n{\"a\":\"x\",\"b\":\"z\","
      "\"label\":false,\"score\":3}\r\n",
      "p.jsonl");
  ASSERT_TRUE(pairs.ok()) << pairs.status().ToString();
  ASSERT_EQ(pairs->size(), 2u);
  EXPECT_TRUE((*pairs)[0].same);
  EXPECT_FALSE((*pairs)[1].same);
  const auto message = [](std::string_view lines) {
    return ParseQuestionPairs(lines, "p.jsonl").status().message();
  };
  EXPECT_EQ(message("\nx"), "p.jsonl:2: expected a JSON object");
  EXPECT_EQ(message("{\"a\":\"x\",\"label\":1}"), "p.jsonl:1: b: expected a question");
  EXPECT_EQ(message("{\"a\":\"x\",\"b\":\" \",\"label\":1}"), "p.jsonl:1: b: is empty");
  EXPECT_EQ(message("{\"a\":\"x\",\"b\":\"y\",\"label\":2}"),
            "p.jsonl:1: label: expected 1 (the same question) or 0");
}

}  // namespace
}  // namespace quarry::retrieval
