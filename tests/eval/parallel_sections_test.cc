#include "eval/parallel_sections.h"

#include <gtest/gtest.h>

#include "eval/beir.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kLongEnglish =
    "The pump is started with `pump.start()` and it runs until somebody stops it by hand, day and "
    "night.";
const std::string kLongChinese =
    "水泵用 `pump.start()` "
    "启动，一直运行到有人手动把它停下来为止，不论白天还是黑夜，也不论刮风下雨。";

class ParallelSectionsTest : public testing::FolderTest {
 protected:
  Result<std::vector<SectionPair>> Read() const {
    return ReadParallelSections(Path("en"), Path("zh"));
  }
};

TEST_F(ParallelSectionsTest, SectionsOfPagesWithTheSameHeadingsArePaired) {
  Write("en/a/pump.md", "# Pump\n\n" + kLongEnglish + "\n\n## Code\n\n```\nlong " + kLongEnglish +
                            "\n```\n\n## Short\n\nYes.\n");
  Write("zh/a/pump.md",
        "# 水泵\n\n" + kLongChinese + "\n\n## 代码\n\n```\nlong\n```\n\n## 短\n\n是。\n");
  Write("en/only.md", "# Only\n\n" + kLongEnglish);
  Write("en/other.md", "# Other\n\n" + kLongEnglish);
  Write("zh/other.md", "# 其他\n\n## 更深\n\n" + kLongChinese);  // other headings
  Write("en/same.md", "# Same\n\n" + kLongEnglish);
  Write("zh/same.md", "# Same\n\n" + kLongEnglish);  // not translated
  ASSERT_OK_AND_ASSIGN(const std::vector<SectionPair> pairs, Read());
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].id, "a/pump.md#0");
  EXPECT_EQ(pairs[0].heading[0], "Pump");
  EXPECT_EQ(pairs[0].heading[1], "水泵");
  EXPECT_THAT(pairs[0].prose[0], HasSubstr("day and night"));
  EXPECT_THAT(pairs[0].prose[1], HasSubstr("白天"));
}

TEST_F(ParallelSectionsTest, AQuestionHoldsNoWordOfItsCounterpart) {
  EXPECT_EQ(WithoutSharedWords("水泵 pump_v2 启动 3 次", "anything"), "水泵   启动   次");
  EXPECT_EQ(WithoutSharedWords("Start the Pump twice", "启动 pump"), "Start the   twice");
}

TEST_F(ParallelSectionsTest, ACollectionIsWrittenForEachDirection) {
  Write("en/pump.md", "# Pump\n\n" + kLongEnglish);
  Write("zh/pump.md", "# 水泵\n\n" + kLongChinese);
  ASSERT_OK_AND_ASSIGN(const std::vector<SectionPair> pairs, Read());
  for (const int from : {0, 1}) {
    const std::string out = Path("out");
    ASSERT_OK(WriteParallelCollection(pairs, from, out));
    ASSERT_OK_AND_ASSIGN(const BeirQueries queries, ReadBeirQueries(out, "test"));
    ASSERT_EQ(queries.queries.size(), 1u);
    EXPECT_THAT(queries.queries[0].text, HasSubstr(from == 0 ? "stops it by hand" : "水泵"));
    EXPECT_THAT(queries.queries[0].text, Not(HasSubstr("start()")));
    EXPECT_EQ(queries.qrels.at("q:pump.md#0").at("pump.md#0"), 1);
    ASSERT_OK(ReadBeirCorpus(out, [&](BeirDocument document) {
      EXPECT_EQ(document.id, "pump.md#0");
      EXPECT_THAT(document.text, HasSubstr(from == 0 ? "白天" : "day and night"));
      return OkStatus();
    }));
  }
}

TEST_F(ParallelSectionsTest, AMissingFolderIsNamed) {
  EXPECT_EQ(Read().status().code(), Code::kNotFound);
  EXPECT_THAT(Read().status().message(), HasSubstr("/en"));
}

}  // namespace
}  // namespace quarry::eval
