#include "ingest/document_builder.h"
#include "ingest/drawing_text.h"
#include "ingest/xml_tree.h"
#include "tests/ingest/document_testing.h"
#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

using quarry::testing::MakePptx;
using testing::Outline;

ParsedSource ReadPptx(const std::string& pptx) { return testing::ParseFile("a.pptx", pptx); }

std::string Shape(const std::string& placeholder, const std::string& paragraphs) {
  const std::string mark = placeholder.empty() ? "" : "<p:ph type=\"" + placeholder + "\"/>";
  return "<p:sp><p:nvSpPr><p:cNvPr id=\"1\"/><p:nvPr>" + mark + "</p:nvPr></p:nvSpPr><p:txBody>" +
         paragraphs + "</p:txBody></p:sp>";
}

std::string SlideP(const std::string& text, const std::string& properties = "") {
  return "<a:p>" + properties + "<a:r><a:t>" + text + "</a:t></a:r></a:p>";
}

TEST(PptxParser, SlidesHaveTitlesBulletsAndNotesOnTheirPages) {
  const std::string first = Shape("body", SlideP("Fast") + SlideP("very", "<a:pPr lvl=\"1\"/>") +
                                              SlideP("plain", "<a:pPr><a:buNone/></a:pPr>")) +
                            Shape("title", SlideP("Pumps")) + Shape("sldNum", SlideP("7")) +
                            Shape("", SlideP("Free text")) + "<p:grpSp>" +
                            Shape("", SlideP("In a group")) + "</p:grpSp>" +
                            "<p:pic><p:nvPicPr><p:cNvPr descr=\"A red pump\"/></p:nvPicPr></p:pic>";
  const ParsedSource parsed =
      ReadPptx(MakePptx({first, Shape("ctrTitle", SlideP("Valves"))},
                        {{"ppt/notesSlides/notesSlide1.xml",
                          "<p:notes><p:cSld><p:spTree>" + Shape("body", SlideP("Say hello")) +
                              Shape("sldNum", SlideP("1")) + "</p:spTree></p:cSld></p:notes>"}}));
  const Document& document = parsed.documents.at(0);
  EXPECT_EQ(Outline(document),
            "h1|Pumps\nl1|Fast\nl2|very\np|plain\np|Free text\np|In a group\np|A red pump\n"
            "p|Notes: Say hello\nh1|Valves");
  EXPECT_EQ(document.title, "Pumps");
  EXPECT_EQ(document.blocks.front().page, 1u);
  EXPECT_EQ(document.blocks.back().page, 2u);
}

TEST(PptxParser, TablesAndChartsAreRows) {
  const auto row = [](const std::string& a, const std::string& b) {
    const auto cell = [](const std::string& text) {
      return "<a:tc><a:txBody>" + SlideP(text) + "</a:txBody></a:tc>";
    };
    return "<a:tr>" + cell(a) + cell(b) + "</a:tr>";
  };
  const auto frame = [](const std::string& data) {
    return "<p:graphicFrame><p:nvGraphicFramePr/><a:graphic><a:graphicData>" + data +
           "</a:graphicData></a:graphic></p:graphicFrame>";
  };
  const std::string chart =
      "<c:chartSpace><c:chart><c:title>" + SlideP("Sales") +
      "</c:title><c:plotArea><c:barChart><c:ser>"
      "<c:tx><c:v>Units</c:v></c:tx><c:cat><c:pt idx=\"0\"><c:v>2023</c:v></c:pt><c:pt idx=\"1\">"
      "<c:v>2024</c:v></c:pt></c:cat><c:val><c:pt idx=\"0\"><c:v>5</c:v></c:pt><c:pt "
      "idx=\"1\"><c:v>7</c:v>"
      "</c:pt></c:val></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>";
  const ParsedSource parsed =
      ReadPptx(MakePptx({frame("<a:tbl><a:tblPr firstRow=\"1\"/>" + row("Name", "Use") +
                               row("Pump", "water") + "</a:tbl>") +
                         frame("<c:chart r:id=\"c1\"/>")},
                        {{"ppt/charts/chart1.xml", chart}}));
  EXPECT_EQ(Outline(parsed.documents.at(0)),
            "t|Name: Pump; Use: water\np|Sales\nt|2023; Units: 5\\n2024; Units: 7");
}

// Of a few megabytes they would make a square of gigabytes.
TEST(PptxParser, AChartOfManySeriesHasTheFirstThousandOfThem) {
  std::string chart = "<c:chartSpace><c:chart><c:plotArea><c:barChart>";
  for (int i = 0; i < 20'000; ++i) {
    const std::string number = std::to_string(i);
    chart += "<c:ser><c:tx><c:v>第" + number + "</c:v></c:tx><c:val><c:pt idx=\"" + number +
             "\"><c:v>1</c:v></c:pt></c:val></c:ser>";
  }
  Result<xml::Tree> tree =
      xml::Tree::Parse(chart + "</c:barChart></c:plotArea></c:chart></c:chartSpace>");
  ASSERT_TRUE(tree.ok()) << tree.status().ToString();
  Document document;
  DocumentBuilder builder(&document);
  WriteChart(tree->root(), &builder);
  ASSERT_EQ(document.blocks.size(), 1u);
  EXPECT_THAT(document.text, ::testing::StartsWith("第0: 1\n第1: 1\n第2: 1\n"));
  EXPECT_THAT(document.text, ::testing::EndsWith("\n第998: 1\n第999: 1"));
}

// Put before what there is of its point, each was a copy of it all.
TEST(PptxParser, NamesOfAPointAtManyLevelsEnd) {
  std::string chart = "<c:chartSpace><c:chart><c:plotArea><c:ser><c:cat>";
  for (int i = 0; i < 50'000; ++i) chart += "<c:pt idx=\"0\"><c:v>泵</c:v></c:pt>";
  Result<xml::Tree> tree =
      xml::Tree::Parse(chart + "</c:cat></c:ser></c:plotArea></c:chart></c:chartSpace>");
  ASSERT_TRUE(tree.ok()) << tree.status().ToString();
  Document document;
  DocumentBuilder builder(&document);
  WriteChart(tree->root(), &builder);
  EXPECT_LT(document.text.size(), 2000u);
}

// A few kilobytes would make gigabytes. What is beyond the limit is left out.
TEST(PptxParser, TextOfCellsThatGoOnBelowIsLimited) {
  const std::string text = testing::Repeat("泵", 5000);
  const auto row = [](const std::string& properties, const std::string& words) {
    return "<a:tr><a:tc" + properties + "><a:txBody>" + SlideP(words) +
           "</a:txBody></a:tc><a:tc><a:txBody>" + SlideP("1") + "</a:txBody></a:tc></a:tr>";
  };
  std::string rows = row("", text);
  for (int i = 0; i < 300; ++i) rows += row(" vMerge=\"1\"", "");
  const std::string pptx = MakePptx({"<p:graphicFrame><a:graphic><a:graphicData><a:tbl>" + rows +
                                     "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>" +
                                     Shape("", SlideP("The end"))});
  ParseLimits limits;
  limits.repeated_bytes = 0;  // so it is what may be unpacked
  ParseBudget budget(pptx.size(), limits);
  SourceInfo source;
  source.id = source.path = "a.pptx";
  source.budget = &budget;
  const Result<ParsedSource> parsed = ParseSource(pptx, source);
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  const std::string& all = parsed->documents.at(0).text;
  EXPECT_GT(all.size(), 10 * text.size());
  EXPECT_LT(all.size(), 2u << 20);
  EXPECT_TRUE(all.ends_with("The end"));
}

TEST(PptxParser, HiddenShapesAreLeftOutHoweverTheXmlIsIndented) {
  const std::string hidden =
      "<p:sp>\n  <p:nvSpPr>\n    <p:cNvPr id=\"1\" hidden=\"1\"/>\n  </p:nvSpPr>\n  <p:txBody>" +
      SlideP("Secret") + "</p:txBody></p:sp>";
  EXPECT_EQ(Outline(ReadPptx(MakePptx({hidden + Shape("", SlideP("Shown"))})).documents.at(0)),
            "p|Shown");
}

TEST(PptxParser, ABrokenSlideIsAnErrorOfThatSlide) {
  const ParsedSource parsed = ReadPptx(MakePptx({"<p:sp>", Shape("title", SlideP("Good"))}));
  EXPECT_EQ(Outline(parsed.documents.at(0)), "h1|Good");
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].place, "slide 1");
  EXPECT_THAT(parsed.errors[0].reason,
              ::testing::StartsWith("entry ppt/slides/slide1.xml: broken XML at byte "));
}

}  // namespace
}  // namespace quarry::ingest
