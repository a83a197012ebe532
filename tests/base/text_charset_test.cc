#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "base/text.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

using std::string_literals::operator""s;

std::string Encode(const std::string& utf8, const char* charset) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open(charset, &error),
                                                                     ucnv_close);
  EXPECT_TRUE(U_SUCCESS(error)) << charset;
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(utf8);
  std::string bytes(static_cast<size_t>(text.length()) * 8 + 8, '\0');
  const int32_t size =
      ucnv_fromUChars(converter.get(), bytes.data(), static_cast<int32_t>(bytes.size()),
                      text.getBuffer(), text.length(), &error);
  EXPECT_TRUE(U_SUCCESS(error)) << charset;
  bytes.resize(static_cast<size_t>(size));
  return bytes;
}

// Encodes and expects that the text and the name of the charset come back.
void ExpectDetected(const std::string& text, const char* icu_charset, const std::string& charset) {
  const auto decoded = DecodeText(Encode(text, icu_charset));
  ASSERT_TRUE(decoded.ok()) << charset << ": " << decoded.status().ToString() << "\n" << text;
  EXPECT_EQ(decoded->charset, charset) << text;
  EXPECT_EQ(decoded->text, text) << charset;
}

std::string ErrorOf(std::string_view bytes) {
  const auto decoded = DecodeText(bytes);
  if (decoded.ok()) return "decoded as " + decoded->charset;
  EXPECT_EQ(decoded.status().code(), Code::kInvalidArgument);
  return decoded.status().message();
}

const char* const kSimplified[] = {
    "本产品保修期为两年，请妥善保管购买凭证。",    "如何重置路由器的管理员密码？",
    "数据库连接失败，请检查网络设置后重试。",      "他昨天在北京大学图书馆借了三本书。",
    "系统要求：内存不少于4GB，硬盘空间20GB以上。", "用户可以在“设置”页面中修改语言。",
};
const char* const kTraditional[] = {
    "本產品保固期為兩年，請妥善保管購買憑證。", "如何重設路由器的管理員密碼？",
    "資料庫連線失敗，請檢查網路設定後重試。",   "他昨天在台灣大學圖書館借了三本書。",
    "這是一個簡單的測試檔案，內容不多。",
};
const char* const kJapanese[] = {
    "この製品の保証期間は購入日から二年間です。",
    "ルーターの管理者パスワードをリセットする方法",
    "名前,年齢,住所\n佐藤太郎,30,東京\n三木英子,25,大阪\n",
};
const char* const kKorean[] = {
    "이 제품의 보증 기간은 구입일로부터 2년입니다.",
    "데이터베이스 연결에 실패했습니다. 다시 시도하십시오.",
};
const char* const kFrench[] = {
    "L’été dernier, nous sommes allés à la mer. Où est passé le garçon ?",
    "La crème brûlée était délicieuse et coûtait 5 €.",
};
const char* const kGerman[] = {
    "Die Größe der Straße ist für Fußgänger zu groß.",
    "ÄPFEL, ÖL UND ÜBERMUT",
};
const char* const kRussian[] = {
    "Гарантийный срок на это изделие составляет два года.",
    "Не удалось подключиться к базе данных, проверьте настройки сети.",
};

TEST(DecodeTextTest, Utf8ComesBackAsItIs) {
  const auto decoded = DecodeText("中文 text é");
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->text, "中文 text é");
  EXPECT_EQ(decoded->charset, "UTF-8");
}

TEST(DecodeTextTest, EmptyFileIsEmptyUtf8) {
  const auto decoded = DecodeText("");
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->text, "");
  EXPECT_EQ(decoded->charset, "UTF-8");
}

TEST(DecodeTextTest, ByteOrderMarkDecidesAndGoes) {
  EXPECT_EQ(DecodeText("\xEF\xBB\xBF"
                       "abc")
                ->text,
            "abc");
  const auto little = DecodeText("\xFF\xFE" + Encode("é中文", "UTF-16LE"));
  EXPECT_EQ(little->text, "é中文");
  EXPECT_EQ(little->charset, "UTF-16LE");
  EXPECT_EQ(DecodeText("\xFE\xFF" + Encode("é中文", "UTF-16BE"))->charset, "UTF-16BE");
  EXPECT_EQ(DecodeText("\xFF\xFE\0\0"s + Encode("é中文", "UTF-32LE"))->text, "é中文");
  EXPECT_EQ(DecodeText("\x84\x31\x95\x33" + Encode("é中文", "GB18030"))->text, "é中文");
  EXPECT_EQ(DecodeText("\xFF\xFE")->text, "") << "nothing but the mark";
}

TEST(DecodeTextTest, LineEndsBecomeLf) {
  EXPECT_EQ(DecodeText("a\r\nb\rc\nd\r\r\n\r")->text, "a\nb\nc\nd\n\n\n");
  EXPECT_EQ(DecodeText(Encode("第一行\r\n第二行\r\n结束了", "GB18030"))->text,
            "第一行\n第二行\n结束了");
}

TEST(DecodeTextTest, ShortSimplifiedChineseIsDetected) {
  for (const char* text : kSimplified) {
    ExpectDetected(text, "GB18030", "GB18030");
    ExpectDetected(text, "GBK", "GB18030");
    ExpectDetected(text, "UTF-16LE", "UTF-16LE");
    ExpectDetected(text, "UTF-16BE", "UTF-16BE");
  }
}

TEST(DecodeTextTest, ShortTraditionalChineseIsDetected) {
  for (const char* text : kTraditional) {
    ExpectDetected(text, "Big5", "Big5");
    ExpectDetected(text, "GB18030", "GB18030");
    ExpectDetected(text, "UTF-16LE", "UTF-16LE");
    ExpectDetected(text, "UTF-16BE", "UTF-16BE");
  }
}

TEST(DecodeTextTest, JapaneseAndKoreanAreDetected) {
  for (const char* text : kJapanese) {
    ExpectDetected(text, "Shift_JIS", "Shift_JIS");
    ExpectDetected(text, "EUC-JP", "EUC-JP");
    ExpectDetected(text, "ISO-2022-JP", "ISO-2022-JP");
    ExpectDetected(text, "UTF-16LE", "UTF-16LE");
  }
  for (const char* text : kKorean) {
    ExpectDetected(text, "EUC-KR", "EUC-KR");
    ExpectDetected(text, "UTF-16BE", "UTF-16BE");
  }
}

TEST(DecodeTextTest, EuropeanCharsetsAreDetected) {
  for (const char* text : kFrench) ExpectDetected(text, "windows-1252", "windows-1252");
  for (const char* text : kGerman) ExpectDetected(text, "windows-1252", "windows-1252");
  for (const char* text : kRussian) {
    ExpectDetected(text, "windows-1251", "windows-1251");
    ExpectDetected(text, "KOI8-R", "KOI8-R");
  }
  ExpectDetected("It’s the “best” café – © 2020, 25 °C", "windows-1252", "windows-1252");
  ExpectDetected("plain English in sixteen bits", "UTF-16LE", "UTF-16LE");
}

TEST(DecodeTextTest, ForeignTextBehindAsciiIsDetected) {
  const std::string ascii(100000, 'x');
  ExpectDetected(ascii + "\n数据库连接失败，请检查网络设置\n" + ascii, "GB18030", "GB18030");
  ExpectDetected(ascii + "\ncafé\n" + ascii, "windows-1252", "windows-1252");
}

TEST(DecodeTextTest, LongTextIsDecodedInFull) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += kSimplified[i % 6];
  ExpectDetected(text, "GB18030", "GB18030");
}

TEST(DecodeTextTest, BinaryFormatsAreNamed) {
  EXPECT_EQ(ErrorOf("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s), "not text: looks like PNG image");
  EXPECT_EQ(ErrorOf("\xFF\xD8\xFF\xE0\0\x10JFIF"s), "not text: looks like JPEG image");
  EXPECT_EQ(ErrorOf("PK\x03\x04\x14\0"s),
            "not text: looks like ZIP archive (or an Office document)");
  EXPECT_EQ(ErrorOf("%PDF-1.7\n"), "not text: looks like PDF document");
  EXPECT_EQ(ErrorOf("\x1F\x8B\x08"), "not text: looks like gzip archive");
  EXPECT_EQ(ErrorOf("\x7F"
                    "ELF\x02\x01\x01"),
            "not text: looks like ELF program");
  EXPECT_EQ(ErrorOf("\0\0\0\x20"
                    "ftypisom"s),
            "not text: looks like MP4 media");
}

TEST(DecodeTextTest, NulByteIsNamed) {
  EXPECT_EQ(ErrorOf("hello, world\0 and more"s), "not text: NUL byte at offset 12");
  EXPECT_EQ(ErrorOf(Encode("数据库连接失败", "GB18030") + "\0"s),
            "not text: NUL byte at offset 14");
  EXPECT_EQ(ErrorOf(std::string(64, '\0')), "not text: NUL byte at offset 0");
}

TEST(DecodeTextTest, ControlCharactersAreNamed) {
  EXPECT_EQ(ErrorOf("ab\x01\x02\x03"), "not text: control character 0x01 at offset 2");
}

TEST(DecodeTextTest, AFewControlCharactersAreKept) {
  const std::string text = std::string(400, 'x') + "\x02\x0C\x1B[0m\x1A";
  ASSERT_TRUE(DecodeText(text).ok());
  EXPECT_EQ(DecodeText(text)->text, text);
}

TEST(DecodeTextTest, OneBadByteInUtf8IsAnErrorThatNamesIt) {
  std::string text;
  while (text.size() < 3120) text += "中文和 English, ";
  const size_t offset = text.size();
  text += "\xFF and on it goes 中文 and é";
  EXPECT_EQ(ErrorOf(text),
            "invalid UTF-8 at byte " + std::to_string(offset) + " and no other charset fits");
}

TEST(DecodeTextTest, ByteOfNoCharsetInAsciiIsAnErrorThatNamesIt) {
  EXPECT_EQ(ErrorOf("plain ASCII \xFF and more"),
            "invalid UTF-8 at byte 12 and no other charset fits");
}

TEST(DecodeTextTest, Utf8CutInACharacterIsAnErrorThatNamesIt) {
  EXPECT_EQ(ErrorOf("数据库连接失\xE8\xB4"), "invalid UTF-8 at byte 18 and no other charset fits");
  EXPECT_EQ(ErrorOf("\xEF\xBB\xBF"
                    "abc\xFF"),
            "invalid UTF-8 at byte 6 and no other charset fits");
}

TEST(DecodeTextTest, OneBadByteInGb18030IsAnErrorThatNamesIt) {
  std::string bytes;
  for (int i = 0; i < 4000; ++i) bytes += Encode(kSimplified[2], "GB18030");
  const size_t offset = bytes.size();
  bytes += "\xFF\n" + Encode(kSimplified[3], "GB18030");
  EXPECT_EQ(ErrorOf(bytes),
            "invalid GB18030 at byte " + std::to_string(offset) + " and no other charset fits");
}

TEST(DecodeTextTest, CutUtf16IsAnErrorThatNamesTheByte) {
  EXPECT_EQ(ErrorOf("\xFF\xFE"
                    "a\0b"s),
            "invalid UTF-16LE at byte 4 and no other charset fits");
}

TEST(DecodeTextTest, NoiseIsNoText) {
  std::string noise;
  uint32_t state = 1;
  for (int i = 0; i < 3000; ++i) {
    state = state * 1664525 + 1013904223;
    noise += static_cast<char>(0x80 | (state >> 24));
  }
  EXPECT_EQ(ErrorOf(noise).substr(0, 22), "invalid UTF-8 at byte ");
}

TEST(DecodeTextTest, DeclarationDecidesBetweenCharsetsThatBothReadWell) {
  // Polish and Turkish differ from Western European text in a few letters only.
  const std::string polish =
      "<meta charset=\"iso-8859-2\"><p>Zażółć gęślą jaźń, proszę państwa.</p>";
  ExpectDetected(polish, "ISO-8859-2", "ISO-8859-2");
  ExpectDetected("<?xml version='1.0' encoding='windows-1254'?><p>Şişli'de güneş ışığı</p>",
                 "windows-1254", "windows-1254");
  ExpectDetected("<html><META http-equiv=Content-Type content='text/html; charset=KOI8-R'>Да",
                 "KOI8-R", "KOI8-R");
}

TEST(DecodeTextTest, DeclarationIsNotBelievedWhereTheTextIsNonsenseInIt) {
  const std::string page = "<meta charset=iso-8859-1><p>数据库连接失败，请检查网络设置后重试。</p>";
  ExpectDetected(page, "GB18030", "GB18030");
  EXPECT_EQ(DecodeText("<meta charset=gbk>中文内容")->charset, "UTF-8") << "well-formed";
  EXPECT_EQ(DecodeText("<meta charset=utf-7>+ADw-script+AD4-")->charset, "UTF-8");
}

TEST(DecodeTextTest, Utf32WithoutMarkIsDetected) {
  ExpectDetected("The pump moves water, 泵输送水。", "UTF-32LE", "UTF-32LE");
  ExpectDetected("The pump moves water, 泵输送水。", "UTF-32BE", "UTF-32BE");
}

TEST(DecodeTextTest, FourByteGb18030IsDecoded) {
  // U+3400, U+20000 and an emoji have four bytes each.
  ExpectDetected("㐀字𠀀和表情😀都在这里，本产品保修期为两年。", "GB18030", "GB18030");
}

TEST(DecodeTextTest, GarbledTextIsAnErrorThatSaysHow) {
  const auto garble = [](const std::string& text, const char* written, const char* read) {
    const std::string bytes = Encode(text, written);
    std::string utf8;
    icu::UnicodeString(bytes.data(), static_cast<int32_t>(bytes.size()), read).toUTF8String(utf8);
    return utf8;
  };
  const auto error = [](const std::string& how) {
    return "garbled text: looks like " + how +
           " and written again; expected the text as it was first written";
  };
  for (const char* text : {kSimplified[0], kSimplified[2], kTraditional[1], kJapanese[0]}) {
    EXPECT_EQ(ErrorOf(garble(text, "UTF-8", "ISO-8859-1")), error("UTF-8 read as windows-1252"));
  }
  EXPECT_EQ(
      ErrorOf(garble(std::string(kFrench[0]) + kFrench[0] + kFrench[1], "UTF-8", "windows-1252")),
      error("UTF-8 read as windows-1252"));
  EXPECT_EQ(ErrorOf(garble(kSimplified[2], "GB18030", "ISO-8859-1")),
            error("GB18030 read as windows-1252"));
  EXPECT_EQ(ErrorOf(garble(kKorean[0], "windows-949-2000", "ISO-8859-1")),
            error("EUC-KR read as windows-1252"));
  EXPECT_EQ(ErrorOf(garble(kSimplified[2], "UTF-8", "gb18030")), error("UTF-8 read as GB18030"));
}

TEST(DecodeTextTest, TextAboutGarbledTextIsText) {
  EXPECT_TRUE(
      DecodeText("Where a page shows “cafÃ©” or â€œquotesâ€, its bytes are UTF-8 "
                 "that was read as windows-1252; “café” was meant, “naïve” and “Zürich”.")
          .ok());
  for (const char* text : {kFrench[0], kGerman[1], kRussian[0], kJapanese[2], kKorean[0]}) {
    EXPECT_TRUE(DecodeText(text).ok()) << text;
  }
}

TEST(DecodeTextTest, ShiftJisFileIsDetected) {
  const auto path =
      testing::DataPath("documents/markitdown_files/markitdown/tests/test_files/test_mskanji.csv");
  if (!path) GTEST_SKIP() << "documents/markitdown_files is absent";
  std::ifstream file(*path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  const auto decoded = DecodeText(bytes.str());
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(decoded->charset, "Shift_JIS");
  EXPECT_THAT(decoded->text, ::testing::HasSubstr("佐藤太郎,30,東京"));
}

}  // namespace
}  // namespace quarry
