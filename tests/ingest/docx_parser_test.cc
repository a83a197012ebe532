#include <limits>
#include <string>
#include <vector>

#include "ingest/list_number.h"
#include "tests/ingest/document_testing.h"
#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

using quarry::testing::MakeDocx;
using quarry::testing::ZipEntry;
using testing::Outline;

Document ReadDocx(const std::string& docx) {
  return testing::ParseFile("a.docx", docx).documents.at(0);
}

std::string P(const std::string& text, const std::string& properties = "") {
  return "<w:p><w:pPr>" + properties + "</w:pPr><w:r><w:t xml:space=\"preserve\">" + text +
         "</w:t></w:r></w:p>";
}

std::string Style(const std::string& id) { return "<w:pStyle w:val=\"" + id + "\"/>"; }

const ZipEntry kStyles = {
    "word/styles.xml",
    "<w:styles>"
    "<w:style w:type=\"paragraph\" w:styleId=\"berschrift1\"><w:name w:val=\"heading "
    "1\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Own\"><w:name w:val=\"Own\"/>"
    "<w:basedOn w:val=\"berschrift1\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Out\"><w:name w:val=\"Clause\"/>"
    "<w:pPr><w:outlineLvl w:val=\"2\"/></w:pPr></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Zh\"><w:name w:val=\"标题 2\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"T\"><w:name w:val=\"Title\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Q\"><w:name w:val=\"Quote\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"C\"><w:name w:val=\"Source Code\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Toc\"><w:name w:val=\"toc 1\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Circle\"><w:name w:val=\"x\"/>"
    "<w:basedOn w:val=\"Circle\"/></w:style>"
    "</w:styles>"};

TEST(DocxParser, HeadingsAreFoundByStyleOutlineAndLocalName) {
  const std::string docx = MakeDocx(
      P("The Manual", Style("T")) + P("One", Style("berschrift1")) + P("Two", Style("Own")) +
          P("Three", Style("Out")) + P("四", Style("Zh")) +
          P("Five", "<w:outlineLvl w:val=\"4\"/>") +
          P("No", Style("Own") + "<w:outlineLvl w:val=\"9\"/>") + P("Contents....1", Style("Toc")) +
          P("Plain", Style("Circle")) + P("Said", Style("Q")) + P("int x;", Style("C")) +
          P("  int y;", Style("C")) + P("End"),
      {kStyles});
  const Document document = ReadDocx(docx);
  EXPECT_EQ(Outline(document),
            "h1|The Manual\nh1|One\nh1|Two\nh3|Three\nh2|四\nh5|Five\np|No\np|Plain\nq|Said\n"
            "c|int x;\\n  int y;\np|End");
  EXPECT_EQ(document.title, "The Manual");
  EXPECT_EQ(document.media_type, MediaTypeOf(Format::kDocx));
}

TEST(DocxParser, ListsKeepTheirNumbersAndLevels) {
  const ZipEntry numbering = {
      "word/numbering.xml",
      "<w:numbering><w:abstractNum w:abstractNumId=\"0\">"
      "<w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/><w:lvlText "
      "w:val=\"%1.\"/></w:lvl>"
      "<w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt w:val=\"lowerLetter\"/><w:lvlText "
      "w:val=\"%1.%2)\"/></w:lvl>"
      "</w:abstractNum><w:abstractNum w:abstractNumId=\"1\"><w:lvl w:ilvl=\"0\"><w:numFmt "
      "w:val=\"bullet\"/>"
      "<w:lvlText w:val=\"\xEF\x82\xB7\"/></w:lvl></w:abstractNum>"
      "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>"
      "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"1\"/></w:num>"
      "<w:num w:numId=\"3\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride w:ilvl=\"0\">"
      "<w:startOverride w:val=\"7\"/></w:lvlOverride></w:num></w:numbering>"};
  const auto item = [](const char* list, const char* level) {
    return std::string("<w:numPr><w:ilvl w:val=\"") + level + "\"/><w:numId w:val=\"" + list +
           "\"/></w:numPr>";
  };
  const Document document = ReadDocx(
      MakeDocx(P("Unpack", item("1", "0")) + P("box", item("1", "1")) + P("bag", item("1", "1")) +
                   P("Run", item("1", "0")) + P("again", item("1", "1")) +
                   P("Dot", item("2", "0")) + P("Seven", item("3", "0")) +
                   P("No list", item("0", "0")) + P("Scope", Style("berschrift1") + item("1", "0")),
               {kStyles, numbering}));
  EXPECT_EQ(
      Outline(document),
      "l1|1. Unpack\nl2|1.a) box\nl2|1.b) bag\nl1|2. Run\nl2|2.a) again\nl1|Dot\nl1|7. Seven\n"
      "p|No list\nh1|8. Scope");
}

TEST(ListCounter, CountsOnFromWhateverAFileSaysThatAListBeginsAt) {
  ListLevel level;
  level.text = "%1.";
  level.start = std::numeric_limits<int64_t>::max();
  const std::vector<ListLevel> levels = {level};
  ListCounter counter;
  EXPECT_EQ(counter.Next(levels, 0), "1000000000.");
  EXPECT_EQ(counter.Next(levels, 0), "1000000001.");
  counter.Restart(0, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(counter.Next(levels, 0), "-1000000000.");
  EXPECT_EQ(counter.Next(levels, 0), "-999999999.");
}

TEST(ListCounter, EndsANumberOfManyNumbers) {
  ListLevel level;
  level.format = "lowerRoman";
  level.start = 3888;
  level.text = testing::Repeat("%1", 100);
  EXPECT_EQ(ListCounter().Next({level}, 0), testing::Repeat("mmmdccclxxxviii", 14));
}

TEST(DocxParser, TablesRepeatTheirHeaderInEachRow) {
  const auto cell = [](const std::string& text, const std::string& properties = "") {
    return "<w:tc><w:tcPr>" + properties + "</w:tcPr>" + P(text) + "</w:tc>";
  };
  const std::string head = "<w:trPr><w:tblHeader/></w:trPr>";
  const Document document = ReadDocx(MakeDocx(
      "<w:tbl><w:tr>" + head + cell("Model", "<w:vMerge w:val=\"restart\"/>") +
      cell("Power", "<w:gridSpan w:val=\"2\"/>") + "</w:tr><w:tr>" + head +
      cell("", "<w:vMerge/>") + cell("Min") + cell("Max") + "</w:tr><w:tr>" +
      cell("VX", "<w:vMerge w:val=\"restart\"/>") + cell("1") + cell("2") + "</w:tr><w:tr>" +
      cell("", "<w:vMerge/>") + cell("3") + cell("4") + "</w:tr></w:tbl>" + P("Between") +
      "<w:tbl><w:tr>" + cell("Name") + cell("Age") + "</w:tr><w:tr>" + cell("Ada") + cell("36") +
      "</w:tr></w:tbl><w:tbl><w:tr>" + cell("Alone in its table") + "</w:tr></w:tbl>"));
  EXPECT_EQ(Outline(document),
            "t|Model: VX; Power Min: 1; Power Max: 2\\nModel: VX; Power Min: 3; Power Max: 4\n"
            "p|Between\nt|Name: Ada; Age: 36\np|Alone in its table");
}

TEST(DocxParser, TablesAndHeadingsInAContentControlOfACellAreRead) {
  const auto table = [](const std::string& cell) {
    return "<w:tbl><w:tr><w:tc>" + P("Outer") + "</w:tc><w:tc>" + cell + "</w:tc></w:tr></w:tbl>";
  };
  const auto control = [](const std::string& content) {
    return "<w:sdt><w:sdtContent>" + content + "</w:sdtContent></w:sdt>";
  };
  const Document document =
      ReadDocx(MakeDocx(table(control(table(P("Zanzibar")))) + P("Between") +
                            table(control(P("Head", Style("berschrift1")) + P("Text"))),
                        {kStyles}));
  EXPECT_EQ(Outline(document), "p|Outer\nt|Outer; Zanzibar\np|Between\np|Outer\nh1|Head\np|Text");
}

// A few kilobytes would make gigabytes. What is beyond the limit is left out.
TEST(DocxParser, TextThatIsRepeatedIsLimited) {
  const auto cell = [](const std::string& text, const std::string& properties = "") {
    return "<w:tc><w:tcPr>" + properties + "</w:tcPr>" + P(text) + "</w:tc>";
  };
  const std::string text = testing::Repeat("泵", 5000);
  std::string rows = "<w:tr>" + cell(text, "<w:vMerge w:val=\"restart\"/>") + cell("1") + "</w:tr>";
  std::string references;
  for (int i = 0; i < 300; ++i) {
    rows += "<w:tr>" + cell("", "<w:vMerge/>") + cell("1") + "</w:tr>";
    references += "<w:r><w:footnoteReference w:id=\"2\"/></w:r>";
  }
  std::string header;
  for (int i = 0; i < 500; ++i) {
    header +=
        "<w:tr><w:trPr><w:tblHeader/></w:trPr>" +
        cell(std::to_string(i) + " " + testing::Repeat("x", 100), "<w:gridSpan w:val=\"1000\"/>") +
        cell("") + "</w:tr>";
  }
  const std::string docx =
      MakeDocx("<w:tbl>" + rows + "</w:tbl><w:p>" + references + "</w:p><w:tbl>" + header +
                   "<w:tr>" + cell("a") + cell("b") + "</w:tr></w:tbl>" + P("The end"),
               {{"word/footnotes.xml", "<w:footnotes><w:footnote w:id=\"2\">" + P(text) +
                                           "</w:footnote></w:footnotes>"}});
  ParseLimits limits;
  limits.repeated_bytes = 0;  // so it is what may be unpacked
  ParseBudget budget(docx.size(), limits);
  SourceInfo source;
  source.id = source.path = "a.docx";
  source.budget = &budget;
  const Result<ParsedSource> parsed = ParseSource(docx, source);
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  const std::string& all = parsed->documents.at(0).text;
  EXPECT_GT(all.size(), 10 * text.size());
  EXPECT_LT(all.size(), (2u << 20) + 200'000);
  EXPECT_TRUE(all.ends_with("The end"));
}

// A pattern stands in the file once and before each item.
TEST(DocxParser, WhatStandsBeforeAnItemIsShort) {
  const ZipEntry numbering = {
      "word/numbering.xml",
      "<w:numbering><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:lvlText w:val=\"" +
          testing::Repeat("泵", 100'000) +
          "\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>"
          "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride w:ilvl=\"0\">"
          "<w:lvl w:ilvl=\"0\"><w:lvlText w:val=\"§ %1\"/></w:lvl></w:lvlOverride></w:num>"
          "</w:numbering>"};
  const auto items = [](const std::string& list) {
    return testing::Repeat(P("x", "<w:numPr><w:numId w:val=\"" + list + "\"/></w:numPr>"), 1000);
  };
  const Document document = ReadDocx(MakeDocx(items("1") + items("2"), {numbering}));
  EXPECT_THAT(Outline(document),
              ::testing::StartsWith("l1|" + testing::Repeat("泵", 66) + " x\nl1|泵"));
  EXPECT_THAT(Outline(document), ::testing::EndsWith("\nl1|§ 999 x\nl1|§ 1000 x"));
  EXPECT_LT(document.text.size(), 300'000u);
}

TEST(DocxParser, NotesCommentsAndTextBoxesStandBehindTheirParagraph) {
  const ZipEntry footnotes = {
      "word/footnotes.xml",
      "<w:footnotes><w:footnote w:type=\"separator\" w:id=\"-1\"><w:p><w:r><w:t>no"
      "</w:t></w:r></w:p></w:footnote><w:footnote w:id=\"2\">" +
          P("See below.") + "</w:footnote></w:footnotes>"};
  const ZipEntry comments = {"word/comments.xml",
                             "<w:comments><w:comment w:id=\"0\" w:author=\"Ada\">" + P("Really?") +
                                 "</w:comment></w:comments>"};
  const Document document = ReadDocx(MakeDocx(
      "<w:p><w:r><w:t>Fact</w:t></w:r><w:r><w:footnoteReference "
      "w:id=\"2\"/></w:r><w:r><w:t>.</w:t></w:r>"
      "<w:r><w:commentReference w:id=\"0\"/></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing>"
      "<wp:docPr descr=\"A pump\"/><wps:txbx><w:txbxContent>" +
          P("Boxed") +
          "</w:txbxContent></wps:txbx></w:drawing></"
          "mc:Choice><mc:Fallback><w:pict><w:txbxContent>" +
          P("Boxed") + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
      {footnotes, comments}));
  EXPECT_EQ(Outline(document),
            "p|Fact[1]. A pump\np|[1] See below.\nq|Comment by Ada: Really?\np|Boxed");
}

TEST(DocxParser, WhatTheReaderDoesNotSeeIsLeftOut) {
  const Document document = ReadDocx(MakeDocx(
      "<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText> gone</w:delText></w:r></w:del>"
      "<w:ins><w:r><w:t xml:space=\"preserve\"> new</w:t></w:r></w:ins>"
      "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
      "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
      "<w:hyperlink r:id=\"x\"><w:r><w:t xml:space=\"preserve\"> link</w:t></w:r></w:hyperlink>"
      "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>PAGE</w:instrText></w:r>"
      "<w:r><w:tab/><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p>"
      "<w:sdt><w:sdtContent>" +
      P("In a control") + "</w:sdtContent></w:sdt>"));
  EXPECT_EQ(Outline(document), "p|Kept new link a\\nb\np|In a control");
}

TEST(DocxParser, PagesAndPropertiesAreKept) {
  const std::string core =
      "<cp:coreProperties><dc:title>Pump manual</dc:title><dc:creator>Ada</dc:creator>"
      "<dcterms:created>2024-01-31T09:00:00Z</dcterms:created>"
      "<dcterms:modified>yesterday</dcterms:modified><cp:keywords>pump, valve</cp:keywords>"
      "</cp:coreProperties>";
  const Document document = ReadDocx(MakeDocx(
      P("One") + "<w:p><w:r><w:lastRenderedPageBreak/><w:t>Two</w:t></w:r></w:p>" + P("Three"),
      {{"docProps/core.xml", core}}));
  EXPECT_EQ(document.title, "Pump manual");
  EXPECT_EQ(document.metadata.at("author"), MetadataValue("Ada"));
  EXPECT_EQ(document.metadata.at("created"), MetadataValue("2024-01-31T09:00:00Z"));
  EXPECT_FALSE(document.metadata.contains("modified"));
  EXPECT_EQ(document.metadata.at("keywords"),
            MetadataValue(std::vector<std::string>{"pump", "valve"}));
  ASSERT_EQ(document.blocks.size(), 3u);
  EXPECT_EQ(document.blocks[0].page, 1u);
  EXPECT_EQ(document.blocks[1].page, 2u);
  EXPECT_EQ(document.blocks[2].page, 2u);
}

TEST(DocxParser, BrokenPartsAreNamed) {
  const auto error = [](const std::string& docx) {
    return ParseSource(docx, {.id = "a", .path = "a.docx"}).status().message();
  };
  EXPECT_EQ(error(MakeDocx("<w:p>")),
            "entry word/document.xml: broken XML at byte 97: an element is not closed");
  EXPECT_EQ(error(MakeDocx("", {{"_rels/.rels", "<Relationships/>"}})),
            "entry _rels/.rels: expected a relationship officeDocument");
  std::string cut = MakeDocx(P("x"));
  cut.resize(cut.size() / 2);
  EXPECT_EQ(error(cut),
            "truncated: its end is missing, where it says what is in it; get the whole file");
  EXPECT_EQ(error("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" +
                  std::string("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 32)),
            "encrypted: a password protects it; save it without one");
}

}  // namespace
}  // namespace quarry::ingest
