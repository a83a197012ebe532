// Archives, and the limits that all packages are read under.

#include <chrono>
#include <fstream>

#include "ingest/xml_tree.h"
#include "ingest/zip_reader.h"
#include "tests/ingest/document_testing.h"
#include "tests/testing/package_testing.h"
#include "tests/testing/test_data.h"

namespace quarry::ingest {
namespace {

using quarry::testing::MakeDocx;
using quarry::testing::MakeGzip;
using quarry::testing::MakeTar;
using quarry::testing::MakeZip;
using quarry::testing::ZipEntry;
using testing::Repeat;

Result<ParsedSource> Parse(const std::string& bytes, const std::string& path) {
  return ParseSource(bytes, {.id = path, .path = path, .uri = "file:///" + path});
}

std::string ArchiveErrorOf(const std::string& bytes, const std::string& path = "a.zip") {
  return Parse(bytes, path).status().message();
}

// "id|title|text" a line, then errors and what was skipped.
std::string Summary(const Result<ParsedSource>& parsed) {
  if (!parsed.ok()) return parsed.status().message();
  std::string summary;
  for (const Document& document : parsed->documents) {
    summary += document.id + '|' + document.title + '|' + document.text + '\n';
  }
  for (const SourceError& error : parsed->errors) {
    summary += "error " + error.place + ": " + error.reason + '\n';
  }
  for (const SourceError& part : parsed->skipped) {
    summary += "skipped " + part.place + ": " + part.reason + '\n';
  }
  return summary;
}

// Bytes that do not compress.
std::string Noise(size_t size) {
  Random random(1);
  return quarry::testing::RandomBytes(random, size);
}

const std::vector<ZipEntry> kMembers = {
    {"docs/", ""},
    {"docs/a.md", "# Pump\n"},
    {"b.txt", "Plain words."},
    {".hidden", "no"},
    {"__MACOSX/._b.txt", "no"},
    {"p.png", std::string("\x89PNG\r\n\x1A\n\0\0", 10)},
    {"bad.json", "{\"a\": }"},
    {"r.jsonl", "{\"id\": \"x\", \"text\": \"Record.\"}\n"},
};
TEST(ArchiveParser, EachMemberIsADocument) {
  for (const auto& [path, bytes] : {std::pair<std::string, std::string>("a.zip", MakeZip(kMembers)),
                                    {"a.tar", MakeTar(kMembers)},
                                    {"a.tgz", MakeGzip(MakeTar(kMembers))}}) {
    SCOPED_TRACE(path);
    const Result<ParsedSource> parsed = Parse(bytes, path);
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    ASSERT_EQ(parsed->documents.size(), 3u);
    const std::string summary = Summary(parsed);
    EXPECT_THAT(summary, ::testing::StartsWith(
                             path + "#docs/a.md|Pump|Pump\n" + path + "#b.txt|b|Plain words.\n" +
                             path + "#r.jsonl#x||Record.\nerror bad.json: line 1, column 7"));
    // Why depends on whether there is a program that recognises text.
    EXPECT_THAT(summary, ::testing::HasSubstr("\nskipped p.png: PNG image: "));
    for (const Document& document : parsed->documents) {
      EXPECT_EQ(document.source, path);
      EXPECT_THAT(document.uri, ::testing::StartsWith("file:///" + path + "#"));
    }
  }
}

TEST(ArchiveParser, ArchivesInArchivesBelongToTheOutermost) {
  const std::string inner =
      MakeTar({{"./deep/x.txt", "Deep."}, {std::string(150, 'n') + ".txt", "Long."}});
  const std::string outer =
      MakeZip({{"in.tar", inner}, {"w.docx", MakeDocx("<w:p><w:r><w:t>Word</w:t></w:r></w:p>")}});
  const Result<ParsedSource> parsed = Parse(outer, "o.zip");
  EXPECT_EQ(Summary(parsed), "o.zip#in.tar#deep/x.txt|x|Deep.\no.zip#in.tar#" +
                                 std::string(150, 'n') + ".txt|" + std::string(150, 'n') +
                                 "|Long.\no.zip#w.docx|w|Word\n");
  for (const Document& document : parsed->documents) EXPECT_EQ(document.source, "o.zip");
}

// As old archives from China have them. The name is in GB18030.
TEST(ArchiveParser, NamesInATarAreReadInTheirCharset) {
  const std::string name =
      "\xCA\xFD\xBE\xDD\xBF\xE2\xC1\xAC\xBD\xD3\xCA\xA7\xB0\xDC\xA3"
      "\xAC\xC7\xEB\xBC\xEC\xB2\xE9\xCD\xF8\xC2\xE7\xC9\xE8\xD6\xC3.txt";
  const std::vector<ZipEntry> members = {{name, "First."}, {"b.txt", "Second."}};
  EXPECT_EQ(Summary(Parse(MakeTar(members), "a.tar")),
            "a.tar#数据库连接失败，请检查网络设置.txt|数据库连接失败，请检查网络设置|First.\n"
            "a.tar#b.txt|b|Second.\n");
}

TEST(ArchiveParser, AGzipFileIsTheDocumentInIt) {
  const Result<ParsedSource> parsed = Parse(MakeGzip("# Notes\n\nText."), "notes.md.gz");
  EXPECT_EQ(Summary(parsed), "notes.md.gz|Notes|Notes\n\nText.\n");
  EXPECT_EQ(parsed->documents[0].source, "");
  EXPECT_EQ(parsed->documents[0].media_type, "text/markdown");
  const std::string two = MakeGzip("One. ") + MakeGzip("Two.");
  EXPECT_EQ(Summary(Parse(two, "t.txt.gz")), "t.txt.gz|t|One. Two.\n");
  EXPECT_EQ(Summary(Parse(two, "r/v2.34-ReleaseNotes.gz")),
            "r/v2.34-ReleaseNotes.gz|v2.34-ReleaseNotes|One. Two.\n");
  EXPECT_EQ(Summary(Parse(two, "r/v2.34-packed")), "r/v2.34-packed|v2.34-packed|One. Two.\n");
}

TEST(ArchiveParser, AnArchiveOfPicturesIsNoError) {
  const Result<ParsedSource> parsed = Parse(MakeZip({kMembers[5]}), "p.zip");
  EXPECT_THAT(Summary(parsed), ::testing::StartsWith("skipped p.png: PNG image: "));
}

TEST(ArchiveParser, BrokenArchivesAreNamed) {
  EXPECT_EQ(Summary(Parse(MakeZip({{"a.txt", "secret"}}, "pw"), "a.zip")),
            "empty: no text in application/zip; a.txt: entry a.txt: encrypted");
  EXPECT_THAT(ArchiveErrorOf("PK\x03\x04 and nothing more"), ::testing::StartsWith("not a zip: "));
  std::string damaged = MakeZip({{"a.txt", Repeat("words of a text ", 100)}});
  damaged[40] ^= 1;
  EXPECT_THAT(ArchiveErrorOf(damaged), ::testing::HasSubstr("entry a.txt: "));
  EXPECT_EQ(ArchiveErrorOf(MakeGzip("a text").substr(0, 10), "a.gz"), "cut off at byte 10");
  const std::string noise = MakeGzip("PK\x03\x04" + Noise(10'000));
  EXPECT_EQ(ArchiveErrorOf(noise.substr(0, 2000), "a.docx.gz"), "cut off at byte 2000");
  std::string tar = MakeTar({{"a.txt", "x"}, {"b.txt", "y"}});
  tar[1024] ^= 1;
  EXPECT_EQ(ArchiveErrorOf(tar.substr(1024), "a.tar"),
            "not a tar: header at byte 0: wrong checksum");
  EXPECT_EQ(Summary(Parse(MakeTar({{"a", "x"}, {"a", "y"}}), "a.tar")),
            "a.tar#a|a|x\nerror a: twice in the archive; the first one counts\n");
}

// Every "b.txt" in the zip file of `members` becomes another "a.txt".
std::string ZipWithTwoOfOneName(const std::vector<ZipEntry>& members) {
  std::string zip = MakeZip(members);
  for (size_t at = zip.find("b.txt"); at != zip.npos; at = zip.find("b.txt")) zip[at] = 'a';
  return zip;
}

TEST(ArchiveParser, OfTwoMembersWithOneNameTheFirstIsReadAndTheOtherNamed) {
  const std::string zip =
      ZipWithTwoOfOneName({{"a.txt", "One."}, {"b.txt", "Two."}, {"说明.txt", "三。"}});
  const char* read =
      "a.zip#a.txt|a|One.\na.zip#说明.txt|说明|三。\n"
      "error a.txt: twice in the archive; the first one counts\n";
  EXPECT_EQ(Summary(Parse(zip, "a.zip")), read);
  // What shows one of two parts to a reader may show the other to the index.
  EXPECT_EQ(ArchiveErrorOf(ZipWithTwoOfOneName({{"[Content_Types].xml", "<Types/>"},
                                                {"word/a.txt", "One."},
                                                {"word/b.txt", "Two."}}),
                           "a.zip"),
            "entry word/a.txt: twice in the file");
}

TEST(ArchiveParser, WhatStandsBeforeABrokenPlaceIsKept) {
  const std::string whole = MakeTar({{"a.txt", "x"}, {"b.txt", Repeat("y", 600)}});
  std::string tar = whole;
  tar[1024] ^= 1;
  EXPECT_EQ(Summary(Parse(tar, "a.tar")),
            "a.tar#a.txt|a|x\nerror after the members read: not a tar: header at byte 1024: wrong "
            "checksum\n");
  EXPECT_EQ(Summary(Parse(whole.substr(0, 2000), "a.tar")),
            "a.tar#a.txt|a|x\nerror after the members read: member b.txt: cut off\n");
  const std::string noise = Noise(200'000);
  const std::string gzip = MakeGzip(MakeTar({{"a.txt", "x"}, {"b.txt", noise}}));
  EXPECT_EQ(Summary(Parse(gzip.substr(0, gzip.size() / 2), "a.tgz")),
            "a.tgz#a.txt|a|x\nerror after the members read: cut off at byte " +
                std::to_string(gzip.size() / 2) + '\n');
  // Where the broken place is near the start, and where there is one document in it.
  const std::string early = MakeGzip(MakeTar({{"a.txt", "x"}, {"b.txt", Noise(2000)}}));
  EXPECT_THAT(Summary(Parse(early.substr(0, early.size() / 2), "a.tgz")),
              ::testing::StartsWith("a.tgz#a.txt|a|x\nerror after the members read: "));
  std::string numbers;
  for (int i = 0; i < 3000; ++i) numbers += "line " + std::to_string(i * i) + '\n';
  const std::string text = MakeGzip(numbers);
  EXPECT_THAT(Summary(Parse(text.substr(0, text.size() / 2), "a.txt.gz")),
              ::testing::AllOf(::testing::StartsWith("a.txt.gz|a|line 0\nline 1\nline 4"),
                               ::testing::HasSubstr(" bytes read: cut off at byte " +
                                                    std::to_string(text.size() / 2))));
  // Inside another archive, too.
  EXPECT_EQ(Summary(Parse(MakeZip({{"in.tar", tar}, {"c.txt", "z"}}), "a.zip")),
            "a.zip#in.tar#a.txt|a|x\na.zip#c.txt|c|z\nerror in.tar: after the members read: not a "
            "tar: header at byte 1024: wrong checksum\n");
}

TEST(ZipReader, DuplicateNamesAndWrongSizesAreErrors) {
  const std::string twice = ZipWithTwoOfOneName({{"a.txt", "x"}, {"b.txt", "y"}});
  ParseBudget budget(1 << 20);
  EXPECT_EQ(ZipReader::Open(twice, &budget).status().message(), "entry a.txt: twice in the file");

  // The directory claims four bytes less than there are.
  const std::string text = Repeat("words of a text ", 100);
  std::string lying = MakeZip({{"a.txt", text}});
  const size_t header = lying.rfind("PK\x01\x02");
  lying[header + 24] = static_cast<char>(lying[header + 24] - 4);
  ParseBudget other(1 << 20);
  const Result<ZipReader> zip = ZipReader::Open(lying, &other);
  ASSERT_TRUE(zip.ok());
  EXPECT_THAT(zip->Read(zip->entries()[0]).status().message(),
              ::testing::StartsWith("entry a.txt: "));
}

TEST(XmlTree, RefusesWhatIsNotPlainXml) {
  const auto error = [](std::string xml) {
    return xml::Tree::Parse(std::move(xml)).status().message();
  };
  EXPECT_EQ(error("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"),
            "broken XML at byte 0: declarations are not read, expected a document without");
  EXPECT_EQ(error("<!DOCTYPE a SYSTEM \"a.dtd\"><a/>"), "");
  EXPECT_EQ(error(Repeat("<a>", 100) + Repeat("</a>", 100)), "");
  EXPECT_EQ(error(Repeat("<a>", 101) + Repeat("</a>", 101)),
            "broken XML at byte 300: elements more than 100 deep");
  EXPECT_EQ(error("<a>&#0;</a>"),
            "broken XML at byte 3: expected a reference to a character, such as &#65;");
  EXPECT_EQ(error("<a b=\"&#xD800;\"/>"),
            "broken XML at byte 6: expected a reference to a character, such as &#65;");
  EXPECT_EQ(error("<a>"), "broken XML at byte 3: an element is not closed");
  EXPECT_EQ(error("</a>"), "broken XML at byte 0: an end tag without its start");
  EXPECT_EQ(error(""), "broken XML at byte 0: No document element found");
  EXPECT_EQ(error("<a b='>'><!-- < --><![CDATA[<x>]]>&#65;</a>"), "");
  EXPECT_EQ(xml::TextOf(xml::Tree::Parse("<a>1<!-- x --><![CDATA[<]]><b>&#65;</b> 2</a>")->root()),
            "1<A 2");
  EXPECT_THAT(error("<a>" + Repeat("<b/>", 2'700'000) + "</a>"),
              ::testing::HasSubstr("its tree would take more than"));
}

// A page of pdftotext's markup, which takes more than two seconds.
constexpr char kSlowConverter[] =
    "/bin/sleep 2.5\n"
    "echo '<page width=\"600\" height=\"800\">'\n"
    "echo '<block xMin=\"50\">'\n"
    "echo '<line xMin=\"50\" yMin=\"300\" xMax=\"550\" yMax=\"310\">'\n"
    "echo '<word xMin=\"50\" yMin=\"300\" xMax=\"550\" yMax=\"310\">the pump runs</word>'\n"
    "echo '</line>'\n"
    "echo '</block>'\n"
    "echo '</page>'";

TEST(ArchiveParser, TimeOfHelperProgramsDoesNotCountUpToALimit) {
  const quarry::testing::ScriptedProgram pdftotext("pdftotext", kSlowConverter);
  const std::string zip = MakeZip({{"a.pdf", "%PDF-1.4\n"}, {"b.txt", "Valves."}});
  const auto summary = [&](std::chrono::seconds conversion_time) {
    ParseBudget budget(zip.size(),
                       {.time = std::chrono::seconds(2), .conversion_time = conversion_time});
    return Summary(
        ParseSource(zip, {.id = "a.zip", .path = "a.zip", .uri = "", .budget = &budget}));
  };
  EXPECT_EQ(summary(std::chrono::seconds(300)),
            "a.zip#a.pdf|a|the pump runs\na.zip#b.txt|b|Valves.\n");
  // What was read when the time is over is kept.
  EXPECT_EQ(summary(std::chrono::seconds(0)),
            "a.zip#a.pdf|a|the pump runs\nerror after the members read: not read within 2 s\n");
}

// Peak memory of the process since it was reset, in bytes.
void ResetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }
uint64_t Peak() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) << 10;
  }
  return 0;
}

TEST(Limits, BombsAreRefusedInTimeAndMemory) {
  const std::string zeros(64u << 20, ' ');
  std::string nested = MakeZip({{"x.txt", "x"}});
  for (int i = 0; i < 11; ++i) nested = MakeZip({{"n.zip", nested}});
  std::vector<ZipEntry> many;
  for (int i = 0; i <= 10'000; ++i) many.push_back({std::to_string(i), "x"});
  std::vector<ZipEntry> hundred;
  for (int i = 0; i < 100; ++i)
    hundred.push_back(
        {std::to_string(i) + ".zip", MakeZip({{"x.txt", zeros.substr(0, 1u << 20)}})});
  const std::string wide = "<w:p>" + Repeat("<w:r/>", 8'000'000) + "</w:p>";
  const struct {
    const char* what;
    std::string bytes;
    const char* path;
    const char* error;
  } bombs[] = {
      {"one large member", MakeZip({{"x.txt", zeros}}), "a.zip", "100 times its size"},
      {"a large part", MakeDocx("", {{"word/document.xml", zeros}}), "a.docx",
       "100 times its size"},
      {"many elements", MakeDocx(wide, {{"pad", Noise(900'000)}}), "a.docx", ""},
      {"gzip", MakeGzip(zeros), "a.gz", "100 times its size"},
      {"tar in gzip", MakeGzip(MakeTar({{"x.txt", zeros}})), "a.tgz", "100 times its size"},
      {"zips in zips", nested, "a.zip", "more than 10 deep"},
      {"many entries", MakeZip(many), "a.zip", "more entries than the 10000"},
      {"many zips of large members", MakeZip(hundred), "a.zip", "100 times its size"},
      {"deep XML", MakeDocx(Repeat("<w:p>", 10'000)), "a.docx", "elements more than 100 deep"},
      {"entities", MakeDocx("", {{"word/document.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>"}}),
       "a.docx", "declarations are not read"},
  };
  for (const auto& bomb : bombs) {
    SCOPED_TRACE(bomb.what);
    ResetPeak();
    [[maybe_unused]] const uint64_t before = Peak();
    const auto start = std::chrono::steady_clock::now();
    const std::string error = ArchiveErrorOf(bomb.bytes, bomb.path);
    EXPECT_THAT(error, ::testing::HasSubstr(bomb.error));
    EXPECT_NE(error, "");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
#ifndef __SANITIZE_ADDRESS__
    EXPECT_LT(Peak() - before, 256u << 20);
#endif
  }
}

}  // namespace
}  // namespace quarry::ingest
