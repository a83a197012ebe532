#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "ingest/read_json.h"
#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;
using testing::Outline;
using testing::ParseAs;
using testing::ParseOne;
using testing::Repeat;

std::string JsonOutline(std::string_view json) { return Outline(ParseOne(Format::kJson, json)); }

std::string JsonError(std::string_view json) {
  const Result<ParsedSource> parsed = ParserFor(Format::kJson).Parse(json, {});
  return parsed.ok() ? "" : parsed.status().message();
}

TEST(JsonParser, NestedObjectsBecomePaths) {
  EXPECT_EQ(
      JsonOutline(
          R"({"name": "wk", "server": {"port": 8420, "tls": {"on": true}}, "x": null, "y": ""})"),
      "t|name: wk\nt|server.port: 8420\\nserver.tls.on: true");
}

TEST(JsonParser, ArraysOfObjectsHaveAHeadingAndABlockForEach) {
  EXPECT_EQ(JsonOutline(R"({"products": [{"code": "VX-220", "kW": 1.50}, {"code": "VX-240"}],
                            "updated": "2025", "tags": ["a", "b"]})"),
            "t|updated: 2025\\ntags: a; b\nh1|products\nt|code: VX-220; kW: 1.50\nt|code: VX-240");
  EXPECT_EQ(JsonOutline(R"([{"a": {"b": 1}, "list": [{"c": 2}]}, 3, [4, 5]])"),
            "t|a.b: 1\nh1|list\nt|c: 2\nt|3\nt|4; 5");
}

TEST(JsonParser, LongItemsStandOnLinesOfTheirOwn) {
  const std::string sentence = Repeat("word ", 12) + "end";
  EXPECT_EQ(JsonOutline("{\"notes\": [\"" + sentence + "\", \"short\"]}"),
            "t|notes: " + sentence + "\\nnotes: short");
}

TEST(JsonParser, LongTextsKeepTheirParagraphs) {
  const std::string paragraph = Repeat("word ", 50) + "end";
  EXPECT_EQ(JsonOutline("{\"body\": \"" + paragraph + "\\n\\nSecond.\"}"),
            "p|body:\np|" + paragraph + "\np|Second.");
}

TEST(JsonParser, ScalarsAndDuplicateMembers) {
  EXPECT_EQ(JsonOutline("\"just text\""), "t|just text");
  EXPECT_EQ(JsonOutline("-1.5e3"), "t|-1.5e3");
  EXPECT_EQ(JsonOutline(R"({"a": 1, "a": 2})"), "t|a: 1\\na: 2");
  EXPECT_EQ(JsonOutline(R"({"": 1})"), "t|1");
}

TEST(JsonParser, MetadataKeepsItsTypes) {
  const Document document = ParseOne(
      Format::kJson,
      R"({"title": "T", "metadata": {"year": 2020, "id": "2020", "ok": true, "tags": ["a", 1], "n": {"m": "x"}, "z": null},
          "access": ["staff"], "body": "text"})");
  EXPECT_EQ(Outline(document), "t|title: T\\naccess: staff\\nbody: text");
  EXPECT_EQ(document.title, "T");
  EXPECT_THAT(document.access, ElementsAre("staff"));
  const Metadata expected = {{"year", 2020.0},
                             {"id", "2020"},
                             {"ok", true},
                             {"tags", std::vector<std::string>{"a", "1"}},
                             {"n.m", "x"}};
  EXPECT_EQ(document.metadata, expected);
}

// Each field would have a name of its own that begins with the megabyte.
TEST(JsonParser, MetadataUnderLongNamesStaysSmall) {
  std::string fields;
  for (int i = 0; i < 1500; ++i) fields += ",\"" + std::to_string(i) + "\":1";
  const Document many =
      ParseOne(Format::kJson, "{\"title\":\"T\",\"metadata\":{\"n\":{\"泵\":2" + fields + "}}}");
  EXPECT_EQ(many.metadata.size(), 1000u);
  EXPECT_EQ(many.metadata.at("n.泵"), MetadataValue(2.0));
  EXPECT_TRUE(many.metadata.contains("n.998"));
  const Document longest =
      ParseOne(Format::kJson, "{\"title\":\"T\",\"metadata\":{\"" + Repeat("泵", 1 << 18) +
                                  "\":{\"a\":1" + fields + "}}}");
  EXPECT_FALSE(longest.metadata.empty());
  for (const auto& [name, value] : longest.metadata) {
    EXPECT_LE(name.size(), 200u);
    EXPECT_TRUE(IsValidUtf8(name));
  }
  const Document record =
      ParseOne(Format::kJson, "{\"text\":\"T\",\"" + Repeat("x", 1 << 18) + "\":1,\"y\":2}");
  ASSERT_EQ(record.metadata.size(), 2u);
  EXPECT_EQ(record.metadata.begin()->first, Repeat("x", 200));
}

TEST(JsonParser, RecordIsReadAsSuch) {
  const Document document = ParseOne(
      Format::kJson,
      R"({"title": "T", "text": "One.\n\nTwo.", "url": "https://x.org", "author": "Osk"})");
  EXPECT_EQ(Outline(document), "p|One.\np|Two.");
  EXPECT_EQ(document.uri, "https://x.org");
  EXPECT_EQ(document.metadata.at("author"), MetadataValue("Osk"));
}

TEST(JsonParser, ErrorsNamePlaceAndExpectation) {
  EXPECT_EQ(JsonError("{\"a\": 1,\n  \"b\": }"),
            "line 2, column 8: broken JSON while parsing value: unexpected '}'; expected '[', '{', "
            "or a literal");
  EXPECT_EQ(JsonError("{\"a\": tru}"),
            "line 1, column 10: broken JSON while parsing value: invalid literal; last read: "
            "'\"a\": tru}'; "
            "expected a JSON value");
  EXPECT_EQ(
      JsonError("[1, 2"),
      "line 1, column 6: broken JSON while parsing array: unexpected end of input; expected ']'");
  EXPECT_EQ(
      JsonError("{} {}"),
      "line 1, column 4: broken JSON while parsing value: unexpected '{'; expected end of input");
  EXPECT_EQ(JsonError("\"" + Repeat("水", 1000)),
            "line 1, column 3002: broken JSON while parsing value: invalid string: missing closing "
            "quote; last "
            "read: '..." +
                Repeat("水", 13) + "'; expected a JSON value");
}

TEST(JsonParser, DepthIsCappedWhileParsing) {
  EXPECT_EQ(JsonError(Repeat("[", 64) + "1" + Repeat("]", 64)), "");
  EXPECT_EQ(JsonError("\n" + Repeat("[", 65) + Repeat("]", 65)),
            "line 2, column 65: JSON nested too deep: expected at most 64 levels");
  EXPECT_EQ(JsonError(Repeat("{\"a\":", 1'000'000)),
            "line 1, column 321: JSON nested too deep: expected at most 64 levels");
}

TEST(JsonParser, PathsDoNotMultiplyTheText) {
  std::string json = "{\"" + Repeat("k", 100'000) + "\": {";
  for (int i = 0; i < 10'000; ++i) json += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":1";
  EXPECT_LT(ParseOne(Format::kJson, json + "}}").text.size(), 10'000'000u);
}

TEST(JsonTree, GivesValuesInOrder) {
  JsonTree tree;
  ASSERT_OK(tree.Parse(
      R"({"a": [1, {"b": 2}, []], "c": -0.50, "d": 18446744073709551615, "a": "\u00e9"})"));
  std::string walked;
  tree.root().ForEach([&](std::string_view key, JsonValue value) {
    walked += std::string(key) + "=" + NameOf(value.kind()) + ":" + std::string(value.text()) + " ";
  });
  EXPECT_EQ(walked, "a=an array: c=a number:-0.50 d=a number:18446744073709551615 a=a string:é ");
  JsonValue found = tree.root();
  ASSERT_TRUE(tree.root().Find("a", &found));
  EXPECT_EQ(found.text(), "é");
  EXPECT_FALSE(tree.root().Find("x", &found));
  EXPECT_EQ(tree.root().size(), 4u);
}

TEST(JsonLinesParser, OneDocumentForEachLine) {
  const ParsedSource parsed = ParseAs(Format::kJsonLines,
                                      "{\"id\": \"a\", \"title\": \"T\", \"text\": \"One.\", "
                                      "\"url\": \"https://x.org/1\", \"lang\": \"zh-TW\"}\n\n"
                                      "{\"_id\": 7, \"text\": \"Two.\", \"metadata\": {\"year\": "
                                      "2020}}\n{\"color\": \"red\", \"size\": 3}\n");
  ASSERT_EQ(parsed.documents.size(), 3u);
  EXPECT_TRUE(parsed.errors.empty());
  EXPECT_EQ(parsed.documents[0].id, "doc#a");
  EXPECT_EQ(parsed.documents[0].title, "T");
  EXPECT_EQ(parsed.documents[0].uri, "https://x.org/1");
  EXPECT_EQ(parsed.documents[0].language, "zh");
  EXPECT_EQ(Outline(parsed.documents[0]), "p|One.");
  EXPECT_EQ(parsed.documents[1].id, "doc#7");
  EXPECT_EQ(parsed.documents[1].metadata.at("year"), MetadataValue(2020.0));
  EXPECT_EQ(parsed.documents[2].id, "doc#4");
  EXPECT_EQ(Outline(parsed.documents[2]), "t|color: red\\nsize: 3");
}

// Twenty megabytes became a gigabyte.
TEST(JsonParser, PathsBeforeNearlyEmptyValuesAreLimited) {
  const std::string key(199, 'k');
  const auto list = [&](size_t items) {
    return "{\"" + key + "\": [\"x\"" + Repeat(",\"x\"", items - 1) + "]}";
  };
  const Document document = ParseOne(Format::kJson, list(400'000));
  EXPECT_EQ(document.text.substr(0, 204), key + ": x\nk");
  EXPECT_NE(document.text.find("\nx\nx\n"), std::string::npos);
  EXPECT_LT(document.text.size(), 22u << 20);
  // All records of a file count together.
  size_t bytes = 0;
  const std::string lines = Repeat(list(20'000) + "\n", 20);
  for (const Document& record : ParseAs(Format::kJsonLines, lines).documents) {
    bytes += record.text.size();
  }
  EXPECT_LT(bytes, 22u << 20);
  // Headings too.
  const Document nested =
      ParseOne(Format::kJson, "{\"" + key + "\": [[1]" + Repeat(",{\"a\":[[1]]}", 400'000) + "]}");
  EXPECT_EQ(nested.TextOf(nested.blocks[2]), key + ".");
  EXPECT_EQ(nested.TextOf(nested.blocks[nested.blocks.size() - 2]), "a");
  EXPECT_LT(nested.text.size(), 24u << 20);
}

TEST(JsonLinesParser, BrokenLinesAreErrorsAndTheOthersAreKept) {
  const ParsedSource parsed =
      ParseAs(Format::kJsonLines,
              "{\"text\": \"One.\"}\n{\"text\": \"Two.\"\n[1]\n{\"text\": 5}\n"
              "{\"text\": \"Six.\", \"access\": \"staff\"}\n{\"text\": \" \"}\n"
              "{\"text\": \"x\", \"metadata\": [1]}\n{\"text\": \"Eight.\"}");
  std::vector<std::string> ids;
  for (const Document& document : parsed.documents) ids.push_back(document.id);
  EXPECT_THAT(ids, ElementsAre("doc#1", "doc#8"));
  std::vector<std::string> errors;
  for (const SourceError& error : parsed.errors)
    errors.push_back(error.place + ": " + error.reason);
  EXPECT_THAT(errors,
              ElementsAre("line 2: expected a JSON object: column 16: broken JSON while parsing "
                          "object: unexpected end of "
                          "input; expected '}'",
                          "line 3: expected a JSON object: found an array",
                          "line 4: \"text\": expected a string, found a number",
                          "line 5: \"access\": expected an array of strings, found a string",
                          "line 6: record without text: expected a \"text\" that is not empty",
                          "line 7: \"metadata\": expected an object, found an array"));
}

TEST(JsonLinesParser, RecordWithATitleOnlyHasItAsText) {
  const Document document =
      ParseOne(Format::kJsonLines, R"({"_id": "1", "title": "Only a title", "text": ""})");
  EXPECT_EQ(Outline(document), "p|Only a title");
}

TEST(JsonLinesParser, AccessListsAreKept) {
  const Document document =
      ParseOne(Format::kJsonLines, R"({"text": "x", "access": ["staff", "board"]})");
  EXPECT_THAT(document.access, ElementsAre("staff", "board"));
}

// A list that is not taken as such opens the document to everybody.
TEST(JsonLinesParser, AMisspeltAccessListIsToldOnce) {
  const auto told = [](const char* lines) { return ParseAs(Format::kJsonLines, lines).skipped; };
  const std::vector<SourceError> misspelt = told(R"({"text": "x"})"
                                                 "\n"
                                                 R"({"text": "y", "acces": ["staff"]})"
                                                 "\n"
                                                 R"({"text": "z", "acces": ["staff"]})");
  ASSERT_EQ(misspelt.size(), 1u);
  EXPECT_EQ(misspelt[0].place, "line 2");
  EXPECT_EQ(misspelt[0].reason,
            "\"acces\" is kept as metadata, and everybody may read the record; did you mean "
            "\"access\"?");
  EXPECT_EQ(told(R"({"text": "x", "Access": ["staff"]})").size(), 1u);
  for (const char* fine :
       {R"({"text": "x", "access": ["staff"], "acces": ["staff"]})",
        R"({"text": "x", "acces": "a"})", R"({"text": "x", "accessed": ["2024"]})",
        R"({"text": "x", "acces": [1]})"}) {
    EXPECT_TRUE(told(fine).empty()) << fine;
  }
  EXPECT_EQ(ParseAs(Format::kJson, R"({"text": "x", "acess": ["staff"]})").skipped.size(), 1u);
}

TEST(JsonLinesParser, AddressAndLanguageHaveTheNamesOfRequestsToo) {
  const Document document =
      ParseOne(Format::kJsonLines, R"({"text": "x", "uri": "https://x.org", "language": "zh-CN"})");
  EXPECT_EQ(document.uri, "https://x.org");
  EXPECT_EQ(document.language, "zh");
  EXPECT_TRUE(document.metadata.empty());
  const Document other = ParseOne(
      Format::kJsonLines,
      R"({"text": "x", "url": "https://y.org", "uri": "https://x.org", "language": "Klingon"})");
  EXPECT_EQ(other.uri, "https://y.org");
  EXPECT_EQ(other.metadata.at("uri"), MetadataValue("https://x.org"));
  EXPECT_EQ(other.metadata.at("language"), MetadataValue("Klingon"));
}

TEST(JsonLinesParser, SecondUseOfAnIdIsAnError) {
  const ParsedSource parsed = ParseAs(
      Format::kJsonLines, "{\"id\": \"a\", \"text\": \"x\"}\n{\"id\": \"a\", \"text\": \"y\"}\n");
  ASSERT_EQ(parsed.documents.size(), 1u);
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].place, "line 2");
  EXPECT_EQ(parsed.errors[0].reason,
            "id \"a\" was used in line 1: expected another; the record is left out");
}

TEST(JsonLinesParser, ErrorsAreCountedAfterTheFirstHundred) {
  const ParsedSource parsed =
      ParseAs(Format::kJsonLines, Repeat("nonsense\n", 250) + "{\"text\": \"x\"}\n");
  ASSERT_EQ(parsed.errors.size(), 101u);
  EXPECT_EQ(parsed.errors[100].place, "further places");
  EXPECT_EQ(parsed.errors[100].reason, "150 more errors");
  EXPECT_EQ(parsed.documents.size(), 1u);
}

}  // namespace
}  // namespace quarry::ingest
