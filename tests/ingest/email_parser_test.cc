#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/mime.h"
#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using testing::MetadataText;
using testing::Outline;
using testing::ParseAs;
using testing::ParseOne;

TEST(EmailParser, HeadersAreMetadataAndTheSubjectIsTheTitle) {
  const Document document = ParseOne(
      Format::kEmail,
      "From: =?utf-8?B?546L5rSL?= <wang@example.com>\r\nTo: a@example.com,\r\n b@example.com\r\n"
      "Subject: =?gb2312?B?y66xw87K?=\r\n =?gb2312?B?zOI=?=\r\n"
      "Date: Fri, 1 Mar 2024 09:30:00 +0800\r\n\r\nThe pump stands.\r\n\r\n> It ran.\r\n");
  EXPECT_EQ(document.title, "水泵问题");
  EXPECT_EQ(MetadataText(document, "from"), "王洋 <wang@example.com>");
  EXPECT_EQ(MetadataText(document, "to"), "a@example.com, b@example.com");
  EXPECT_EQ(MetadataText(document, "date"), "2024-03-01T09:30:00+08:00");
  EXPECT_EQ(Outline(document), "p|The pump stands.\nq|It ran.");
}

TEST(EmailParser, CharsetsAndTransferEncodingsAreRead) {
  EXPECT_EQ(ParseOne(Format::kEmail,
                     "Subject: x\nContent-Type: text/plain; charset=\"iso-8859-1\"\n"
                     "Content-Transfer-Encoding: quoted-printable\n\ncaf=E9 is=\n good\n")
                .text,
            "café is good");
  EXPECT_EQ(ParseOne(Format::kEmail,
                     "Subject: x\nContent-Type: text/plain; charset=gb2312\n"
                     "Content-Transfer-Encoding: base64\n\ny66xww==\n")
                .text,
            "水泵");
}

TEST(EmailParser, CharsetsThatAreWrittenInAsciiAreRead) {
  const auto text_in = [](const std::string& charset, const std::string& body) {
    return ParseOne(Format::kEmail,
                    "Subject: x\nContent-Type: text/plain; charset=" + charset + "\n\n" + body)
        .text;
  };
  EXPECT_EQ(text_in("HZ-GB-2312", "The pump ~{K.1C~} runs.\n"), "The pump 水泵 runs.");
  EXPECT_EQ(text_in("utf-7", "The pump +bDRs9Q- runs.\n"), "The pump 水泵 runs.");
  EXPECT_EQ(text_in("us-ascii", "A ~{K.1C~} and +bDRs9Q-\n"), "A ~{K.1C~} and +bDRs9Q-");
  EXPECT_EQ(mime::UnstructuredText("=?unicode-1-1-utf-7?Q?+bDRs9Q-?="), "水泵");
}

TEST(EmailParser, PlainTextIsPreferredAndHtmlIsReadWhereThereIsNone) {
  const std::string head = "Subject: x\nContent-Type: multipart/alternative; boundary=\"b\"\n\n";
  const std::string html = "--b\nContent-Type: text/html\n\n<p>HTML <b>part</b></p>\n";
  EXPECT_EQ(ParseOne(Format::kEmail,
                     head + "--b\nContent-Type: text/plain\n\nPlain part\n" + html + "--b--\n")
                .text,
            "Plain part");
  EXPECT_EQ(ParseOne(Format::kEmail, head + html + "--b--\n").text, "HTML part");
  // The last boundary is missing.
  EXPECT_EQ(ParseOne(Format::kEmail, head + html).text, "HTML part");
}

TEST(EmailParser, AttachmentsAreDocumentsOfTheirOwn) {
  const ParsedSource parsed = ParseAs(
      Format::kEmail,
      "Subject: Report\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee below.\n--b\n"
      "Content-Type: text/markdown; name*=utf-8''%E6%B0%B4%E6%B3%B5.md\n"
      "Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n"
      "IyBQdW1wcwoKVGhleSBydW4uCg==\n--b\nContent-Type: image/png; name=\"x.png\"\n"
      "Content-Transfer-Encoding: base64\n\niVBORw0KGgoAAAANSUhEUg==\n--b\n"
      "Content-Type: message/rfc822\n\nSubject: Inner\n\nInner text\n--b--\n");
  ASSERT_EQ(parsed.documents.size(), 3u);
  EXPECT_EQ(parsed.documents[0].id, "doc");
  EXPECT_EQ(parsed.documents[0].source, "");
  EXPECT_EQ(parsed.documents[0].text, "See below.");
  EXPECT_THAT(std::get<std::vector<std::string>>(parsed.documents[0].metadata.at("attachments")),
              ::testing::ElementsAre("水泵.md", "x.png", "Inner.eml"));
  EXPECT_EQ(parsed.documents[1].id, "doc#水泵.md");
  EXPECT_EQ(parsed.documents[1].source, "doc");
  EXPECT_EQ(parsed.documents[1].title, "Pumps");
  EXPECT_EQ(parsed.documents[2].id, "doc#Inner.eml");
  EXPECT_EQ(parsed.documents[2].text, "Inner text");
  // A picture that holds no text stops nothing.
  EXPECT_TRUE(parsed.errors.empty());
  ASSERT_EQ(parsed.skipped.size(), 1u);
  EXPECT_EQ(parsed.skipped[0].place, "attachment x.png");
}

TEST(EmailParser, AMessageWithoutTextIsFoundByItsSubject) {
  EXPECT_EQ(ParseOne(Format::kEmail, "Subject: Pump is back\nFrom: a@b\n\n\n").text,
            "Pump is back");
}

TEST(EmailParser, PartsInPartsAreLimited) {
  std::string mail = "Subject: x\n";
  for (int i = 0; i < 40; ++i) {
    const std::string boundary = "b" + std::to_string(i);
    mail += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" + boundary + "\n";
  }
  const ParsedSource parsed = ParseAs(Format::kEmail, mail + "\ntext\n");
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].reason, "parts in parts more than 10 deep");
}

// As many mailers make them: the inner boundary is the outer one and more.
// The end of each was looked for through the whole field, and fields were read several times.
TEST(EmailParser, EncodedWordsThatNothingClosesAreText) {
  const std::string name = testing::Repeat("=?x?q? ", 9000);
  const std::string part = "--B\nContent-Type: text/plain; name=\"" + name + "\"\n\nWords.\n";
  const std::string mail =
      "Subject: =?utf-8?q?a?= =?x?q?b\nContent-Type: multipart/mixed; boundary=B\n\n" +
      testing::Repeat(part, 200);
  const Document document = ParseOne(Format::kEmail, mail);
  EXPECT_EQ(document.title, "a =?x?q?b");
  EXPECT_EQ(document.blocks.size(), 200u);

  ParseBudget budget(mail.size(), {.time = std::chrono::seconds(0)});
  const Result<ParsedSource> late =
      ParseSource(mail, {.id = "a", .path = "a.eml", .uri = "", .budget = &budget});
  ASSERT_TRUE(late.ok());
  ASSERT_EQ(late->errors.size(), 1u);
  EXPECT_EQ(late->errors[0].place, "parts of the message");
  EXPECT_EQ(late->errors[0].reason, "not read within 0 s");
}

TEST(EmailParser, ABoundaryThatBeginsWithThatOfTheWholeIsNotThatOfTheWhole) {
  bool has_more = true;
  const std::vector<std::string_view> parts = mime::SplitParts(
      "--b \r\none\n--b1\ntwo\n--b1--\n--bx\n--b\t\nthree\n--b-- \nrest", "b", &has_more);
  EXPECT_THAT(parts, ::testing::ElementsAre("one\n--b1\ntwo\n--b1--\n--bx", "three"));
  EXPECT_FALSE(has_more);
  EXPECT_THAT(mime::SplitParts("--b\none\n--b", "b", &has_more), ::testing::ElementsAre("one"));
  const ParsedSource parsed =
      ParseAs(Format::kEmail,
              "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
              "Content-Type: multipart/alternative; boundary=b1\n\n--b1\n\nPlain part\n--b1\n"
              "Content-Type: text/html\n\n<p>HTML part</p>\n--b1--\n--b\n"
              "Content-Disposition: attachment; filename=a.txt\n\n水泵的安装与维护说明。\n--b--\n");
  ASSERT_EQ(parsed.documents.size(), 2u);
  EXPECT_EQ(parsed.documents[0].text, "Plain part");
  EXPECT_EQ(parsed.documents[1].text, "水泵的安装与维护说明。");
}

TEST(EmailParser, AttachmentsBeyondTheLimitAreReported) {
  std::string mail = "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n";
  for (int i = 1; i <= 502; ++i) {
    mail += "--b\nContent-Disposition: attachment; filename=" + std::to_string(i) +
            ".txt\n\nnumber " + std::to_string(i) + "\n";
  }
  const ParsedSource parsed = ParseAs(Format::kEmail, mail + "--b--\n");
  EXPECT_EQ(parsed.documents.size(), 501u);
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].place, "attachments from 501");
  EXPECT_EQ(parsed.errors[0].reason, "not read: expected at most 500 of a message");
}

TEST(EmailParser, PartsBeyondTheLimitAreReported) {
  const std::string head = "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n";
  EXPECT_EQ(ParseOne(Format::kEmail, head + testing::Repeat("--b\n\ntext\n", 1000) + "--b--\n")
                .blocks.size(),
            1000u);
  const ParsedSource parsed =
      ParseAs(Format::kEmail, head + testing::Repeat("--b\n\ntext\n", 1001) + "--b--\n");
  EXPECT_EQ(parsed.documents.at(0).blocks.size(), 1000u);
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].place, "parts from 1001");
  EXPECT_EQ(parsed.errors[0].reason, "not read: expected at most 1000 beside each other");
}

TEST(EmailParser, MessagesInMessagesAreLimited) {
  std::string mail;
  for (int i = 0; i < 100; ++i) mail += "Subject: x\nContent-Type: message/rfc822\n\n";
  const Result<ParsedSource> parsed =
      ParseSource(mail + "Subject: last\n\ntext\n", {.id = "x", .path = "x.eml"});
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  ASSERT_EQ(parsed->errors.size(), 1u);
  EXPECT_THAT(parsed->errors[0].reason, ::testing::HasSubstr("deep"));
}

TEST(MboxParser, EveryMessageIsADocumentWithAnIdThatStays) {
  const ParsedSource parsed =
      ParseAs(Format::kMbox,
              "From a@b Fri Mar  1 09:30:00 2024\nSubject: One\nMessage-ID: <1@x>\n\nFirst.\n>From "
              "quoted\n\n"
              "From a@b Fri Mar  1 09:31:00 2024\nSubject: Two\n\nSecond.\nFrom here on.\n");
  ASSERT_EQ(parsed.documents.size(), 2u);
  EXPECT_EQ(parsed.documents[0].id, "doc#1@x");
  EXPECT_EQ(parsed.documents[0].source, "doc");
  EXPECT_EQ(parsed.documents[0].title, "One");
  EXPECT_EQ(parsed.documents[1].id, "doc#2");
  EXPECT_EQ(parsed.documents[1].text, "Second.\nFrom here on.");
}

// As a mailbox has it that was put together from several, or a program that numbers its mails anew each day.
TEST(MboxParser, MessagesOfOneIdAreApartUnlessTheyAreCopies) {
  const std::string from = "From a@b Fri Mar  1 09:30:00 2024\n";
  const ParsedSource parsed = ParseAs(
      Format::kMbox, from + "Subject: One\nMessage-ID: <x@y>\n\nFirst.\n\n" + from +
                         "Subject: Two\nMessage-ID: <x@y>\n\nSecond.\n\n" + from +
                         "Received: later\nSubject: One\nMessage-ID: <x@y>\n\nFirst.\n\n\n" + from +
                         "Subject: Three\nMessage-ID: <x@y-2>\n\nThird.\n\n" + from +
                         "Subject: Reply\nMessage-ID: <x@y>\n\nFirst.\n");
  std::vector<std::string> ids;
  for (const Document& document : parsed.documents)
    ids.push_back(document.id + ' ' + document.title);
  EXPECT_THAT(ids, ::testing::ElementsAre("doc#x@y One", "doc#x@y-2 Two", "doc#x@y-2-2 Three",
                                          "doc#x@y-3 Reply"));
}

TEST(Mime, DatesAreReadInTheFormsThatMailHas) {
  EXPECT_EQ(mime::IsoDate("Fri, 01 Mar 2024 09:30:00 +0000"), "2024-03-01T09:30:00Z");
  EXPECT_EQ(mime::IsoDate("1 Mar 2024 09:30 -0500"), "2024-03-01T09:30:00-05:00");
  EXPECT_EQ(mime::IsoDate("Fri, 1 Mar 2024 09:30:00 GMT"), "2024-03-01T09:30:00");
  EXPECT_EQ(mime::IsoDate("yesterday"), "");
  EXPECT_EQ(mime::IsoDate("99 Mar 2024 09:30:00 +0000"), "");
}

}  // namespace
}  // namespace quarry::ingest
