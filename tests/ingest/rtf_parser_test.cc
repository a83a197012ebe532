#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using testing::Outline;
using testing::ParseOne;
using testing::Repeat;

Document Rtf(const std::string& body) {
  return ParseOne(Format::kRtf, "{\\rtf1\\ansi " + body + "}");
}

TEST(RtfParser, ParagraphsLineBreaksAndSymbolsAreRead) {
  EXPECT_EQ(Outline(Rtf("Pump {\\b room}\\par Two\\line lines \\endash  end\\par")),
            "p|Pump room\np|Two\\nlines – end");
}

TEST(RtfParser, CodePagesAndUnicodeAreRead) {
  EXPECT_EQ(Rtf("\\ansicpg1252 caf\\'e9").text, "café");
  EXPECT_EQ(Rtf("\\ansicpg936 \\'cb\\'ae\\'b1\\'c3").text, "水泵");
  EXPECT_EQ(Rtf("{\\fonttbl{\\f1\\fcharset134 SimSun;}}\\f1 \\'cb\\'ae\\'b1\\'c3").text, "水泵");
  EXPECT_EQ(Rtf("{\\fonttbl{\\f1\\fcharset204 Arial;}}{\\f1 \\'cd\\'e0\\'f1}").text, "Нас");
  // \u is followed by a stand-in of \uc characters, in whatever form.
  EXPECT_EQ(Rtf("\\uc1\\u27700 ?\\u27893\\'3f!").text, "水泵!");
  EXPECT_EQ(Rtf("{\\uc0\\u27700\\u27893}x").text, "水泵x");
  EXPECT_EQ(Rtf("\\u-10179 ?\\u-8704 ?").text, "\U0001F600");
}

TEST(RtfParser, HeadingsAreFoundByStyleAndOutlineLevel) {
  EXPECT_EQ(Outline(Rtf("{\\stylesheet{\\s1\\outlinelevel0 heading 1;}{\\s2 \\'b1\\'ea heading 2;}"
                        "{\\s3 heading 3;}}\\pard\\s1 Manual\\par\\pard\\s3 Detail\\par\\pard "
                        "\\outlinelevel1 Part\\par\\pard Text\\par")),
            "h1|Manual\nh3|Detail\nh2|Part\np|Text");
}

TEST(RtfParser, TablesHaveARowALine) {
  EXPECT_EQ(Outline(Rtf("\\trowd\\trhdr\\intbl Model\\cell Power\\cell\\row"
                        "\\trowd\\intbl VX-220\\cell 1.5 kW\\cell\\row\\pard Behind\\par")),
            "t|Model: VX-220; Power: 1.5 kW\np|Behind");
  EXPECT_EQ(Outline(Rtf("\\intbl a\\cell b\\cell\\row\\pard x\\par\\intbl c\\cell\\row")),
            "t|a; b\np|x\nt|c");
}

TEST(RtfParser, ListItemsKeepTheirNumbers) {
  EXPECT_EQ(Outline(Rtf("\\pard{\\listtext 1.\\tab}\\ls1 First\\par{\\listtext\\'b7\\tab}"
                        "\\ls2\\ilvl1 Bullet\\par")),
            "l1|1. First\nl2|Bullet");
}

TEST(RtfParser, WhatIsNotTextIsLeftOut) {
  EXPECT_EQ(Rtf("{\\*\\generator Word;}{\\pict 0102ff}{\\header Head}{\\v hidden}"
                "{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt link}}\\bin3 {}}!")
                .text,
            "link!");
}

TEST(RtfParser, NotesStandBehindTheirParagraph) {
  EXPECT_EQ(Outline(Rtf("Text{\\footnote A note.} goes on\\par Next")),
            "p|Text goes on\np|A note.\np|Next");
}

TEST(RtfParser, TheInformationIsMetadata) {
  const Document document =
      Rtf("{\\info{\\title Pumpen}{\\author Ada}{\\creatim\\yr2024\\mo3\\dy1\\hr9\\min5}}Text");
  EXPECT_EQ(document.title, "Pumpen");
  EXPECT_EQ(std::get<std::string>(document.metadata.at("author")), "Ada");
  EXPECT_EQ(std::get<std::string>(document.metadata.at("created")), "2024-03-01T09:05:00");
}

TEST(RtfParser, HtmlThatAMailProgramWroteAsRtfIsHtmlAgain) {
  const std::string mail =
      "\\ansicpg936\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\\uc1\\pard"
      "{\\*\\htmltag19 <html>}{\\*\\htmltag34 <head>}{\\*\\htmltag241 <style>p \\{x\\}</style>}"
      "{\\*\\htmltag41 </head>}{\\*\\htmltag50 <body>}\\htmlrtf \\lang1033 \\htmlrtf0"
      "{\\*\\htmltag64 <h1>}\\htmlrtf {\\b\\htmlrtf0 Pump \\'cb\\'ae\\'b1\\'c3"
      "{\\*\\htmltag72 </h1>}\\htmlrtf }\\par\\htmlrtf0 "
      "{\\*\\htmltag96 <ul>}{\\*\\htmltag100 <li>}\\htmlrtf {\\pntext\\'b7\\tab}stand-in\\htmlrtf0 "
      "a {\\*\\htmltag84 &lt;}\\htmlrtf <\\htmlrtf0  b & c\\u27700 ?{\\*\\htmltag108 </li>}"
      "{\\*\\htmltag104 </ul>}{\\*\\mhtmltag84 <no>}{\\*\\htmltag0 \\par }"
      "{\\*\\htmltag64 <table><tr><th>Model</th><th>Power</th></tr><tr><td>}VX-220"
      "{\\*\\htmltag64 </td><td>}1.5 kW{\\*\\htmltag64 </td></tr></table>}";
  EXPECT_EQ(Outline(Rtf(mail)), "h1|Pump 水泵\nl1|a < b & c水\nt|Model: VX-220; Power: 1.5 kW");
  // Tags say nothing in what was not made from HTML.
  EXPECT_EQ(Rtf("a{\\*\\htmltag64 <b>}b").text, "ab");
}

TEST(RtfParser, DepthIsLimitedAndDamageIsNoCrash) {
  const Result<ParsedSource> deep =
      ParserFor(Format::kRtf).Parse("{\\rtf1" + Repeat("{", 1000), {.id = "x", .path = "x"});
  EXPECT_EQ(deep.status().message(), "broken RTF at byte 505: groups more than 500 deep");
  EXPECT_EQ(ParserFor(Format::kRtf).Parse("text", {.id = "x", .path = "x"}).status().message(),
            "broken RTF at byte 0: expected \"{\\rtf\"");
  EXPECT_EQ(ParseOne(Format::kRtf, "{\\rtf1 cut off {\\b in").text, "cut off in");
  EXPECT_EQ(ParseOne(Format::kRtf, "{\\rtf1 a}}} behind").text, "a");
}

}  // namespace
}  // namespace quarry::ingest
