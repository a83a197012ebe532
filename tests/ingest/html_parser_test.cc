#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/text.h"
#include "ingest/html_prescan.h"
#include "ingest/html_text.h"
#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using testing::Outline;
using testing::ParseAs;
using testing::ParseOne;
using testing::Repeat;

std::string HtmlOutline(std::string_view html) { return Outline(ParseOne(Format::kHtml, html)); }

TEST(HtmlParser, BlocksAndInlineElements) {
  EXPECT_EQ(
      HtmlOutline(
          "<h1>Pumps</h1><p>The <b>big</b>\n  <i>VX</i>-<code>220</code>, m<sup>3</sup>.</p>text"
          "<div>one<div>two</div>three</div>"),
      "h1|Pumps\np|The big VX-220, m3.\np|text\np|one\np|two\np|three");
}

TEST(HtmlParser, EntitiesAreDecoded) {
  EXPECT_EQ(
      HtmlOutline(
          "<p>5 &lt; 6 &amp; 7&nbsp;&#8364; &#x4E2D; &eacute; &bogus; &#128; & &#60;b&#62; a<3"),
      "p|5 < 6 & 7 € 中 é &bogus; € & <b> a<3");
}

TEST(HtmlParser, ListsKeepNumbersAndDepth) {
  EXPECT_EQ(
      HtmlOutline(
          "<ul><li>one<ul><li>deep</ul><li><p>two</p><p>more</p></ul><ol start=3><li>c<li>d</ol>"),
      "l1|one\nl2|deep\nl1|two\nl1|more\nl1|3. c\nl1|4. d");
  EXPECT_EQ(HtmlOutline("<dl><dt>Pump<dd>moves water</dl>"), "l1|Pump\nl2|moves water");
  EXPECT_EQ(HtmlOutline("<dl><dt>Pump<a href='#pump'>¶</a><dd>see <a href='#b'>#</a></dl>"),
            "l1|Pump\nl2|see #");
}

TEST(HtmlParser, PreformattedTextIsVerbatim) {
  EXPECT_EQ(HtmlOutline("<pre>\n  if (a &lt; b) {\n\n\t<span>return</span>;\n  }\n</pre><p>after"),
            "c|  if (a < b) {\\n\\n\treturn;\\n  }\np|after");
}

TEST(HtmlParser, BreaksEndLinesAndTwoOfThemParagraphs) {
  EXPECT_EQ(HtmlOutline("<p>one<br>two<br><br>three<hr>four"), "p|one\\ntwo\np|three\np|four");
}

TEST(HtmlParser, QuotesAndFigures) {
  EXPECT_EQ(
      HtmlOutline(
          "<blockquote><p>said</p><footer>she</footer></blockquote>"
          "<figure><img src=x alt='A pump'><figcaption>Fig. 1</figcaption></figure><p><q>so</q>"),
      "q|said\nq|she\np|A pump\np|Fig. 1\np|“so”");
}

TEST(HtmlParser, TablesRepeatTheirHeaders) {
  EXPECT_EQ(
      HtmlOutline(
          "<table><caption>Data</caption><tr><th>Model<th>Power<tr><td>VX-220<td>1.5 <b>kW</b>"
          "<tr><td>VX-240<td></table>"),
      "p|Data\nt|Model: VX-220; Power: 1.5 kW\\nModel: VX-240");
  EXPECT_EQ(HtmlOutline("<table><tr><th>Power:<td>1.5 kW<tr><th>Weight<td>20 kg</table>"),
            "t|Power: 1.5 kW\\nWeight: 20 kg");
  EXPECT_EQ(HtmlOutline("<table><tr><td>a<td>b<tr><td>c<td>d</table>"), "t|a; b\\nc; d");
}

TEST(HtmlParser, CellsThatSpanAreRepeated) {
  EXPECT_EQ(HtmlOutline(
                "<table><thead><tr><th rowspan=2>Model<th colspan=2>Power<tr><th>Min<th>Max</thead>"
                "<tr><td rowspan=2>VX<td>1<td>2<tr><td>3<td>4</table>"),
            "t|Model: VX; Power Min: 1; Power Max: 2\\nModel: VX; Power Min: 3; Power Max: 4");
}

// A cell may say that it fills a million places, in as many bytes as one.
TEST(HtmlParser, OfATableThatFillsTooManyPlacesSpansAreNotReadOn) {
  const auto last_row = [](const std::string& rows, const std::string& last) {
    // A row that fills more than a thousand places is reported.
    const ParsedSource parsed =
        ParseAs(Format::kHtml, "<table><tr><th>A<th>B" + rows + "<tr>" + last + "<td>d</table>");
    const Document& document = parsed.documents.at(0);
    return document.text.substr(document.text.rfind('\n') + 1);
  };
  const auto below = [](size_t rows) {
    return "<tr><td rowspan=1000 colspan=999>x<td>y" + Repeat("<tr><td>c", rows);
  };
  EXPECT_EQ(last_row(below(100), "<td>c"), "A: x; c");
  EXPECT_EQ(last_row(below(999) + below(100), "<td>c"), "A: c; B: d");
  EXPECT_EQ(last_row("<tr><td>a<td>b", "<td colspan=2>c"), "A: c; d");
  EXPECT_EQ(last_row(Repeat("<tr><td colspan=999>x<td>y", 1200), "<td colspan=2>c"), "A: c; B: d");
}

TEST(HtmlParser, TablesThatOnlyLayOutThePageAreText) {
  EXPECT_EQ(HtmlOutline("<table><tr><td><h2>Head</h2><p>Text</p><td>Side</table>"),
            "h2|Head\np|Text\np|Side");
  EXPECT_EQ(HtmlOutline("<table><tr><td><table><tr><th>A<tr><td>1</table></table>"), "t|A: 1");
  EXPECT_EQ(HtmlOutline("<table role=presentation><tr><td>a<td>b</table>"), "p|a\np|b");
}

TEST(HtmlParser, AnIconBesideANoteMakesNoTableOfIt) {
  const std::string note =
      "<table><tr><td rowspan=2><img alt='[注意]' src=note.png><th>注意"
      "<tr><td><p>First.</p><p>Second.</p></table>";
  EXPECT_EQ(HtmlOutline(note), "p|注意\np|First.\np|Second.");
  // Marks beside what they are of do.
  EXPECT_EQ(HtmlOutline("<table><tr><td>Sparse files<td><img alt=yes src=y.svg>"
                        "<tr><td>Quotas<td><img alt='' src=n.png></table>"),
            "t|Sparse files; yes\\nQuotas");
}

TEST(HtmlParser, WhatNoReaderSeesIsLeftOut) {
  EXPECT_EQ(
      HtmlOutline(
          "<head><style>p{}</style></head><p>a<script>if (1 < 2) '</p>'</script>"
          "<noscript>enable</noscript><template><p>t</p></template><!-- c "
          "--><svg><text>s</text></svg>"
          "<span hidden>h</span><i style='display : none'>d</i><span aria-hidden=true>x</span>"
          "<select><option>o</select><textarea>ta</textarea><dialog>modal</dialog>b</p>"),
      "p|ab");
}

TEST(HtmlParser, UnclosedElementsThatAreDroppedDoNotTakeThePageWithThem) {
  EXPECT_EQ(HtmlOutline("<p>a</p><svg><p>b</p><template><p>c</p><noscript><p>d</p><select><p>e"),
            "p|a\np|b\np|c\np|d\np|e");
}

TEST(HtmlParser, NavigationAndBannersGoWhenMainIsThere) {
  EXPECT_EQ(
      HtmlOutline(
          "<header><h1>Site</h1></header><nav>Menu</nav><div class='cookie-banner'>We use</div>"
          "<main><article><header><h1>Terms</h1></header><p>" +
          Repeat("Content here. ", 10) +
          "</p><aside>Note: kept</aside><div class='share buttons'>Tweet</div></article></main>"
          "<footer>Imprint</footer>"),
      "h1|Terms\np|" + Repeat("Content here. ", 9) + "Content here.\np|Note: kept");
}

TEST(HtmlParser, NavigationGoesWhenEnoughTextIsLeft) {
  EXPECT_EQ(
      HtmlOutline("<nav>Menu</nav><p>" + Repeat("text ", 30) + "</p><footer>Imprint</footer>"),
      "p|" + Repeat("text ", 29) + "text");
  EXPECT_EQ(HtmlOutline("<nav>" + Repeat("Menu ", 100) + "</nav><p>x</p>").substr(0, 6), "p|Menu");
}

TEST(HtmlParser, WrapperNamedLikeBoilerplateStays) {
  EXPECT_EQ(HtmlOutline("<div class='page with-sidebar'><p>" + Repeat("text ", 30) + "</p></div>")
                .substr(0, 6),
            "p|text");
}

TEST(HtmlParser, TitleAndMetadata) {
  const Document document =
      ParseOne(Format::kHtml,
               "<!DOCTYPE html><html lang='de-CH'><head><title>Terms &amp; more\n | Site</title>"
               "<meta name=description content='What &amp; why'><meta name=author content=Osk>"
               "<meta name=keywords content='a, b ,,c'><meta property='article:published_time' "
               "content='2024-05-01'>"
               "</head><body><p>Text");
  EXPECT_EQ(document.title, "Terms & more | Site");
  EXPECT_EQ(document.language, "de");
  const Metadata expected = {{"description", "What & why"},
                             {"author", "Osk"},
                             {"keywords", std::vector<std::string>{"a", "b", "c"}},
                             {"date", "2024-05-01"}};
  EXPECT_EQ(document.metadata, expected);
}

TEST(HtmlParser, HeadingNamesThePage) {
  EXPECT_EQ(ParseOne(Format::kHtml, "<title>T | Site</title><h1>T</h1><p>x").title, "T");
  EXPECT_EQ(ParseOne(Format::kHtml, "<title>1.&nbsp;Setup</title><h2>1.&nbsp;Setup</h2><p>x").title,
            "1. Setup");
}

TEST(HtmlParser, PermalinksOfHeadingsAreNoPartOfThem) {
  const Document document = ParseOne(
      Format::kHtml,
      "<title>TLS (SSL) | Manual</title>"
      "<h1>TLS (SSL)<a class=headerlink href='#tls-ssl' title='Link to this heading'>#</a></h1>"
      "<h2>Abstract<a class=headerlink href='#abstract'>&para;</a></h2>"
      "<h2><a class=anchor href='#c'><span>\u00A7</span></a>C#</h2>"
      "<h2>Plain \u00B6</h2><p>In C<a href=c.html>#</a> \u00B6 stays.");
  EXPECT_EQ(testing::Outline(document),
            "h1|TLS (SSL)\nh2|Abstract\nh2|C#\nh2|Plain\np|In C# \u00B6 stays.");
  EXPECT_EQ(document.title, "TLS (SSL)");
}

TEST(HtmlParser, LineBreaksInsideChineseTextVanish) {
  EXPECT_EQ(HtmlOutline("<p>第一行\n  第二行</p>"), "p|第一行第二行");
}

TEST(HtmlParser, PrivateCharactersInThePageAreNotTakenForReferences) {
  const std::string reference = "\U00100000\U000F0000\U000F0005";
  EXPECT_EQ(HtmlOutline("<p>a " + reference + " b</p>"), "p|a " + reference + " b");
  EXPECT_EQ(HtmlOutline("<p>" + reference + "</p>"), "p|" + reference);
  EXPECT_EQ(HtmlOutline("<p>\U000F0005</p>"), "p|\U000F0005");
  EXPECT_EQ(HtmlOutline("<p>a &#x100000;&#xF0000;&#xF0005; b</p>"),
            "p|a \uFFFD\U000F0000\U000F0005 b");
  EXPECT_EQ(HtmlOutline("<p>a &#x10FFFD; \U0010FFFD b</p>"), "p|a \U0010FFFD \U0010FFFD b");
  EXPECT_EQ(HtmlOutline("<p>&#xE0FE;</p>"), "p|\uFFFD");
  EXPECT_EQ(HtmlOutline("<p>&&#35;x100000; &am&#112;;"), "p|&#x100000; &");
}

TEST(HtmlParser, DeepNestingIsFlattened) {
  for (const char* name :
       {"div", "span", "b", "table", "ul", "blockquote", "custom-element", "font", "a", "td"}) {
    SCOPED_TRACE(name);
    const std::string open = std::string("<") + name + ">";
    const std::string close = std::string("</") + name + ">";
    ParseAs(Format::kHtml, Repeat(open, 100'000) + "text" + Repeat(close, 100'000));
    ParseAs(Format::kHtml, Repeat(open + "x", 100'000));
  }
}

// Each tricks a pass that counts tags naively into a deep tree or many nodes.
TEST(HtmlParser, HostileNestingTakesLinearTime) {
  const size_t n = 20'000;
  testing::ExpectQuickParse(
      Format::kHtml,
      {
          Repeat("<b><div></b>", n),
          Repeat("<div><table></div>", n),
          Repeat("<span><div></span>", n),
          Repeat("<form><div></form>", n),
          Repeat("<a><div></a>", n),
          Repeat(Repeat("<div>", 500) + "<table>" + Repeat("</div>", 500), n / 500),
          Repeat("<font c=1><p>", n),
          Repeat("<svg><style><div>", n),
          Repeat("<select><div>", n),
          Repeat("<noscript>", n),
          Repeat("<title>", n),
          Repeat("<template>", n),
          Repeat("<ruby><rt>", n),
          Repeat("<option><optgroup>", n),
          Repeat("<button><p>", n),
          Repeat("<dd><li>", 2 * n),
          Repeat("<dd><div><dd><li></div>", 2 * n),
          Repeat("</div>", n),
          Repeat("<p", n),
          Repeat("<!--", n),
          Repeat("<a href='", n),
          Repeat("<", n),
          Repeat("&lt", n),
          Repeat("<td rowspan=1000 colspan=1000>x", 100),
          "<table>" + Repeat("<tr><td rowspan=65000 colspan=1000>" + Repeat("x", 100), n) +
              "</table>",
          "<table><tr>" + Repeat("<th>" + Repeat("h", 100), 1000) + Repeat("<tr><td>1", n) +
              "</table>",
          "<script type='" + Repeat("application/ld+json ", 4000) + "'>[" + Repeat("1,", 250'000) +
              "1]</script>",
      });
}

// Neither of <li> and <dd> closes the other; gumbo took quadratic time on what they are in.
TEST(HtmlPrescan, ItemsInItemsAreCountedAsDepth) {
  const auto count = [](std::string_view tag, const std::string& html) {
    const Result<std::string> output = PrescanHtml(html);
    EXPECT_TRUE(output.ok());
    size_t tags = 0;
    for (size_t at = output->find(tag); at != output->npos; at = output->find(tag, at + 1)) ++tags;
    return tags;
  };
  EXPECT_EQ(count("<dd>", Repeat("<dd><li>", 5000)), 256u);
  EXPECT_LE(count("<dd>", Repeat("<dd><div><dd><li></div>", 5000)), 512u);
  // Lists as they are, their end tags written or not.
  EXPECT_EQ(count("<li>", "<ul>" + Repeat("<li>x", 5000)), 5000u);
  EXPECT_EQ(count("<li>", "<ul>" + Repeat("<li><div>x</div></li>", 5000)), 5000u);
  EXPECT_EQ(count("<dd>", "<dl>" + Repeat("<dt>x<dd>y", 5000)), 5000u);
  EXPECT_EQ(count("<li>", "<dl>" + Repeat("<dt>x<dd><ul><li>y</ul>", 5000)), 5000u);
  EXPECT_EQ(count("<dd>", Repeat("<dd><li></li></dd>", 5000)), 5000u);
  EXPECT_EQ(count("<dd>", Repeat("<dd><li></dd>", 5000)), 5000u);
}

TEST(HtmlPrescan, WritesTagsWithoutWhatIsNotRead) {
  ASSERT_OK_AND_ASSIGN(
      const std::string output,
      PrescanHtml(
          "<!doctype html><DIV CLASS=x onclick='a>b'><B>hi</B><br/></span></DIV><p hidden>"));
  EXPECT_EQ(output, "<div>hi<br></div><p x-hidden=\"\">");
}

TEST(HtmlPrescan, TextGoesByReferenceAndComesBack) {
  const std::string html = "<p>A sentence that is long enough to go by reference.</p>";
  ASSERT_OK_AND_ASSIGN(const std::string output, PrescanHtml(html));
  const std::string reference = "\U00100000\U000F0003\U000F0032";
  EXPECT_EQ(output, "<p>" + reference + "</p>");
  std::string text;
  ResolvePrescanText(html,
                     "a" + reference + "b\U00100000\U000F0003\U000F7FFFc" +
                         "\U00101FFF\U000F0003\U000F0001d\U00108000e\U00100000zz",
                     [&](std::string_view piece) { text += piece; });
  EXPECT_EQ(text, "aA sentence that is long enough to go by reference.bcd\U00108000e");
}

TEST(HtmlPrescan, LongTextGoesByReferencesOfWholeCharacters) {
  const std::string sentence = Repeat("水泵 and pumps 😀 ", 10'000);
  const std::string html = "<p>" + sentence + "</p>";
  ASSERT_OK_AND_ASSIGN(const std::string output, PrescanHtml(html));
  EXPECT_EQ(output.size() % 12, std::string_view("<p></p>").size());
  std::string text;
  ResolvePrescanText(html, output.substr(3, output.size() - 7), [&](std::string_view piece) {
    EXPECT_TRUE(IsValidUtf8(piece));
    text += piece;
  });
  EXPECT_EQ(text, sentence);
}

TEST(HtmlPrescan, RefusesMillionsOfTags) {
  const Result<std::string> result = PrescanHtml(Repeat("<p>", (4u << 20) + 1));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), Code::kResourceExhausted);
  EXPECT_EQ(result.status().message(), "HTML with more than 4194304 tags: expected a smaller page");
}

TEST(HtmlInlineText, IsOneLine) {
  EXPECT_EQ(HtmlInlineText("<p>a<br>b</p><img alt='c'>"), "a b c");
}

TEST(HtmlParser, RealPagesKeepTheInvariants) {
  const auto folder = quarry::testing::DataPath("documents/readability_html");
  if (!folder) GTEST_SKIP() << "documents/readability_html is absent";
  size_t pages = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (entry.path().filename() != "source.html") continue;
    SCOPED_TRACE(entry.path().string());
    ASSERT_OK_AND_ASSIGN(const std::string bytes, ReadFile(entry.path().string()));
    ASSERT_OK_AND_ASSIGN(const ParsedSource parsed,
                         ParseSource(bytes, {.id = "page", .path = "page.html", .uri = ""}));
    ASSERT_EQ(parsed.documents.size(), 1u);
    testing::CheckDocument(parsed.documents[0]);
    EXPECT_FALSE(parsed.documents[0].title.empty());
    EXPECT_EQ(parsed.documents[0].text.find("\xF4\x80"), std::string::npos);
    ++pages;
  }
  EXPECT_GT(pages, 40u);
}

}  // namespace
}  // namespace quarry::ingest
