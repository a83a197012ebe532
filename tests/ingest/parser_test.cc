#include "ingest/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <sstream>

#include "tests/ingest/document_testing.h"
#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

using testing::Repeat;

Result<ParsedSource> ParsePath(std::string_view bytes, const std::string& path) {
  return ParseSource(bytes, {.id = path, .path = path, .uri = "file:///" + path});
}

std::string ErrorOf(std::string_view bytes, const std::string& path = "a.txt") {
  const Result<ParsedSource> parsed = ParsePath(bytes, path);
  return parsed.ok() ? "" : parsed.status().ToString();
}

Document Only(std::string_view bytes, const std::string& path) {
  Result<ParsedSource> parsed = ParsePath(bytes, path);
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  if (!parsed.ok() || parsed->documents.size() != 1) return {};
  testing::CheckDocument(parsed->documents[0]);
  return parsed->documents[0];
}

TEST(ParseSource, EmptySourcesAreErrors) {
  EXPECT_EQ(ErrorOf(""), "INVALID_ARGUMENT: empty: 0 bytes, expected text");
  EXPECT_EQ(ErrorOf(" \n\t\n"), "INVALID_ARGUMENT: empty: only white space, expected text");
  EXPECT_EQ(ErrorOf("\xEF\xBB\xBF\n"), "INVALID_ARGUMENT: empty: only white space, expected text");
  EXPECT_EQ(ErrorOf("<html><script>x</script></html>"),
            "INVALID_ARGUMENT: empty: no text in text/html");
  EXPECT_EQ(ErrorOf("{}", "a.json"), "INVALID_ARGUMENT: empty: no text in application/json");
  EXPECT_EQ(ErrorOf("[1]\n[2]\n", "a.jsonl"),
            "INVALID_ARGUMENT: empty: no text in application/jsonl; line 1: expected a JSON "
            "object: found an array "
            "(and 1 more errors)");
}

TEST(ParseSource, BinaryContentIsAnError) {
  EXPECT_FALSE(ParsePath(std::string("\x7F"
                                     "ELF\x02\x01\0\0\0\0",
                                     10),
                         "a.md")
                   .ok());
  EXPECT_FALSE(ParsePath(std::string("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16), "a.txt").ok());
}

TEST(ParseSource, BrokenJsonNamesItsPlace) {
  EXPECT_THAT(ErrorOf("{\"a\": 1,}", "a.json"),
              ::testing::StartsWith(
                  "INVALID_ARGUMENT: line 1, column 9: broken JSON while parsing object key: "));
}

TEST(ParseSource, FillsWhatAllFormatsShare) {
  const std::string bytes = "# Pump manual\n\nThe pump moves water from the river.\n";
  const Document document = Only(bytes, "docs/manual.md");
  EXPECT_EQ(document.id, "docs/manual.md");
  EXPECT_EQ(document.uri, "file:///docs/manual.md");
  EXPECT_EQ(document.media_type, "text/markdown");
  EXPECT_EQ(document.title, "Pump manual");
  EXPECT_EQ(document.language, "en");
}

TEST(ParseSource, TitleComesFromFrontMatterThenHeadingThenFileName) {
  EXPECT_EQ(Only("---\ntitle: Front\n---\n# Head\n", "a/b.md").title, "Front");
  EXPECT_EQ(Only("text\n\n## Sub\n\n# Head\n", "a/b.md").title, "Head");
  EXPECT_EQ(Only("## Sub\n\ntext\n\n## Sub 2\n", "a/b.md").title, "Sub");
  EXPECT_EQ(Only("text\n\n## Sub\n", "a/b.c.md").title, "b.c");
  EXPECT_EQ(Only("name,price\nPump,1\n", "prices.csv").title, "prices");
  EXPECT_EQ(Only("<p>text", "page.html").title, "page");
  EXPECT_EQ(Only("{\"a\": [{\"b\": 1}]}", "conf.json").title, "conf");
  EXPECT_EQ(Only("{\"text\": \"x\"}", "conf.jsonl").title, "");
}

TEST(ParseSource, TitleKeepsAVersionThatLooksLikeAnExtension) {
  EXPECT_EQ(Only("Fixes.\n", "releases/v2.34-ReleaseNotes").title, "v2.34-ReleaseNotes");
  EXPECT_EQ(Only("Fixes.\n", "releases/v2.34").title, "v2.34");
  EXPECT_EQ(Only("Fixes.\n", "releases/v2.34.txt").title, "v2.34");
  EXPECT_EQ(Only("Fixes.\n", "releases/.hidden").title, ".hidden");
}

TEST(ParseSource, TitlesAreOneShortLine) {
  const Document document = Only("# " + Repeat("水泵 ", 200) + "\n\ntext", "a.md");
  EXPECT_LE(document.title.size(), 300u);
  EXPECT_TRUE(document.title.ends_with("…"));
}

TEST(ParseSource, LanguageIsWhatTheTextShowsUnlessItsScriptCannotTell) {
  EXPECT_EQ(Only("水泵把河水送到水厂。", "a.txt").language, "zh");
  EXPECT_EQ(Only("<html lang=de><p>Die Pumpe steht im Keller.", "a.html").language, "de");
  EXPECT_EQ(Only("<html lang=en><p>水泵把河水送到水厂。", "a.html").language, "zh");
  EXPECT_EQ(Only("<html lang=zh><p>The pump stands in the cellar.", "a.html").language, "en");
  EXPECT_EQ(Only("12345", "a.txt").language, "");
}

TEST(ParseSource, OtherCharsetsAreRead) {
  std::string utf16 = "\xFF\xFE";
  for (const char c : std::string_view("Pump room")) utf16 += {c, '\0'};
  EXPECT_EQ(Only(utf16, "a.txt").text, "Pump room");
}

struct DetectCase {
  const char* text;
  const char* path;
  Format format;
};

TEST(DetectTextFormat, ContentDecidesAndTheNameBreaksTies) {
  const DetectCase cases[] = {
      {"plain words", "a.txt", Format::kPlainText},
      {"# not Markdown by name\n\n```\nx\n```\n[a](b)", "a.txt", Format::kPlainText},
      {"# comment\n\n**x**\n", "a.py", Format::kSourceCode},
      {"plain words", "a.rst", Format::kRst},
      {"plain words", "html/_sources/setup.rst.txt", Format::kRst},
      {"plain words", "notes.md.txt", Format::kMarkdown},
      {"plain words", "v1.2.txt", Format::kPlainText},
      {"plain words", "table.csv.txt", Format::kPlainText},
      {"plain words", "a.docx", Format::kPlainText},
      {"plain words", "a.xml", Format::kPlainText},
      {"{\"cells\": [], \"nbformat\": 4}", "a.txt", Format::kNotebook},
      {"plain words", "a.ipynb", Format::kPlainText},
      {"plain words", "README.md", Format::kMarkdown},
      {"plain words", "README", Format::kPlainText},
      {"# Head\n\n- item [a](b)\n", "README", Format::kMarkdown},
      {"# Head\n## Sub\n### Sub\n", "", Format::kMarkdown},
      {"<!DOCTYPE html><html>", "a.txt", Format::kHtml},
      {"\n <!-- c -->\n<HTML lang=en>", "", Format::kHtml},
      {"<?xml version='1.0'?><!DOCTYPE html>", "", Format::kHtml},
      {"<?xml version='1.0'?><rss>", "feed.xml", Format::kXml},
      {"<p align=center>x</p>", "README.md", Format::kMarkdown},
      {"<p>fragment</p>", "", Format::kHtml},
      {"<pre>fragment</pre>", "", Format::kPlainText},
      {"fragment", "a.htm", Format::kHtml},
      {"{\"a\": 1}", "", Format::kJson},
      {"[\n 1,\n 2]", "a.txt", Format::kJson},
      {"{\"a\": \"}\\\"\"}", "", Format::kJson},
      {"[1] A footnote", "a.txt", Format::kPlainText},
      {"[link](x) and text", "", Format::kPlainText},
      {"{broken", "a.json", Format::kJson},
      {"{\"a\": 1", "", Format::kJson},
      {"{\"a\": 1}\n{\"a\": 2}\n", "", Format::kJsonLines},
      {"{\"a\": 1}\n{\"a\": 2}\n", "a.json", Format::kJsonLines},
      {"{\"a\": 1}\n", "a.jsonl", Format::kJsonLines},
      {"broken\n{\"a\": 1}\n", "a.ndjson", Format::kJsonLines},
      {"a,b\n1,2\n", "a.csv", Format::kCsv},
      {"just words", "a.csv", Format::kCsv},
      {"a\tb\n1\t2\n", "a.csv", Format::kTsv},
      {"a\tb\n1\t2\n", "a.tsv", Format::kTsv},
      {"a,b,c\n1,2,3\n4,5,6\n", "data", Format::kCsv},
      {"a;b;c\n1;2;3\n4;5;6\n", "data", Format::kCsv},
      {"a\tb\n1\t2\n3\t4\n", "data", Format::kTsv},
      {"a,b,c\n1,2,3\n4,5,6\n", "a.txt", Format::kPlainText},
      {"Well, yes.\nNo, never.\nOr, perhaps.\n", "note", Format::kPlainText},
  };
  for (const DetectCase& c : cases) {
    SCOPED_TRACE(std::string(c.path) + ": " + c.text);
    EXPECT_EQ(static_cast<int>(DetectTextFormat(c.text, c.path)), static_cast<int>(c.format));
  }
}

std::string Bytes(std::string_view bytes) { return std::string(bytes) + std::string(600, '\0'); }

TEST(DetectBinaryFormat, ContentDecides) {
  using std::string_view_literals::operator""sv;
  const std::string ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(100, '\0');
  const auto stream = [](std::string_view name) {
    std::string wide;
    for (const char c : name) wide += {c, '\0'};
    return wide;
  };
  std::string tar(600, 'x');
  tar.replace(257, 5, "ustar");
  const struct {
    std::string bytes;
    const char* path;
    std::optional<Format> format;
  } cases[] = {
      {"%PDF-1.7\n", "a.txt", Format::kPdf},
      {"junk\n%PDF-1.7\n", "a.pdf", Format::kPdf},
      {"junk\n%PDF-1.7\n", "a.txt", std::nullopt},
      {"{\\rtf1\\ansi x}", "a.doc", Format::kRtf},
      {ole + stream("WordDocument"), "a", Format::kDoc},
      {ole + stream("Workbook"), "a.doc", Format::kXls},
      {ole + stream("PowerPoint Document"), "a", Format::kPpt},
      {ole + stream("__properties_version1.0"), "a", Format::kOutlook},
      {ole + stream("EncryptedPackage"), "a.xlsx", Format::kXlsx},
      {ole + stream("EncryptedPackage"), "a", Format::kDocx},
      {ole, "a.doc", std::nullopt},
      {Bytes("\x1F\x8B\x08"), "a", Format::kGzip},
      {tar, "a", Format::kTar},
      {Bytes("\x89PNG\r\n\x1A\n"), "a.txt", Format::kImage},
      {"From: a@example.org\nTo: b@example.org\nSubject: Pump\nDate: today\n\nHi", "a",
       Format::kEmail},
      {"From: a@example.org\nSubject: Pump\n\nHi", "a.eml", Format::kEmail},
      {"From: a@example.org\nSubject: Pump\n\nHi", "note.txt", std::nullopt},
      {"From a@example.org Mon Jan  1 00:00:00 2024\nFrom: a@example.org\nTo: b\n\nHi", "a",
       Format::kMbox},
      {"From here to there.\nTo: nobody\n", "a", std::nullopt},
      {"plain words", "a.pdf", std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.path) + ": " + c.bytes.substr(0, 40));
    EXPECT_EQ(DetectBinaryFormat(c.bytes, c.path), c.format);
  }
}

TEST(ParseSource, FormatsWithoutAParserAreNamed) {
  const std::string vsdx = quarry::testing::MakeZip(
      {{"[Content_Types].xml", "<Types/>"}, {"visio/document.xml", "<a/>"}});
  EXPECT_EQ(ErrorOf(vsdx, "a.zip"),
            "INVALID_ARGUMENT: not read by this version: package of an application");
  EXPECT_TRUE(HoldsNoText(vsdx, "a.vsdx"));
  EXPECT_TRUE(HoldsNoText(" \n", "a.txt"));
  EXPECT_FALSE(HoldsNoText("words", "a.txt"));
}

TEST(ParseSource, WhatWasReadWellAndHasNoTextIsPassedOver) {
  const auto is_passed_over = [](std::string_view bytes, const std::string& path) {
    const Result<ParsedSource> parsed = ParseSource(bytes, {.id = path, .path = path, .uri = ""});
    EXPECT_FALSE(parsed.ok()) << path;
    return !parsed.ok() && IsPassedOver(parsed.status(), bytes, path);
  };
  EXPECT_TRUE(is_passed_over(
      "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0\"/></svg>",
      "logo.svg"));
  EXPECT_TRUE(is_passed_over(".. include:: other.rst\n", "page.rst"));
  EXPECT_FALSE(is_passed_over("{\"a\": ", "a.json"));  // broken
}

TEST(DetectBinaryFormat, PackagesAreToldApartByTheirContent) {
  const auto detect = [](const std::string& bytes) { return DetectBinaryFormat(bytes, "a.zip"); };
  const std::string docx = quarry::testing::MakeDocx("");
  EXPECT_EQ(detect(docx), Format::kDocx);
  EXPECT_EQ(detect(quarry::testing::MakePptx({""})), Format::kPptx);
  EXPECT_EQ(detect(quarry::testing::MakeXlsx({""})), Format::kXlsx);
  EXPECT_EQ(detect(quarry::testing::MakeOdf("text", "")), Format::kOdt);
  EXPECT_EQ(detect(quarry::testing::MakeOdf("presentation", "")), Format::kOdp);
  EXPECT_EQ(detect(quarry::testing::MakeOdf("spreadsheet", "")), Format::kOds);
  EXPECT_EQ(detect(quarry::testing::MakeOdf("graphics", "")), Format::kOtherPackage);
  EXPECT_EQ(detect(quarry::testing::MakeEpub({""})), Format::kEpub);
  EXPECT_EQ(detect(quarry::testing::MakeZip({{"a.docx", docx}})), Format::kZip);
  EXPECT_EQ(DetectBinaryFormat(docx.substr(0, docx.size() / 2), "a.docx"), Format::kDocx);
  EXPECT_EQ(DetectBinaryFormat(docx.substr(0, docx.size() / 2), "a"), Format::kZip);
}

TEST(Formats, EveryExtensionAndMediaTypeHasOneFormat) {
  std::set<std::string> seen;
  for (const FormatInfo& info : AllFormats()) {
    EXPECT_EQ(&InfoOf(info.format), &info);
    EXPECT_TRUE(seen.insert(info.media_type).second) << info.media_type;
    std::istringstream extensions(info.extensions);
    for (std::string extension; extensions >> extension;) {
      EXPECT_TRUE(seen.insert(extension).second) << extension;
      EXPECT_EQ(FormatOfExtension(extension), info.format);
    }
  }
  EXPECT_EQ(FormatOfExtension(""), std::nullopt);
  EXPECT_EQ(FormatOfExtension("unknown"), std::nullopt);
}

TEST(ParserFingerprint, IsNotEmpty) { EXPECT_FALSE(ParserFingerprint().empty()); }

TEST(ParserFor, EveryFormatSurvivesRandomMarkup) {
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    Random random(seed);
    const std::string text = testing::RandomMarkup(&random, 1 + random.Below(60));
    for (const Format format : {Format::kPlainText, Format::kMarkdown, Format::kHtml, Format::kJson,
                                Format::kJsonLines, Format::kCsv, Format::kTsv}) {
      const Result<ParsedSource> parsed =
          ParserFor(format).Parse(text, {.id = "x", .path = "x", .uri = ""});
      if (!parsed.ok()) continue;
      for (const Document& document : parsed->documents) testing::CheckDocument(document);
      if (::testing::Test::HasFailure()) {
        FAIL() << "seed " << seed << " format " << static_cast<int>(format) << ":\n" << text;
      }
    }
  }
}

TEST(ParseSource, CellsBeyondTheLimitOfARowAreReported) {
  using quarry::testing::MakeDocx;
  using quarry::testing::MakeEpub;
  using quarry::testing::MakePptx;
  const std::string html = "<table><tr>" + Repeat("<td>x</td>", 1003) + "</tr></table>";
  const std::string docx = "<w:tbl><w:tr>" +
                           Repeat("<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>", 1003) +
                           "</w:tr></w:tbl>";
  const std::string pptx =
      "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr>" +
      Repeat("<a:tc><a:txBody><a:p><a:r><a:t>x</a:t></a:r></a:p></a:txBody></a:tc>", 1003) +
      "</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>";
  const struct {
    const char* name;
    std::string bytes;
  } files[] = {
      {"a.html", "<html><body>" + html + "</body></html>"},
      {"a.md", "# A\n\n" + html},
      {"a.eml", "From: a@b.c\nSubject: x\nContent-Type: text/html\n\n" + html},
      {"a.rtf", "{\\rtf1\\trowd\\intbl " + Repeat("x\\cell ", 1003) + "\\row}"},
      {"a.docx", MakeDocx(docx)},
      {"a.pptx", MakePptx({pptx})},
      {"a.epub", MakeEpub({html})},
  };
  for (const auto& [name, bytes] : files) {
    const ParsedSource parsed = testing::ParseFile(name, bytes);
    ASSERT_EQ(parsed.errors.size(), 1u) << name;
    EXPECT_THAT(parsed.errors[0].place, ::testing::EndsWith("tables")) << name;
    EXPECT_EQ(parsed.errors[0].reason, "3 cells left out: expected at most 1000 in a row") << name;
  }
}

}  // namespace
}  // namespace quarry::ingest
