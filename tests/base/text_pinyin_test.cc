// Names in Chinese characters and in Latin letters.

#include "base/text_pinyin.h"

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(PinyinTest, CharactersAreReadAsASpelling) {
  const std::string text = "经渡口大桥到柳渡，全长5.2公里";
  const size_t at = text.find("柳渡");
  EXPECT_EQ(EndOfReading(text, at, "liudu"), at + std::string("柳渡").size());
  EXPECT_EQ(EndOfReading(text, at, "liuduo"), 0u);
  EXPECT_EQ(EndOfReading(text, text.find("渡口"), "liudu"), 0u);
}

TEST(PinyinTest, SecondReadingsStandInNames) {
  EXPECT_GT(EndOfReading("重庆", 0, "chongqing"), 0u);
  EXPECT_GT(EndOfReading("长沙", 0, "changsha"), 0u);
  EXPECT_THAT(SpellingsOf("长沙"), Contains("changsha"));
}

TEST(PinyinTest, WordsAreTakenApartIntoSyllablesInEveryWay) {
  EXPECT_THAT(SyllablesOf("qingyan", 4), ElementsAre(ElementsAre("qing", "yan")));
  EXPECT_THAT(SyllablesOf("xian", 4), ElementsAre(ElementsAre("xi", "an"), ElementsAre("xian")));
  EXPECT_THAT(SyllablesOf("kingston", 4), IsEmpty());
  EXPECT_THAT(SyllablesOf("qingyan", 1), IsEmpty());
}

TEST(PinyinTest, SyllablesHaveTheirCharacters) {
  EXPECT_THAT(CharactersReadAs("du"), Contains("渡"));
  EXPECT_THAT(CharactersReadAs("du"), Not(Contains("柳")));
}

}  // namespace
}  // namespace quarry
