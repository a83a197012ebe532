#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using testing::Outline;
using testing::ParseOne;
using testing::Repeat;

std::string Rst(std::string_view text) { return Outline(ParseOne(Format::kRst, text)); }

TEST(RstParser, LevelsAreInTheOrderOfTheAdornments) {
  EXPECT_EQ(Rst("=====\nTitle\n=====\n\nText\nof two lines.\n\nPart\n----\n\nSub\n~~~\n\nPart "
                "2\n------\n"),
            "h1|Title\np|Text of two lines.\nh2|Part\nh3|Sub\nh2|Part 2");
  EXPECT_EQ(Rst("安装\n====\n\n水泵在\n地下室。\n"), "h1|安装\np|水泵在地下室。");
}

TEST(RstParser, ListsNestByTheirIndent) {
  EXPECT_EQ(Rst("- one\n  goes on\n\n  - inner\n- two\n\n1. first\n#. second\n"),
            "l1|one goes on\nl2|inner\nl1|two\nl1|1. first\nl1|second");
}

TEST(RstParser, LiteralBlocksAndCodeKeepTheirLines) {
  EXPECT_EQ(Rst("Run this::\n\n    make\n      all\n\nBehind.\n"),
            "p|Run this:\nc|make\\n  all\np|Behind.");
  EXPECT_EQ(
      Rst(".. code-block:: python\n   :caption: Start\n   :linenos:\n\n   import x\n\n   y = 1\n"),
      "p|Start\nc|import x\\n\\ny = 1");
  EXPECT_EQ(Rst(">>> 1 + 1\n2\n\nText\n"), "c|>>> 1 + 1\\n2\np|Text");
}

TEST(RstParser, DirectivesAreReadAsTheReaderSeesThem) {
  EXPECT_EQ(
      Rst(".. note:: Mind the valve.\n\n   It is *hot*.\n\n.. toctree::\n   :maxdepth: 2\n\n   "
          "a\n\n"
          ".. a comment\n   of two lines\n\n.. _target:\n\n.. image:: x.png\n   :alt: A pump\n"),
      "p|Mind the valve.\np|It is hot.\np|A pump");
}

TEST(RstParser, InlineMarkupIsGone) {
  EXPECT_EQ(Rst("See :ref:`the manual <manual>` and `site <http://x>`_, ``a_b``, **bold**, *it*, "
                ":class:`~a.b.Pump` [1]_ 2*3*4 \\*x\n"),
            "p|See the manual and site, a_b, bold, it, Pump [1] 2*3*4 *x");
}

TEST(RstParser, TablesAreReadInBothForms) {
  EXPECT_EQ(Rst("=====  =====\nModel  Power\n=====  =====\nVX-1   1 kW\nVX-2   2 kW\n       "
                "peak\n=====  =====\n"),
            "t|Model: VX-1; Power: 1 kW\\nModel: VX-2; Power: 2 kW peak");
  EXPECT_EQ(
      Rst("+------+------+\n| 型号 | 功率 |\n+======+======+\n| VX-1 | 1 kW |\n+------+------+\n"),
      "t|型号: VX-1; 功率: 1 kW");
  EXPECT_EQ(Rst(".. list-table:: Pumps\n   :header-rows: 1\n\n   * - Model\n     - Power\n   * - "
                "VX-1\n     - 1 kW\n"),
            "p|Pumps\nt|Model: VX-1; Power: 1 kW");
}

TEST(RstParser, ASimpleTableTakesNoMoreCellsThanItHolds) {
  const std::string ruler = Repeat("= ", 200) + "\n";
  EXPECT_EQ(Rst(ruler + "a b c\n  d\n      水 x\nb\n" + ruler), "t|a; b d; c; 水; x\\nb");
  // A cell took 32 bytes whether something stood in it or not: 6 GB of each of these.
  const std::string rows = Repeat("a\n", 1'000'000);
  EXPECT_EQ(Rst(ruler + rows + ruler).size(), 3'000'000u);
  EXPECT_EQ(Rst(ruler + rows).substr(0, 2), "p|");
}

TEST(RstParser, TheFieldsAtItsHeadAreMetadata) {
  const Document document = ParseOne(Format::kRst, ":Author: Ada\n:orphan:\n\nText\n");
  EXPECT_EQ(std::get<std::string>(document.metadata.at("author")), "Ada");
  EXPECT_EQ(Outline(document), "p|Text");
}

TEST(RstParser, DefinitionsAndQuotesAreApart) {
  EXPECT_EQ(Rst("term\n   What it means.\n\nText\n\n   Quoted words.\n"),
            "p|term\np|What it means.\np|Text\nq|Quoted words.");
}

// Each paragraph was read on to the next empty line.
TEST(RstParser, ParagraphsEndBeforeATitleOnTheSpot) {
  const Document document = ParseOne(Format::kRst, Repeat("a\nb\n----\n", 500'000));
  EXPECT_EQ(document.blocks.size(), 1'000'000u);
  EXPECT_EQ(Rst("a\nb\nc\n----\nd\n  e\n"), "p|a b\nh1|c\np|d\np|e");
}

TEST(RstParser, DepthIsLimited) {
  std::string text;
  for (size_t i = 0; i < 300; ++i) text += Repeat(" ", i) + "- x\n";
  const Document document = ParseOne(Format::kRst, text);
  EXPECT_FALSE(document.blocks.empty());
}

}  // namespace
}  // namespace quarry::ingest
