#include "base/text_unicode.h"

#include <gtest/gtest.h>
#include <unicode/uchar.h>

#include <string>

#include "base/text.h"
#include "base/text_regex.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(TextUnicodeTest, NormalFormsAreUnicodes) {
  EXPECT_EQ(ToNormalForm("\u00e9\uff21\u1e9b\u0323", NormalForm::kNfc), "\u00e9\uff21\u1e9b\u0323");
  EXPECT_EQ(ToNormalForm("\u00e9\uff21", NormalForm::kNfd), "e\u0301\uff21");
  EXPECT_EQ(ToNormalForm("e\u0301\uff21\ufb01", NormalForm::kNfkc), "\u00e9Afi");
  EXPECT_EQ(ToNormalForm("\u1e9b\u0323", NormalForm::kNfkd), "s\u0323\u0307");
  EXPECT_EQ(ToNormalForm("plain", NormalForm::kNfkd), "plain");
  EXPECT_EQ(ToNormalForm("a\xff"
                         "b\u00e9",
                         NormalForm::kNfc),
            "a\ufffdb\u00e9");
}

TEST(TextUnicodeTest, CategoriesAreThoseOfEveryCharacter) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const auto category = static_cast<UCharCategory>(u_charType(static_cast<UChar32>(c)));
    ASSERT_EQ(IsNonspacingMark(c), category == U_NON_SPACING_MARK) << uint32_t{c};
    ASSERT_EQ(IsMark(c), category >= U_NON_SPACING_MARK && category <= U_COMBINING_SPACING_MARK)
        << uint32_t{c};
    ASSERT_EQ(IsNumeric(c), category >= U_DECIMAL_DIGIT_NUMBER && category <= U_OTHER_NUMBER)
        << uint32_t{c};
    ASSERT_EQ(IsPunctuation(c), u_ispunct(static_cast<UChar32>(c)) != 0) << uint32_t{c};
    ASSERT_EQ(IsControl(c), category == U_CONTROL_CHAR || category == U_FORMAT_CHAR ||
                                category == U_PRIVATE_USE_CHAR)
        << uint32_t{c};
  }
  EXPECT_TRUE(IsWhiteSpace(0x3000) && IsWhiteSpace(0xA0) && !IsWhiteSpace(0x200B));
  EXPECT_TRUE(IsIdeograph(0x4E00) && IsIdeograph(0x20000) && !IsIdeograph(0x3042));
}

TEST(TextUnicodeTest, SmallLettersAreOfEachCharacterAlone) {
  EXPECT_EQ(ToLowerCase("A\u00c9\u03a3\u0130\u4e2d"), "a\u00e9\u03c3i\u0307\u4e2d");
}

TEST(RegexTest, FindsMatchesAsBytes) {
  ASSERT_OK_AND_ASSIGN(const Regex regex, Regex::Compile(R"(\p{L}+|\s+(?!\S))"));
  ASSERT_OK_AND_ASSIGN(const std::vector<ByteRange> found, regex.FindAll("h\u00e9 \u4e2d1  "));
  EXPECT_THAT(found, ElementsAre(ByteRange{0, 3}, ByteRange{4, 7}, ByteRange{8, 10}));
  ASSERT_OK_AND_ASSIGN(const Regex empty, Regex::Compile("x*"));
  ASSERT_OK_AND_ASSIGN(const std::vector<ByteRange> some, empty.FindAll("axxb"));
  EXPECT_THAT(some, ElementsAre(ByteRange{1, 3}));
}

TEST(RegexTest, WhatIsWrongIsSaidAndWhatTakesTooLongEnds) {
  EXPECT_THAT(Regex::Compile("a(").status().message(),
              HasSubstr("regular expression \"a(\": U_REGEX_"));
  ASSERT_OK_AND_ASSIGN(const Regex slow, Regex::Compile("(a+)+$"));
  const Status status = slow.FindAll(std::string(64, 'a') + "b").status();
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_THAT(status.message(),
              HasSubstr("regular expression \"(a+)+$\" on 65 bytes: U_REGEX_TIME"));
}

}  // namespace
}  // namespace quarry
