#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/markdown_guard.h"
#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using testing::Outline;
using testing::ParseAs;
using testing::ParseOne;
using testing::Repeat;

std::string MarkdownOutline(std::string_view text) {
  return Outline(ParseOne(Format::kMarkdown, text));
}

TEST(MarkdownParser, HeadingsParagraphsAndInlineMarkup) {
  EXPECT_EQ(
      MarkdownOutline("# Pumps\n\nThe *big* **VX-220** runs `start --now`.\n\nSetext\n------\n"),
      "h1|Pumps\np|The big VX-220 runs start --now.\nh2|Setext");
}

TEST(MarkdownParser, LinksKeepTheirTextAndImagesTheirAltText) {
  EXPECT_EQ(MarkdownOutline(
                "See [the manual](https://x.org/m \"t\") and ![a pump](p.png). <https://x.org>"),
            "p|See the manual and a pump. https://x.org");
  EXPECT_EQ(MarkdownOutline("[ref][1] text\n\n[1]: https://x.org"), "p|ref text");
}

TEST(MarkdownParser, RowsOfBadgesAreNoText) {
  EXPECT_EQ(MarkdownOutline("# Pumps\n\n[![Build passing](b.svg)](https://x.org/b)\n"
                            "[![npm 2.1](n.svg)](https://x.org/n)\n\nThey run.\n\n"
                            "- [![Chat](c.svg)](https://x.org/c)\n- one\n"),
            "h1|Pumps\np|They run.\nl1|Chat\nl1|one");
  EXPECT_EQ(MarkdownOutline("[![A pump](p.png)](p.png)\n\n![Its valve](v.png)\n\n"
                            "[![Logo](l.png)](https://x.org) Pumps\n"),
            "p|A pump\np|Its valve\np|Logo Pumps");
}

TEST(MarkdownParser, ListsKeepNumbersAndDepth) {
  EXPECT_EQ(MarkdownOutline("- one\n- two\n  - deeper\n\n3. third\n4. fourth\n"),
            "l1|one\nl1|two\nl2|deeper\nl1|3. third\nl1|4. fourth");
}

TEST(MarkdownParser, SecondParagraphOfAnItemHasNoNumber) {
  EXPECT_EQ(MarkdownOutline("1. one\n\n   more\n\n2. two\n"), "l1|1. one\nl1|more\nl1|2. two");
}

TEST(MarkdownParser, TaskListItemsKeepTheirBoxes) {
  EXPECT_EQ(MarkdownOutline("- [x] done\n- [ ] todo\n"), "l1|[x] done\nl1|[ ] todo");
}

TEST(MarkdownParser, TablesRepeatTheirHeaderInEachRow) {
  EXPECT_EQ(
      MarkdownOutline("| Model | Power |\n|---|:-:|\n| VX-220 | **1.5** kW |\n| VX-240 | |\n"),
      "t|Model: VX-220; Power: 1.5 kW\\nModel: VX-240");
  EXPECT_EQ(MarkdownOutline("| Model | Power |\n|---|---|\n"), "t|Model; Power");
  EXPECT_EQ(MarkdownOutline("| | Power |\n|---|---|\n| VX-220 | a\\|b |\n"),
            "t|VX-220; Power: a|b");
}

TEST(MarkdownParser, CodeIsVerbatim) {
  EXPECT_EQ(MarkdownOutline("```c++\n  if (a < b) {\n\n  }\n```\n"), "c|  if (a < b) {\\n\\n  }");
  EXPECT_EQ(MarkdownOutline("text\n\n    indented *code*\n"), "p|text\nc|indented *code*");
}

TEST(MarkdownParser, QuotesAreQuotesAndTheirHeadingsToo) {
  EXPECT_EQ(MarkdownOutline("> # Not ours\n> said\n> she\n\nus"), "q|Not ours\nq|said she\np|us");
}

TEST(MarkdownParser, LineBreaksInsideChineseTextVanish) {
  EXPECT_EQ(MarkdownOutline("第一行\n第二行，\n（第三行）"), "p|第一行第二行，（第三行）");
  EXPECT_EQ(MarkdownOutline("一行\nEnglish\n二行"), "p|一行 English 二行");
  EXPECT_EQ(MarkdownOutline("hard  \nbreak"), "p|hard\\nbreak");
}

TEST(MarkdownParser, FieldsKeepTheirLines) {
  EXPECT_EQ(MarkdownOutline("Owner: Ines Vogel\n**Due:** 30 April\nand not later\n*State*: open"),
            "p|Owner: Ines Vogel\\nDue: 30 April and not later\\nState: open");
  EXPECT_EQ(MarkdownOutline("主持：李嘉怡\n**出席**：高文博\n缺席：孙国强"),
            "p|主持：李嘉怡\\n出席：高文博\\n缺席：孙国强");
  EXPECT_EQ(MarkdownOutline("牌子上写着\n说明：不得入内\n否则罚款"),
            "p|牌子上写着说明：不得入内否则罚款");
  EXPECT_EQ(MarkdownOutline("时间：周一至周五\n上午10：30 除外"),
            "p|时间：周一至周五上午10：30 除外");
  EXPECT_EQ(MarkdownOutline("It says\nNote: closed"), "p|It says Note: closed");
}

TEST(MarkdownParser, StrikethroughLosesItsMarksOutsideCode) {
  EXPECT_EQ(MarkdownOutline("~~gone **now**~~ and `~~kept~~` ~~open"),
            "p|gone now and ~~kept~~ ~~open");
  EXPECT_EQ(MarkdownOutline("a ~~ b ~~ c"), "p|a ~~ b ~~ c");
}

// Offsets of "~~" must not outlive what they point into.
TEST(MarkdownParser, StrikethroughAndTheAnchorOfAHeadingMayCross) {
  EXPECT_EQ(MarkdownOutline("# Set ~~x {#id~~}\n\nNext ~~old~~ line.\n"),
            "h1|Set x\np|Next old line.");
  EXPECT_EQ(MarkdownOutline("# ~~Old~~ set {#~~id}\n\n~~a~~ b"), "h1|Old set\np|a b");
}

TEST(MarkdownParser, EntitiesAndEscapesAreResolved) {
  EXPECT_EQ(MarkdownOutline("5 &lt; 6 &amp; 7 \\* 8 &copy;"), "p|5 < 6 & 7 * 8 ©");
}

TEST(MarkdownParser, HtmlInsideIsRead) {
  EXPECT_EQ(
      MarkdownOutline("<div align=center>\n<img src=x alt=\"Our logo\"> <b>Bold</b>\n</div>\n\n"
                      "a<br>b <!-- no --> <img alt='pic' src=y>"),
      "p|Our logo Bold\np|a\\nb  pic");
  EXPECT_EQ(MarkdownOutline("<details><summary>More</summary>\n\ninside **it**\n\n</details>"),
            "p|More\np|inside it");
}

TEST(MarkdownParser, HeadingAnchorsAreDropped) {
  EXPECT_EQ(MarkdownOutline("## Set-up {#setup}\n"), "h2|Set-up");
  EXPECT_EQ(MarkdownOutline("## Map {a}\n"), "h2|Map {a}");
}

TEST(MarkdownParser, FrontMatterIsMetadataAndNotText) {
  const Document document =
      ParseOne(Format::kMarkdown,
               "---\ntitle: \"Pump manual\"\nlang: zh-CN\ndate: 2024-05-01\nversion: 3\n"
               "ratio: 0.5\ndraft: false\nid: \"2020\"\nserial: 007\ntags: [a, \"b c\", 3]\n"
               "owner:\n  name: Osk\nnothing:\nmore: |\n  two\n  lines\n---\n# Heading\n");
  EXPECT_EQ(Outline(document), "h1|Heading");
  EXPECT_EQ(document.title, "Pump manual");
  EXPECT_EQ(document.language, "zh");
  const Metadata expected = {
      {"date", "2024-05-01"},
      {"version", 3.0},
      {"ratio", 0.5},
      {"draft", false},
      {"id", "2020"},
      {"serial", "007"},
      {"tags", std::vector<std::string>{"a", "b c", "3"}},
      {"owner.name", "Osk"},
      {"more", "two\nlines\n"},
  };
  EXPECT_EQ(document.metadata, expected);
}

TEST(MarkdownParser, BrokenFrontMatterIsAnErrorWithItsLineAndStaysAsText) {
  const ParsedSource parsed =
      ParseAs(Format::kMarkdown, "---\ntitle: x\ntags: [a, b\n---\n\nText.\n");
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].place, "line 4");
  EXPECT_THAT(parsed.errors[0].reason, ::testing::HasSubstr("front matter: "));
  EXPECT_EQ(Outline(parsed.documents[0]), "c|title: x\\ntags: [a, b\np|Text.");
}

TEST(MarkdownParser, RulerAtTheStartIsNoFrontMatter) {
  EXPECT_EQ(MarkdownOutline("---\n\nText\n\n---\n\nMore"), "p|Text\np|More");
  EXPECT_EQ(MarkdownOutline("---\nJust a sentence here\n\n---\nMore"),
            "p|Just a sentence here\np|More");
  EXPECT_EQ(MarkdownOutline("---\ntitle: never closed\n"), "p|title: never closed");
}

// Each heading looked for its anchor through all of the document before it.
TEST(MarkdownParser, AnchorsAreLookedForInTheirHeading) {
  const Document document = ParseOne(
      Format::kMarkdown, "x {#a} y\n\n# A {#b}\n\n# {#c}\n\n" + Repeat("# aaa}\n\n", 300'000));
  EXPECT_EQ(document.blocks.size(), 300'003u);
  EXPECT_EQ(document.text.substr(0, 29), "x {#a} y\n\nA\n\n{#c}\n\naaa}\n\naaa}");
}

TEST(MarkdownParser, FrontMatterWithAliasBombIsBounded) {
  std::string yaml = "---\na0: &a0 {x: 1, y: 2}\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = std::to_string(i - 1);
    yaml += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " {l: *a" + before + ", r: *a" +
            before + "}\n";
  }
  const Document document = ParseOne(Format::kMarkdown, yaml + "---\nText");
  EXPECT_LE(document.metadata.size(), 1000u);
}

// Linear, not quadratic: a quadratic pass over these takes minutes.
TEST(MarkdownParser, HostileInputTakesLinearTime) {
  const size_t n = 50'000;
  testing::ExpectQuickParse(
      Format::kMarkdown,
      {
          Repeat(">", n) + "a",
          Repeat("> ", n) + "a\n" + Repeat("b\n", n),
          Repeat("- ", n) + "a",
          Repeat("1. ", n) + "a",
          Repeat("[", n) + "a" + Repeat("]", n),
          Repeat("[a](", n),
          Repeat("![[]()", n),
          Repeat("*a_ ", n),
          Repeat("|a", n) + "|\n" + Repeat("|-", n) + "|\n" + Repeat("|x", n) + "|\n",
          Repeat("|a", 5000) + "|\n" + Repeat("|-", 5000) + "|\n" + Repeat("|x|\n", n),
          Repeat("|a", 200) + "|\n" + Repeat("|-", 200) + "|\n" + Repeat("|x|\n", n),
          Repeat("|a|\n|-|-|\n", n),
          "a" + Repeat("\n|-|", n),
          "a " + Repeat("<? ", 5 * n),
          "a " + Repeat("<!A ", 5 * n),
          "a " + Repeat("\\\\<!A ", 5 * n),
          Repeat("<div>", n),
          Repeat("`", n) + "a" + Repeat("`", n - 1),
      });
}

TEST(MarkdownGuard, LeavesOrdinaryTextAlone) {
  const std::string text = "# A\n\n> > - 1. x\n\n| a | b |\n|---|---|\n| 1 |\n\n![a](b)\n";
  std::string storage;
  const std::string_view guarded = GuardMarkdown(text, &storage);
  EXPECT_EQ(guarded.data(), text.data());
  EXPECT_EQ(guarded.size(), text.size());
}

TEST(MarkdownGuard, CutsMarkersIndentsColumnsImagesAndDeclarations) {
  std::string storage;
  EXPECT_EQ(GuardMarkdown(Repeat("> ", 150) + "a\nb", &storage), Repeat("> ", 100) + "a\nb");
  EXPECT_EQ(GuardMarkdown(std::string(300, ' ') + "- a", &storage), std::string(200, ' ') + "- a");
  EXPECT_EQ(GuardMarkdown("a\n" + Repeat("|-", 300) + "\n", &storage),
            "a\n\\" + Repeat("|-", 300) + "\n");
  EXPECT_EQ(GuardMarkdown(Repeat("![", 2002), &storage), Repeat("![", 2000) + "[[");
  EXPECT_EQ(GuardMarkdown(Repeat("<?", 100) + Repeat("<![", 102) + "\n\n<?", &storage),
            Repeat("<?", 100) + Repeat("<![", 100) + "< ![< ![\n\n<?");
}

// A line may need both: what is changed of it later must stand behind what was changed first, or
// the rest of the text is written again for each such line.
TEST(MarkdownGuard, CutsTheMarkersOfADelimiterRowThatIsTooWide) {
  std::string storage;
  const std::string quoted = Repeat(">", 101) + "-" + Repeat("|", 257) + "\n";
  EXPECT_EQ(GuardMarkdown(Repeat(quoted, 3) + "end", &storage),
            Repeat(Repeat(">", 100) + "-\\" + Repeat("|", 257) + "\n", 3) + "end");
  const std::string indented = std::string(201, ' ') + "- " + Repeat("|", 257) + "\n";
  EXPECT_EQ(GuardMarkdown(Repeat(indented, 3) + "end", &storage),
            Repeat(std::string(200, ' ') + "- \\" + Repeat("|", 257) + "\n", 3) + "end");
}

TEST(MarkdownGuard, EscapesDelimiterRowsOfAParagraphThatWasReadTooOften) {
  std::string storage;
  const std::string_view guarded = GuardMarkdown(Repeat("|a|\n|-|-|\n", 10'000), &storage);
  const size_t first = guarded.find('\\');
  EXPECT_EQ(guarded.substr(first - 4, 11), "|a|\n\\|-|-|\n");
  EXPECT_EQ(guarded.substr(guarded.size() - 11), "|a|\n\\|-|-|\n");
  // Many such paragraphs, and the tables of people among them.
  const std::string paragraph = Repeat("|a|\n|-|-|\n", 200) + "\n";
  EXPECT_EQ(GuardMarkdown(Repeat(paragraph, 50), &storage), Repeat(paragraph, 50));
  for (const char* apart : {"\n", "# b\n"}) {
    const std::string table = std::string(apart) + "|a|b|\n|-|-|\n|1|2|\n";
    const std::string text = Repeat(paragraph, 200) + Repeat(table, 10'000);
    const std::string_view changed = GuardMarkdown(text, &storage);
    EXPECT_TRUE(changed.ends_with("\n\\|-|-|\n\n" + Repeat(table, 10'000)));
  }
}

TEST(MarkdownParser, CommonMarkSpecExamplesKeepTheInvariants) {
  const auto path = quarry::testing::DataPath("text/commonmark_spec/spec.txt");
  if (!path) GTEST_SKIP() << "text/commonmark_spec/spec.txt is absent";
  ASSERT_OK_AND_ASSIGN(const std::string spec, ReadFile(*path));
  const std::string fence = Repeat("`", 32);
  size_t examples = 0;
  for (size_t at = spec.find(fence + " example\n"); at != spec.npos;
       at = spec.find(fence + " example\n", at + 1)) {
    const size_t begin = at + fence.size() + 9;
    const size_t end = spec.find("\n.\n", begin - 1);
    ASSERT_NE(end, spec.npos);
    std::string example = spec.substr(begin, end + 1 - begin);
    for (size_t arrow = example.find("→"); arrow != example.npos; arrow = example.find("→")) {
      example.replace(arrow, 3, "\t");
    }
    SCOPED_TRACE(example);
    ParseAs(Format::kMarkdown, example);
    ++examples;
  }
  EXPECT_GT(examples, 600u);
}

}  // namespace
}  // namespace quarry::ingest
