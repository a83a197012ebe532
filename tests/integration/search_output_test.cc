// What quarry search prints: what is found, why, and why nothing is.

#include <string>

#include "tests/integration/cli_testing.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using testing::QuarryResult;
using ::testing::StartsWith;

TEST_F(CliTest, ASearchReadsOperatorsAndExplainsItself) {
  Write("a.txt", "The valve torque is 9 Nm and the flange leaks.");
  Write("b.txt", "The torque valve is new. The valves pump.");
  Write("c.txt", "A valve torque of 12 Nm; pumping goes on.");
  Run({"index", docs()});
  const QuarryResult found =
      Run({"search", "\"valve torque\" pump* valve -leaks", "--explain", "--mode", "lexical"});
  EXPECT_EQ(found.exit_code, 0) << found.error;
  EXPECT_THAT(found.out, HasSubstr("c.txt"));
  EXPECT_THAT(found.out, ::testing::Not(HasSubstr("a.txt")));
  EXPECT_THAT(found.out, ::testing::Not(HasSubstr("b.txt")));
  EXPECT_THAT(found.out, HasSubstr("    lexical: rank 1, score "));
  EXPECT_THAT(found.out, ::testing::ContainsRegex(
                             "\n      valv +[0-9.]+  \\(1x here, in 3 chunks, idf [0-9.]+, asked "
                             "for 2x\\)\n"));
  EXPECT_THAT(found.out, ::testing::ContainsRegex(
                             "\n      pump\\* +[0-9.]+  \\(1x here, in 2 chunks, idf [0-9.]+: "
                             "pump\\)\n"));
  EXPECT_THAT(found.out, HasSubstr("\nrequired: \"valve torque\"\nexcluded: \"leaks\"\ntimings:"));

  const Json json =
      RunJson({"search", "\"valve torque\" pump* valve -leaks", "--explain", "--mode", "lexical"});
  ASSERT_EQ(json["hits"].size(), 1u);
  double sum = 0;
  for (const Json& term : json["hits"][0]["explain"]["terms"]) sum += term["score"].get<double>();
  EXPECT_EQ(sum, json["hits"][0]["score"].get<double>());
  EXPECT_EQ(sum, json["hits"][0]["explain"]["lexical"]["score"].get<double>());

  const QuarryResult none = Run({"search", "\"torque flange\""});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.error,
              HasSubstr("nothing found that satisfies \"...\", + and - of the question"));
}

TEST_F(CliTest, PrincipalsSeeWhatTheyMayRead) {
  ASSERT_EQ(Run({"index", "-"},
                "{\"id\":\"open\",\"text\":\"Alpha for all.\"}\n"
                "{\"id\":\"closed\",\"text\":\"Alpha for some.\",\"access\":[\"hr\"]}\n")
                .exit_code,
            0);
  EXPECT_EQ(RunJson({"search", "alpha"})["hits"].size(), 2u);
  EXPECT_EQ(
      RunJson({"search", "alpha", "--principal", "sales", "--principal", "hr"})["hits"].size(), 2u);
  const Json sales = RunJson({"search", "alpha", "--principal", "sales"});
  ASSERT_EQ(sales["hits"].size(), 1u);
  EXPECT_EQ(sales["hits"][0]["document"], "open");
  EXPECT_EQ(Run({"search", "some", "--principal", "sales", "--mode", "lexical"}).error,
            "quarry: nothing found among what --principal may read\n");
}

TEST_F(CliTest, NothingFoundIsExitCodeOne) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  const QuarryResult result = Run({"search", "zebra"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.error, "quarry: nothing found\n");
}

TEST_F(CliTest, AWrongFilterIsNamedByItsPlace) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  ExpectUsageError({"search", "alpha", "--filter", R"({"type":"equals","key":"x","value":1})"},
                   "--filter: filter.type: unknown operator \"equals\"; expected one of and, or, "
                   "eq, ne, gt, gte, lt, lte, in, nin");
  const QuarryResult broken = Run({"search", "alpha", "--filter", "{"});
  EXPECT_EQ(broken.exit_code, 2);
  EXPECT_THAT(broken.error, StartsWith("quarry: error: --filter: filter: not JSON: "));
}

TEST_F(CliTest, OfAFilterThatNoDocumentCanSatisfyTheReasonIsTold) {
  ASSERT_EQ(Run({"index", "-"},
                "{\"id\":\"a\",\"text\":\"The pump runs at nine bar.\","
                "\"metadata\":{\"year\":2024,\"area\":\"north\"}}\n"
                "{\"id\":\"gone\",\"text\":\"Beta.\",\"metadata\":{\"state\":\"old\"}}\n")
                .exit_code,
            0);
  ASSERT_EQ(Run({"docs", "delete", "gone"}).exit_code, 0);
  const auto filter = [](const std::string& key, const std::string& value) {
    return R"({"type":"eq","key":")" + key + R"(","value":)" + value + "}";
  };
  const auto error = [&](const std::string& key, const std::string& value) {
    return Run({"search", "pump", "--filter", filter(key, value)}).error;
  };
  const std::string nothing = "quarry: nothing found that satisfies --filter";
  EXPECT_EQ(error("area", "\"south\""), nothing + "\n");
  EXPECT_EQ(error("aera", "\"north\""),
            nothing + ": no document has the metadata key \"aera\"; did you mean \"area\"?\n");
  EXPECT_EQ(error("state", "\"old\""), nothing + ": no document has the metadata key \"state\"\n");
  EXPECT_EQ(error("year", "\"2024\""),
            nothing + ": the values of the metadata key \"year\" are numbers, not strings\n");
  // Which keys the documents of others have is not told.
  EXPECT_EQ(Run({"search", "pump", "--principal", "hr", "--filter", filter("aera", "1")}).error,
            nothing + " among what --principal may read\n");
  EXPECT_THAT(
      Run({"ask", "At what pressure does the pump run?", "--filter", filter("colour", "1")}).out,
      HasSubstr("answer to this question. No document has the metadata key \"colour\"."));
  EXPECT_THAT(
      Run({"ask", "水泵的压力是多少？", "--filter", filter("year", "\"2024\"")}).out,
      ::testing::AllOf(HasSubstr("没有找到这个问题的答案。元数据键“year”的值是数字，不是字符串。"),
                       HasSubstr("无答案，支持度 0.00：没有找到任何段落")));
}

}  // namespace
}  // namespace quarry::app
