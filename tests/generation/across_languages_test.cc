// Questions whose answer stands in documents of the other language.

#include "generation/across_languages.h"

#include "index/document_fields.h"
#include "tests/testing/engine_testing.h"

namespace quarry::generation {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::TestEngine;

Document InLanguage(const std::string& language, const std::string& id, const std::string& title,
                    const std::string& text) {
  Document document = testing::TextDocument(id, title, text);
  document.language = language;
  return document;
}

class AcrossLanguagesTest : public ::testing::Test {
 protected:
  AcrossLanguagesTest() {
    engine_.Add(
        {InLanguage("en", "en/leave", "Leave",
                    "Staff have 25 days of annual leave in a year. A request for annual leave is "
                    "sent to the personnel office two weeks before."),
         InLanguage("en", "en/parking", "Parking",
                    "A parking permit costs 40 euros a year. Visitors park behind the warehouse."),
         InLanguage("en", "en/archive", "Archive",
                    "Old contracts are kept in the archive, which has been closed to visitors."),
         InLanguage("zh", "zh/meals", "食堂", "食堂每天中午开放，员工可以用卡付款。"),
         InLanguage("zh", "zh/keys", "钥匙", "仓库的钥匙由值班员保管，遗失钥匙应当立即报告。"),
         InLanguage("zh", "zh/bus", "班车", "班车早上七点从车站出发，晚上六点返回。")});
  }

  Answer Ask(const std::string& question) {
    return engine_.answerer.Ask({.text = question}, *engine_.snapshot(), nullptr, CallContext())
        .value();
  }

  TestEngine engine_;
};

TEST_F(AcrossLanguagesTest, AreAnsweredFromThemInTheirWords) {
  const Answer answer = Ask("员工的年假有几天？");
  EXPECT_FALSE(answer.abstained);
  EXPECT_THAT(answer.text, StartsWith("以下出自英文文档：Staff have 25 days of annual leave"));
  EXPECT_THAT(answer.verdict.reason, HasSubstr("年假 = annual leav"));
  ASSERT_FALSE(answer.citations.empty());
  EXPECT_EQ(answer.citations[0].document, DocumentId("en/leave"));
}

TEST_F(AcrossLanguagesTest, WhatTheOwnLanguageSaysIsAnsweredFromIt) {
  const Answer answer = Ask("班车早上几点出发？");
  EXPECT_THAT(answer.text, HasSubstr("班车早上七点从车站出发"));
  EXPECT_FALSE(answer.context.own_support);
}

// The same thing in both, and in the question's own words as much of it.
TEST_F(AcrossLanguagesTest, TheQuestionsOwnLanguageComesFirst) {
  engine_.Add({InLanguage("en", "en/gateway", "Products",
                          "The gateway has a warranty of 36 months and costs 449 euros."),
               InLanguage("zh", "zh/gateway", "网关说明书",
                          "网关应安装在导轨上。整机保修24个月，自发货之日起计算。")});
  EXPECT_THAT(Ask("网关保修多久").text, HasSubstr("24个月"));
}

// However it was found.
TEST_F(AcrossLanguagesTest, TheOtherLanguageIsNamed) {
  engine_.Add({InLanguage("en", "en/launch", "Product meeting",
                          "The launch of Kestrel 4.4 moves from 15 June to 8 July 2025.")});
  const Answer answer = Ask("Kestrel 4.4什么时候发布？");
  EXPECT_FALSE(answer.abstained);
  EXPECT_THAT(answer.text, StartsWith("以下出自英文文档："));
  EXPECT_THAT(Ask("When does Kestrel 4.4 launch?").text, StartsWith("The launch of Kestrel 4.4"));
}

// Where it answers a dictionary does not tell.
TEST_F(AcrossLanguagesTest, WhatIsInTheOtherLanguageIsQuotedFromItsBeginning) {
  engine_.Add(
      {InLanguage("en", "en/office", "Leeds office",
                  "The front door of the office in Leeds, which is on the side of the canal, "
                  "is open on all days from Monday to Friday, public holidays not counted, "
                  "from 07:00 to 20:00 with the badge; outside of these hours call the "
                  "guard at extension 9114.")});
  const Answer answer = Ask("Leeds办公室的大门几点关？");
  EXPECT_THAT(answer.text, HasSubstr("以下出自英文文档：The front door"));
}

TEST_F(AcrossLanguagesTest, WhatIsDeniedOrNotThereIsDeclined) {
  EXPECT_TRUE(Ask("哪些访客不需要停车许可？").abstained);
  EXPECT_TRUE(Ask("公司的保险由谁购买？").abstained);
}

// The words of the documents are those of the answer, in either direction.
TEST_F(AcrossLanguagesTest, EnglishIsAnsweredInChineseWords) {
  engine_.Add({InLanguage("zh", "zh/bridge", "柳渡支线",
                          "柳渡支线有三个站。渡口大桥建于1936年，全长164米，中间一孔已焊死。")});
  const Answer answer = Ask("In which year was the Ferry Bridge built?");
  EXPECT_THAT(answer.text, StartsWith("From a document in Chinese: 渡口大桥建于1936年"));
  EXPECT_EQ(answer.citations[0].document, DocumentId("zh/bridge"));
  EXPECT_TRUE(Ask("Who paid for the paint of the Ferry Bridge in Shiliang?").abstained);
}

// No dictionary has the names of places.
TEST_F(AcrossLanguagesTest, NamesAreFoundAsTheyAreSpelt) {
  engine_.Add(
      {InLanguage("zh", "zh/liudu", "柳渡", "柳渡水厂1964年建成，日产水九千吨。"),
       InLanguage("zh", "zh/shiliang", "石梁", "石梁水厂1987年建成，日产水四千吨。"),
       InLanguage("en", "en/yunbu", "Yunbu", "The ferry at Yunbu landing takes 12 minutes.")});
  EXPECT_THAT(Ask("When was the Liudu water works built?").text, HasSubstr("1964年"));
  EXPECT_THAT(Ask("When was the Shiliang water works built?").text, HasSubstr("1987年"));
  EXPECT_THAT(Ask("云埠的渡轮要多少分钟？").text, HasSubstr("12 minutes"));
}

TEST_F(AcrossLanguagesTest, WhatIsDeniedIsAnsweredByWhatDenies) {
  engine_.Add({InLanguage("zh", "zh/ozone", "臭氧车间",
                          "臭氧发生器两台。空气露点高于-55℃时臭氧发生器不得开机。")});
  EXPECT_THAT(Ask("Above which dew point is the ozone generator not started?").text,
              HasSubstr("不得开机"));
}

// Half of the words by coincidence, and another thing.
TEST_F(AcrossLanguagesTest, WhatIsCountedMustBeThere) {
  engine_.Add({InLanguage("zh", "zh/power", "供电",
                          "备用柴油发电机500 kVA，油箱可满负荷运行12小时。电动车库有12个车位。")});
  EXPECT_TRUE(Ask("How many electric-vehicle charging points does the cooperative run?").abstained);
}

TEST_F(AcrossLanguagesTest, PassagesAreGivenOnceAndWithinTheLimits) {
  const Answer answer = Ask("员工的年假有几天？");
  const retrieval::ContextOptions limits;
  EXPECT_LE(answer.context.passages.size(), limits.max_passages);
  EXPECT_LE(answer.context.token_count, limits.token_budget);
  std::vector<ChunkId> chunks;
  for (const Passage& passage : answer.context.passages) {
    for (const ChunkId chunk : ChunksOf(passage)) {
      EXPECT_THAT(chunks, Not(Contains(chunk)));
      chunks.push_back(chunk);
    }
  }
  for (const DroppedPassage& dropped : answer.context.dropped) {
    EXPECT_THAT(chunks, Not(Contains(dropped.chunk)));
  }
}

// What the first search may not see the second does not see either.
TEST_F(AcrossLanguagesTest, FiltersAndPrincipalsHold) {
  Document secret = InLanguage("en", "en/secret", "Bonus",
                               "The annual bonus of the director is 90,000 euros, which has been "
                               "agreed with the board.");
  secret.access = {"board"};
  engine_.Add({secret});
  Query query{.text = "董事的年终奖金是多少？"};
  query.principals = {.unrestricted = false, .names = {"staff"}};
  const auto ask = [&] {
    return engine_.answerer.Ask(query, *engine_.snapshot(), nullptr, CallContext()).value();
  };
  const auto of_secret = ::testing::ResultOf(
      [](const Passage& passage) { return passage.chunk.document; }, DocumentId("en/secret"));
  EXPECT_THAT(ask().context.passages, Not(Contains(of_secret)));
  query.principals.names = {"board"};
  EXPECT_THAT(ask().context.passages, Contains(of_secret));
  // As deep as a filter may be.
  Filter deep = index::InLanguage("zh");
  for (int depth = 1; depth < Filter::kMaxDepth; ++depth) {
    Filter outer;
    outer.children = {deep};
    deep = outer;
  }
  query.filter = deep;
  EXPECT_THAT(ask().context.passages,
              Each(::testing::Field(&Passage::language, std::string("zh"))));
}

TEST_F(AcrossLanguagesTest, NothingIsSearchedTwiceWhereTranslatingIsOff) {
  Query query{.text = "员工的年假有几天？"};
  query.options.emplace().translate_terms = TranslateTermsMode::kOff;
  const Context context =
      engine_.answerer.MakeContext(query, *engine_.snapshot(), CallContext()).value();
  EXPECT_FALSE(context.own_support);
}

// "Docker Desktop 在 Windows 10 Pro 上" has more Latin words than Chinese ones.
TEST_F(AcrossLanguagesTest, AChineseQuestionFullOfNamesIsChinese) {
  engine_.Add({InLanguage("en", "en/docker", "Docker Desktop",
                          "Docker Desktop is installed on Windows 10 Pro by the administrator, who "
                          "has other accounts.")});
  const Answer answer = Ask("Docker Desktop 在 Windows 10 Pro 上由谁安装？");
  EXPECT_THAT(answer.text, HasSubstr("by the administrator"));
}

}  // namespace
}  // namespace quarry::generation
