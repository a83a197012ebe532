// SQL over tables, as bounded as they come: what a twisted model asks ends like what a user meant.

#include "generation/table_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/test_environment.h"

namespace quarry::generation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

SourceTable Words() {
  return {.name = "t", .columns = {"a", "b"}, .rows = {{"Pump 水泵 pump", "水泵"}, {"ölöl", ""}}};
}

Result<TableResult> Ask(const std::string& sql, const TableQueryLimits& limits = {},
                        const CallContext& context = {}) {
  return QueryTables({Words()}, sql, limits, context);
}

// A row of so many calls, each of other arguments, so that each is computed: of the text `a`, 60,000
// bytes, and `p`, which nearly stands in it.
std::string ManyCalls(size_t count, const std::string& before, const std::string& behind) {
  std::string sql = "SELECT ";
  for (size_t i = 0; i < count; ++i) {
    sql += (i == 0 ? "" : ",") + before + std::to_string(i) + behind;
  }
  return sql +
         " FROM (SELECT printf('%.*c', 60000, 'a') a, printf('%.*c', 900, 'a') p FROM t LIMIT 1)";
}

// SQLite asks whether to go on when it jumps, and within a row it does not.
TEST(TableQuery, ManyDearFunctionsInARowEndAtTheLimit) {
  const TableQueryLimits limits{.time = 100ms};
  for (const std::string& sql :
       {ManyCalls(240, "(a LIKE '%'||p||'b", "')"), ManyCalls(240, "instr(a,p||'b", "')"),
        ManyCalls(240, "length(trim(a,p||'", "'))")}) {
    const Status status = Ask(sql, limits).status();
    EXPECT_EQ(status.code(), Code::kResourceExhausted) << status.message();
    EXPECT_THAT(status.message(), HasSubstr("stopped: it takes too long"));
  }
  CallContext cancelled;
  cancelled.deadline = CallContext::Clock::now();
  EXPECT_EQ(Ask(ManyCalls(2, "instr(a, 'b", "')"), limits, cancelled).status().code(),
            Code::kDeadlineExceeded);
}

TEST(TableQuery, LongValuesAndLongThingsToSearchForAreRefused) {
  const Status status =
      Ask("SELECT max(instr(a, b||x)) FROM (SELECT x, printf('%.*c', 60000+0*x, 'a') a, "
          "printf('%.*c', 30000+0*x, 'a') b FROM (SELECT 1 AS x UNION ALL SELECT 2))")
          .status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("at most 1000 bytes"));
  EXPECT_THAT(Ask("SELECT a||a FROM (SELECT printf('%.*c', 60000, 'a') a)").status().message(),
              HasSubstr("too big"));
  EXPECT_THAT(Ask("SELECT replace(printf('%.*c', 9000, 'a'), 'a', printf('%.*c', 9000, 'b'))")
                  .status()
                  .message(),
              HasSubstr("too big"));
  EXPECT_EQ(Ask("SELECT json_patch('{}', '{}')").status().code(), Code::kInvalidArgument);
}

// Each level names the one below twice, and preparing it takes twice the memory and time.
TEST(TableQuery, AQueryThatDoublesItselfEndsAtTheLimitOfMemory) {
  std::string sql = "WITH t0(x) AS (SELECT 1)";
  for (int i = 1; i <= 40; ++i) {
    const std::string below = "t" + std::to_string(i - 1);
    sql += ", t" + std::to_string(i) + "(x) AS (SELECT p.x FROM " + below + " p, " + below + " q)";
  }
  const Status status = Ask(sql + " SELECT * FROM t40", {.memory_bytes = 32u << 20}).status();
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_THAT(status.message(), HasSubstr("too much memory"));
}

TEST(TableQuery, FunctionsOfTextGiveWhatSqliteGives) {
  ASSERT_OK_AND_ASSIGN(
      const TableResult result,
      Ask("SELECT instr(a, b), instr(a, 'x'), instr(a, ''), coalesce(instr(b, 'x'), '-'), "
          "replace(a, 'l', '水'), replace(a, '', 'x'), trim(a, 'Pöl'), ltrim(a, 'Pö'), "
          "rtrim(a, 'lp'), a LIKE 'pump%', a LIKE '%\\%%' ESCAPE '\\', a NOT LIKE '_水%', "
          "a GLOB '*泵*', a LIKE NULL IS NULL, trim(' x ') FROM t"));
  EXPECT_THAT(result.rows,
              ElementsAre(ElementsAre("6", "0", "1", "0", "Pump 水泵 pump", "Pump 水泵 pump",
                                      "ump 水泵 pump", "ump 水泵 pump", "Pump 水泵 pum", "1", "0",
                                      "1", "1", "1", "x"),
                          ElementsAre("", "0", "1", "-", "ö水ö水", "ölöl", "", "löl", "ölö", "0",
                                      "0", "1", "0", "1", "x")));
  EXPECT_THAT(Ask("SELECT a LIKE 'x' ESCAPE 'xy' FROM t").status().message(),
              HasSubstr("single character"));
}

TEST(TableQuery, OfARowThatIsTooLongTheLongCellsAreCutAndSaySo) {
  const std::string text(90'000, 'a');
  const SourceTable table{.name = "t",
                          .columns = {"name", "text", "more", "price"},
                          .rows = {{"P-1", text, text, "12.5"}, {"P-2", "short", "", "7"}}};
  ASSERT_OK_AND_ASSIGN(const TableResult result,
                       QueryTables({table},
                                   "SELECT name, length(text) > 10000, text LIKE '%…', "
                                   "more LIKE 'aa%…', price + 1 FROM t",
                                   {}, {}));
  EXPECT_THAT(result.rows, ElementsAre(ElementsAre("P-1", "1", "1", "1", "13.5"),
                                       ElementsAre("P-2", "0", "0", "", "8")));
}

}  // namespace
}  // namespace quarry::generation
