#include "eval/suite.h"

#include "eval/answer_checks.h"
#include "eval/suite_file.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kFullCase =
    R"({"id":"q1","query":"How many days?","messages":[{"role":"user","content":"Leave?"}],)"
    R"("lang":"en","tags":["conflict"],"expected_facts":[{"id":"f1","text":"26 days"},)"
    R"({"id":"f2","text":"since 2025","must":false}],"reference":"26 days since 2025.",)"
    R"("gold_docs":{"a.md":2},"gold_spans":[{"doc":"a.md","start":3,"end":9,"fact":"f1"},)"
    R"({"doc":"b.md","quote":"26 days"}],"cluster":"leave",)"
    R"("source_truth":{"right":["a.md"],"wrong":["c.md"]},)"
    R"("accept":["26",{"any":["26 days","26天"]},{"regex":"2[56]"},)"
    R"({"number":26.0,"unit":"d","tolerance":0.5},{"words":{"min":1,"max":9}},)"
    R"({"json":{"type":"string"}}],"reject":["24"],)"
    R"("filters":{"type":"eq","key":"lang","value":"en"}})";

TEST(SuiteTest, ACaseIsReadAndWrittenAsItStands) {
  ASSERT_OK_AND_ASSIGN(const Case one, ParseCase(kFullCase));
  EXPECT_EQ(CaseLine(one), kFullCase);
  EXPECT_EQ(one.gold_spans[1].quote, "26 days");
  EXPECT_FALSE(one.expected_facts[1].must);
  EXPECT_TRUE(one.answerable);
  EXPECT_EQ(one.accept.size(), 6u);
}

std::string ErrorOf(const std::string& line) {
  const Result<Case> one = ParseCase(line);
  EXPECT_FALSE(one.ok()) << line;
  EXPECT_EQ(one.status().code(), Code::kInvalidArgument);
  return one.status().message();
}

TEST(SuiteTest, WhatIsWrongInACaseIsNamed) {
  EXPECT_EQ(ErrorOf(R"({"id":"a"})"), "query: is missing");
  EXPECT_EQ(ErrorOf(R"({"id":"a","qeury":"x"})"), "qeury: unknown key; did you mean query?");
  EXPECT_EQ(ErrorOf(R"({"id":"","query":"q"})"), "id: is empty");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","acept":["x"]})"),
            "acept: unknown key; did you mean accept?");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","query":"r"})"), "key \"query\" stands twice");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","tags":"x"})"),
            "tags: expected a list, found a string");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","gold_spans":[{"doc":"d"}]})"),
            "gold_spans[0]: expected start and end, or a quote");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","gold_spans":[{"doc":"d","start":4,"end":2}]})"),
            "gold_spans[0]: end 2 is not behind start 4");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","gold_docs":{"d":"x"}})"),
            "gold_docs.d: expected an integer that fits, found a string");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","accept":[{"any":[]}]})"), "accept[0].any: is empty");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","accept":[{"regex":"a","any":["b"]}]})"),
            "accept[0]: expected one of any, regex, number, words and json");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","reject":[3]})"),
            "reject[0]: expected a text, or an object with any, regex, number, words or json");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","answerable":false,)"
                    R"("expected_facts":[{"id":"f","text":"t"}]})"),
            "expected_facts and gold_spans stand in a case with \"answerable\": false");
  EXPECT_THAT(ErrorOf(R"({"id":"a","query":"q","filters":{"type":"x"}})"), HasSubstr("filters: "));
  EXPECT_EQ(ErrorOf("no json"), "not valid JSON: unexpected input at byte 2");
  EXPECT_EQ(ErrorOf(R"({"id":"a" "query":"q"})"), "not valid JSON: unexpected input at byte 17");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"仓库几点锁门？")"), "not valid JSON: it ends too early");
  EXPECT_EQ(ErrorOf(R"({"id":"a","query":"q","turns":1e999})"),
            "not valid JSON: a number is beyond a double");
}

using SuiteFileTest = testing::FolderTest;

TEST_F(SuiteFileTest, ASuiteIsReadWithItsGates) {
  Write("suite.yaml",
        "name: valley\ncorpus: ../corpus\nconfig:\n  retrieval.k: 5\nmax_words: 90\nrepeats: 2\n"
        "seed: 7\ngates:\n  - min: pass\n    value: 0.7\n    slice: lang=zh\n"
        "  - no_regression: spans.prompt\n    margin: 0.02\n  - must_pass: smoke\n"
        "  - max_p95_ms: 500\n");
  Write("cases.jsonl",
        "{\"id\":\"a\",\"query\":\"q\",\"lang\":\"zh\",\"tags\":[\"smoke\"]}\n{\"id\":\"b\","
        "\"query\":\"r\",\"draft\":true}\n");
  ASSERT_OK_AND_ASSIGN(const Suite suite, ReadSuite(directory_.path()));
  EXPECT_EQ(suite.name, "valley");
  EXPECT_EQ(suite.config.at("retrieval.k"), "5");
  EXPECT_EQ(suite.max_words, 90u);
  EXPECT_EQ(suite.repeats, 2u);
  EXPECT_EQ(suite.seed, 7u);
  ASSERT_EQ(suite.gates.size(), 4u);
  EXPECT_EQ(Describe(suite.gates[0]), "min pass >= 0.7 on lang=zh");
  EXPECT_EQ(Describe(suite.gates[1]), "no_regression spans.prompt, margin 0.02");
  EXPECT_EQ(Describe(suite.gates[2]), "must_pass smoke");
  EXPECT_EQ(Describe(suite.gates[3]), "max_p95_ms 500");
  EXPECT_EQ(suite.cases.size(), 2u);
}

TEST_F(SuiteFileTest, TheHashIsThatOfWhatIsAsked) {
  Write("suite.yaml", "name: valley\n");
  Write("cases.jsonl", "{\"id\":\"a\",\"query\":\"q\"}\n");
  ASSERT_OK_AND_ASSIGN(const Suite first, ReadSuite(directory_.path()));
  Write("cases.jsonl",
        "{\"id\":\"a\",\"query\":\"q\"}\n{\"id\":\"b\",\"query\":\"r\",\"draft\":true}\n");
  ASSERT_OK_AND_ASSIGN(const Suite with_draft, ReadSuite(directory_.path()));
  EXPECT_EQ(first.Hash(), with_draft.Hash());
  Write("cases.jsonl", "{\"id\":\"a\",\"query\":\"q?\"}\n");
  ASSERT_OK_AND_ASSIGN(const Suite changed, ReadSuite(directory_.path()));
  EXPECT_NE(first.Hash(), changed.Hash());
}

TEST_F(SuiteFileTest, WhatIsWrongInASuiteIsNamedWithItsLine) {
  const auto error = [](const std::string& yaml) {
    return ParseSuiteFile(yaml, "suite.yaml").status().message();
  };
  EXPECT_EQ(error("corpus: a\n"), "suite.yaml: \"name\" is missing");
  EXPECT_EQ(error("name: a\ngate: []\n"), "suite.yaml:2: gate: unknown key; did you mean gates?");
  EXPECT_EQ(error("name: a\nrepeats: no\n"),
            "suite.yaml:2: repeats: expected a number, got \"no\"");
  EXPECT_EQ(error("name: a\ngates:\n  - min: pas\n    value: 1\n"),
            "suite.yaml:3: min: no metric \"pas\"; docs/evaluation.md lists them");
  EXPECT_EQ(error("name: a\ngates:\n  - min: refusal.over\n    value: 1\n"),
            "suite.yaml:3: min: of refusal.over less is better; expected max");
  EXPECT_EQ(error("name: a\ngates:\n  - no_regression: pass\n  - no_regression: pass\n"
                  "    margin: 0.1\n"),
            "suite.yaml:4: no_regression: pass: stands twice");
  EXPECT_EQ(error("name: a\ngates:\n  - min: pass\n"), "suite.yaml:3: min: \"value\" is missing");
  EXPECT_EQ(
      error("name: a\ngates:\n  - value: 1\n"),
      "suite.yaml:3: gates: expected min, max, no_regression, must_pass, max_cost, max_p95_ms "
      "or max_false_hit");
  EXPECT_THAT(error("name: [\n"), HasSubstr("not valid YAML"));
  Write("suite.yaml", "name: a\n");
  Write("cases.jsonl", "{\"id\":\"a\",\"query\":\"q\"}\n\n{\"id\":\"a\",\"query\":\"r\"}\n");
  EXPECT_EQ(ReadSuite(directory_.path()).status().message(),
            Path("cases.jsonl") + ":3: id \"a\" stands at " + Path("cases.jsonl") + ":1 already");
  Write("cases.jsonl",
        "{\"id\":\"a\",\"query\":\"q\"}\n"
        "{\"id\":\"b\",\"query\":\"r\",\"accept\":[\"4 days\"],\"reject\":[\"days\"]}\n");
  EXPECT_EQ(ReadSuite(directory_.path()).status().message(),
            Path("cases.jsonl") + ":2: accept and reject exclude each other: contains \"4 days\"");
  Write("cases.jsonl", "{\"id\":\"a\",\"query\":\"q\",\"answerable\":false,\"accept\":[\"x\"]}\n");
  EXPECT_EQ(ReadSuite(directory_.path()).status().message(),
            Path("cases.jsonl") +
                ":1: accept stands in a case with \"answerable\": false, which a "
                "right answer declines");
  Write("cases.jsonl", "{\"id\":\"a\",\"query\":\"q\",\"accept\":[{\"regex\":\"(\"}]}\n");
  EXPECT_THAT(ReadSuite(directory_.path()).status().message(),
              HasSubstr("cases.jsonl:1: accept[0]: regex: regular expression \"(\": "));
}

TEST(AnswerCheckTest, OneCheckExcludesAnotherWhereItHoldsWithIt) {
  const auto text = [](std::vector<std::string> texts) {
    return AnswerCheck{.texts = std::move(texts)};
  };
  const auto number = [](double value, const std::string& unit) {
    return AnswerCheck{
        .kind = AnswerCheck::Kind::kNumber, .texts = {}, .number = value, .unit = unit};
  };
  EXPECT_TRUE(Excludes(text({"days"}), text({"4 days"})));
  EXPECT_TRUE(Excludes(text({"天"}), text({"4天", "四天"})));
  EXPECT_FALSE(Excludes(text({"4天"}), text({"4天", "四天"}))) << "the other one may be said";
  EXPECT_FALSE(Excludes(text({"4 days"}), text({"24 days"})));
  EXPECT_FALSE(Excludes(text({"4 days"}), text({"days"})));
  EXPECT_TRUE(Excludes(number(48, ""), number(48, "kg")));
  EXPECT_TRUE(Excludes(number(48, "kg"), number(48, "千克")));
  EXPECT_FALSE(Excludes(number(48, "kg"), number(48, "")));
  EXPECT_FALSE(Excludes(number(48, "kg"), number(48, "m")));
  EXPECT_FALSE(Excludes(number(48, ""), number(84, "")));
  EXPECT_FALSE(Excludes(AnswerCheck{.kind = AnswerCheck::Kind::kRegex, .texts = {"x"}},
                        AnswerCheck{.kind = AnswerCheck::Kind::kRegex, .texts = {"[^x]"}}));
  EXPECT_FALSE(Excludes(text({"48"}), number(48, ""))) << "written as a word, it is no text";
}

TEST(AnswerCheckTest, ANumberIsSaidAsItIsWritten) {
  const auto said = [](double value, const std::string& unit) {
    return Describe(AnswerCheck{
        .kind = AnswerCheck::Kind::kNumber, .texts = {}, .number = value, .unit = unit});
  };
  EXPECT_EQ(said(1'000'000, "元"), "states 1000000 元");
  EXPECT_EQ(said(0.00001, "m"), "states 0.00001 m");
  EXPECT_EQ(said(-26.5, ""), "states -26.5");
  EXPECT_EQ(said(26, "d"), "states 26 d");
  EXPECT_EQ(said(1e300, ""), "states 1e+300");
}

TEST_F(SuiteFileTest, AGateThatMeansNothingIsNamedWithItsLine) {
  const auto error = [](const std::string& gate) {
    return ParseSuiteFile("name: a\ngates:\n  - " + gate + "\n", "suite.yaml").status().message();
  };
  EXPECT_EQ(error("max: refusal.over\n    value: 20"),
            "suite.yaml:3: max: refusal.over: expected a share from 0 to 1, got 20");
  EXPECT_EQ(error("must_pass: smoke\n    slice: lang=zh"),
            "suite.yaml:4: must_pass: unknown key \"slice\"; nothing else stands beside it");
  EXPECT_EQ(error("no_regression: pass\n    slice: lang=zh"),
            "suite.yaml:4: no_regression: unknown key \"slice\"; expected margin");
  EXPECT_EQ(error("max_cost: 5\n    value: 9"),
            "suite.yaml:4: max_cost: unknown key \"value\"; nothing else stands beside it");
  EXPECT_EQ(error("max_false_hit: 3"),
            "suite.yaml:3: max_false_hit: expected a share from 0 to 1, got 3");
  EXPECT_EQ(error("min: pass\n    value: 0.5\n    value: 0.6"),
            "suite.yaml:5: value: stands twice");
  EXPECT_EQ(ParseSuiteFile("name: a\nname: b\n", "suite.yaml").status().message(),
            "suite.yaml:2: name: stands twice");
  Write("cases.jsonl", "{\"id\":\"a\",\"query\":\"q\",\"lang\":\"en\"}\n");
  Write("suite.yaml", "name: a\ngates:\n  - min: pass\n    value: 0.5\n    slice: lang=zk\n");
  EXPECT_EQ(ReadSuite(directory_.path()).status().message(),
            Path("suite.yaml") + ":3: min: no case is in the slice \"lang=zk\"");
  Write("suite.yaml", "name: a\ngates:\n  - must_pass: smoke\n");
  EXPECT_EQ(ReadSuite(directory_.path()).status().message(),
            Path("suite.yaml") + ":3: must_pass: no case is in the slice \"tag=smoke\"");
}

TEST_F(SuiteFileTest, DraftsAreEnoughForASuiteInWork) {
  Write("suite.yaml", "name: a\ngates:\n  - must_pass: smoke\n");
  Write("cases.jsonl", "{\"id\":\"a\",\"query\":\"q\",\"tags\":[\"smoke\"],\"draft\":true}\n");
  EXPECT_EQ(ReadSuite(directory_.path()).status().message(),
            Path("cases.jsonl") + ": no case that is not a draft");
  ASSERT_OK_AND_ASSIGN(const Suite suite, ReadSuite(directory_.path(), SuiteUse::kInWork));
  EXPECT_EQ(suite.cases.size(), 1u);
  Write("suite.yaml", "name: a\ngates:\n  - must_pass: other\n");
  EXPECT_EQ(ReadSuite(directory_.path(), SuiteUse::kInWork).status().message(),
            Path("suite.yaml") + ":3: must_pass: no case is in the slice \"tag=other\"");
  Write("cases.jsonl", "");
  EXPECT_EQ(ReadSuite(directory_.path(), SuiteUse::kInWork).status().message(),
            Path("cases.jsonl") + ": no case");
}

TEST(SuiteTest, ACaseThatContradictsItselfIsNamedWithItsLine) {
  const auto error = [](const std::string& rest) {
    return ParseCases("\n{\"id\":\"a\",\"query\":\"q\"," + rest + "}\n", "cases.jsonl")
        .status()
        .message();
  };
  EXPECT_EQ(error(R"("expected_facts":[{"id":"f1","text":"t"}],)"
                  R"("gold_spans":[{"doc":"d","quote":"t","fact":"f9"}])"),
            "cases.jsonl:2: gold_spans[0].fact: \"f9\" is none of expected_facts");
  EXPECT_EQ(error(R"("tags":["t","t"])"), "cases.jsonl:2: tags: \"t\" stands twice");
  EXPECT_EQ(error(R"("lang":"EN ")"),
            "cases.jsonl:2: lang: expected a code such as en or zh, found \"EN \"");
}

AnswerCheck Contains(const std::string& text) { return {.texts = {text}}; }

TEST(AnswerCheckTest, TextIsFoundFoldedAndAtWordBorders) {
  EXPECT_TRUE(Holds(Contains("26 days"), "They have ２６\n  Days of leave."));
  EXPECT_TRUE(Holds(Contains("15.3%"), "it was 15.3 % then"));
  EXPECT_TRUE(Holds(Contains("約11度"), "水硬度为约 11 度（德国度）"));
  EXPECT_FALSE(Holds(Contains("4 days"), "They have 24 days"));
  EXPECT_FALSE(Holds(Contains("5"), "4.5 bar"));
  EXPECT_FALSE(Holds(Contains("4"), "4.5 bar"));
  EXPECT_TRUE(Holds(Contains("4"), "It is 4."));
  EXPECT_FALSE(Holds(Contains("art"), "the part"));
}

TEST(AnswerCheckTest, ZerosBehindThePointMakeNoOtherNumber) {
  EXPECT_TRUE(HasWordBorders("price: 1695.00; days: 38", 7, 11));
  EXPECT_TRUE(HasWordBorders("单价45.0元", 6, 8));
  EXPECT_TRUE(HasWordBorders("it costs 45.00", 9, 11));
  EXPECT_FALSE(HasWordBorders("it costs 45.05", 9, 11));
  EXPECT_FALSE(HasWordBorders("it costs 45.50", 9, 11));
  EXPECT_FALSE(HasWordBorders("version 45.0.1", 8, 10));
  EXPECT_FALSE(HasWordBorders("it costs 45,000", 9, 11));
  EXPECT_FALSE(HasWordBorders("code 45.0b", 5, 7));
}

TEST(AnswerCheckTest, NumbersCompareByValueAndUnit) {
  const AnswerCheck check{.kind = AnswerCheck::Kind::kNumber, .number = 1000, .unit = "kg"};
  EXPECT_TRUE(Holds(check, "It weighs 1,000 kg."));
  EXPECT_FALSE(Holds(check, "It costs 1000 VM."));
  EXPECT_FALSE(Holds(check, "It weighs 1001 kg."));
  EXPECT_TRUE(Holds({.kind = AnswerCheck::Kind::kNumber, .number = 1000, .tolerance = 1}, "1001"));
  // What is counted is a unit, too.
  const AnswerCheck households{.kind = AnswerCheck::Kind::kNumber, .number = 48, .unit = "户"};
  ASSERT_OK(ValidateCheck(households));
  EXPECT_TRUE(Holds(households, "共有48户。"));
  EXPECT_FALSE(Holds(households, "全长48公里。"));
  EXPECT_FALSE(Holds(households, "共有48。"));
  const AnswerCheck pumps{.kind = AnswerCheck::Kind::kNumber, .number = 48, .unit = "pumps"};
  EXPECT_TRUE(Holds(pumps, "There are 48 pumps."));
  EXPECT_FALSE(Holds(pumps, "There are 48 valves."));
  EXPECT_FALSE(Holds(pumps, "It is 48 km long."));
}

TEST(AnswerCheckTest, AddressesVersionsAndDatesAreNoNumbers) {
  const auto holds = [](double value, const std::string& text) {
    return Holds({.kind = AnswerCheck::Kind::kNumber, .texts = {}, .number = value}, text);
  };
  EXPECT_FALSE(holds(10, "The gateway is 10.0.0.1."));
  EXPECT_FALSE(holds(2.5, "The firmware is 2.5.1."));
  EXPECT_FALSE(holds(2.5, "固件版本为2.5.1。"));
  EXPECT_FALSE(holds(24.1, "It was built on 24.1.2020."));
  EXPECT_TRUE(holds(2.5, "It weighs 2.5 kg."));
  EXPECT_TRUE(holds(2.5, "The factor is 2.5."));
  EXPECT_TRUE(holds(2500, "共2,500件。"));
}

TEST(AnswerCheckTest, MagnitudesAreWrittenOut) {
  const auto number = [](double value, const std::string& unit) {
    return AnswerCheck{
        .kind = AnswerCheck::Kind::kNumber, .texts = {}, .number = value, .unit = unit};
  };
  const AnswerCheck price = number(96, "万元");
  ASSERT_OK(ValidateCheck(price));
  for (const char* same : {"合同总价为96万元。", "合同总价为 960,000 元。", "共 960000元"}) {
    EXPECT_TRUE(Holds(price, same)) << same;
    EXPECT_TRUE(Holds(number(960000, "元"), same)) << same;
    EXPECT_TRUE(Holds(number(960000, ""), same)) << same;
  }
  for (const char* other :
       {"共96元", "共96万人", "共9.6万元", "共96亿元", "共960,000台", "A96万元"}) {
    EXPECT_FALSE(Holds(price, other)) << other;
  }
  EXPECT_TRUE(Holds(number(4.8, "万元"), "每年48,000元"));
  EXPECT_TRUE(Holds(number(2.51, "亿元"), "共25100万元"));
  EXPECT_TRUE(Holds(number(3, "million"), "It cost 3 million euros."));
  EXPECT_TRUE(Holds(number(3, "million"), "It cost 3,000,000 euros."));
  EXPECT_TRUE(Holds(number(3, "million euros"), "It cost 3,000,000 euros."));
  EXPECT_FALSE(Holds(number(3, "million euros"), "It cost 3 million dollars."));
  EXPECT_FALSE(Holds(number(3, "million"), "It weighs 3 kg."));
  // A number alone is meant as it is written, too.
  EXPECT_TRUE(Holds(number(96, ""), "合同总价为96万元。"));
  EXPECT_TRUE(Excludes(number(960000, "元"), price));
  EXPECT_FALSE(Excludes(number(96, "元"), price));
}

TEST(AnswerCheckTest, AUnitThatIsNotReadAndANegativeToleranceAreRefused) {
  EXPECT_THAT(
      ValidateCheck({.kind = AnswerCheck::Kind::kNumber, .number = 4, .unit = "Ω"}).message(),
      ::testing::HasSubstr("unit \"Ω\": is not read behind a number"));
  EXPECT_EQ(
      ValidateCheck({.kind = AnswerCheck::Kind::kNumber, .number = 4, .tolerance = -1}).message(),
      "tolerance: expected a number from 0");
  ASSERT_OK(ValidateCheck({.kind = AnswerCheck::Kind::kNumber, .number = 4, .unit = "N·m"}));
}

TEST(AnswerCheckTest, LengthCountsWordsAndCharacters) {
  EXPECT_EQ(CountWords("The pump 泵站 runs."), 5u);
  const AnswerCheck check{.kind = AnswerCheck::Kind::kLength, .low = 2, .high = 3};
  EXPECT_TRUE(Holds(check, "one two"));
  EXPECT_FALSE(Holds(check, "one"));
  EXPECT_FALSE(Holds(check, "one two three four"));
}

TEST(AnswerCheckTest, JsonMustFitItsSchema) {
  const std::string schema =
      R"({"type":"object","required":["a"],"properties":{"a":{"enum":[1,2]},)"
      R"("b":{"type":"array","items":{"type":"string"}}}})";
  ASSERT_OK(ValidateSchema(schema));
  EXPECT_TRUE(FitsSchema(R"({"a":1,"b":["x"]})", schema));
  EXPECT_FALSE(FitsSchema(R"({"a":3})", schema));
  EXPECT_FALSE(FitsSchema(R"({"b":[]})", schema));
  EXPECT_FALSE(FitsSchema(R"({"a":1,"b":[1]})", schema));
  EXPECT_FALSE(FitsSchema("no json", schema));
  EXPECT_EQ(ValidateSchema(R"({"minimum":1})").message(),
            "\"minimum\" is not checked here; expected type, enum, required, properties and items");
}

}  // namespace
}  // namespace quarry::eval
