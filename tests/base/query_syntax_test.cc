#include "base/query_syntax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/text.h"

namespace quarry {
namespace {

// "text|" for text, "must:phrase|", "not:phrase|", "want:pref*|", "must:pref*|", "not:pref*|".
std::string Parts(std::string_view query) {
  std::string out;
  for (const QueryPart& part : ParseQuery(query).parts) {
    if (part.kind != QueryPart::Kind::kText) {
      out += part.role == QueryPart::Role::kRequired   ? "must:"
             : part.role == QueryPart::Role::kExcluded ? "not:"
                                                       : "want:";
    }
    out += part.text + (part.kind == QueryPart::Kind::kPrefix ? "*|" : "|");
  }
  return out;
}

TEST(QuerySyntaxTest, ReadsPhrasesSignsAndPrefixes) {
  EXPECT_EQ(Parts("\"valve torque\""), "must:valve torque|");
  EXPECT_EQ(Parts("valve \"torque limit\"?"), "valve |must:torque limit|?|");
  EXPECT_EQ(Parts("valve -leak +pump"), "valve |not:leak| |must:pump|");
  EXPECT_EQ(Parts("-\"a leak\" +\"b c\" x"), "not:a leak| |must:b c| x|");
  EXPECT_EQ(Parts("pump* +valv* -lea*"), "want:pump*| |must:valv*| |not:lea*|");
  EXPECT_EQ(Parts("vx-2* +well-known"), "want:vx-2*| |must:well-known|");
}

TEST(QuerySyntaxTest, ReadsChineseAlike) {
  EXPECT_EQ(Parts("\"水泵压力\"是多少"), "must:水泵压力|是多少|");
  EXPECT_EQ(Parts("什么是\"水泵 压力\"的标准"), "什么是|must:水泵 压力|的标准|");
  EXPECT_EQ(Parts("水泵 -压力 +阀门"), "水泵 |not:压力| |must:阀门|");
  EXPECT_EQ(Parts("水泵　-压力"), "水泵　|not:压力|");  // behind U+3000
  EXPECT_EQ(Parts("水泵*"), "want:水泵*|");
  EXPECT_EQ(Parts("　水泵*　阀门*"), "　|want:水泵*|　|want:阀门*|");
}

TEST(QuerySyntaxTest, WhatIsNotClearlyAnOperatorIsText) {
  for (const char* text : {
           "",
           " ",
           "What is the torque of the VX-220 coupling bolts?",
           "a well-known pump - the old one -",
           "x -- y --option -",
           "at -5 degrees, +49 30 1234, -3.5",
           "C++ and C# and notepad++ + more",
           "++i + +",
           "a * b ** *",
           "**bold** a*b *x 5* a* (pump*) pump*,",
           "an unbalanced \" quote",
           "an unbalanced \"quote",
           "\"\" \" \"",
           "a 5\" pipe and a 6\" pipe",
           "a 5\"x6\" pipe",
           "x\"y z\"w",
           "“水泵压力”和「阀门」",
           "水泵-压力 水泵－压力",
           "＋水泵 －压力 ＂水泵＂ 水*",
           "- \"",
           "-\"leak",
           "rock'n'roll 'single quotes'",
       }) {
    const ParsedQuery parsed = ParseQuery(text);
    EXPECT_EQ(parsed.operators(), 0u) << text;
    EXPECT_EQ(parsed.text, text);
  }
}

TEST(QuerySyntaxTest, AQuoteBetweenLettersClosesNoPhrase) {
  EXPECT_EQ(Parts("\"a 5\"x6\" pipe\" b"), "must:a 5\"x6| pipe\" b|");
}

TEST(QuerySyntaxTest, TheTextIsWhatIsAskedForWithoutOperators) {
  EXPECT_EQ(ParseQuery("is \"valve torque\" -leak above +9bar or pump*?").text,
            "is valve torque  above +9bar or pump*?");
  EXPECT_EQ(ParseQuery("+pump* -\"a b\"").text, "pump ");
  EXPECT_EQ(ParseQuery("-leak").text, "");
  EXPECT_EQ(ParseQuery("什么是\"水泵压力\"").text, "什么是水泵压力");
}

TEST(QuerySyntaxTest, APlainQueryIsAllText) {
  const ParsedQuery plain = PlainQuery("+a \"b c\" -d e*");
  EXPECT_EQ(plain.operators(), 0u);
  EXPECT_EQ(plain.text, "+a \"b c\" -d e*");
}

// Without white space and quotes nothing is lost, and it ends soon.
TEST(QuerySyntaxTest, AnyBytesAreRead) {
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string query;
    for (uint64_t size = random.Below(20); size > 0; --size) {
      constexpr std::string_view kPieces[] = {"\"", "+", "-",  "*",    " ",
                                              "a",  "7", "水", "\xff", "　"};
      query += kPieces[random.Below(std::size(kPieces))];
    }
    const ParsedQuery parsed = ParseQuery(query);
    size_t bytes = 0;
    for (const QueryPart& part : parsed.parts) {
      EXPECT_FALSE(part.text.empty()) << query;
      EXPECT_TRUE(!IsValidUtf8(query) || IsValidUtf8(part.text)) << query;
      bytes += part.text.size();
    }
    EXPECT_LE(bytes, query.size());
    if (parsed.operators() == 0) {
      EXPECT_EQ(parsed.text, query);
    }
  }
  std::string quotes;
  for (int i = 0; i < 1 << 20; ++i) quotes += i % 2 == 0 ? " \"a" : "\"\"a";
  EXPECT_GT(ParseQuery(quotes).parts.size(), 0u);
}

}  // namespace
}  // namespace quarry
