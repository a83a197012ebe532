#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "ingest/ole_reader.h"
#include "ingest/rtf_unpack.h"
#include "tests/ingest/document_testing.h"
#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

using quarry::testing::MakeOle;
using quarry::testing::MakeOutlook;
using quarry::testing::Utf16;
using quarry::testing::ZipEntry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MetadataText;
using testing::Outline;
using ::testing::StartsWith;

constexpr uint32_t kSubmitted = 0x00390040;
constexpr uint32_t kRecipientType = 0x0C150003;
constexpr uint32_t kMessageCodePage = 0x3FFD0003;
constexpr uint64_t kTime = 133'537'698'000'000'000;  // 2024-03-01T12:30:00Z

ZipEntry TextStream(const std::string& tag, std::string_view ascii) {
  return {"__substg1.0_" + tag + "001F", Utf16(ascii)};
}
ZipEntry Bytes(const std::string& tag, std::string bytes) {
  return {"__substg1.0_" + tag + "0102", std::move(bytes)};
}
ZipEntry In(const std::string& storage, ZipEntry entry) {
  return {storage + '/' + entry.name, std::move(entry.bytes)};
}
// The values of fixed size of a recipient.
ZipEntry RecipientType(char type) {
  std::string bytes(8 + 16, '\0');
  for (size_t i = 0; i < 4; ++i) bytes[8 + i] = static_cast<char>(kRecipientType >> 8 * i);
  bytes[16] = type;
  return {"__properties_version1.0", bytes};
}

ParsedSource ParseMessage(const std::string& bytes) {
  const Result<ParsedSource> parsed = ParseSource(bytes, {.id = "m.msg", .path = "m.msg"});
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  if (!parsed.ok()) return {};
  for (const Document& document : parsed->documents) testing::CheckDocument(document);
  return *parsed;
}

Document OneMessage(const std::string& bytes) {
  const ParsedSource parsed = ParseMessage(bytes);
  EXPECT_EQ(parsed.documents.size(), 1u);
  EXPECT_TRUE(parsed.errors.empty()) << parsed.errors[0].reason;
  return parsed.documents.empty() ? Document() : parsed.documents[0];
}

TEST(OutlookParser, PropertiesBecomeMetadataAndTheBodyText) {
  const std::string to = "__recip_version1.0_#00000000";
  const std::string cc = "__recip_version1.0_#00000001";
  const std::string hidden = "__recip_version1.0_#00000002";
  const Document document = OneMessage(MakeOutlook(
      {{kSubmitted, kTime}},
      {TextStream("0037", "Pump 3"), TextStream("0C1A", "Ada"),
       TextStream("0C1F", "/O=WATER/CN=ADA"), TextStream("5D01", "ada@example.com"),
       TextStream("1000", "It stands.\r\n\r\n> It ran.\r\n"), TextStream("0E04", "Somebody else"),
       In(to, TextStream("3001", "Bo")), In(to, TextStream("3003", "bo@example.com")),
       In(to, RecipientType(1)), In(cc, TextStream("3001", "cy@example.com")),
       In(cc, TextStream("3003", "cy@example.com")), In(cc, RecipientType(2)),
       In(hidden, TextStream("3001", "Hidden")), In(hidden, RecipientType(3))}));
  EXPECT_EQ(document.title, "Pump 3");
  EXPECT_EQ(document.media_type, "application/vnd.ms-outlook");
  EXPECT_EQ(MetadataText(document, "subject"), "Pump 3");
  EXPECT_EQ(MetadataText(document, "from"), "Ada <ada@example.com>");
  EXPECT_EQ(MetadataText(document, "to"), "Bo <bo@example.com>");
  EXPECT_EQ(MetadataText(document, "cc"), "cy@example.com");
  EXPECT_EQ(MetadataText(document, "date"), "2024-03-01T12:30:00Z");
  EXPECT_EQ(Outline(document), "p|It stands.\nq|It ran.");
}

TEST(OutlookParser, TextInACodePageIsReadByIt) {
  const Document document = OneMessage(MakeOutlook(
      {{kMessageCodePage, 936}}, {{"__substg1.0_0037001E", "\xCB\xAE\xB1\xC3"},
                                  {"__substg1.0_1000001E", "\xCB\xAE\xB1\xC3\xCD\xA3\xC1\xCB"}}));
  EXPECT_EQ(document.title, "水泵");
  EXPECT_EQ(document.text, "水泵停了");
}

TEST(OutlookParser, HtmlIsReadWhereThereIsNoPlainTextAndRtfWhereThereIsNeither) {
  EXPECT_EQ(Outline(OneMessage(MakeOutlook(
                {{0x3FDE0003, 65001}},
                {TextStream("0037", "S"), Bytes("1013", "<p>caf\xC3\xA9</p><ul><li>open</ul>")}))),
            "p|café\nl1|open");
  const std::string rtf = "{\\rtf1\\ansi It stands.\\par}";
  EXPECT_EQ(OneMessage(MakeOutlook({}, {Bytes("1009", std::string(8, '\0') + "MELA" +
                                                          std::string(4, '\0') + rtf)}))
                .text,
            "It stands.");
  EXPECT_EQ(OneMessage(MakeOutlook({}, {TextStream("0037", "Only a subject")})).text,
            "Only a subject");
}

// The first example of MS-OXRTFCP, 3.1.
TEST(OutlookParser, CompressedRtfIsUnpacked) {
  constexpr unsigned char kPacked[] = {0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a,
                                       0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00,
                                       0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a,
                                       0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77,
                                       0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0};
  const std::string packed(std::begin(kPacked), std::end(kPacked));
  ParseBudget budget(packed.size());
  EXPECT_EQ(UnpackRtf(packed, &budget).value(),
            "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
  EXPECT_EQ(UnpackRtf(packed.substr(0, 10), &budget).status().message(),
            "broken compressed RTF: expected a header of 16 bytes");
  EXPECT_EQ(UnpackRtf(packed.substr(0, 20), &budget).status().message(),
            "broken compressed RTF: cut off");
}

TEST(OutlookParser, AttachmentsAndMessagesInsideAreDocumentsOfTheirOwn) {
  const std::string file = "__attach_version1.0_#00000000";
  const std::string unnamed = "__attach_version1.0_#00000001";
  const std::string message = "__attach_version1.0_#00000002";
  const std::string inside = message + "/__substg1.0_3701000D";
  const ParsedSource parsed = ParseMessage(MakeOutlook(
      {},
      {TextStream("0037", "Outer"), TextStream("1000", "See below."),
       In(file, TextStream("3707", "valves.md")),
       // Of more than a small sector's stream.
       In(file, Bytes("3701", "# Valves\n\n" + testing::Repeat("Open them slowly. ", 400))),
       In(unnamed, Bytes("3701", "A note.")), In(message, TextStream("3001", "Inner")),
       In(inside, TextStream("0037", "Inner")), In(inside, TextStream("1000", "Kept inside."))}));
  ASSERT_EQ(parsed.documents.size(), 4u);
  EXPECT_TRUE(parsed.errors.empty());
  EXPECT_EQ(parsed.documents[0].text, "See below.");
  EXPECT_THAT(std::get<std::vector<std::string>>(parsed.documents[0].metadata.at("attachments")),
              ElementsAre("valves.md", "part-2", "Inner"));
  EXPECT_EQ(parsed.documents[1].id, "m.msg#valves.md");
  EXPECT_EQ(parsed.documents[1].source, "m.msg");
  EXPECT_THAT(Outline(parsed.documents[1]), StartsWith("h1|Valves\np|Open them slowly."));
  EXPECT_EQ(parsed.documents[2].id, "m.msg#part-2");
  EXPECT_EQ(parsed.documents[2].text, "A note.");
  EXPECT_EQ(parsed.documents[3].id, "m.msg#Inner");
  EXPECT_EQ(parsed.documents[3].title, "Inner");
  EXPECT_EQ(parsed.documents[3].text, "Kept inside.");
}

TEST(OutlookParser, ABrokenFileIsRefusedWithTheReason) {
  const std::string good = MakeOutlook({}, {TextStream("0037", "S"), TextStream("1000", "Body")});
  const auto error = [](const std::string& bytes) {
    const SourceInfo source{.id = "m.msg", .path = "m.msg", .uri = "", .format = Format::kOutlook};
    return ParseSource(bytes, source).status().message();
  };
  EXPECT_EQ(error(good.substr(0, 100)), "broken compound file: expected a header of 512 bytes");
  EXPECT_THAT(error(good.substr(0, 700)), HasSubstr("is beyond its end"));
  std::string sectors = good;
  sectors[30] = 3;
  EXPECT_EQ(error(sectors),
            "broken compound file: expected sectors of 512 or 4096 and of 64 bytes");
  // The table of sectors is the last of them: its first entry leads to itself.
  std::string circle = good;
  circle.replace(circle.size() - 512, 4, std::string(4, '\0'));
  EXPECT_EQ(error(circle), "broken compound file: a chain of sectors that leads into itself");
}

TEST(OutlookParser, AnAttachmentThatIsBrokenStopsNothing) {
  const std::string storage = "__attach_version1.0_#00000000";
  std::string bytes =
      MakeOutlook({}, {TextStream("1000", "Body"), In(storage, TextStream("3707", "a.zip")),
                       In(storage, Bytes("3701", "PK\x03\x04 no zip"))});
  const ParsedSource parsed = ParseMessage(bytes);
  ASSERT_EQ(parsed.documents.size(), 1u);
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].place, "attachment a.zip");
  EXPECT_THAT(parsed.errors[0].reason, StartsWith("not a zip: "));
}

TEST(OutlookParser, StoragesThatHoldThemselvesEnd) {
  // The node of an embedded message made to hold what the root holds.
  const std::string storage = "__attach_version1.0_#00000000";
  std::string bytes =
      MakeOutlook({}, {TextStream("0037", "S"),
                       In(storage + "/__substg1.0_3701000D", TextStream("0037", "Inner"))});
  const size_t root = bytes.find(Utf16("Root Entry"));
  const size_t inner = bytes.find(Utf16("__substg1.0_3701000D"));
  ASSERT_NE(inner, bytes.npos);
  bytes.replace(inner + 76, 4, bytes.substr(root + 76, 4));
  const ParsedSource parsed = ParseMessage(bytes);
  EXPECT_EQ(parsed.documents.size(), 11u);
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_THAT(parsed.errors[0].reason, HasSubstr("packages in packages more than 10 deep"));
}

TEST(OutlookParser, TheSampleIsRead) {
  const char* file = "documents/markitdown_files/markitdown/tests/test_files/test_outlook_msg.msg";
  const auto path = quarry::testing::DataPath(file);
  if (!path) GTEST_SKIP() << "no shared/data/" << file;
  const Document document = OneMessage(ReadFile(*path).value());
  EXPECT_EQ(document.title, "Test Email Message");
  EXPECT_EQ(MetadataText(document, "from"), "M. C. Kurtuluş <test.sender@example.com>");
  EXPECT_EQ(MetadataText(document, "to"), "test.recipient@example.com");
  EXPECT_EQ(MetadataText(document, "date"), "2024-12-22T08:23:00Z");
  EXPECT_EQ(document.text, "This is the body of the test email message");
}

}  // namespace
}  // namespace quarry::ingest
