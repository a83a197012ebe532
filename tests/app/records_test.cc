#include "app/records.h"

#include <unistd.h>

#include <thread>

#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

std::string ErrorOf(std::string_view line) { return ParseRecord(line).status().message(); }

TEST(Records, ADocumentHasTextTitleTypedMetadataAndReaders) {
  ASSERT_OK_AND_ASSIGN(
      const Record record,
      ParseRecord(R"({"id":"a1","text":"水泵。\r\nTwo.","title":"T","uri":"u:1","language":"ja",)"
                  R"("access":["hr"],)"
                  R"("metadata":{"year":2020,"ok":true,"lang":"zh","tags":["x","y"]}})"));
  const auto& document = std::get<std::vector<Document>>(record).at(0);
  EXPECT_EQ(document.id, "a1");
  EXPECT_EQ(document.title, "T");
  EXPECT_EQ(document.uri, "u:1");
  EXPECT_EQ(document.text, "水泵。\nTwo.");
  EXPECT_EQ(document.language, "ja");
  EXPECT_EQ(document.access, std::vector<std::string>{"hr"});
  const Metadata expected = {{"year", 2020.0},
                             {"ok", true},
                             {"lang", std::string("zh")},
                             {"tags", std::vector<std::string>{"x", "y"}}};
  EXPECT_EQ(document.metadata, expected);
}

TEST(Records, ATextMayBeOfAnyFormat) {
  ASSERT_OK_AND_ASSIGN(
      const Record record,
      ParseRecord(
          R"({"op":"put","id":"a","media_type":"text/markdown","text":"# Head\n\n*Words*."})"));
  EXPECT_EQ(std::get<std::vector<Document>>(record).at(0).text, "Head\n\nWords.");
}

TEST(Records, ADeleteNamesItsDocument) {
  ASSERT_OK_AND_ASSIGN(const Record record, ParseRecord(R"({"op":"delete","id":"a1"})"));
  EXPECT_EQ(std::get<DeleteRecord>(record).id, "a1");
}

TEST(Records, AWrongLineSaysWhatWasExpected) {
  EXPECT_EQ(ErrorOf("broken"), "column 1: unexpected text near \"b\"");
  EXPECT_EQ(ErrorOf("[1]"), "expected an object, not a list");
  EXPECT_EQ(ErrorOf(R"({"id":"a"})"), "text: is missing");
  EXPECT_EQ(ErrorOf(R"({"text":"x"})"), "id: is missing");
  EXPECT_EQ(ErrorOf(R"({"id":7,"text":"x"})"), "id: expected a string, not a number");
  EXPECT_EQ(ErrorOf(R"({"id":"","text":"x"})"), "document id: expected 1 to 1024 bytes, got 0");
  EXPECT_EQ(ErrorOf(R"({"id":"a","text":" "})"), "text: expected text that is not empty");
  EXPECT_EQ(ErrorOf(R"({"id":"a","txt":"x"})"), "unknown field \"txt\"; did you mean \"text\"?");
  EXPECT_EQ(ErrorOf(R"({"op":"frob","id":"a"})"), "op: expected \"put\" or \"delete\"");
  EXPECT_EQ(ErrorOf(R"({"op":7,"id":"a"})"), "op: expected \"put\" or \"delete\"");
  EXPECT_EQ(ErrorOf(R"({"op":"delete","id":"a","text":"x"})"),
            "unknown field \"text\"; expected one of id");
  EXPECT_EQ(ErrorOf(R"({"id":"a","text":"x","metadata":{"m":{"n":1}}})"),
            "metadata.m: expected a string, number, boolean or list of strings, not an object");
  EXPECT_THAT(ErrorOf("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"),
              ::testing::HasSubstr("nested deeper than"));
}

TEST(Records, AValueOfTheCommandLineHasTheTypeThatItLooksLike) {
  EXPECT_EQ(ParseTypedValue("true"), MetadataValue(true));
  EXPECT_EQ(ParseTypedValue("-2.5e3"), MetadataValue(-2500.0));
  for (const char* text : {"007", "1.", "inf", "0x10", "1e999", "True", ""}) {
    EXPECT_EQ(ParseTypedValue(text), MetadataValue(std::string(text)));
  }
  EXPECT_EQ(ParseTypedValue("\"12\""), MetadataValue(std::string("12")));
}

// The lines that are read from `input`, as "number:line".
std::vector<std::string> LinesOf(const std::string& input) {
  int ends[2];
  QUARRY_CHECK(::pipe(ends) == 0);
  std::thread writer([&] {
    // In pieces, so that lines are cut anywhere.
    for (size_t at = 0; at < input.size(); at += 5) {
      const std::string piece = input.substr(at, 5);
      QUARRY_CHECK(::write(ends[1], piece.data(), piece.size()) ==
                   static_cast<ssize_t>(piece.size()));
    }
    ::close(ends[1]);
  });
  LineInput lines(ends[0]);
  std::vector<std::string> read;
  while (lines.Next(CallContext()).value()) {
    read.push_back(std::to_string(lines.number()) + ":" + std::string(lines.line()));
  }
  writer.join();
  ::close(ends[0]);
  return read;
}

TEST(LineInputTest, LinesKeepTheirNumbersOverBlankOnes) {
  const std::vector<std::string> expected = {"1:first line", "4:fourth", "6:last"};
  EXPECT_EQ(LinesOf("\xEF\xBB\xBF"
                    "first line\n\n  \nfourth\n\t\nlast"),
            expected);
  EXPECT_EQ(LinesOf("first line\n\n\nfourth\n\nlast\n\n"), expected);
  EXPECT_TRUE(LinesOf("").empty());
}

TEST(LineInputTest, BlankLinesAndAnotherLimitAreThereForWhoWantsThem) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string input = "水泵\n\n" + std::string(20, 'x');
  ASSERT_EQ(::write(ends[1], input.data(), input.size()), static_cast<ssize_t>(input.size()));
  ::close(ends[1]);
  LineInput lines(ends[0], 10);
  const CallContext context;
  ASSERT_TRUE(lines.NextLine(context).value());
  EXPECT_EQ(lines.line(), "水泵");
  ASSERT_TRUE(lines.NextLine(context).value());
  EXPECT_EQ(lines.line(), "");
  EXPECT_EQ(lines.NextLine(context).status().message(),
            "standard input: line 3 is longer than 10 bytes");
  ::close(ends[0]);
}

TEST(LineInputTest, WaitingEndsWhenTheCallIsCancelled) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  CallContext context;
  context.cancel.Cancel();
  EXPECT_EQ(LineInput(ends[0]).Next(context).status().code(), Code::kCancelled);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace quarry::app
