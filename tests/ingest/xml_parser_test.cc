#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using testing::Outline;
using testing::ParseAs;
using testing::ParseOne;
using testing::Repeat;

std::string Xml(std::string_view text) { return Outline(ParseOne(Format::kXml, text)); }

TEST(XmlParser, DataIsReadByElement) {
  EXPECT_EQ(Xml("<?xml version='1.0'?><pumps><pump><name>VX &amp; 1</name><price>12</price></pump>"
                "<!-- no --><note><![CDATA[a < b]]></note></pumps>"),
            "p|name: VX & 1\np|price: 12\np|a < b");
}

TEST(XmlParser, DocumentsHaveHeadingsListsTablesAndCode) {
  EXPECT_EQ(Xml("<book><title>Manual</title><chapter><title>安装</title><para>The <emphasis>pump"
                "</emphasis> room.</para><itemizedlist><listitem><para>one</para></listitem>"
                "</itemizedlist><programlisting>a\n  b</programlisting><informaltable><row><entry>x"
                "</entry><entry>y</entry></row></informaltable></chapter></book>"),
            "h1|Manual\nh2|安装\np|The pump room.\nl1|one\nc|a\\n  b\nt|x; y");
}

TEST(XmlParser, FeedsAreArticles) {
  const Document rss = ParseOne(
      Format::kXml,
      "<rss><channel><title>News</title><item><title>Pumps &amp; more</title>"
      "<pubDate>Fri, 01 Mar 2024</pubDate><description>&lt;p&gt;Short&lt;/p&gt;</description>"
      "<content:encoded><![CDATA[<p>Long "
      "<b>text</b></p>]]></content:encoded></item></channel></rss>");
  EXPECT_EQ(rss.title, "News");
  EXPECT_EQ(Outline(rss), "h1|News\nh2|Pumps & more\np|Fri, 01 Mar 2024\np|Long text");
  EXPECT_EQ(
      Xml("<feed xml:lang='zh'><title>新闻</title><entry><title>水泵</title><content type='xhtml'>"
          "<div><p>水泵<b>运行</b></p></div></content></entry></feed>"),
      "h1|新闻\nh2|水泵\np|水泵运行");
}

// What stood between "&lt;" and "&gt;" was taken for a tag and lost.
TEST(XmlParser, TextOfAnArticleInXhtmlIsNoMarkup) {
  EXPECT_EQ(Xml("<feed><title>T</title><entry><title>E</title><content type=\"xhtml\"><div><p>Use "
                "vector&lt;zanzibar&gt; and <b>a &amp;lt; b</b> <![CDATA[<i>]]></p></div></content>"
                "</entry></feed>"),
            "h1|T\nh2|E\np|Use vector<zanzibar> and a &lt; b <i>");
}

TEST(XmlParser, NoEntityIsExpanded) {
  EXPECT_EQ(Xml("<!DOCTYPE a [<!ENTITY x \"xxxx\"><!ENTITY y \"&x;&x;\">]><a><p>&y; end</p></a>"),
            "p|&y; end");
}

TEST(XmlParser, WhatStandsBeforeABrokenPlaceIsKeptAndTheRestIsReported) {
  const ParsedSource parsed = ParseAs(Format::kXml, "<a><p>good</p><p>also");
  EXPECT_EQ(parsed.documents[0].text, "good");
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_THAT(parsed.errors[0].reason, ::testing::HasSubstr("broken XML at byte"));
  EXPECT_EQ(ParseAs(Format::kXml, "<!DOCTYPE a [<!ENTITY x \"y\">]>\n<a><b>one</b><c</a>")
                .errors.at(0)
                .reason,
            "broken XML at byte 50: an element is not closed");
  const Result<ParsedSource> deep =
      ParserFor(Format::kXml).Parse(Repeat("<a>", 100'000), {.id = "x", .path = "x"});
  EXPECT_THAT(deep.status().message(), ::testing::HasSubstr("deep"));
}

}  // namespace
}  // namespace quarry::ingest
