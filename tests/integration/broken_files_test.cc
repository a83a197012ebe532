// A folder as people have them: of a thousand files 37 are broken, each in another way. The others
// are indexed, and each of the 37 is reported once with its reason.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/child_process.h"
#include "tests/testing/package_testing.h"
#include "tests/testing/run_quarry.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::kNobody;
using testing::MakeDocx;
using testing::MakeEpub;
using testing::MakeGzip;
using testing::MakeOdf;
using testing::MakeOle;
using testing::MakePptx;
using testing::MakeTar;
using testing::MakeXlsx;
using testing::MakeZip;
using Json = nlohmann::json;

constexpr size_t kFiles = 1000;

std::string Repeat(std::string_view text, size_t times) {
  std::string repeated;
  for (size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

std::string Half(const std::string& bytes) { return bytes.substr(0, bytes.size() / 2); }

std::string Flipped(std::string bytes, size_t at) {
  bytes[at] ^= 0x55;
  return bytes;
}

struct Broken {
  std::string name;
  std::string bytes;
  std::string reason;       // part of what is said
  bool is_skipped = false;  // a file that nobody expects to be read: noted, no failure
};

// All but the link that leads nowhere and the file that may not be read.
std::vector<Broken> BrokenFiles() {
  const std::string words = Repeat("words of a text ", 400);
  const std::string docx = MakeDocx("<w:p><w:r><w:t>" + words + "</w:t></w:r></w:p>");
  const std::string zip = MakeZip({{"a.txt", words}});
  std::string nested = zip;
  for (int i = 0; i < 11; ++i) nested = MakeZip({{"n.zip", nested}});
  std::vector<testing::ZipEntry> many;
  for (int i = 0; i <= 10'000; ++i) many.push_back({std::to_string(i), "x"});
  std::string twice = MakeDocx("", {{"word/a.txt", "x"}, {"word/b.txt", "y"}});
  for (size_t at = twice.find("b.txt"); at != twice.npos; at = twice.find("b.txt")) twice[at] = 'a';
  const std::string deep = Repeat("<w:p>", 200) + Repeat("</w:p>", 200);
  return {
      {"cut.docx", Half(docx), "truncated"},
      {"flipped.docx", Flipped(docx, docx.find("word/document.xml") + 40), "word/document.xml"},
      {"empty.docx", MakeZip({{"[Content_Types].xml", "<Types/>"}, {"word/a.xml", "<a/>"}}),
       "expected a relationship officeDocument"},
      {"password.docx", MakeOle({{"EncryptedPackage", words}}), "encrypted"},
      {"entities.docx",
       MakeDocx("", {{"word/document.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>"}}),
       "declarations are not read"},
      {"deep.docx", MakeDocx(deep), "elements more than 100 deep"},
      {"binary.xlsx",
       MakeXlsx({""}, {{"_rels/.rels",
                        "<Relationships><Relationship Id=\"r\" Type=\"x/officeDocument"
                        "\" Target=\"xl/workbook.bin\"/></Relationships>"}}),
       "a binary workbook"},
      {"no-slides.pptx", MakePptx({"x"}, {{"ppt/presentation.xml", "<p:presentation"}}),
       "broken XML"},
      {"no-content.odt", MakeZip({{"mimetype", "application/vnd.oasis.opendocument.text"}}),
       "content.xml"},
      {"broken.odt", MakeOdf("text", "<a><b></a>"), "broken XML"},
      {"no-book.epub", MakeZip({{"mimetype", "application/epub+zip"}}), "container.xml"},
      {"empty.epub", MakeEpub({""}), "empty", true},
      {"bomb.zip", MakeZip({{"x.txt", std::string(8u << 20, ' ')}}), "100 times its size"},
      {"nested.zip", nested, "more than 10 deep"},
      {"many.zip", MakeZip(many), "more entries than the 10000"},
      {"encrypted.zip", MakeZip({{"a.txt", words}}, "pw"), "encrypted"},
      {"cut.zip", Half(zip), "truncated"},
      {"cut.tgz", Half(MakeGzip(MakeTar({{"a.txt", words}}))), "cut off"},
      {"broken.tar", Flipped(MakeTar({{"a.txt", words}}), 0), "wrong checksum"},
      {"cut.txt.gz", Half(MakeGzip(words)), "cut off at byte"},
      {"broken.txt.gz", Flipped(MakeGzip(words), 12), "not gzip"},
      {"utf-16.txt", "\xFF\xFE" + Repeat(std::string("a\0\0\xDC", 4), 50), "invalid UTF-16LE",
       true},
      {"noise.txt", "words\x01\x02\x03\x04\x05\x06 and more", "not text: control character 0x01"},
      {"program.txt",
       std::string("\x7F"
                   "ELF\2\1\1\0",
                   8) +
           std::string(64, '\0'),
       "not text", true},
      {"nul.md", std::string("# Head\0\0\0\0", 10), "NUL byte", true},
      {"empty.txt", "", "empty: 0 bytes", true},
      {"blank.md", " \n\t\n", "only white space", true},
      {"empty.html", "<html><script>x</script></html>", "empty: no text in text/html", true},
      {"broken.json", "{\"text\": }", "line 1, column"},
      {"broken.jsonl", "{\"a\": \n{\"b\": \n", "line 1"},
      {"twice.docx", twice, "entry word/a.txt: twice in the file"},
      {"broken.xml", "<?xml version=\"1.0\"?><a", "broken XML"},
      {"deep.rtf", "{\\rtf1 " + Repeat("{", 600), "groups more than 500 deep"},
      {"cut.msg", MakeOle({{"__properties_version1.0", words}}).substr(0, 600),
       "broken compound file"},
      // What the programs say is theirs; where they are absent, that is what is said.
      {"broken.pdf", "%PDF-1.4\nnothing", "pdftotext"},
  };
}

// Files of the formats that need no other program.
void WriteGood(const std::string& path, size_t number) {
  const std::string name = "pump " + std::to_string(number);
  const std::string text = "The valve of " + name + " opens at " + std::to_string(number) + " bar.";
  static const auto write = [](const std::string& to, const std::string& bytes) {
    std::ofstream(to, std::ios::binary) << bytes;
  };
  switch (number % 10) {
    case 0:
      return write(path + ".txt", text);
    case 1:
      return write(path + ".md", "# Notes on " + name + "\n\n" + text);
    case 2:
      return write(path + ".html", "<title>" + name + "</title><p>" + text);
    case 3:
      return write(path + ".json", Json{{"title", name}, {"text", text}}.dump());
    case 4:
      return write(path + ".csv", "pump,valve\n" + name + ",\"" + text + "\"\n");
    case 5:
      return write(path + ".docx", MakeDocx("<w:p><w:r><w:t>" + text + "</w:t></w:r></w:p>"));
    case 6:
      return write(path + ".eml", "From: a@b.c\nTo: d@e.f\nSubject: " + name + "\n\n" + text);
    case 7:
      return write(path + ".rst", name + "\n" + Repeat("=", 12) + "\n\n" + text);
    case 8:
      return write(path + ".rtf", "{\\rtf1\\ansi " + text + "\\par}");
    default:
      return write(path + ".txt.gz", MakeGzip(text));
  }
}

TEST(BrokenFiles, ThirtySevenOfAThousandAreReportedAndTheOthersAreIndexed) {
  const bool is_root = ::geteuid() == 0;
  if (!testing::RunsWithoutRights()) {
    GTEST_SKIP() << "nobody may not run " << testing::QuarryBinary();
  }
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string docs = directory.path() + "/docs/";
  fs::create_directories(docs);
  std::map<std::string, Broken> broken;
  for (Broken& file : BrokenFiles()) {
    std::ofstream(docs + file.name, std::ios::binary) << file.bytes;
    const std::string name = file.name;
    broken[name] = std::move(file);
  }
  std::ofstream(docs + "closed.txt") << "closed";
  fs::permissions(docs + "closed.txt", fs::perms::none);
  broken["closed.txt"] = {"", "", "cannot read: Permission denied"};
  fs::create_symlink("nowhere", docs + "link.txt");
  broken["link.txt"] = {"", "", "a link that leads nowhere", true};
  ASSERT_EQ(broken.size(), 37u);
  if (!FindProgram("pdftotext")) broken["broken.pdf"].reason = "pdftotext is not installed";
  for (size_t i = broken.size(); i < kFiles; ++i) {
    fs::create_directories(docs + std::to_string(i / 100));
    WriteGood(docs + std::to_string(i / 100) + "/" + std::to_string(i), i);
  }
  if (is_root) {
    for (const auto& entry : fs::recursive_directory_iterator(directory.path())) {
      ASSERT_EQ(::lchown(entry.path().c_str(), kNobody, kNobody), 0);
    }
    ASSERT_EQ(::chown(directory.path().c_str(), kNobody, kNobody), 0);
  }

  testing::QuarryCommand command{
      .arguments = {"index", docs, "--json", "--store", directory.path() + "/store"},
      .directory = directory.path(),
      .as_nobody = is_root};
  const testing::QuarryResult first = testing::RunQuarryWith(command);
  EXPECT_EQ(first.exit_code, 1) << first.error;  // some failed
  const Json report = Json::parse(first.out);
  EXPECT_EQ(report["documents"]["added"], kFiles - 37);
  std::map<std::string, int> times;
  for (const char* list : {"failures", "skipped"}) {
    for (const Json& note : report[list]) {
      const std::string name = fs::path(note["path"].get<std::string>()).filename();
      SCOPED_TRACE(name);
      ASSERT_TRUE(broken.contains(name)) << note;
      ++times[name];
      EXPECT_THAT(note["reason"], HasSubstr(broken[name].reason));
      EXPECT_EQ(broken[name].is_skipped, std::string_view(list) == "skipped") << note;
    }
  }
  for (const auto& [name, file] : broken) EXPECT_EQ(times[name], 1) << name;

  // They are looked at again, and are as broken as before.
  const Json second = Json::parse(testing::RunQuarryWith(command).out);
  EXPECT_EQ(second["documents"]["unchanged"], kFiles - 37);
  EXPECT_EQ(second["failures"], report["failures"]);
  EXPECT_EQ(second["skipped"], report["skipped"]);
  command.arguments = {"verify", "--store", directory.path() + "/store"};
  EXPECT_EQ(testing::RunQuarryWith(command).exit_code, 0);
}

}  // namespace
}  // namespace quarry::app
