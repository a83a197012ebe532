#include "ingest/xlsx_formats.h"
#include "tests/ingest/document_testing.h"
#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

using quarry::testing::MakeXlsx;
using testing::Outline;

ParsedSource ReadXlsx(const std::string& xlsx) { return testing::ParseFile("a.xlsx", xlsx); }

std::string S(const std::string& at, const std::string& text) {
  return "<c r=\"" + at + "\" t=\"inlineStr\"><is><t>" + text + "</t></is></c>";
}
std::string N(const std::string& at, const std::string& value, const std::string& more = "") {
  return "<c r=\"" + at + "\" " + more + "><v>" + value + "</v></c>";
}
std::string Row(int number, const std::string& cells) {
  return "<row r=\"" + std::to_string(number) + "\">" + cells + "</row>";
}

TEST(XlsxParser, SheetsAreHeadingsAndRowsStandUnderTheirHeader) {
  const std::string sheet =
      "<sheetData>" + Row(1, S("A1", "Prices of 2024")) +
      Row(2, S("A2", "Name") + S("B2", "Price") + S("C2", "Since") + S("D2", "New")) +
      Row(3, N("A3", "0", "t=\"s\"") + N("B3", "1234.5", "s=\"1\"") + N("C3", "45292", "s=\"2\"") +
                 N("D3", "1", "t=\"b\"")) +
      Row(4, N("A4", "1", "t=\"s\"") + "<c r=\"B4\" t=\"str\"><f>A1</f><v>on request</v></c>" +
                 N("D4", "#N/A", "t=\"e\"")) +
      Row(6, S("A6", "Total") + N("B6", "7")) + "</sheetData>";
  const ParsedSource parsed = ReadXlsx(MakeXlsx(
      {sheet, "<sheetData/>"},
      {{"xl/sharedStrings.xml",
        "<sst><si><t>Pump</t></si><si><r><t>Val</t></r><r><t>ve</t></r>"
        "<rPh><t>no</t></rPh></si></sst>"},
       {"xl/styles.xml",
        "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"#,##0.00\\ &quot;EUR&quot;\"/>"
        "</numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"14\"/>"
        "</cellXfs></styleSheet>"}}));
  EXPECT_EQ(Outline(parsed.documents.at(0)),
            "h1|Sheet1\np|Prices of 2024\n"
            "t|Name: Pump; Price: 1,234.50 EUR; Since: 2024-01-01; New: TRUE\\n"
            "Name: Valve; Price: on request; New: #N/A\n"
            "t|Name: Total; Price: 7\nh1|Sheet2");
  EXPECT_EQ(parsed.documents[0].title, "a");
}

TEST(XlsxParser, MergedCellsReachIntoEachRow) {
  const std::string sheet = "<sheetData>" + Row(1, S("A1", "Kind") + S("B1", "Count")) +
                            Row(2, S("A2", "Pump") + N("B2", "1")) + Row(3, N("B3", "2")) +
                            Row(4, S("A4", "Valve") + N("B4", "3")) +
                            "</sheetData><mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells>";
  EXPECT_EQ(Outline(ReadXlsx(MakeXlsx({sheet})).documents.at(0)),
            "h1|Sheet1\nt|Kind: Pump; Count: 1\\nKind: Pump; Count: 2\\nKind: Valve; Count: 3");
}

TEST(XlsxParser, HiddenSheetsAreNotedAndBrokenOnesAreErrors) {
  const std::string cell = "<sheetData>" + Row(1, S("A1", "x")) + "</sheetData>";
  const ParsedSource parsed = ReadXlsx(MakeXlsx(
      {cell, cell, "<sheetData>"}, {{"xl/workbook.xml",
                                     "<workbook><sheets><sheet name=\"A\" r:id=\"r1\"/><sheet "
                                     "name=\"B\" state=\"hidden\" r:id=\"r2\"/>"
                                     "<sheet name=\"C\" r:id=\"r3\"/></sheets></workbook>"}}));
  EXPECT_EQ(Outline(parsed.documents.at(0)), "h1|A\nt|x\nh1|C");
  ASSERT_EQ(parsed.skipped.size(), 1u);
  EXPECT_EQ(parsed.skipped[0].place, "sheet B");
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].place, "sheet C");
}

TEST(XlsxParser, ABrokenPlaceIsThatOfTheSheet) {
  const std::string rows = "<sheetData>" + Row(1, S("A1", "x")) + "<row r=\"2\"><c></v></row>";
  const ParsedSource parsed = ReadXlsx(MakeXlsx({rows + "</sheetData>"}));
  ASSERT_EQ(parsed.errors.size(), 1u);
  const std::string& reason = parsed.errors[0].reason;
  const std::string byte = "broken XML at byte ";
  const size_t at = reason.find(byte);
  ASSERT_NE(at, reason.npos) << reason;
  EXPECT_GT(std::stoul(reason.substr(at + byte.size())), rows.find("<c></v>")) << reason;
}

TEST(XlsxParser, AWorkbookWithoutCellsIsEmpty) {
  EXPECT_EQ(
      ParseSource(MakeXlsx({"<sheetData/>"}), {.id = "a", .path = "a.xlsx"}).status().message(),
      std::string("empty: no text in ") + MediaTypeOf(Format::kXlsx));
}

TEST(FormatCell, ShowsWhatTheReaderSees) {
  const struct {
    const char* value;
    const char* code;
    const char* shown;
  } cases[] = {
      {"12", "", "12"},
      {"0.30000000000000004", "General", "0.3"},
      {"1234567", "#,##0", "1,234,567"},
      {"-1234.567", "#,##0.00", "-1,234.57"},
      {"-0.001", "0.0", "0.0"},
      {"0.125", "0.0%", "12.5%"},
      {"5", "\"No. \"0", "No. 5"},
      {"12.5", "[$€-407]#,##0.00", "€12.50"},
      {"1500000", "0.0,,\" M\"", "1.5 M"},
      {"45292", "dd/mm/yyyy", "2024-01-01"},
      {"45292.75", "yyyy-mm-dd hh:mm", "2024-01-01 18:00"},
      {"0.5", "h:mm:ss", "12:00:00"},
      {"1.5", "[h]:mm:ss", "36:00:00"},
      {"1", "m/d/yy", "1900-01-01"},
      {"59", "m/d/yy", "1900-02-28"},
      {"61", "m/d/yy", "1900-03-01"},
      {"45292", "yyyy\"年\"m\"月\"", "2024-01-01"},
      {"-1", "m/d/yy", "-1"},
      {"1e300", "0.00", "1e+300"},
      {"12", "@", "12"},
      {"0.5", "# ?/?", "0.5"},
      {"abc", "0.00", "abc"},
      {"12", "[Red]0.0;-0.0", "12.0"},
  };
  for (const auto& c : cases) EXPECT_EQ(FormatCell(c.value, c.code, false), c.shown) << c.code;
  EXPECT_EQ(FormatCell("0", "m/d/yy", true), "1904-01-01");
}

// Of two kilobytes came gigabytes.
TEST(XlsxParser, TextThatIsRepeatedWithoutEndIsAnErrorOfTheSheet) {
  const std::string text = testing::Repeat("泵", 100'000);
  std::string cells;
  for (int i = 0; i < 3000; ++i) cells += "<c t=\"s\"><v>0</v></c>";
  const std::string first = Row(1, N("A1", "1", "t=\"s\""));
  const ParsedSource shared = ReadXlsx(MakeXlsx(
      {"<sheetData>" + first + Row(2, cells) + "</sheetData>",
       "<sheetData>" + first + "</sheetData>"},
      {{"xl/sharedStrings.xml", "<sst><si><t>" + text + "</t></si><si><t>Pump</t></si></sst>"}}));
  ASSERT_EQ(shared.errors.size(), 1u);
  EXPECT_EQ(shared.errors[0].place, "sheet Sheet1");
  EXPECT_THAT(shared.errors[0].reason, ::testing::HasSubstr("row 2: shared strings, merged"));
  EXPECT_EQ(Outline(shared.documents.at(0)), "h1|Sheet1\nt|Pump\nh1|Sheet2\nt|Pump");

  std::string rows;
  for (int i = 2; i <= 1000; ++i) rows += Row(i, N("B" + std::to_string(i), "1"));
  const ParsedSource merged =
      ReadXlsx(MakeXlsx({"<sheetData>" + Row(1, N("A1", text, "t=\"str\"")) + rows +
                         "</sheetData><mergeCells><mergeCell ref=\"A1:A1000\"/></mergeCells>"}));
  ASSERT_EQ(merged.errors.size(), 1u);
  EXPECT_THAT(merged.errors[0].reason, ::testing::HasSubstr("shared strings, merged cells"));

  // A format is cut where Excel would not take it, and what it adds to each cell counts.
  const std::string code = "0&quot;" + testing::Repeat("𠮷", 300);
  const std::string row = "<row>" + testing::Repeat("<c><v>1</v></c>", 1000) + "</row>";
  const ParsedSource formatted = ReadXlsx(
      MakeXlsx({"<sheetData>" + testing::Repeat(row, 68) + "</sheetData>"},
               {{"xl/styles.xml", "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"" +
                                      code + "\"/></numFmts><cellXfs><xf numFmtId=\"164\"/>" +
                                      "</cellXfs></styleSheet>"}}));
  ASSERT_EQ(formatted.errors.size(), 1u);
  EXPECT_THAT(formatted.errors[0].reason, ::testing::HasSubstr("number formats repeat more text"));
  EXPECT_THAT(formatted.documents.at(0).text,
              ::testing::StartsWith("Sheet1\n\n1" + testing::Repeat("𠮷", 254) + "; 1"));
  EXPECT_LT(formatted.documents.at(0).text.size(), 70u << 20);
}

}  // namespace
}  // namespace quarry::ingest
