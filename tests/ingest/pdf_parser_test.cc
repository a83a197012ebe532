// Against the programs themselves where they are installed: pdftotext for most, tesseract and qpdf
// for a few.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/child_process.h"
#include "ingest/ocr.h"
#include "ingest/pdf_layout.h"
#include "ingest/pdf_table.h"
#include "tests/ingest/document_testing.h"
#include "tests/ingest/pdf_testing.h"

namespace quarry::ingest {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::OnlyPrograms;
using testing::Outline;
using ::testing::StartsWith;
using testing::WordRecall;

#define REQUIRE_PROGRAM(name) \
  if (!FindProgram(name)) GTEST_SKIP() << name << " is not installed"

struct Text {
  int x;
  int y;  // from the bottom of a page of 792 points
  int size;
  std::string text;
};

// A PDF file of pages with text in Helvetica.
std::string MakePdf(const std::vector<std::vector<Text>>& pages) {
  std::vector<std::string> objects = {"<< /Type /Catalog /Pages 2 0 R >>", "",
                                      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
  std::string kids;
  for (const std::vector<Text>& page : pages) {
    std::string content;
    for (const Text& text : page) {
      content += "BT /F1 " + std::to_string(text.size) + " Tf " + std::to_string(text.x) + " " +
                 std::to_string(text.y) + " Td (" + text.text + ") Tj ET\n";
    }
    const std::string number = std::to_string(objects.size() + 2);
    objects.push_back("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents " + number +
                      " 0 R /Resources << /Font << /F1 3 0 R >> >> >>");
    kids += std::to_string(objects.size()) + " 0 R ";
    objects.push_back("<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content +
                      "endstream");
  }
  objects[1] =
      "<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pages.size()) + " >>";
  return testing::PdfOf(objects);
}

Result<ParsedSource> ParsePdf(std::string_view bytes) {
  return ParseSource(bytes, {.id = "a.pdf", .path = "a.pdf", .uri = ""});
}

Document OnePdf(std::string_view bytes) {
  Result<ParsedSource> parsed = ParsePdf(bytes);
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  if (!parsed.ok() || parsed->documents.size() != 1) return {};
  testing::CheckDocument(parsed->documents[0]);
  return parsed->documents[0];
}

const std::vector<Text> kProse = {
    {72, 700, 10, "The pump station of the upper works moves water from the river to the"},
    {72, 688, 10, "basin, and its operators mind the pressure at night. They re-"},
    {72, 676, 10, "start it by hand."}};

TEST(PdfParser, ParagraphsArePutTogetherAndKeepTheirPages) {
  REQUIRE_PROGRAM("pdftotext");
  const Document document =
      OnePdf(MakePdf({kProse, {{72, 700, 10, "On the second page stands another sentence."}}}));
  EXPECT_EQ(
      Outline(document),
      "p|The pump station of the upper works moves water from the river to the basin, and its "
      "operators mind the pressure at night. They restart it by hand.\n"
      "p|On the second page stands another sentence.");
  ASSERT_EQ(document.blocks.size(), 2u);
  EXPECT_EQ(document.blocks[0].page, 1u);
  EXPECT_EQ(document.blocks[1].page, 2u);
  EXPECT_EQ(std::get<double>(document.metadata.at("pages")), 2);
}

TEST(PdfParser, LargerTypeIsAHeadingAndNamesTheDocument) {
  REQUIRE_PROGRAM("pdftotext");
  std::vector<Text> page = kProse;
  page.insert(page.begin(), {72, 740, 18, "Pump manual"});
  const Document document = OnePdf(MakePdf({page}));
  EXPECT_THAT(Outline(document), StartsWith("h1|Pump manual\np|The pump station"));
  EXPECT_EQ(document.title, "Pump manual");
}

TEST(PdfParser, RowsOfATableStayTogether) {
  REQUIRE_PROGRAM("pdftotext");
  const Document document = OnePdf(MakePdf({{{72, 700, 10, "Model"},
                                             {200, 700, 10, "Power"},
                                             {330, 700, 10, "State"},
                                             {72, 684, 10, "VX-220"},
                                             {200, 684, 10, "1.5 kW"},
                                             {330, 684, 10, "runs"},
                                             {72, 668, 10, "VX-330"},
                                             {200, 668, 10, "2.5 kW"},
                                             {330, 668, 10, "stands"}}}));
  EXPECT_EQ(
      Outline(document),
      "t|Model: VX-220; Power: 1.5 kW; State: runs\\nModel: VX-330; Power: 2.5 kW; State: stands");
}

TEST(PdfParser, RunningHeadsStandOnceAndPageNumbersNot) {
  REQUIRE_PROGRAM("pdftotext");
  std::vector<std::vector<Text>> pages;
  for (int i = 1; i <= 4; ++i) {
    pages.push_back(
        {{72, 760, 9, "Acme manual"},
         {72, 600, 10, "Body of page " + std::string(1, static_cast<char>('a' + i)) + " here."},
         {300, 30, 9, std::to_string(i)}});
  }
  EXPECT_EQ(Outline(OnePdf(MakePdf(pages))),
            "p|Acme manual\np|Body of page b here.\np|Body of page c here.\np|Body of page d "
            "here.\np|Body of page e here.");
}

TEST(PdfParser, BrokenAndEncryptedFilesAreNamedErrors) {
  REQUIRE_PROGRAM("pdftotext");
  EXPECT_THAT(ParsePdf("%PDF-1.4\nnothing").status().message(),
              StartsWith("broken PDF: pdftotext ended with status 1: "));
  REQUIRE_PROGRAM("qpdf");
  const TemporaryDirectory directory = quarry::testing::MakeTemporaryDirectory();
  const std::string plain = directory.path() + "/plain.pdf";
  const std::string locked = directory.path() + "/locked.pdf";
  ASSERT_OK(WriteFileAtomically(plain, MakePdf({kProse})));
  const std::string command = "qpdf --encrypt user owner 256 -- " + plain + " " + locked;
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(ParsePdf(ReadFile(locked).value()).status().message(),
            "encrypted: it opens with a password only; save it without one");
}

TEST(PdfParser, SaysWhatToInstall) {
  {
    const OnlyPrograms none({});
    EXPECT_EQ(ParsePdf(MakePdf({kProse})).status().message(),
              "pdftotext is not installed (Debian package poppler-utils)");
  }
  REQUIRE_PROGRAM("pdftotext");
  const OnlyPrograms no_tesseract({"pdftotext"});
  const Result<ParsedSource> empty = ParsePdf(MakePdf({{}, {}}));
  EXPECT_EQ(empty.status().ToString(),
            "FAILED_PRECONDITION: pages 1-2: no text layer; install tesseract-ocr and "
            "tesseract-ocr-chi-sim to have text in pictures read");
  const Result<ParsedSource> mixed = ParsePdf(MakePdf({kProse, {}, kProse, {}}));
  ASSERT_TRUE(mixed.ok());
  EXPECT_THAT(mixed->documents[0].text, StartsWith("The pump station"));
  ASSERT_EQ(mixed->skipped.size(), 1u);
  EXPECT_EQ(mixed->skipped[0].place, "pages 2, 4");
  EXPECT_THAT(mixed->skipped[0].reason, StartsWith("no text layer; install tesseract-ocr"));
}

TEST(PdfParser, TheSampleFilesAllGiveText) {
  REQUIRE_PROGRAM("pdftotext");
  const auto samples = quarry::testing::DataPath("documents/pdf_samples");
  if (!samples) GTEST_SKIP() << "no shared/data/documents/pdf_samples";
  size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(*samples)) {
    if (entry.path().extension() != ".pdf") continue;
    SCOPED_TRACE(entry.path().string());
    ++files;
    const Document document = OnePdf(ReadFile(entry.path().string()).value());
    EXPECT_FALSE(document.blocks.empty());
    for (const Block& block : document.blocks) EXPECT_GT(block.page, 0u);
  }
  EXPECT_GE(files, 10u);
}

// A page of the markup: lines at the given heights, each a block of its own if `apart`.
std::string MarkupPage(const std::vector<std::string>& lines) {
  std::string markup = "<page width=\"600\" height=\"800\">\n<block xMin=\"50\">\n";
  double y = 300;
  for (const std::string& line : lines) {
    const std::string box = " xMin=\"50\" yMin=\"" + std::to_string(y) + "\" xMax=\"550\" yMax=\"" +
                            std::to_string(y + 10) + "\">";
    markup += "<line" + box + "\n<word" + box + line + "</word>\n</line>\n";
    y += 12;
  }
  return markup + "</block>\n</page>\n";
}

std::string OutlineOfMarkup(const std::string& markup) {
  PdfText pdf = ReadPdfMarkup(markup);
  Document document;
  {
    DocumentBuilder builder(&document);
    PdfWriter writer(pdf.pages, &builder);
    for (const PdfPage& page : pdf.pages) writer.WritePage(page);
  }
  testing::CheckDocument(document);
  return Outline(document);
}

// What was read there was the first byte of nothing.
TEST(PdfWriter, LinesThatBeginOrEndWithASpaceAreParagraphs) {
  PdfPage page;
  for (const char* text : {" Pumps and valves", "2. ", "3 Pipes"}) {
    PdfLine line{.x0 = 50, .x1 = 200, .y0 = 0, .y1 = 10, .block = 0, .words = 2, .text = text};
    line.block = static_cast<uint32_t>(page.lines.size());
    line.y0 = 30 * static_cast<float>(line.block);
    line.y1 = line.y0 + 10;
    page.lines.push_back(std::move(line));
  }
  Document document;
  {
    DocumentBuilder builder(&document);
    PdfWriter({page}, &builder).WritePage(page);
  }
  EXPECT_EQ(Outline(document), "p|Pumps and valves\nl1|2.\nh1|3 Pipes");
}

// `rows` rows of `columns` cells of one word.
PdfPage PageOfCells(size_t rows, size_t columns) {
  PdfPage page;
  for (size_t i = 0; i < rows * columns; ++i) {
    PdfLine line;
    line.x0 = 50 + 40 * static_cast<float>(i % columns);
    line.x1 = line.x0 + 25;
    line.y0 = 12 * static_cast<float>(i / columns);
    line.y1 = line.y0 + 10;
    line.block = static_cast<uint32_t>(i);
    line.words = 1;
    line.text = i % 2 == 0 ? "Pump" : "水泵";
    page.lines.push_back(std::move(line));
  }
  return page;
}

// A page without end would be looked through from each of its rows, and rows of cells without end
// make a square of empty ones.
TEST(PdfTables, HaveAsManyRowsAndColumnsAsAReaderWouldRead) {
  const PdfRows tall = FindTables(PageOfCells(1000, 2));
  ASSERT_EQ(tall.tables.size(), 4u);
  EXPECT_EQ(tall.tables[0].rows.size(), 300u);
  EXPECT_EQ(tall.tables[3].rows.size(), 100u);
  EXPECT_TRUE(tall.lines.empty());
  EXPECT_EQ(FindTables(PageOfCells(3, 200)).tables.size(), 1u);
  const PdfRows wide = FindTables(PageOfCells(3, 201));
  EXPECT_TRUE(wide.tables.empty());
  EXPECT_EQ(wide.lines.size(), 603u);
}

TEST(PdfLayout, ChineseLinesJoinWithoutSpaces) {
  EXPECT_EQ(OutlineOfMarkup(MarkupPage({"水泵站把河水送到水厂，操作员在夜里看", "压力表。"})),
            "p|水泵站把河水送到水厂，操作员在夜里看压力表。");
}

TEST(PdfLayout, HyphensGoWhereTheDocumentKnowsTheWord) {
  EXPECT_EQ(OutlineOfMarkup(
                MarkupPage({"a pump and water, the water-pump, the long water-", "pump runs"})),
            "p|a pump and water, the water-pump, the long water-pump runs");
  EXPECT_EQ(OutlineOfMarkup(MarkupPage({"the oper-", "ator of GPT-", "4 runs"})),
            "p|the operator of GPT-4 runs");
}

TEST(PdfLayout, MarkupIsReadWithReferencesAndWithoutControls) {
  EXPECT_EQ(OutlineOfMarkup(MarkupPage({"a &lt;b&gt; &amp; \xEF\xAC\x81ne&#1; \xFF"})),
            "p|a <b> & fine");
  EXPECT_TRUE(ReadPdfMarkup("<page width=\"nan\" height=\"\"\n<word></line><line ").pages.size() ==
              1);
}

// --- text recognition ---

TEST(TextRecognition, ScannedPagesAreRead) {
  REQUIRE_PROGRAM("pdftoppm");
  if (!CanRecogniseText()) GTEST_SKIP() << "tesseract is not installed";
  // What a person reads on them.
  const std::pair<const char*, const char*> cases[] = {
      {"pdf_scanned_invoice.pdf",
       "INVOICE Company: TechCorp Industries Invoice Number: INV-2024-001 Date: January 15, 2024 "
       "BILL "
       "TO: Acme Corporation 123 Main Street New York, NY 10001 DESCRIPTION: Software Development "
       "Services Professional Consulting Technical Support TOTAL AMOUNT DUE: $5,000.00"},
      {"pdf_scanned_meeting_minutes.pdf",
       "MEETING MINUTES Date: March 10, 2024 Attendees: John Smith, Jane Doe, Bob Johnson AGENDA "
       "ITEMS "
       "1. Project Status Update - Phase 1 completed successfully - Phase 2 on track for Q2 "
       "delivery 2. "
       "Budget Review - Current spend: 75% of allocated budget - Forecast: Within budget 3. Action "
       "Items "
       "- John: Finalize requirements document"},
      {"pdf_scanned_minimal.pdf",
       "NOTICE This is a minimal test document with just a few lines of text. It should still be "
       "processed correctly."},
      {"pdf_scanned_sales_report.pdf",
       "QUARTERLY SALES REPORT Q1 2024 Performance Summary REGIONAL BREAKDOWN Region Revenue "
       "Growth North "
       "America $2.5M +15% Europe $1.8M +22% Asia Pacific $3.2M +35% Latin America $0.9M +12% "
       "TOTAL $8.4M "
       "+23% Top performing products: - Product A: $3.1M - Product B: $2.7M"}};
  for (const auto& [name, expected] : cases) {
    SCOPED_TRACE(name);
    const std::string file =
        std::string("documents/markitdown_files/markitdown-ocr/tests/ocr_test_data/") + name;
    const auto path = quarry::testing::DataPath(file);
    if (!path) GTEST_SKIP() << "no shared/data/" << file;
    const Document document = OnePdf(ReadFile(*path).value());
    const double recall = WordRecall(expected, document.text);
    std::printf("  %-32s recall %.3f\n", name, recall);
    EXPECT_GE(recall, 0.9) << document.text;
    EXPECT_EQ(document.blocks.at(0).page, 1u);
  }
}

TEST(TextRecognition, PicturesAreReadAndWhatIsNoneIsAnError) {
  if (!CanRecogniseText()) GTEST_SKIP() << "tesseract is not installed";
  EXPECT_THAT(RecogniseText("no picture").status().message(), StartsWith("tesseract ended with"));
  const char* file = "documents/markitdown_files/markitdown/tests/test_files/test_llm.jpg";
  const auto path = quarry::testing::DataPath(file);
  if (!path) GTEST_SKIP() << "no shared/data/" << file;
  const Result<ParsedSource> parsed =
      ParseSource(ReadFile(*path).value(), {.id = "a.jpg", .path = "a.jpg", .uri = ""});
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_THAT(parsed->documents[0].text, HasSubstr("the primary color of the square"));
}

TEST(TextRecognition, LanguagesThatWereNotToldAreAskedForAgain) {
  const quarry::testing::ScriptedProgram tesseract("tesseract", "kill -9 $$");
  EXPECT_TRUE(CanRecogniseText());
  EXPECT_EQ(RecogniseText("a picture").status().code(), Code::kResourceExhausted);
  tesseract.Become(
      "if [ \"$1\" = --list-langs ]; then echo chi_sim; else echo \"read with $4\"; fi");
  const Result<std::string> text = RecogniseText("a picture");
  ASSERT_TRUE(text.ok()) << text.status().ToString();
  EXPECT_EQ(*text, "read with chi_sim");
}

TEST(TextRecognition, LanguagesThatAreNotToldAreAskedForOnceAndSayNothingOfAPicture) {
  // An empty file is left for each time that it is called.
  const TemporaryDirectory calls = quarry::testing::MakeTemporaryDirectory();
  const quarry::testing::ScriptedProgram tesseract(
      "tesseract", ": > " + calls.path() + "/$$\necho 'no data' >&2\nexit 1");
  const std::string png("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
  for (int picture = 0; picture < 3; ++picture) {
    const Status status = ParseSource(png, {.id = "a.png", .path = "a.png", .uri = ""}).status();
    EXPECT_EQ(status.ToString(), "UNAVAILABLE: PNG image: tesseract ended with status 1: no data");
    EXPECT_FALSE(IsPassedOver(status, png, "a.png"));
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(calls.path()), fs::directory_iterator()), 1);
}

TEST(TextRecognition, ThatItWasKilledSaysNothingOfAPicture) {
  const quarry::testing::ScriptedProgram tesseract(
      "tesseract", "if [ \"$1\" = --list-langs ]; then echo eng; else kill -9 $$; fi");
  const std::string png("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
  const Status status = ParseSource(png, {.id = "a.png", .path = "a.png", .uri = ""}).status();
  EXPECT_EQ(status.ToString(), "UNAVAILABLE: PNG image: tesseract was killed (out of memory?)");
  EXPECT_FALSE(IsPassedOver(status, png, "a.png"));
}

// No matter of the machine: it would be as much again.
TEST(TextRecognition, ThatItReadTooMuchIsThePicturesFault) {
  const quarry::testing::ScriptedProgram tesseract(
      "tesseract",
      "if [ \"$1\" = --list-langs ]; then echo eng; exit; fi\n"
      "x=abcd; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do x=$x$x; done\n"
      "while :; do echo \"$x\"; done");
  const std::string png("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
  const Status status = ParseSource(png, {.id = "a.png", .path = "a.png", .uri = ""}).status();
  EXPECT_EQ(status.ToString(),
            "INVALID_ARGUMENT: PNG image: tesseract wrote more than 67108864 bytes");
  EXPECT_TRUE(IsPassedOver(status, png, "a.png"));
}

TEST(TextRecognition, WithoutItAPictureHoldsNoText) {
  const OnlyPrograms none({});
  const std::string png("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
  EXPECT_EQ(ParseSource(png, {.id = "a.png", .path = "a.png", .uri = ""}).status().ToString(),
            "FAILED_PRECONDITION: PNG image: install tesseract-ocr and tesseract-ocr-chi-sim to "
            "have text in "
            "pictures read");
  EXPECT_TRUE(HoldsNoText(png, "a.png"));
}

}  // namespace
}  // namespace quarry::ingest
