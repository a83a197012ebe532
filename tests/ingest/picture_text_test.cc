// Pictures in Office files: what tesseract reads of them, and what is said where it is absent.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "base/file.h"
#include "ingest/ocr.h"
#include "ingest/picture_text.h"
#include "tests/ingest/document_testing.h"
#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

using quarry::testing::MakeDocx;
using ::testing::HasSubstr;
using testing::OnlyPrograms;
using ::testing::StartsWith;
using testing::WordRecall;

constexpr char kPictureFiles[] = "documents/markitdown_files/markitdown-ocr/tests/ocr_test_data/";

Result<ParsedSource> ParseFile(const std::string& bytes, const std::string& name) {
  return ParseSource(bytes, {.id = name, .path = name, .uri = ""});
}

TEST(PictureText, PicturesInOfficeFilesAreRead) {
  if (!CanRecogniseText()) GTEST_SKIP() << "tesseract is not installed";
  // What a person reads in their pictures, without words that the edge cuts.
  const std::pair<const char*, const char*> cases[] = {
      {"docx_complex_layout.docx", "NOTICE: SSL Certificate Expires 2025-12-31"},
      {"docx_image_end.docx", "FOOTER: Document ID: DOC-2024-001"},
      {"docx_image_middle.docx", "FIGURE 1: System Architecture"},
      {"docx_image_start.docx", "HEADER: Company Logo - ACME Corp"},
      {"docx_multipage.docx",
       "DOCX PAGE 1: Section Title DOCX PAGE 2: Footer Note DOCX PAGE 3: Header Image"},
      {"docx_multiple_images.docx", "Chart 1: Revenue Growth Chart 2: Customer Satisfaction"},
      {"pptx_complex_layout.pptx", "Market Share: 35%"},
      {"pptx_image_end.pptx", "Contact: info@techcorp.com"},
      {"pptx_image_middle.pptx", "Diagram: System Components"},
      {"pptx_image_start.pptx", "Company: TechCorp Inc."},
      {"pptx_multiple_images.pptx", "Before: 50% Efficiency After: 95% Efficiency"},
      {"xlsx_complex_layout.xlsx",
       "Figure 1: Monthly Trend Figure 2: Year Overview Growth: +25% Map: Top"},
      {"xlsx_image_end.xlsx", "by: John Doe, by: Jane Smith,"},
      {"xlsx_image_middle.xlsx", "Growth Trend: +15% Cost Analysis: Optimized"},
      {"xlsx_image_start.xlsx", "Q1 Sales Chart Q2 Forecast: +20% Growth"},
      {"xlsx_multiple_images.xlsx",
       "KPI: 95% Success Rate Uptime: 99.9% Metric: Response Time 50ms Q1 Results: Exceeded "
       "Goals"}};
  double found = 0;
  double wanted = 0;
  for (const auto& [name, expected] : cases) {
    SCOPED_TRACE(name);
    const auto path = quarry::testing::DataPath(std::string(kPictureFiles) + name);
    if (!path) GTEST_SKIP() << "no shared/data/" << kPictureFiles << name;
    const Result<ParsedSource> parsed = ParseFile(ReadFile(*path).value(), name);
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    EXPECT_TRUE(parsed->errors.empty()) << parsed->errors[0].reason;
    testing::CheckDocument(parsed->documents[0]);
    const auto words = static_cast<double>(std::ranges::count(std::string_view(expected), ' ') + 1);
    const double recall = WordRecall(expected, parsed->documents[0].text);
    std::printf("  %-28s recall %.3f\n", name, recall);
    found += recall * words;
    wanted += words;
  }
  std::printf("  all: %.3f of %.0f words\n", found / wanted, wanted);
  EXPECT_GE(found / wanted, 0.9);
}

TEST(PictureText, ItStandsWhereThePictureStands) {
  if (!CanRecogniseText()) GTEST_SKIP() << "tesseract is not installed";
  const auto path =
      quarry::testing::DataPath(std::string(kPictureFiles) + "docx_image_middle.docx");
  if (!path) GTEST_SKIP() << "no shared/data/" << kPictureFiles;
  const ParsedSource parsed = ParseFile(ReadFile(*path).value(), "a.docx").value();
  const std::string& text = parsed.documents[0].text;
  const size_t picture = text.find("System Architecture");
  ASSERT_NE(picture, text.npos);
  EXPECT_GT(picture, 0u);
  EXPECT_LT(picture + 30, text.size());
}

// A document with these picture parts, each shown twice.
std::string DocxWithPictures(const std::vector<std::string>& pictures,
                             const std::string& text = "Text") {
  std::string body = "<w:p><w:r><w:t>" + text + "</w:t></w:r></w:p>";
  std::string relationships;
  std::vector<quarry::testing::ZipEntry> parts;
  for (size_t i = 0; i < pictures.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    const std::string drawing =
        "<w:p><w:r><w:drawing><a:blip r:embed=\"p" + number + "\"/></w:drawing></w:r></w:p>";
    body += drawing + drawing;
    relationships +=
        "<Relationship Id=\"p" + number + "\" Type=\"x/image\" Target=\"media/" + number + "\"/>";
    parts.push_back({"word/media/" + number, pictures[i]});
  }
  parts.push_back(
      {"word/_rels/document.xml.rels", "<Relationships>" + relationships + "</Relationships>"});
  return MakeDocx(body, parts);
}

const std::string kBrokenPng("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);

TEST(PictureText, WithoutTesseractTheTextIsReadAndThePicturesAreCounted) {
  const OnlyPrograms none({});
  const Result<ParsedSource> parsed =
      ParseFile(DocxWithPictures({kBrokenPng, kBrokenPng + "2", "a drawing"}), "a.docx");
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(parsed->documents[0].text, "Text");
  ASSERT_EQ(parsed->skipped.size(), 2u);
  EXPECT_EQ(parsed->skipped[0].place, "2 pictures");
  EXPECT_THAT(parsed->skipped[0].reason, StartsWith("install tesseract-ocr"));
  EXPECT_EQ(parsed->skipped[1].place, "1 picture");
  EXPECT_EQ(parsed->skipped[1].reason, "drawings, of which no text is recognised");
  EXPECT_THAT(ParseFile(DocxWithPictures({kBrokenPng}, ""), "a.docx").status().message(),
              HasSubstr("; 1 picture: install tesseract-ocr"));
}

TEST(PictureText, ABrokenPictureIsAnErrorAndStopsNothing) {
  if (!CanRecogniseText()) GTEST_SKIP() << "tesseract is not installed";
  const Result<ParsedSource> parsed = ParseFile(DocxWithPictures({kBrokenPng}), "a.docx");
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(parsed->documents[0].text, "Text");
  ASSERT_EQ(parsed->errors.size(), 1u);
  EXPECT_EQ(parsed->errors[0].place, "picture word/media/1");
  EXPECT_THAT(parsed->errors[0].reason, StartsWith("tesseract ended with status 1"));
}

TEST(PictureText, OnlySoManyPicturesOfAFileAreRead) {
  if (!CanRecogniseText()) GTEST_SKIP() << "tesseract is not installed";
  const std::string bytes = DocxWithPictures({kBrokenPng + "1", kBrokenPng + "2", kBrokenPng});
  // With all that is packed in it: another document, a picture.
  const std::string zip =
      quarry::testing::MakeZip({{"a.docx", bytes}, {"b.docx", bytes}, {"c.png", kBrokenPng}});
  ParseBudget budget(zip.size(), {.recognitions = 4});
  const Result<ParsedSource> parsed =
      ParseSource(zip, {.id = "a.zip", .path = "a.zip", .budget = &budget});
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(parsed->errors.size(), 4u);
  ASSERT_EQ(parsed->skipped.size(), 2u);
  const char* reason =
      "text is recognised in the first 4 pictures and pages of a file, for 5 minutes at most";
  EXPECT_EQ(parsed->skipped[0].place, "b.docx: 2 pictures");
  EXPECT_EQ(parsed->skipped[0].reason, reason);
  EXPECT_EQ(parsed->skipped[1].place, "c.png");
  EXPECT_THAT(parsed->skipped[1].reason, HasSubstr(reason));
}

}  // namespace
}  // namespace quarry::ingest
