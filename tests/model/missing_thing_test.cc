#include "model/missing_thing.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/analyzer.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

TEST(MissingThingTest, IsWhatIsAskedToBeTakenOrOfWhichKindItIs) {
  const Analyzer analyzer;
  std::vector<Passage> passages(3);
  passages[0].title = "Hookwell";
  passages[0].chunk.text = "It supports PostgreSQL and Redis.";
  passages[1].chunk.text = "还支持 Kafka 等数据库，可以刷信用卡。";
  passages[2].chunk.text = "逾期付款的，每逾期一日支付违约金。";
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
      {2, "信用证付款的违约金是多少？", ""},  // 信用 is there
      {2, "押汇付款的违约金是多少？", "押汇"},
      {2, "押匯付款的違約金是多少？", "押匯"},
      {2, "逾期付款的违约金是多少？", ""},
      {2, "主要付款的违约金是多少？", ""},
      {2, "哪家企业付款的违约金高？", ""},
      {2, "押汇违约金是多少？", ""},  // says of no kind of payment
  };
  for (const auto& [sentence, question, missing] : cases) {
    const PassageReading reading(question, passages, analyzer, 160);
    ASSERT_GT(reading.sentences().size(), sentence);
    EXPECT_EQ(FindMissingThing(reading, reading.sentences()[sentence]), missing) << question;
  }
}

}  // namespace
}  // namespace quarry::model
