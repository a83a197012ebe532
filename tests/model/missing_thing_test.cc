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

}  // namespace
}  // namespace quarry::model
