#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/separated_values.h"
#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;
using testing::Outline;
using testing::ParseAs;
using testing::ParseOne;
using testing::Repeat;

std::string CsvOutline(std::string_view csv) { return Outline(ParseOne(Format::kCsv, csv)); }

TEST(CsvParser, EachRowReadsAlone) {
  EXPECT_EQ(CsvOutline("code,description,price\nVX-220,\"Pump, 22 kW\",1480.00\nVX-240,,2440\n"),
            "t|code: VX-220; description: Pump, 22 kW; price: 1480.00\\ncode: VX-240; price: 2440");
}

TEST(CsvParser, QuotedCellsHoldQuotesSeparatorsAndLineBreaks) {
  EXPECT_EQ(CsvOutline("a,b\n\"x \"\"y\"\" z\",\"two\nlines\"\n\"\",5\" pipe\n"),
            "t|a: x \"y\" z; b: two lines\\nb: 5\" pipe");
}

TEST(CsvParser, SemicolonsAndTabsSeparateToo) {
  EXPECT_EQ(CsvOutline("name;price\nPump;1,5\nValve;2,5\n"),
            "t|name: Pump; price: 1,5\\nname: Valve; price: 2,5");
  EXPECT_EQ(Outline(ParseOne(Format::kTsv, "name\tnote\nPump\ta, b\n")),
            "t|name: Pump; note: a, b");
}

TEST(CsvParser, FirstRowIsNoHeaderWhenItHoldsValues) {
  EXPECT_EQ(CsvOutline("1,Pump\n2,Valve\n"), "t|1; Pump\\n2; Valve");
  EXPECT_EQ(CsvOutline("Pump,West\nValve,West\n"), "t|Pump; West\\nValve; West");
  EXPECT_EQ(CsvOutline("region,2023,2024\nWest,5,6\n"), "t|region: West; 2023: 5; 2024: 6");
}

TEST(CsvParser, CommentsAndLoneLinesAboveTheTableAreParagraphs) {
  EXPECT_EQ(
      CsvOutline(
          "# Price list, valid from May\nAll prices in VM\n\ncode,price,days\nVX,1,2\nVY,3,4\n"),
      "p|Price list, valid from May\np|All prices in VM\nt|code: VX; price: 1; days: 2\\ncode: VY; "
      "price: 3; days: 4");
}

TEST(CsvParser, OneColumnAndHeaderOnly) {
  EXPECT_EQ(CsvOutline("name\nPump\nValve\n"), "t|name: Pump\\nname: Valve");
  EXPECT_EQ(CsvOutline("name,price\n"), "t|name; price");
}

TEST(CsvParser, RowOfAnotherLengthIsAnErrorAndKept) {
  const ParsedSource parsed =
      ParseAs(Format::kCsv,
              "a,b,c\n1,\"x\ny\",3\n4,5\n\n6,7,8,9\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n"
              "1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n");
  ASSERT_EQ(parsed.errors.size(), 2u);
  EXPECT_EQ(parsed.errors[0].place, "line 4");
  EXPECT_EQ(parsed.errors[0].reason, "expected 3 cells, found 2; the row is kept");
  EXPECT_EQ(parsed.errors[1].place, "line 6");
  EXPECT_EQ(parsed.errors[1].reason, "expected 3 cells, found 4; the row is kept");
  EXPECT_THAT(Outline(parsed.documents[0]),
              ::testing::StartsWith(
                  "t|a: 1; b: x y; c: 3\\na: 4; b: 5\\na: 6; b: 7; c: 8; 9\\na: 1; b: 2"));
}

TEST(CsvParser, QuoteThatIsNeverClosedIsAnErrorAndText) {
  const ParsedSource parsed = ParseAs(Format::kCsv, "a,b\n1,2\n\"3,4\n5,6\n");
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].place, "line 3");
  EXPECT_EQ(parsed.errors[0].reason,
            "quoted cell is never closed: expected '\"' before the end of the file; from here on "
            "quotes are read "
            "as text");
  EXPECT_EQ(Outline(parsed.documents[0]), "t|a: 1; b: 2\\na: \"3; b: 4\\na: 5; b: 6");
}

TEST(CsvParser, TextBehindAClosingQuoteIsAnErrorAndKept) {
  const ParsedSource parsed = ParseAs(Format::kCsv, "a,b\n\"x\"y,2\n");
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].reason,
            "text behind a closing quote: expected a separator; the text is kept");
  EXPECT_EQ(Outline(parsed.documents[0]), "t|a: xy; b: 2");
}

TEST(CsvParser, LongHeadersDoNotMultiplyTheText) {
  std::string csv;
  for (int i = 0; i < 1000; ++i) csv += (i > 0 ? "," : "") + Repeat("h", 100) + std::to_string(i);
  csv += "\n" + Repeat("1" + Repeat(",1", 999) + "\n", 1000);
  EXPECT_LT(ParseOne(Format::kCsv, csv).text.size(), 80'000'000u);
}

TEST(SeparatedValues, CountsLinesInsideQuotes) {
  SeparatedValues reader("a,\"x\n\ny\"\n\n\nb,c", ',');
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.line(), 1u);
  EXPECT_THAT(reader.cells(), ElementsAre("a", "x\n\ny"));
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.line(), 6u);
  EXPECT_THAT(reader.cells(), ElementsAre("b", "c"));
  EXPECT_FALSE(reader.Next());
}

TEST(SeparatedValues, EmptyCellsAtTheEndsCount) {
  SeparatedValues reader(",a,\n\"\",\"b\"\"\"\n", ',');
  ASSERT_TRUE(reader.Next());
  EXPECT_THAT(reader.cells(), ElementsAre("", "a", ""));
  ASSERT_TRUE(reader.Next());
  EXPECT_THAT(reader.cells(), ElementsAre("", "b\""));
}

}  // namespace
}  // namespace quarry::ingest
