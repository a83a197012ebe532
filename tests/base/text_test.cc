#include "base/text.h"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

constexpr size_t kNone = std::string_view::npos;

TEST(Utf8Test, WellFormedTextHasNoInvalidByte) {
  EXPECT_EQ(FindInvalidUtf8(""), kNone);
  EXPECT_EQ(FindInvalidUtf8("plain ASCII, longer than one machine word"), kNone);
  EXPECT_EQ(FindInvalidUtf8("é中文𠮷\U0010FFFF\uD7FF\uE000\u0800\u07FF"), kNone);
  EXPECT_TRUE(IsValidUtf8(std::string_view("\0\x7F", 2)));
}

TEST(Utf8Test, FirstInvalidByteIsNamed) {
  EXPECT_EQ(FindInvalidUtf8("\x80"), 0u);
  EXPECT_EQ(FindInvalidUtf8("0123456789abcdef\xFFxyz"), 16u);
  EXPECT_EQ(FindInvalidUtf8("中文\xE4\xB8"), 6u) << "cut at the end";
  EXPECT_EQ(FindInvalidUtf8("a\xC0\xAF"), 1u) << "overlong";
  EXPECT_EQ(FindInvalidUtf8("a\xE0\x80\xAF"), 1u) << "overlong";
  EXPECT_EQ(FindInvalidUtf8("a\xF0\x80\x80\xAF"), 1u) << "overlong";
  EXPECT_EQ(FindInvalidUtf8("ab\xED\xA0\x80"), 2u) << "surrogate";
  EXPECT_EQ(FindInvalidUtf8("\xF4\x90\x80\x80"), 0u) << "above U+10FFFF";
  EXPECT_EQ(FindInvalidUtf8("\xF5\x80\x80\x80"), 0u);
}

TEST(Utf8Test, EveryCodePointIsReadAsItIsWritten) {
  for (char32_t c = 0; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 13) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    AppendCodePoint(text, c);
    size_t offset = 0;
    ASSERT_EQ(NextCodePoint(text, offset), c);
    ASSERT_EQ(offset, text.size());
    ASSERT_TRUE(IsValidUtf8(text));
  }
}

TEST(Utf8Test, MalformedByteIsReadAsOneReplacementCharacter) {
  const std::string text = "\xE4\xB8z";
  size_t offset = 0;
  EXPECT_EQ(NextCodePoint(text, offset), U'\uFFFD');
  EXPECT_EQ(offset, 1u);
  EXPECT_EQ(NextCodePoint(text, offset), U'\uFFFD');
  EXPECT_EQ(NextCodePoint(text, offset), U'z');
}

TEST(Utf8Test, WhatIsNoCharacterIsWrittenAsReplacementCharacter) {
  std::string text;
  AppendCodePoint(text, 0xD800);
  AppendCodePoint(text, 0x110000);
  EXPECT_EQ(text, "\uFFFD\uFFFD");
}

TEST(Utf8Test, CodePointsAreCounted) {
  EXPECT_EQ(CountCodePoints(""), 0u);
  EXPECT_EQ(CountCodePoints("pump"), 4u);
  EXPECT_EQ(CountCodePoints("水泵 P-3"), 6u);
  EXPECT_EQ(CountCodePoints("café"), 4u);
  EXPECT_EQ(CountCodePoints("a𠮷"), 2u);
}

TEST(Utf8Test, ATextComesApartIntoCharacters) {
  EXPECT_EQ(CharactersOf("a水\x80é"), (std::vector<std::string_view>{"a", "水", "\x80", "é"}));
  EXPECT_EQ(ToUtf32("a水\x80é"), U"a水\uFFFDé");
  EXPECT_EQ(CharacterBegin("a水é", 0), 0u);
  EXPECT_EQ(CharacterBegin("a水é", 3), 1u);
  EXPECT_EQ(CharacterBegin("a水é", 5), 4u);
  EXPECT_EQ(CharacterBegin("a水é", 6), 6u) << "behind the text";
  EXPECT_EQ(CharacterBegin("\x80\x80\x80\x80\x80\x80", 5), 2u) << "malformed";
}

TEST(ScriptTest, CjkIsToldByTheFirstCharacterOrByMost) {
  EXPECT_TRUE(BeginsWithCjk("泵P-3"));
  EXPECT_FALSE(BeginsWithCjk("P-3泵"));
  EXPECT_FALSE(BeginsWithCjk(""));
  EXPECT_TRUE(IsMostlyCjk("水泵P3泵"));
  EXPECT_FALSE(IsMostlyCjk("水泵P3"));
  EXPECT_FALSE(IsMostlyCjk(""));
}

TEST(SplitTest, PiecesStandBetweenTheSeparators) {
  using Pieces = std::vector<std::string_view>;
  EXPECT_EQ(Split("a, b,, ", ", "), (Pieces{"a", "b,", ""}));
  EXPECT_EQ(Split("", ","), Pieces{""});
  EXPECT_EQ(SplitNonEmpty(",a,,b,", ","), (Pieces{"a", "b"}));
  EXPECT_EQ(SplitNonEmpty("", ","), Pieces{});
}

TEST(TruncateUtf8Test, CutsBeforeTheCharacterThatDoesNotFit) {
  EXPECT_EQ(TruncateUtf8("中文", 6), "中文");
  EXPECT_EQ(TruncateUtf8("中文", 5), "中");
  EXPECT_EQ(TruncateUtf8("中文", 3), "中");
  EXPECT_EQ(TruncateUtf8("中文", 2), "");
  EXPECT_EQ(TruncateUtf8("a𠮷", 4), "a");
  EXPECT_EQ(TruncateUtf8("abc", 0), "");
  EXPECT_EQ(TruncateUtf8("\x80\x80\x80\x80\x80\x80", 5).size(), 5u) << "malformed";
}

TEST(TrimTest, RemovesUnicodeWhiteSpaceAtBothEnds) {
  EXPECT_EQ(Trim(" \t\r\n a b \n"), "a b");
  EXPECT_EQ(Trim("\u3000\u00A0中文\u2003\u3000"), "中文");
  EXPECT_EQ(Trim(" \u3000"), "");
  EXPECT_EQ(Trim(""), "");
  EXPECT_EQ(Trim("\x80 "), "\x80");
}

TEST(FoldTest, WidthCaseAndCompatibilityFormsVanish) {
  EXPECT_EQ(Fold("ＰＰＲ－９０８７"), "ppr-9087");
  EXPECT_EQ(Fold("PPR-9087"), "ppr-9087");
  EXPECT_EQ(Fold("Straße ﬁne ｶﾞ ㎏ ①"), "strasse fine ガ kg 1");
  EXPECT_EQ(Fold("ΣΊΣΥΦΟΣ"), Fold("σίσυφος"));
}

TEST(FoldTest, TraditionalBecomesSimplified) {
  EXPECT_EQ(Fold("繁體中文資訊檢索"), "繁体中文资讯检索");
  EXPECT_EQ(Fold("頭髮與發展"), "头发与发展");
  EXPECT_EQ(Fold("简体中文"), "简体中文");
}

TEST(FoldTest, HyphensAndApostrophesAreThoseOfAscii) {
  EXPECT_EQ(Fold("PPR\u20109087 PPR\u20119087 \u22121 don’t"), "ppr-9087 ppr-9087 -1 don't");
}

TEST(FoldTest, MalformedBytesBecomeReplacementCharacters) {
  EXPECT_EQ(Fold("A\xFFZ"), "a\uFFFDz");
  EXPECT_EQ(Fold("\xE4\xB8"), "\uFFFD\uFFFD");
}

TEST(FoldTest, FoldingTwiceChangesNothing) {
  for (char32_t c = 0x20; c < 0x30000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    AppendCodePoint(text, c);
    const std::string once = Fold(text);
    ASSERT_EQ(Fold(once), once) << "U+" << std::hex << static_cast<uint32_t>(c);
  }
}

// The table of characters stands in our sources; this is where it would be noticed that ICU's grew.
TEST(FoldTest, SimplifiedFormsAreThoseOfIcu) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> transliterator(
      icu::Transliterator::createInstance("Traditional-Simplified", UTRANS_FORWARD, error));
  ASSERT_TRUE(U_SUCCESS(error));
  int different = 0;
  for (char32_t c = 0x4E00; c <= 0x9FFF; ++c) {
    std::string text;
    AppendCodePoint(text, c);
    icu::UnicodeString simplified = icu::UnicodeString::fromUTF8(text);
    transliterator->transliterate(simplified);
    std::string expected;
    simplified.toUTF8String(expected);
    different += Fold(text) == expected ? 0 : 1;
  }
  EXPECT_LE(different, 20) << "of 20992; a few go in circles in ICU's table";
}

TEST(IsCjkTest, ScriptsWithoutSpacesAreCjk) {
  for (const char32_t c : U"中㐀𠮷豈々〇ぁんァヶーㄅ한ㅏᄀ") {
    EXPECT_TRUE(c == 0 || IsCjk(c)) << static_cast<uint32_t>(c);
  }
}

TEST(IsCjkTest, PunctuationAndOtherScriptsAreNot) {
  for (const char32_t c : U"aéπжक。、「」・，！Ａ９\u3000\u3099😀") {
    EXPECT_FALSE(IsCjk(c)) << static_cast<uint32_t>(c);
  }
}

TEST(CountTokensTest, LongTextsCountAsTheirCharactersDo) {
  for (const size_t length : {1u, 7u, 8u, 9u, 2'039u, 2'040u, 2'041u, 10'000u}) {
    for (const std::string_view character : {"a", "é", "中", "𠮷", "𰻝", "😀", "。"}) {
      std::string text;
      for (size_t i = 0; i < length; ++i) text += character;
      const bool is_cjk = character != "a" && character != "é";
      EXPECT_EQ(CountTokens(text), is_cjk ? (2 * length + 2) / 3 : (length + 3) / 4)
          << length << " times " << character;
    }
  }
}

TEST(CountTokensTest, FourLettersOrOneAndAHalfCjkCharactersAreAToken) {
  EXPECT_EQ(CountTokens(""), 0u);
  EXPECT_EQ(CountTokens("a"), 1u);
  EXPECT_EQ(CountTokens("abcd"), 1u);
  EXPECT_EQ(CountTokens("abcde"), 2u);
  EXPECT_EQ(CountTokens("中文字"), 2u);
  EXPECT_EQ(CountTokens("中文字符，检索。"), 6u);
  EXPECT_EQ(CountTokens("日本語のテキスト"), 6u);
  EXPECT_EQ(CountTokens("한국어"), 2u);
  EXPECT_EQ(CountTokens("éééé"), 1u) << "characters, not bytes";
  EXPECT_EQ(CountTokens("中文abcd"), 3u);
  EXPECT_EQ(CountTokens("𠮷野家"), 2u) << "rare characters are characters too";
}

TEST(DetectLanguageTest, ScriptsDecide) {
  EXPECT_EQ(DetectLanguage("This is a plain sentence."), "en");
  EXPECT_EQ(DetectLanguage("这是一个句子。"), "zh");
  EXPECT_EQ(DetectLanguage("這是一個句子。"), "zh");
  EXPECT_EQ(DetectLanguage("これは日本語の文章です。"), "ja");
  EXPECT_EQ(DetectLanguage("한국어 문장입니다."), "ko");
  EXPECT_EQ(DetectLanguage("12345 --- !?"), "");
  EXPECT_EQ(DetectLanguage(""), "");
}

TEST(DetectLanguageTest, ForeignWordsDoNotDecide) {
  EXPECT_EQ(DetectLanguage("使用 Kubernetes 部署 PostgreSQL 集群"), "zh");
  EXPECT_EQ(DetectLanguage("The word 中文 means the Chinese language."), "en");
  EXPECT_EQ(DetectLanguage("优衣库の衣服质量很好，价格也便宜，值得购买"), "zh");
}

TEST(DetectLanguageTest, SamplesOfEachLanguageAreTold) {
  const std::pair<const char*, const char*> samples[] = {
      {"english", "en"}, {"mandarin", "zh"}, {"japanese", "ja"}, {"korean", "ko"}};
  for (const auto& [name, language] : samples) {
    const auto path =
        testing::DataPath("text/unicode_breaks/benches/texts/" + std::string(name) + ".txt");
    if (!path) GTEST_SKIP() << "text/unicode_breaks is absent";
    std::ifstream file(*path);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(DetectLanguage(text.str()), language) << name;
  }
}

}  // namespace
}  // namespace quarry
