#include "base/text_convert.h"

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(ConvertToUtf8, ReadsWhatIsDeclared) {
  EXPECT_EQ(ConvertToUtf8("\xD6\xD0\xCE\xC4", "gb2312"), "中文");
  EXPECT_EQ(ConvertToUtf8("\xD6\xD0\xCE\xC4", "GBK"), "中文");
  EXPECT_EQ(ConvertToUtf8("\xA4\xA4\xA4\xE5", "Big5"), "中文");
  EXPECT_EQ(ConvertToUtf8("caf\xE9 \x93x\x94", "ISO-8859-1"), "café “x”");
  EXPECT_EQ(ConvertToUtf8("\x1B$B4A;z\x1B(B", "iso-2022-jp"), "漢字");
  EXPECT_EQ(ConvertToUtf8("caf\xE9", "cp1252"), "café");
  EXPECT_EQ(ConvertToUtf8("中文", "UTF-8"), "中文");
}

TEST(ConvertToUtf8, ReplacesWhatIsMalformed) {
  EXPECT_EQ(ConvertToUtf8("a\xFFz", "utf-8"), "a\uFFFDz");
  EXPECT_EQ(ConvertToUtf8("a\xD6", "gb2312"), "a\uFFFD");
}

TEST(ConvertToUtf8, DoesNotGuess) {
  EXPECT_EQ(ConvertToUtf8("x", "no-such-charset"), std::nullopt);
  EXPECT_EQ(ConvertToUtf8("x", ""), std::nullopt);
  EXPECT_EQ(ConvertToUtf8("", "big5"), "");
}

}  // namespace
}  // namespace quarry
