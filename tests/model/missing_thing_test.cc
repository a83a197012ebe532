#include "model/missing_thing.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/analyzer.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

TEST(MissingThingTest, IsWhatIsAskedToBeTaken) {
  const Analyzer analyzer;
  std::vector<Passage> passages(3);
  passages[0].title = "Hookwell";
  passages[0].chunk.text = "It supports PostgreSQL and Redis.";
  passages[1].chunk.text = "还支持 Kafka 等数据库，可以刷信用卡。";
  passages[2].chunk.text = "补办工牌的费用为二十元，离职证明三日后领取，付款时间不限，违约金另计。";
  const struct {
    size_t sentence;
    const char* question;
    const char* missing;
  } cases[] = {
      {0, "Does Hookwell support MongoDB?", "MongoDB"},
      {0, "Is it compatible with the Oracle client?", "Oracle"},
      {0, "Does Hookwell support Redis?", ""},
      {0, "Does Hookwell support Postgres?", ""},   // there as the beginning of another
      {0, "Which databases does it support?", ""},  // asks no whether
      {0, "What does Berlin support?", ""},
      {0, "Does Hookwell support dark colours?", ""},  // may be there by another word
      {0, "Does Acme support Redis?", ""},             // who does it
      {1, "支持达梦数据库吗？", "达梦"},
      {1, "支持 MongoDB 吗？", "MongoDB"},
      {1, "是否兼容達夢資料庫？", "達夢"},
      {1, "支持 Kafka 吗？", ""},
      {1, "支持信用支付吗？", ""},
      {1, "支持哪些达梦数据库？", ""},
      {1, "系统支持达梦吗？", "达梦"},
      {1, "技术支持周末开通吗？", ""},
      {1, "客戶支持週末上班嗎？", ""},
      {1, "技术支持是否支持达梦？", "达梦"},
      // What says of which kind something is may be there by another word.
      {2, "丢失工牌的补办费用是多少？", ""},
      {2, "申请离职证明的领取时间是什么？", ""},
      {2, "押汇付款的违约金是多少？", ""},
  };
  for (const auto& [sentence, question, missing] : cases) {
    const PassageReading reading(question, passages, analyzer, 160);
    ASSERT_GT(reading.sentences().size(), sentence);
    EXPECT_EQ(FindMissingThing(reading, reading.sentences()[sentence]), missing) << question;
  }
}

TEST(MissingThingTest, ANameThatNothingIsLikeIsUnknown) {
  const Analyzer analyzer;
  std::vector<Passage> passages(2);
  passages[0].title = "ARPANET";
  passages[0].chunk.text = "Hartmanis was a phone engineer. Möngke Khan reigned; Postgres did not.";
  passages[1].chunk.text = "默认情况下 Redis 监听端口6379。";
  const struct {
    const char* question;
    const char* term;  // that the collection does not have
    bool unknown;
  } cases[] = {
      {"Which port does MongoDB listen on?", "mongodb", true},
      {"MongoDB 监听哪个端口？", "mongodb", true},
      {"Does it run on an iPhone?", "iphon", true},
      {"When was Hatmanis an engineer?", "hatmani", false},
      {"When did ARPNET begin?", "arpnet", false},
      {"When did Mongke Khan reign?", "mongk", false},
      {"Did PostgreSQL reign?", "postgresql", false},
      {"When was WWII?", "wwii", false},  // may be short for what is written out
      {"Which port does redis use for mongos?", "mongo", false},  // names nothing
      {"Which port does Redis listen on?", "port", false},
  };
  for (const auto& [question, term, unknown] : cases) {
    const PassageReading reading(question, passages, analyzer, 160);
    EXPECT_EQ(NamesUnknownThing(reading, {term}, analyzer), unknown) << question;
  }
}

}  // namespace
}  // namespace quarry::model
