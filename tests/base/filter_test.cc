#include "base/filter.h"

#include <functional>

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

using Op = Filter::Op;
using Strings = std::vector<std::string>;

Filter Compare(Op op, std::string field, std::vector<MetadataValue> values) {
  return {.op = op, .children = {}, .field = std::move(field), .values = std::move(values)};
}

Filter Combine(Op op, std::vector<Filter> children) {
  return {.op = op, .children = std::move(children), .field = "", .values = {}};
}

std::string Text(const char* text) { return text; }

const Metadata& Sample() {
  static const Metadata metadata = {{"lang", Text("zh")},
                                    {"year", 2020.0},
                                    {"year_text", Text("2020")},
                                    {"draft", false},
                                    {"date", Text("2026-11-21T21:36:43Z")},
                                    {"tags", Strings{"pump", "valve"}},
                                    {"none", Strings{}}};
  return metadata;
}

bool MatchesSample(Op op, std::string field, std::vector<MetadataValue> values) {
  return Matches(Compare(op, std::move(field), std::move(values)), Sample());
}

TEST(MatchesTest, TheEmptyFilterIsTrueAndOrOfNothingIsFalse) {
  EXPECT_TRUE(Filter().IsTrue());
  EXPECT_TRUE(Matches(Filter(), {}));
  EXPECT_FALSE(Matches(Combine(Op::kOr, {}), Sample()));
}

TEST(MatchesTest, TypesDoNotCoerce) {
  EXPECT_TRUE(MatchesSample(Op::kEq, "year", {2020.0}));
  EXPECT_FALSE(MatchesSample(Op::kEq, "year", {Text("2020")}));
  EXPECT_FALSE(MatchesSample(Op::kEq, "year_text", {2020.0}));
  EXPECT_TRUE(MatchesSample(Op::kNe, "year_text", {2020.0}));
  EXPECT_FALSE(MatchesSample(Op::kGt, "year_text", {1.0}));
  EXPECT_FALSE(MatchesSample(Op::kLte, "year_text", {9999.0}));
  EXPECT_FALSE(MatchesSample(Op::kEq, "draft", {0.0}));
  EXPECT_TRUE(MatchesSample(Op::kEq, "draft", {false}));
}

TEST(MatchesTest, AMissingFieldMatchesOnlyNeAndNin) {
  for (const Op op : {Op::kEq, Op::kGt, Op::kGte, Op::kLt, Op::kLte, Op::kIn}) {
    EXPECT_FALSE(MatchesSample(op, "absent", {Text("x")}));
  }
  EXPECT_TRUE(MatchesSample(Op::kNe, "absent", {Text("x")}));
  EXPECT_TRUE(MatchesSample(Op::kNin, "absent", {Text("x")}));
}

TEST(MatchesTest, AListMatchesIfAnyElementDoes) {
  EXPECT_TRUE(MatchesSample(Op::kEq, "tags", {Text("valve")}));
  EXPECT_FALSE(MatchesSample(Op::kEq, "tags", {Text("motor")}));
  EXPECT_TRUE(MatchesSample(Op::kGt, "tags", {Text("q")}));
  EXPECT_TRUE(MatchesSample(Op::kIn, "tags", {Text("motor"), Text("pump")}));
  EXPECT_FALSE(MatchesSample(Op::kNe, "tags", {Text("pump")}));
  EXPECT_TRUE(MatchesSample(Op::kNe, "tags", {Text("motor")}));
  EXPECT_FALSE(MatchesSample(Op::kNin, "tags", {Text("motor"), Text("pump")}));
  EXPECT_FALSE(MatchesSample(Op::kEq, "none", {Text("")}));
  EXPECT_TRUE(MatchesSample(Op::kNe, "none", {Text("")}));
}

TEST(MatchesTest, TimesCompareAsStrings) {
  EXPECT_TRUE(MatchesSample(Op::kGte, "date", {Text("2026-11-21")}));
  EXPECT_TRUE(MatchesSample(Op::kLt, "date", {Text("2026-11-22")}));
  EXPECT_FALSE(MatchesSample(Op::kGt, "date", {Text("2027")}));
}

TEST(MatchesTest, BoundsAreIncludedOnlyByGteAndLte) {
  EXPECT_FALSE(MatchesSample(Op::kGt, "year", {2020.0}));
  EXPECT_FALSE(MatchesSample(Op::kLt, "year", {2020.0}));
  EXPECT_TRUE(MatchesSample(Op::kGte, "year", {2020.0}));
  EXPECT_TRUE(MatchesSample(Op::kLte, "year", {2020.0}));
}

TEST(MatchesTest, InNothingIsFalseAndNotInNothingIsTrue) {
  EXPECT_FALSE(MatchesSample(Op::kIn, "lang", {}));
  EXPECT_TRUE(MatchesSample(Op::kNin, "lang", {}));
}

// The naive evaluator: every field is a list of scalars, and each operator is written out from its
// definition.
bool NaiveMatches(const Filter& filter, const Metadata& metadata) {
  if (filter.op == Op::kAnd || filter.op == Op::kOr) {
    size_t matched = 0;
    for (const Filter& child : filter.children) matched += NaiveMatches(child, metadata) ? 1 : 0;
    return filter.op == Op::kAnd ? matched == filter.children.size() : matched > 0;
  }
  std::vector<MetadataValue> have;
  if (const auto it = metadata.find(filter.field); it != metadata.end()) {
    if (const auto* list = std::get_if<Strings>(&it->second)) {
      have.assign(list->begin(), list->end());
    } else {
      have.push_back(it->second);
    }
  }
  bool equal = false;
  bool less = false;
  bool greater = false;
  for (const MetadataValue& left : have) {
    for (const MetadataValue& right : filter.values) {
      if (left.index() != right.index()) continue;
      equal |= left == right;
      less |= left < right;
      greater |= left > right;
    }
  }
  switch (filter.op) {
    case Op::kEq:
    case Op::kIn:
      return equal;
    case Op::kNe:
    case Op::kNin:
      return !equal;
    case Op::kGt:
      return greater;
    case Op::kGte:
      return greater || equal;
    case Op::kLt:
      return less;
    default:
      return less || equal;
  }
}

MetadataValue RandomScalar(Random& random, bool boolean = true) {
  // Few values, some equal across types as text, so that comparisons of all outcomes happen.
  switch (random.Below(boolean ? 3 : 2)) {
    case 0:
      return std::to_string(random.Below(4));
    case 1:
      return static_cast<double>(random.Below(4));
    default:
      return random.Below(2) == 0;
  }
}

std::string RandomFieldName(Random& random) {
  return std::string(1, static_cast<char>('a' + random.Below(4)));
}

Metadata RandomMetadata(Random& random) {
  Metadata metadata;
  for (uint64_t i = 0; i < random.Below(5); ++i) {
    MetadataValue value = RandomScalar(random);
    if (random.Below(3) == 0) {
      Strings list;
      for (uint64_t j = 0; j < random.Below(4); ++j) {
        list.push_back(std::to_string(random.Below(4)));
      }
      value = std::move(list);
    }
    metadata[RandomFieldName(random)] = std::move(value);
  }
  return metadata;
}

Filter RandomFilter(Random& random, int depth) {
  const auto op = static_cast<Op>(random.Below(depth > 1 ? 10 : 8) + (depth > 1 ? 0 : 2));
  if (op == Op::kAnd || op == Op::kOr) {
    std::vector<Filter> children;
    for (uint64_t i = 0; i < random.Below(4); ++i) {
      children.push_back(RandomFilter(random, depth - 1));
    }
    return Combine(op, std::move(children));
  }
  const bool set = op == Op::kIn || op == Op::kNin;
  const bool ordered = !set && op != Op::kEq && op != Op::kNe;
  std::vector<MetadataValue> values;
  const uint64_t count = set ? random.Below(4) : 1;
  for (uint64_t i = 0; i < count; ++i) values.push_back(RandomScalar(random, !ordered));
  return Compare(op, RandomFieldName(random), std::move(values));
}

std::string ToJson(const MetadataValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return "\"" + *text + "\"";
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  return std::to_string(std::get<double>(value));
}

std::string ToJson(const Filter& filter) {
  static constexpr const char* kNames[] = {"and", "or", "eq",  "ne", "gt",
                                           "gte", "lt", "lte", "in", "nin"};
  std::string json = std::string("{\"type\":\"") + kNames[static_cast<size_t>(filter.op)] + "\",";
  const auto list = [](const auto& items) {
    std::string text = "[";
    for (const auto& item : items) text += (text.size() > 1 ? "," : "") + ToJson(item);
    return text + "]";
  };
  if (filter.op == Op::kAnd || filter.op == Op::kOr) {
    return json + "\"filters\":" + list(filter.children) + "}";
  }
  const bool set = filter.op == Op::kIn || filter.op == Op::kNin;
  return json + "\"key\":\"" + filter.field +
         "\",\"value\":" + (set ? list(filter.values) : ToJson(filter.values[0])) + "}";
}

TEST(FilterPropertyTest, AgreesWithTheNaiveEvaluator) {
  Random random(1);
  int matched = 0;
  constexpr int kRounds = 20000;
  for (int round = 0; round < kRounds; ++round) {
    const Filter filter = RandomFilter(random, 4);
    ASSERT_OK(ValidateFilter(filter));
    const Metadata metadata = RandomMetadata(random);
    const bool expected = NaiveMatches(filter, metadata);
    ASSERT_EQ(Matches(filter, metadata), expected) << ToJson(filter);
    matched += expected ? 1 : 0;
  }
  EXPECT_GT(matched, kRounds / 10);
  EXPECT_LT(matched, kRounds * 9 / 10);
}

TEST(FilterPropertyTest, JsonRoundTrips) {
  Random random(2);
  for (int round = 0; round < 2000; ++round) {
    const std::string json = ToJson(RandomFilter(random, 4));
    ASSERT_OK_AND_ASSIGN(const Filter parsed, ParseFilter(json));
    ASSERT_EQ(ToJson(parsed), json);
    ASSERT_OK(ValidateFilter(parsed));
  }
}

TEST(FilterPropertyTest, DamagedJsonIsRefusedOrValid) {
  Random random(3);
  for (int round = 0; round < 5000; ++round) {
    std::string json = ToJson(RandomFilter(random, 3));
    for (uint64_t i = 0; i <= random.Below(3); ++i) {
      json[random.Below(json.size())] = "{}[]\",:0\\\x00\xFFtn"[random.Below(13)];
    }
    const Result<Filter> parsed = ParseFilter(json);
    if (parsed.ok()) {
      ASSERT_OK(ValidateFilter(*parsed));
    } else {
      ASSERT_EQ(parsed.status().code(), Code::kInvalidArgument);
      ASSERT_THAT(parsed.status().message(), ::testing::StartsWith("filter"));
    }
  }
}

TEST(ValidateFilterTest, NamesTheFieldAndTheProblem) {
  const auto error = [](const Filter& filter) { return ValidateFilter(filter).message(); };
  EXPECT_EQ(error(Compare(Op::kEq, "", {1.0})), "filter: a comparison names no field");
  EXPECT_EQ(error(Compare(Op::kEq, "f", {})),
            "filter on \"f\": a comparison takes one value, not 0");
  EXPECT_EQ(error(Compare(Op::kLt, "f", {1.0, 2.0})),
            "filter on \"f\": a comparison takes one value, not 2");
  EXPECT_EQ(error(Compare(Op::kLt, "f", {true})),
            "filter on \"f\": a boolean has no order; expected a number or a string");
  EXPECT_EQ(error(Compare(Op::kIn, "f", {Strings{"a"}})),
            "filter on \"f\": a list is no value to compare with; expected a string, a number or a "
            "boolean");
  Filter with_children = Compare(Op::kEq, "f", {1.0});
  with_children.children.emplace_back();
  EXPECT_EQ(error(with_children), "filter on \"f\": a comparison has no filters of its own");
  Filter with_field = Combine(Op::kAnd, {});
  with_field.field = "f";
  EXPECT_EQ(error(with_field),
            "filter: \"and\" and \"or\" take filters, not field \"f\" or values");
}

TEST(ValidateFilterTest, SixteenLevelsAreTheMost) {
  Filter filter = Compare(Op::kEq, "f", {1.0});
  for (int depth = 1; depth < Filter::kMaxDepth; ++depth) filter = Combine(Op::kAnd, {filter});
  EXPECT_OK(ValidateFilter(filter));
  ASSERT_OK_AND_ASSIGN(const Filter parsed, ParseFilter(ToJson(filter)));
  filter = Combine(Op::kAnd, {filter});
  EXPECT_EQ(ValidateFilter(filter), InvalidArgumentError("filter: nested deeper than 16 levels"));
  EXPECT_THAT(ParseFilter(ToJson(filter)).status().message(),
              ::testing::AllOf(::testing::StartsWith("filter.filters[0].filters[0]"),
                               ::testing::EndsWith(": nested deeper than 16 levels")));
}

TEST(ParseFilterTest, TakesTheOpenAiShape) {
  ASSERT_OK_AND_ASSIGN(
      const Filter filter,
      ParseFilter(R"({"type":"and","filters":[{"type":"eq","key":"lang","value":"zh"},
                      {"type":"in","key":"tags","value":["valve", 3, true]}]})"));
  ASSERT_EQ(filter.children.size(), 2u);
  EXPECT_EQ(filter.children[0].op, Op::kEq);
  EXPECT_EQ(filter.children[0].field, "lang");
  EXPECT_EQ(filter.children[1].values, (std::vector<MetadataValue>{Text("valve"), 3.0, true}));
  EXPECT_TRUE(Matches(filter, Sample()));
}

TEST(ParseFilterTest, ErrorsNameThePlace) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"type":"and","filters":[{"type":"eq","key":"a","value":1},{"type":"foo"}]})",
       "filter.filters[1].type: unknown operator \"foo\"; expected one of and, or, eq, ne, gt, "
       "gte, lt, lte, in, nin"},
      {R"([])", "filter: expected an object, not a list"},
      {R"({})", "filter: \"type\" is missing"},
      {R"({"type":1})", "filter.type: expected a string, not a number"},
      {R"({"type":"or"})", "filter: \"filters\" is missing"},
      {R"({"type":"or","filters":{}})", "filter.filters: expected a list, not an object"},
      {R"({"type":"or","filters":[null]})", "filter.filters[0]: expected an object, not null"},
      {R"({"type":"or","filters":[],"key":"a"})",
       "filter: unknown key \"key\"; expected type, filters"},
      {R"({"type":"eq","key":"a","vlaue":1})",
       "filter: unknown key \"vlaue\"; expected type, key, value"},
      {R"({"type":"eq","key":"a"})", "filter: \"value\" is missing"},
      {R"({"type":"eq","key":7,"value":1})", "filter.key: expected a string, not a number"},
      {R"({"type":"eq","key":"","value":1})", "filter.key: the name of a field is empty"},
      {R"({"type":"eq","key":"a","value":null})",
       "filter.value: expected a string, a number or a boolean, not null"},
      {R"({"type":"gt","key":"a","value":true})",
       "filter.value: expected a number or a string, not a boolean"},
      {R"({"type":"in","key":"a","value":"b"})", "filter.value: expected a list, not a string"},
      {R"({"type":"nin","key":"a","value":["b",[]]})",
       "filter.value[1]: expected a string, a number or a boolean, not a list"},
      {R"({"type":"eq","key":"a","value":1,"value":2})",
       "filter: key \"value\" stands twice in one object"},
  };
  for (const auto& [json, message] : cases) {
    EXPECT_EQ(ParseFilter(json).status(), InvalidArgumentError(message)) << json;
  }
}

TEST(ParseFilterTest, SyntaxErrorsSayWhere) {
  EXPECT_THAT(ParseFilter(R"({"type":)").status().message(),
              ::testing::StartsWith("filter: not JSON: parse error at line 1, column 9: "));
  EXPECT_THAT(ParseFilter("").status().message(), ::testing::StartsWith("filter: not JSON: "));
  EXPECT_THAT(ParseFilter(R"({"type":"eq","key":"a","value":1e999})").status().message(),
              ::testing::StartsWith("filter: not JSON: number overflow"));
}

TEST(ParseFilterTest, LargeAndDeepInputIsRefused) {
  EXPECT_EQ(ParseFilter(std::string(65537, ' ')).status(),
            InvalidArgumentError("filter: 65537 bytes; at most 65536 are accepted"));
  EXPECT_EQ(ParseFilter(std::string(65536, '[')).status(),
            InvalidArgumentError("filter: JSON nested deeper than 64 levels"));
  std::string objects;
  for (int i = 0; i < 10000; ++i) objects += "{\"a\":";
  EXPECT_EQ(ParseFilter(objects).status(),
            InvalidArgumentError("filter: JSON nested deeper than 64 levels"));
}

TEST(ParseFilterTest, AnUnknownOperatorIsShownShortAndSafe) {
  const std::string json = "{\"type\":\"\\n" + std::string(58, 'x') + "中文\"}";
  EXPECT_THAT(ParseFilter(json).status().message(),
              ::testing::StartsWith("filter.type: unknown operator \"\\n" + std::string(58, 'x') +
                                    "...\"; expected one of "));
}

TEST(PrincipalsTest, DocumentsWithoutAccessListAreForEveryone) {
  EXPECT_TRUE((Principals{.unrestricted = false, .names = {}}.MayRead({})));
}

TEST(PrincipalsTest, AnAccessListAdmitsThoseItNames) {
  const Principals principals{.unrestricted = false, .names = {"ann", "staff"}};
  EXPECT_TRUE(principals.MayRead({"bob", "staff"}));
  EXPECT_FALSE(principals.MayRead({"bob"}));
  EXPECT_FALSE(principals.MayRead({"Ann"}));
  EXPECT_FALSE((Principals{.unrestricted = false, .names = {}}.MayRead({"bob"})));
}

TEST(PrincipalsTest, TheUnrestrictedReadEverything) { EXPECT_TRUE(Principals().MayRead({"bob"})); }

}  // namespace
}  // namespace quarry
