// What supports an answer, when it is declined, and the reason that is given.

#include <string>
#include <tuple>
#include <vector>

#include "tests/model/extractive_testing.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;

TEST_F(ExtractiveAnswererTest, DeclinesWhatThePassagesDoNotSay) {
  for (const char* question :
       {"Which bishop crowned Emperor Charles in Aachen?", "柏林的市长住在哪条街道？",
        "How do I apply for parental leave in Portugal?"}) {
    for (const auto* passages : {&pumps_, &zh_}) {
      const ExtractiveDraft draft = ExtractAnswer(question, *passages, analyzer_, {});
      EXPECT_TRUE(draft.declined) << question;
      EXPECT_LT(draft.support, 0.35);
      EXPECT_FALSE(draft.reason.empty());
    }
  }
}

TEST_F(ExtractiveAnswererTest, WhatNoPassageSpeaksOfIsNotAnswered) {
  const std::vector<Passage> facts = {
      MakePassage("作为目标端，除上述数据库外，还支持 Kafka、ClickHouse 和 Doris。", 9),
      MakePassage("Hookwell supports PostgreSQL and Redis.", 8),
      MakePassage("工牌的补办费用为20元。离职证明三日后领取。", 7)};
  for (const auto& [answered, declined, missing] :
       {std::tuple("支持 Kafka 吗？", "支持达梦数据库吗？", "达梦"),
        std::tuple("Does Hookwell support Redis?", "Does Hookwell support MongoDB?", "MongoDB")}) {
    EXPECT_FALSE(ExtractAnswer(answered, facts, analyzer_, {}).declined) << answered;
    const ExtractiveDraft draft = ExtractAnswer(declined, facts, analyzer_, {});
    EXPECT_TRUE(draft.declined) << declined;
    EXPECT_THAT(draft.reason, HasSubstr(missing));
  }
  // One of its words is nowhere, and is no name.
  EXPECT_EQ(First("丢失工牌的补办费用是多少？", {facts[2]}), "工牌的补办费用为20元。");
}

TEST_F(ExtractiveAnswererTest, WhatIsAskedOfANameThatTheCollectionDoesNotHaveIsNotAnswered) {
  const std::vector<Passage> passages = {
      MakePassage("By default the web server listens on port 80. Postgres listens on port 5432.",
                  9),
      MakePassage("默认情况下网络服务器监听端口80。", 8)};
  ExtractiveOptions options;
  options.unknown = {"mongodb", "postgresql"};
  const auto first = [&](const char* question) { return First(question, passages, options); };
  EXPECT_EQ(first("Which port does the web server listen on?"),
            "By default the web server listens on port 80.");
  EXPECT_EQ(first("Which port does the MongoDB server listen on?"), "");
  EXPECT_EQ(first("网络服务器监听哪个端口？"), "默认情况下网络服务器监听端口80。");
  EXPECT_EQ(first("MongoDB 网络服务器监听哪个端口？"), "");
  // There as the beginning of another.
  const char* question = "Which port does PostgreSQL listen on?";
  EXPECT_EQ(ExtractAnswer(question, passages, analyzer_, options).support,
            ExtractAnswer(question, passages, analyzer_, {}).support);
}

TEST_F(ExtractiveAnswererTest, WhyItIsNotSoIsToldByWhatIs) {
  const std::vector<Passage> passages = {
      MakePassage("Tapes are slow and expensive, so disks hold the backups today.", 9),
      MakePassage("因为磁带备份太慢且太贵，现在用硬盘备份。", 8)};
  EXPECT_EQ(First("Why are tapes no longer used for backups?", passages),
            "Tapes are slow and expensive, so disks hold the backups today.");
  EXPECT_EQ(First("为什么不用磁带备份？", passages), "因为磁带备份太慢且太贵，现在用硬盘备份。");
}

// The bulletin names the thing that is asked about; what is asked about it stands under another.
TEST_F(ExtractiveAnswererTest, ASentenceThatOnlyNamesTheThingIsNoSupport) {
  std::vector<Passage> passages = {
      MakePassage("Property: Sound pressure; Value: 74 dB(A)", 10.0, "VX-220/B end-suction pump"),
      MakePassage("The bulletin does not concern the VX-220 without /B, nor the VX-240.", 8.6,
                  "Service bulletin: coupling bolts of the VX-220/B")};
  passages[0].chunk.blocks = {
      {.kind = BlockKind::kTable, .begin = 0, .end = passages[0].chunk.text.size()}};
  const char* question = "What is the sound pressure level of the VX-220 (without /B)?";
  EXPECT_TRUE(ExtractAnswer(question, passages, analyzer_, {}).declined);
  EXPECT_FALSE(ExtractAnswer(question, {passages[1]}, analyzer_, {}).declined)
      << "by the bulletin alone it would be answered";
}

TEST_F(ExtractiveAnswererTest, TheThresholdDecides) {
  ExtractiveOptions options;
  const double support =
      ExtractAnswer("What is the maximum pressure?", pumps_, analyzer_, options).support;
  options.decline_below = support + 0.01;
  const ExtractiveDraft declined =
      ExtractAnswer("What is the maximum pressure?", pumps_, analyzer_, options);
  EXPECT_TRUE(declined.declined);
  EXPECT_EQ(declined.support, support);
  options.decline_below = support - 0.01;
  EXPECT_FALSE(ExtractAnswer("What is the maximum pressure?", pumps_, analyzer_, options).declined);
}

// Each pair differs in one thing only, which the passages have in the first and lack in the second.
TEST_F(ExtractiveAnswererTest, SupportFallsWithWhatIsMissing) {
  const struct {
    const char* said;
    const char* not_said;
    const std::vector<Passage>* passages;
  } cases[] = {
      {"What is the maximum pressure of the DP-15?", "What is the maximum pressure of the DP-51?",
       &pumps_},
      {"What did Lindqvist design in 1998?", "What did Lindqvist design in 1989?", &pumps_},
      {"What did Anna Lindqvist design?", "What did Berta Lindqvist design?", &pumps_},
      {"What is the housing made of?", "Who made the housing?", &pumps_},
      {"What is the housing made of?", "What is the housing not made of?", &pumps_},
      {"DP-15的最大压力是多少？", "DP-51的最大压力是多少？", &zh_},
      {"哪种阀门2003年召回？", "哪种阀门2005年召回？", &zh_},
      {"《VX-220数据表》的设计者是谁？", "《安装手册》的设计者是谁？", &zh_},
      {"外壳由什么制成？", "外壳由哪一年制成？", &zh_},
      {"外壳由什么制成？", "外壳不由什么制成？", &zh_},
  };
  for (const auto& [said, not_said, passages] : cases) {
    const double high = ExtractAnswer(said, *passages, analyzer_, {}).support;
    const double low = ExtractAnswer(not_said, *passages, analyzer_, {}).support;
    const auto odds = [](double support) { return support / (1 - support); };
    EXPECT_GT(odds(high), 2 * odds(low)) << said << " " << high << " / " << not_said << " " << low;
  }
}

TEST_F(ExtractiveAnswererTest, TheReasonNamesTheKindAndTheNegationThatAreMissing) {
  const std::vector<Passage> passages = {MakePassage("The housing is made of steel.", 1.0)};
  EXPECT_THAT(ExtractAnswer("When was the housing made?", passages, analyzer_, {}).reason,
              HasSubstr("; it names no time"));
  EXPECT_THAT(ExtractAnswer("What is the housing not made of?", passages, analyzer_, {}).reason,
              HasSubstr("; the question asks for what is not so, the sentence tells only what is"));
  ExtractiveOptions chinese;
  chinese.language = "zh";
  EXPECT_THAT(ExtractAnswer("外壳不是由什么制成的？", {MakePassage("外壳由钢制成。", 1.0)},
                            analyzer_, chinese)
                  .reason,
              HasSubstr("；问题问的是否定的情况，该句只说了肯定的情况"));
}

// The parts of a code are terms as well, and 220 is there.
TEST_F(ExtractiveAnswererTest, TheReasonNamesAMissingCodeAsAWhole) {
  const ExtractiveDraft draft =
      ExtractAnswer("When was the GX-220 valve recalled?", pumps_, analyzer_, {});
  EXPECT_THAT(draft.reason, HasSubstr("not there: GX-220"));
}

TEST_F(ExtractiveAnswererTest, TheReasonNamesWhatIsMissing) {
  const ExtractiveDraft draft =
      ExtractAnswer("Which bishop crowned Emperor Charles?", pumps_, analyzer_, {});
  EXPECT_THAT(draft.reason, ::testing::EndsWith("; not there: bishop, crowned, Emperor, Charles"));
}

// 时停, 停止 and 止取 are the pairs that are missing; 取 is there in 取水.
TEST_F(ExtractiveAnswererTest, TheReasonNamesMissingChineseCharactersOnce) {
  std::vector<Passage> passages = {pumps_[0]};
  passages[0].chunk.text = "河水浊度超过800 NTU后，不再取水。";
  const ExtractiveDraft draft =
      ExtractAnswer("河水浊度超过多少停止取水？", passages, analyzer_, {});
  EXPECT_THAT(draft.reason, ::testing::EndsWith("; not there: 停止"));
}

// Of 老职工 the pair 职工 is there, of 劳保帽 劳保.
TEST_F(ExtractiveAnswererTest, TheReasonCutsNoChineseWord) {
  const struct {
    const char* text;
    const char* question;
    const char* reason;
  } cases[] = {
      {"新职工试用期为六个月。", "老职工试用期多长？",
       "the text says 新职工试用期, not 老职工试用期; not there: 老职工试用期"},
      {"劳保靴两年更换一次。", "劳保帽多久更换一次？", "not there: 劳保帽"},
  };
  for (const auto& [text, question, reason] : cases) {
    EXPECT_THAT(ExtractAnswer(question, {MakePassage(text, 5)}, analyzer_, {}).reason,
                HasSubstr(reason));
  }
  // What only joins is not missed.
  EXPECT_THAT(ExtractAnswer("设备需要润滑但不需要校准吗？",
                            {MakePassage("设备需要润滑，不需要校准。", 5)}, analyzer_, {})
                  .reason,
              ::testing::Not(HasSubstr("not there")));
}

TEST_F(ExtractiveAnswererTest, WhatAnotherSentenceOfTheAnswerSaysIsNotMissing) {
  const std::vector<Passage> passages = {MakePassage(
      "河水浊度超过300 NTU时，取水量降到一半；超过800 NTU时停止取水。", 5.0, "青砚水厂")};
  const ExtractiveDraft draft =
      ExtractAnswer("青砚水厂的河水浊度超过多少时停止取水？", passages, analyzer_, {});
  ASSERT_GT(draft.sentences.size(), 0u);
  EXPECT_THAT(draft.reason, ::testing::Not(HasSubstr("not there")));
}

// The reason tells of the sentence whose support it was.
TEST_F(ExtractiveAnswererTest, TheReasonIsThatOfTheSentenceThatDecided) {
  const std::vector<Passage> passages = {
      MakePassage("The bulletin on sound pressure levels at one metre does not concern the valve. "
                  "The VX-220 has 71 dB.",
                  12.0)};
  const ExtractiveDraft draft = ExtractAnswer(
      "How many dB of sound pressure has the VX-220 valve at one metre?", passages, analyzer_, {});
  EXPECT_EQ(Quote(draft.sentences[0], passages), "The VX-220 has 71 dB.");
  EXPECT_THAT(draft.reason, ::testing::StartsWith("the sentence with most of the words covers"));
  EXPECT_THAT(draft.reason, HasSubstr("not there: "));
  EXPECT_THAT(draft.reason, HasSubstr("VX-220"));
}

}  // namespace
}  // namespace quarry::model
