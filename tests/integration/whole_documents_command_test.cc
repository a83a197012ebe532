// quarry docs summarize and compare: what whole documents say.

#include "tests/testing/chat_upstream.h"
#include "tests/testing/command_testing.h"

namespace quarry::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::QuarryResult;
using ::testing::StartsWith;

class WholeDocumentsTest : public testing::CommandTest {
 protected:
  WholeDocumentsTest() {
    Write("docs/a.md",
          "# Rules of 2024\n\nThe red pump delivers 10 litres per second. It stands in hall 4.\n");
    Write("docs/b.md",
          "# Rules of 2025\n\nThe red pump delivers 12 litres per second. It is painted blue.\n");
    Write("docs/z.md", "# 规定\n\n红色水泵每秒输送十升水。它装在四号厂房。\n");
    QUARRY_CHECK(Run({"index", "docs"}).exit_code == 0);
  }
};

TEST_F(WholeDocumentsTest, ASummaryQuotesEachSentenceWithItsPlaceInItsLanguage) {
  const QuarryResult english = Run({"docs", "summarize", "a.md"});
  EXPECT_EQ(english.exit_code, 0) << english.error;
  EXPECT_EQ(english.out,
            "The red pump delivers 10 litres per second [1]. It stands in hall 4 [1].\n"
            "\n"
            "Sources\n"
            "[1] Rules of 2024\n"
            "    a.md\n"
            "    bytes 15-58: \"The red pump delivers 10 litres per second.\"\n"
            "    bytes 59-79: \"It stands in hall 4.\"\n"
            "\n"
            "supported, support 1.00: sentences quoted: 2\n");
  const QuarryResult chinese = Run({"docs", "summarize", "z.md"});
  EXPECT_EQ(chinese.exit_code, 0) << chinese.error;
  EXPECT_THAT(chinese.out,
              AllOf(StartsWith("红色水泵每秒输送十升水[1]。它装在四号厂房[1]。\n\n来源\n"),
                    HasSubstr("有依据，支持度 1.00：摘自原文的句子：2\n")));
  const QuarryResult both = Run({"docs", "summarize", "a.md", "z.md"});
  EXPECT_THAT(both.out, AllOf(HasSubstr("[1] Rules of 2024\n"), HasSubstr("[2] 规定\n")));

  const Json json = RunJson({"docs", "summarize", "a.md", "--focus", "hall", "--sentences", "1"});
  EXPECT_EQ(json["answer"], "It stands in hall 4 [1].");
  EXPECT_EQ(json["citations"].size(), 1u);
  EXPECT_EQ(json["citations"][0]["document"], "a.md");
  EXPECT_EQ(json["verdict"]["reason"], "sentences quoted: 1");
  EXPECT_EQ(json["model"], "extractive");
  EXPECT_EQ(json["cache"]["reason"], "whole documents are not looked up");
}

TEST_F(WholeDocumentsTest, AComparisonTellsWhatDiffersAndWhatOneAloneSays) {
  const QuarryResult english = Run({"docs", "compare", "a.md", "b.md"});
  EXPECT_EQ(english.exit_code, 0) << english.error;
  EXPECT_THAT(english.out,
              StartsWith("Statements: 0 the same, 0 in other words, 1 different; 1 in the first "
                         "alone, 1 in the second alone.\n"
                         "Rules of 2024: The red pump delivers 10 litres per second [1].\n"
                         "Rules of 2025: The red pump delivers 12 litres per second [2].\n"
                         "Only in \"Rules of 2024\":\n"
                         "It stands in hall 4 [1].\n"
                         "Only in \"Rules of 2025\":\n"
                         "It is painted blue [2].\n"));
  const QuarryResult chinese = Run({"docs", "compare", "a.md", "b.md", "--language", "zh"});
  EXPECT_THAT(
      chinese.out,
      StartsWith("相同的说法0处，换词的0处，不同的1处；只有前者有的1处，只有后者有的1处。\n"));
  EXPECT_EQ(RunJson({"docs", "compare", "a.md", "b.md"})["citations"].size(), 4u);
}

TEST_F(WholeDocumentsTest, AModelWritesFromTheDocumentAndWhereItIsSilentSentencesAreQuoted) {
  const testing::ChatUpstream upstream([](const Json&) {
    return Json{{"content", "The red pump delivers 10 litres per second [1]."}};
  });
  const std::string model = "chat.model=" + upstream.name();
  const QuarryResult written = Run({"docs", "summarize", "a.md", "--set", model});
  EXPECT_EQ(written.exit_code, 0) << written.error;
  EXPECT_THAT(written.out,
              StartsWith("The red pump delivers 10 litres per second [1].\n\nSources\n"));
  ASSERT_FALSE(upstream.requests().empty());
  EXPECT_THAT(upstream.requests()[0]["messages"].dump(), HasSubstr("It stands in hall 4."));
  EXPECT_EQ(RunJson({"docs", "summarize", "a.md", "--set", model})["model"], "scripted");

  const QuarryResult silent =
      Run({"docs", "summarize", "a.md", "--set", "chat.model=http://127.0.0.1:9/v1#m", "--set",
           "http.attempts=1"});
  EXPECT_EQ(silent.exit_code, 0);
  EXPECT_THAT(silent.out,
              AllOf(StartsWith("(The model did not answer; this is quoted from the documents.)\n"
                               "The red pump delivers 10 litres per second [1]."),
                    HasSubstr("connect: Connection refused")));
}

TEST_F(WholeDocumentsTest, WhatIsWrongIsNamed) {
  const auto expect = [&](std::vector<std::string> arguments, int exit_code,
                          const std::string& error) {
    arguments.insert(arguments.begin(), "docs");
    const QuarryResult result = Run(std::move(arguments));
    EXPECT_EQ(result.exit_code, exit_code) << error;
    EXPECT_EQ(result.error, "quarry: error: " + error + "\n");
  };
  expect({"summarize", "none.md"}, 1, "no document \"none.md\" in collection \"default\"");
  expect({"compare", "a.md"}, 2, "documents: expected two to compare, got 1");
  expect({"summarize", "a.md", "a.md"}, 2, "documents: \"a.md\" stands there twice");
  expect({"summarize", "a.md", "--language", "de"}, 2,
         "--language: expected en or zh, got \"de\"; see: quarry docs summarize -h");
  expect({"summarize"}, 2, "ID is required; see: quarry docs summarize -h");
}

}  // namespace
}  // namespace quarry::app
