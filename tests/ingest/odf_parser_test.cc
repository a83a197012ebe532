#include "tests/ingest/document_testing.h"
#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

using quarry::testing::MakeOdf;
using testing::Outline;

ParsedSource ReadOdf(const std::string& odf) { return testing::ParseFile("a", odf); }

std::string Body(const std::string& kind, const std::string& content) {
  return "<office:body><office:" + kind + ">" + content + "</office:" + kind + "></office:body>";
}

TEST(OdfParser, TextKeepsItsStructure) {
  const std::string content =
      "<office:automatic-styles><style:style style:name=\"P1\" style:family=\"paragraph\" "
      "style:parent-style-name=\"Title\"/><style:style style:name=\"P2\" "
      "style:family=\"paragraph\" "
      "style:parent-style-name=\"Preformatted_20_Text\"/><text:list-style style:name=\"L1\">"
      "<text:list-level-style-number text:level=\"1\" style:num-suffix=\".\" "
      "style:num-format=\"1\"/>"
      "<text:list-level-style-bullet "
      "text:level=\"2\"/></text:list-style></office:automatic-styles>" +
      Body("text",
           "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
           "<text:p text:style-name=\"P1\">The Book</text:p><text:h "
           "text:outline-level=\"2\">Part</text:h>"
           "<text:p>One<text:s text:c=\"3\"/>two<text:line-break/>three<text:note><text:note-body>"
           "<text:p>A note.</text:p></text:note-body></text:note></text:p>"
           "<text:list text:style-name=\"L1\"><text:list-item><text:p>First</text:p><text:list>"
           "<text:list-item><text:p>Below</text:p></text:list-item></text:list></text:list-item>"
           "<text:list-item><text:p>Second</text:p></text:list-item></text:list>"
           "<text:p text:style-name=\"P2\">int x;</text:p><text:p text:style-name=\"P2\"><text:s "
           "text:c=\"2\"/>int y;</text:p>"
           "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Name</"
           "text:p>"
           "</table:table-cell><table:table-cell><text:p>Use</text:p></table:table-cell></"
           "table:table-row>"
           "</table:table-header-rows><table:table-row><table:table-cell><text:p>Pump</text:p></"
           "table:table-cell>"
           "<table:table-cell><text:p>water</text:p></table:table-cell></table:table-row></"
           "table:table>"
           "<text:p><draw:frame><draw:text-box><text:p>Boxed</text:p></draw:text-box></"
           "draw:frame></text:p>");
  const std::string meta =
      "<office:document-meta><office:meta><meta:initial-creator>Ada</meta:initial-creator>"
      "<dc:creator>Bob</dc:creator><dc:date>2024-02-01T10:00:00</dc:date>"
      "<meta:creation-date>2024-01-01T10:00:00</meta:creation-date></office:meta></"
      "office:document-meta>";
  const std::string styles =
      "<office:document-styles><office:styles><style:style style:name=\"Preformatted_20_Text\" "
      "style:display-name=\"Preformatted Text\" "
      "style:family=\"paragraph\"/></office:styles></office:document-styles>";
  const ParsedSource parsed =
      ReadOdf(MakeOdf("text", content, {{"meta.xml", meta}, {"styles.xml", styles}}));
  const Document& document = parsed.documents.at(0);
  EXPECT_EQ(Outline(document),
            "h1|The Book\nh2|Part\np|One two\\nthree[1]\np|[1] A note.\nl1|1. First\nl2|Below\n"
            "l1|2. Second\nc|int x;\\n  int y;\nt|Name: Pump; Use: water\np|Boxed");
  EXPECT_EQ(document.title, "The Book");
  EXPECT_EQ(document.metadata.at("author"), MetadataValue("Ada"));
  EXPECT_EQ(document.metadata.at("created"), MetadataValue("2024-01-01T10:00:00"));
  EXPECT_EQ(document.metadata.at("modified"), MetadataValue("2024-02-01T10:00:00"));
  EXPECT_EQ(document.media_type, MediaTypeOf(Format::kOdt));
}

// It stands in the file once and before each item.
TEST(OdfParser, WhatStandsBeforeAnItemIsShort) {
  const std::string content =
      "<office:automatic-styles><text:list-style style:name=\"L\"><text:list-level-style-number "
      "text:level=\"1\" style:num-format=\"1\" style:num-prefix=\"" +
      testing::Repeat("泵", 100'000) + "\"/></text:list-style></office:automatic-styles>" +
      Body("text",
           "<text:list text:style-name=\"L\">" +
               testing::Repeat("<text:list-item><text:p>x</text:p></text:list-item>", 1000) +
               "</text:list>");
  const Document document = ReadOdf(MakeOdf("text", content)).documents.at(0);
  EXPECT_EQ(document.blocks.size(), 1000u);
  EXPECT_EQ(document.TextOf(document.blocks[999]), testing::Repeat("泵", 66) + "1000 x");
}

TEST(OdfParser, SpreadsheetsRepeatCellsAndIgnoreTheEmptyRest) {
  const auto cell = [](const std::string& text, const std::string& more = "") {
    return "<table:table-cell " + more + "><text:p>" + text + "</text:p></table:table-cell>";
  };
  const std::string sheet =
      "<table:table table:name=\"Prices\"><table:table-row>" + cell("Name") + cell("Price") +
      "<table:table-cell "
      "table:number-columns-repeated=\"16000\"/></table:table-row><table:table-row>" +
      cell("Pump") + cell("1,50 €") + "</table:table-row><table:table-row>" +
      cell("7", "table:number-columns-repeated=\"2\"") +
      "</table:table-row><table:table-row table:number-rows-repeated=\"1048000\">"
      "<table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table>";
  EXPECT_EQ(Outline(ReadOdf(MakeOdf("spreadsheet", Body("spreadsheet", sheet))).documents.at(0)),
            "h1|Prices\nt|Name: Pump; Price: 1,50 €\\nName: 7; Price: 7");
}

TEST(OdfParser, SlidesHaveTitlesAndPages) {
  const auto frame = [](const std::string& kind, const std::string& text) {
    return "<draw:frame presentation:class=\"" + kind + "\"><draw:text-box>" + text +
           "</draw:text-box></draw:frame>";
  };
  const std::string pages =
      "<draw:page>" +
      frame("outline",
            "<text:list><text:list-item><text:p>Fast</text:p></text:list-item></text:list>") +
      frame("title", "<text:p>Pumps</text:p>") + "<presentation:notes>" +
      frame("notes", "<text:p>Say hello</text:p>") +
      "</presentation:notes></draw:page><draw:page>" + frame("title", "<text:p>Valves</text:p>") +
      "</draw:page>";
  const ParsedSource parsed = ReadOdf(MakeOdf("presentation", Body("presentation", pages)));
  EXPECT_EQ(Outline(parsed.documents.at(0)), "h1|Pumps\nl1|Fast\np|Notes: Say hello\nh1|Valves");
  EXPECT_EQ(parsed.documents[0].blocks.back().page, 2u);
}

TEST(OdfParser, AProtectedFileIsAnError) {
  const std::string odf =
      MakeOdf("text", "",
              {{"META-INF/manifest.xml",
                "<manifest:manifest><manifest:file-entry>"
                "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"}});
  EXPECT_EQ(ParseSource(odf, {.id = "a", .path = "a.odt"}).status().message(),
            "encrypted: a password protects it; save it without one");
}

TEST(EpubParser, ChaptersComeInTheOrderOfTheSpine) {
  const std::string toc =
      "<!DOCTYPE ncx PUBLIC \"-//NISO//DTD ncx 2005-1//EN\" "
      "\"x\"><ncx><navMap><navPoint><navLabel><text>Prologue"
      "</text></navLabel><content src=\"c1.xhtml#x\"/></navPoint></navMap></ncx>";
  const ParsedSource parsed = ReadOdf(quarry::testing::MakeEpub(
      {"<p>Once upon a time.</p>", "<h1>Two</h1><ul><li>item</li></ul>"}, {{"OPS/toc.ncx", toc}}));
  const Document& document = parsed.documents.at(0);
  EXPECT_EQ(Outline(document), "h1|Prologue\np|Once upon a time.\nh1|Two\nl1|item");
  EXPECT_EQ(document.title, "The Book");
  EXPECT_EQ(document.metadata.at("author"), MetadataValue(std::vector<std::string>{"Ada", "Bob"}));
}

TEST(EpubParser, LockedChaptersAreErrors) {
  const std::string lock =
      "<encryption><EncryptedData><CipherData><CipherReference URI=\"OPS/c1.xhtml\"/>"
      "</CipherData></EncryptedData></encryption>";
  const ParsedSource parsed = ReadOdf(quarry::testing::MakeEpub(
      {"<p>One.</p>", "<p>Two.</p>"}, {{"META-INF/encryption.xml", lock}}));
  EXPECT_EQ(Outline(parsed.documents.at(0)), "p|Two.");
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].place + ": " + parsed.errors[0].reason,
            "chapter OPS/c1.xhtml: encrypted");
}

}  // namespace
}  // namespace quarry::ingest
