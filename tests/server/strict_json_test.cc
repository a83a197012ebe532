#include "server/strict_json.h"

#include <filesystem>
#include <limits>

#include "base/file.h"
#include "server/json_writer.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

std::string ParseMessageOf(const std::string& text) { return ParseJson(text).status().message(); }

TEST(StrictJson, KeepsValuesAndOrder) {
  ASSERT_OK_AND_ASSIGN(
      const JsonValue parsed,
      ParseJson(R"({"z": [1, -2, 18446744073709551615, 0.5, true, null], "a": {"b": "\u6587"}})"));
  EXPECT_EQ(ToJson(parsed),
            "{\"z\":[1,-2,18446744073709551615,0.5,true,null],\"a\":{\"b\":\"\xE6\x96\x87\"}}");
  EXPECT_EQ(*parsed.Find("a")->Find("b")->AsString(), "\xE6\x96\x87");
  EXPECT_EQ(parsed.Find("nope"), nullptr);
}

TEST(StrictJson, SaysWhereItIsBroken) {
  EXPECT_EQ(ParseMessageOf(""), "body: not JSON: line 1, column 1: unexpected end of text");
  EXPECT_EQ(ParseMessageOf("{\"a\": 1"),
            "body: not JSON: line 1, column 8: unexpected end of text");
  EXPECT_TRUE(ParseMessageOf("{\n \"a\": nul\n}").starts_with("body: not JSON: line 2, column "));
  EXPECT_EQ(ParseMessageOf(R"({"a": 1, "a": 2})"), "body: field \"a\" stands twice in one object");
  const std::string name =
      "a" + std::string(18 * 3, '.') + "水泵的流量";  // the 60th byte is in a character
  EXPECT_EQ(ParseMessageOf("{\"" + name + "\": 1, \"" + name + "\": 2}"),
            "body: field \"a" + std::string(18 * 3, '.') + "水...\" stands twice in one object");
  EXPECT_EQ(ParseMessageOf(std::string("1\0 2", 4)),
            "body: not JSON: line 1, column 2: unexpected NUL");
  EXPECT_EQ(ParseMessageOf("1e999"), "body: number \"1e999\" is out of range");
  EXPECT_EQ(ParseMessageOf(std::string(100000, '[')), "body: nested deeper than 64 levels");
  EXPECT_OK(ParseJson(std::string(64, '[') + std::string(64, ']')).status());
}

TEST(StrictJson, AgreesWithJsonTestSuite) {
  const auto directory = testing::SuitePath("JSONTestSuite/test_parsing");
  if (!directory) GTEST_SKIP() << "no suites/JSONTestSuite/test_parsing";
  int accepted = 0;
  int refused = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*directory)) {
    const std::string name = entry.path().filename().string();
    ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(entry.path().string()));
    const Result<JsonValue> parsed = ParseJson(text);
    if (name.starts_with("y_")) {
      // A field that stands twice is valid JSON and refused on purpose: which one counts?
      const bool twice = name.starts_with("y_object_duplicated_key");
      EXPECT_EQ(parsed.ok(), !twice) << name << ": " << parsed.status().ToString();
      ++accepted;
    } else if (name.starts_with("n_")) {
      EXPECT_FALSE(parsed.ok()) << name;
      EXPECT_EQ(parsed.status().code(), Code::kInvalidArgument) << name;
      ++refused;
    }
  }
  EXPECT_EQ(accepted, 95);
  EXPECT_EQ(refused, 188);
}

TEST(StrictJson, RefusesMoreValuesThanMemoryIsMeantFor) {
  std::string text = "[0";
  for (size_t i = 2; i < kMaxJsonValues; ++i) text += ",0";
  EXPECT_OK(ParseJson(text + "]").status());
  EXPECT_EQ(ParseJson(text + ",0]").status().message(),
            "body: more than 1000000 values; send it in parts");
}

TEST(ObjectReader, ReadsFields) {
  ASSERT_OK_AND_ASSIGN(
      const JsonValue parsed,
      ParseJson(R"({"s": "x", "b": true, "u": 3, "d": 1, "l": ["a"], "n": null})"));
  ObjectReader reader(parsed, "");
  std::string text;
  bool flag = false;
  uint32_t count = 0;
  double number = 0;
  std::vector<std::string> list;
  std::string absent = "kept";
  reader.Required("s").String(text);
  reader.Optional("b").Bool(flag);
  reader.Optional("u").Uint(count, 1, 5);
  reader.Optional("d").Double(number);
  reader.Optional("l").Strings(list);
  reader.Optional("n").String(absent);
  EXPECT_OK(reader.Finish());
  EXPECT_EQ(text, "x");
  EXPECT_TRUE(flag);
  EXPECT_EQ(count, 3u);
  EXPECT_EQ(number, 1.0);
  EXPECT_EQ(list, std::vector<std::string>{"a"});
  EXPECT_EQ(absent, "kept");
}

TEST(ObjectReader, HoldsTheFirstErrorWithItsPlace) {
  ASSERT_OK_AND_ASSIGN(const JsonValue parsed, ParseJson(R"({"a": {"b": 1}, "c": 2})"));
  ObjectReader reader(*parsed.Find("a"), "a");
  std::string text;
  reader.Required("b").String(text);
  reader.Required("gone").String(text);
  EXPECT_EQ(reader.Finish().message(), "a.b: expected a string, not a number");
}

TEST(JsonWriter, EscapesAndReplaces) {
  EXPECT_EQ(JsonString("a\"b\\c\n\r\t\x01\x7F"), "\"a\\\"b\\\\c\\n\\r\\t\\u0001\x7F\"");
  EXPECT_EQ(JsonString("ok\xFFok\xE6\x96"), "\"ok\xEF\xBF\xBDok\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

// Text is looked at eight bytes at a time.
TEST(JsonWriter, EscapesEachCharacterAtEachPlace) {
  const std::string letters = "abcdefghijklmnopqrst";
  const std::string han = "\u6C34\u6CF5\u6EE4\u7F51\u9600\u95E8";
  for (const std::string& around : {letters, han}) {
    const size_t step = around == han ? 3 : 1;
    for (size_t place = 0; place <= around.size(); place += step) {
      for (int c = 0; c < 0x80; ++c) {
        const char character = static_cast<char>(c);
        std::string text = around;
        text.insert(place, 1, character);
        const bool escaped = c < 0x20 || character == '"' || character == '\\';
        const std::string quoted = JsonString(text);
        ASSERT_EQ(quoted.size() > text.size() + 2, escaped) << quoted;
        ASSERT_OK_AND_ASSIGN(const JsonValue read, ParseJson(quoted));
        ASSERT_EQ(*read.AsString(), text);
      }
    }
  }
}

TEST(JsonWriter, WritesNumbersThatReadBackEqual) {
  JsonWriter writer;
  writer.BeginArray().Double(0.1).Double(1e300).Double(5).Int(-7).Uint(UINT64_MAX);
  writer.Double(std::numeric_limits<double>::infinity()).Bool(false).Null().EndArray();
  EXPECT_EQ(writer.text(), "[0.1,1e+300,5,-7,18446744073709551615,null,false,null]");
}

TEST(JsonWriter, PutsCommasBetweenValuesOnly) {
  JsonWriter writer;
  writer.BeginObject().Key("a").BeginArray().EndArray().Key("b").BeginObject().EndObject();
  writer.Key("c").Raw("{\"d\":1}").EndObject();
  EXPECT_EQ(writer.text(), R"({"a":[],"b":{},"c":{"d":1}})");
}

}  // namespace
}  // namespace quarry::server
