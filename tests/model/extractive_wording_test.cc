// Other words than those of the question: one that says the same, a sibling in the place of one,
// and one that is only missing.

#include <string>
#include <vector>

#include "model/passage_reading.h"
#include "tests/model/extractive_testing.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;

TEST_F(ExtractiveAnswererTest, AWordThatSaysTheSameCoversTheQuestion) {
  struct Case {
    const char* text;
    const char* question;
    const char* missing;  // in the reason where nothing says it
  };
  const Case said[] = {
      {"The telephone of the clinic is 555 0101.", "What is the phone of the clinic?", "phone"},
      {"The price of the seal kit is 12 euros.", "What is the cost of the seal kit?", "cost"},
      {"The mass of the pump is 318 kg.", "What is the weight of the pump?", "weight"},
      {"员工年休假为5天。", "员工年假多少天？", "年假"},
      {"螺栓的拧紧力矩为25 N·m。", "螺栓的拧紧扭矩是多少？", "扭矩"},
      {"水泵的质量为318千克。", "水泵的重量是多少？", "重量"},
  };
  for (const Case& tried : said) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0)};
    const ExtractiveDraft draft = ExtractAnswer(tried.question, passages, analyzer_, {});
    EXPECT_FALSE(draft.declined) << tried.question << " " << draft.support;
    EXPECT_THAT(draft.reason, ::testing::Not(HasSubstr(tried.missing))) << tried.question;
  }
  // Another quality than a weight; and where a passage has the word itself, nothing else says it.
  const Case unsaid[] = {
      {"水泵的质量由质检科检查。", "水泵的重量是多少？", "重量"},
      {"The mass of data of the pump is large.", "What is the weight of the pump?", "weight"},
      {"The fee for the seal kit is 3 euros. The cost of a pump is 900 euros.",
       "What is the cost of the seal kit?", "cost"},
      {"螺栓的力矩为25 N·m。扭矩扳手在仓库。", "螺栓的扭矩是多少？", "扭矩"},
  };
  for (const Case& tried : unsaid) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0)};
    const PassageReading reading(tried.question, passages, analyzer_, 160);
    EXPECT_LT(reading.Coverage(reading.sentences()[0]), 0.99) << tried.text;
  }
}

// What is measured is named by another word, or by its unit beside the word that says how something is.
TEST_F(ExtractiveAnswererTest, AMeasureIsToldByWhatSaysItOfTheThing) {
  struct Case {
    const char* text;
    const char* said;
    const char* unsaid;  // of another measure
  };
  const Case cases[] = {
      {"The pump weighs 80 kg.", "How heavy is the pump?", "How hot is the pump?"},
      {"The pump weighs 80 kg.", "What is the weight of the pump?",
       "What is the height of the pump?"},
      {"The tank is 3 m high.", "How tall is the tank?", "How wide is the tank?"},
      {"The tank is 3 m high.", "What is the height of the tank?",
       "What is the length of the tank?"},
      {"The pool is 2 m deep.", "What is the depth of the pool?",
       "What is the thickness of the pool?"},
      {"The hall holds 500 people.", "What is the capacity of the hall?",
       "What is the price of the hall?"},
      {"The mill was built in 1998.", "How old is the mill?", "How big is the mill?"},
      {"水泵重80千克。", "水泵的重量是多少？", "水泵的高度是多少？"},
      {"水箱高3米。", "水箱的高度是多少？", "水箱的宽度是多少？"},
      {"水箱可装500升。", "水箱的容量是多少？", "水箱的重量是多少？"},
      {"水管长12米。", "水管的长度是多少？", "水管的厚度是多少？"},
  };
  for (const Case& tried : cases) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0)};
    const ExtractiveDraft said = ExtractAnswer(tried.said, passages, analyzer_, {});
    EXPECT_FALSE(said.declined) << tried.said << " " << said.reason;
    const ExtractiveDraft unsaid = ExtractAnswer(tried.unsaid, passages, analyzer_, {});
    EXPECT_TRUE(unsaid.declined) << tried.unsaid << " " << unsaid.reason;
  }
  // No measure of length stands beside these.
  const std::vector<Passage> pressure = {MakePassage("The tank has a high pressure.", 10.0)};
  EXPECT_TRUE(ExtractAnswer("What is the height of the tank?", pressure, analyzer_, {}).declined);
  const std::vector<Passage> long_ago = {MakePassage("The tank was painted long ago.", 10.0)};
  EXPECT_TRUE(ExtractAnswer("What is the length of the tank?", long_ago, analyzer_, {}).declined);
}

// Of each pair the first stands in the text, of the second a sibling.
TEST_F(ExtractiveAnswererTest, AnotherWordInThePlaceOfOneIsNoSupport) {
  struct Case {
    const char* text;
    const char* said;
    const char* replaced;
    const char* reason;
  };
  const Case cases[] = {
      {"Gold members get 8 % off and four free cleanings a year.", "What do gold members get?",
       "What do silver members get?", "the text says Gold, not silver"},
      {"If the buyer pays late, interest is due.", "What if the buyer pays late?",
       "What if the seller pays late?", "the text says buyer, not seller"},
      {"The highest price of the pump was 40.", "What was the highest price of the pump?",
       "What was the lowest price of the pump?", "the text says highest, not lowest"},
      {"Trainees get unpaid leave of ten days.", "How much unpaid leave do trainees get?",
       "How much paid leave do trainees get?", "the text says unpaid, not paid"},
      {"The office of the Northern Council has a lift.", "Does the Northern Council have a lift?",
       "Does the Southern Council have a lift?", "the text says Northern, not Southern"},
      {"金卡会员全场9.2折，每年4次免费清洗。", "金卡会员有什么优惠？", "银卡会员有什么优惠？",
       "the text says 金卡会员, not 银卡会员"},
      {"甲方逾期付款的，每逾期一日按未付金额的0.3‰支付违约金。", "甲方逾期付款怎么办？",
       "乙方逾期付款怎么办？", "the text says 甲方逾期付款, not 乙方逾期付款"},
      {"户外岗位高温津贴为每月60元。", "户外岗位的高温津贴是多少？", "户外岗位的低温津贴是多少？",
       "the text says 高温津贴, not 低温津贴"},
      {"阿斯彭水厂的日供水能力为3万吨。", "阿斯彭水厂的日供水能力是多少？",
       "布拉克韦尔水厂的日供水能力是多少？", "the text says 阿斯彭, not 布拉克韦尔"},
      {"阿斯彭水厂的日供水能力为3万吨。", "阿斯彭水厂的日供水能力是多少？",
       "东山水厂的日供水能力是多少？", "the text says 阿斯彭, not 东山"},
      {"北岸水厂建于1998年，占地6公顷。", "北岸水厂建于哪一年？", "布拉克韦尔水厂建于哪一年？",
       "the text says 北岸, not 布拉克韦尔"},
  };
  for (const Case& tried : cases) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0)};
    EXPECT_FALSE(ExtractAnswer(tried.said, passages, analyzer_, {}).declined) << tried.said;
    const ExtractiveDraft draft = ExtractAnswer(tried.replaced, passages, analyzer_, {});
    EXPECT_TRUE(draft.declined) << tried.replaced << " " << draft.support;
    EXPECT_THAT(draft.reason, HasSubstr(tried.reason));
    EXPECT_TRUE(draft.says_another) << tried.replaced;
  }
}

// The word that is asked about stands in one sentence, what it describes in the next.
TEST_F(ExtractiveAnswererTest, TwoSentencesOfHalfTheNameAreNoSupport) {
  const std::vector<Passage> passages = {
      MakePassage("Security: passwords in the gateway log are masked.", 9, "Changelog"),
      MakePassage("The safety officer is Owen Harrack.", 8.5, "Handbook")};
  EXPECT_TRUE(ExtractAnswer("Who is the security officer?", passages, analyzer_, {}).declined);
  EXPECT_EQ(First("Who is the safety officer?", passages), "The safety officer is Owen Harrack.");
}

TEST_F(ExtractiveAnswererTest, AHeadingAndTheLabelOfARowHoldSiblingsToo) {
  const std::vector<Passage> rules = {
      MakePassage("仓库内严禁吸烟，违者罚款500元。", 10.0, "南京仓库安全规定")};
  EXPECT_THAT(ExtractAnswer("苏州仓库吸烟罚款多少？", rules, analyzer_, {}).reason,
              HasSubstr("the text says 南京, not 苏州"));
  EXPECT_FALSE(ExtractAnswer("南京仓库吸烟罚款多少？", rules, analyzer_, {}).declined);

  Passage row = MakePassage("参数: 额定功率; HY-300: 4.2 kW", 10.0);
  row.chunk.blocks = {{.kind = BlockKind::kTable, .end = row.chunk.text.size()}};
  EXPECT_THAT(ExtractAnswer("HY-300的额定电流", {row}, analyzer_, {}).reason,
              HasSubstr("the text says 功率, not 电流"));
  EXPECT_FALSE(ExtractAnswer("HY-300的额定功率", {row}, analyzer_, {}).declined);
}

TEST_F(ExtractiveAnswererTest, AWordThatIsOnlyMissingIsNotReplaced) {
  struct Case {
    const char* text;
    const char* question;
  };
  const Case cases[] = {
      {"Staff get 24 days of holiday.", "How many days of annual holiday do staff get?"},
      {"Members get 8 % off.", "What do silver members get?"},
      {"The pump house was designed by Ada Groener.", "Who was Ada Groner?"},
      {"France is a country in Europe.", "Which continent holds the country France?"},
      {"The sea is not salty here.", "Is the sea unsalty here?"},
      {"员工年休假为5天。", "员工年假多少天？"},
      {"仓库内严禁吸烟，违者罚款500元。", "仓库抽烟罚款多少？"},
      {"这条线路由东华公司管理运营。", "这条线路由哪家企业管理运营？"},
      {"会员每年4次免费清洗。", "银卡会员有什么优惠？"},
      {"水厂的日供水能力为3万吨。", "布拉克韦尔水厂的日供水能力是多少？"},
      // One of a list, and what is numbered.
      {"Supported formats: MP4/AVI/MOV.", "Can I upload MP4 files?"},
      {"支持的格式：MP4/AVI/MOV。", "能上传MP4文件吗？"},
      {"B1-001至B1-050每月300元。", "B1车位怎么收费？"},
      // Other words for the same.
      {"男职工陪产假15天。", "老婆生孩子陪产假几天？"},
      {"电脑报废年限为五年。", "计算机报废年限是几年？"},
      {"计算机报废年限为五年。", "电脑报废年限是几年？"},
      {"厕所位置在二楼东侧。", "洗手间位置在哪里？"},
      {"儿童乘车免票。", "小朋友乘车要买票吗？"},
  };
  for (const Case& tried : cases) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0)};
    EXPECT_THAT(ExtractAnswer(tried.question, passages, analyzer_, {}).reason,
                ::testing::Not(HasSubstr("the text says")))
        << tried.question;
  }
}

}  // namespace
}  // namespace quarry::model
