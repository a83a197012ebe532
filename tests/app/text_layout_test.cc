#include "app/text_layout.h"

#include "app/answer_printer.h"
#include "app/console.h"
#include "app/line_wrap.h"
#include "app/output_text.h"
#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(TextLayout, ChineseIsTwoColumnsWideAndCombiningMarksNone) {
  EXPECT_EQ(DisplayWidth("pump"), 4u);
  EXPECT_EQ(DisplayWidth("水泵"), 4u);
  EXPECT_EQ(DisplayWidth("，（Ａ"), 6u);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1u);
  EXPECT_EQ(DisplayWidth("é"), 1u);
  for (const char* emoji : {"😀", "🚀", "🟢", "🥇", "🪣", "✅", "❌", "⭐"}) {
    EXPECT_EQ(DisplayWidth(emoji), 2u) << emoji;
  }
  EXPECT_EQ(DisplayWidth("✓"), 1u);
}

TEST(TextLayout, CuttingNeverSplitsACharacterOrExceedsTheWidth) {
  EXPECT_EQ(Ellipsize("水泵压力", 8), "水泵压力");
  EXPECT_EQ(Ellipsize("水泵压力", 7), "水泵压…");
  EXPECT_EQ(Ellipsize("水泵压力", 6), "水泵…");
  EXPECT_EQ(Ellipsize("pump pressure", 6), "pump…");
  EXPECT_EQ(Ellipsize("abc", 0), "");
}

TEST(TextLayout, LinesBreakBetweenWordsAndBetweenChineseCharacters) {
  EXPECT_EQ(FittingBytes("pump pressure", 8), std::string("pump").size());
  EXPECT_EQ(FittingBytes("pump", 8), 4u);
  EXPECT_EQ(FittingBytes("pressure", 4), 4u);
  EXPECT_EQ(FittingBytes("水泵压力", 5), std::string("水泵").size());
  EXPECT_EQ(FittingBytes("水", 1), std::string("水").size());
}

TEST(TextLayout, NoLineBeginsWithChinesePunctuation) {
  EXPECT_EQ(FittingBytes("水泵压。力", 6), std::string("水泵").size());
}

TEST(LineWrap, BreaksBetweenWordsAndChineseCharactersOnly) {
  EXPECT_EQ(WrapLines("The coolant pump runs at 9 bar.\n\nTwo of them.", 12),
            "The coolant\npump runs at\n9 bar.\n\nTwo of them.");
  EXPECT_EQ(WrapLines("水泵的压力为9bar，扭矩（35牛米）。", 10),
            "水泵的压力\n为9bar，扭\n矩（35牛\n米）。");
  EXPECT_EQ(WrapLines("see https://example.com/a/long/path now", 10),
            "see\nhttps://example.com/a/long/path\nnow");
  EXPECT_EQ(WrapLines("- stop the pump first\n12. close it\n  deeper", 12),
            "- stop the\n  pump first\n12. close it\n  deeper");
}

TEST(LineWrap, IsTheSameInWhateverPiecesATextComes) {
  const std::string text =
      "The pump 水泵的压力是九巴 runs at 9 bar and é is one.\n- a list 列表 here";
  for (size_t size = 1; size < 9; ++size) {
    LineWrap wrap(14);
    std::string out;
    for (size_t i = 0; i < text.size(); i += size) out += wrap.Add(text.substr(i, size));
    EXPECT_EQ(out + wrap.Finish(), WrapLines(text, 14)) << size;
  }
}

TEST(TextLayout, WhatATerminalWouldActUponIsTakenOut) {
  EXPECT_EQ(OneLine("a\x1b[31mred\n\n b\t c"), "a [31mred b c");
  EXPECT_EQ(OneLine("a\xE2\x80\xAE"
                    "b"),
            "a b");
  EXPECT_EQ(OneLine("bad\xFF"
                    "byte"),
            "bad\xEF\xBF\xBD"
            "byte");
  EXPECT_EQ(Printable("a\x1b]0;t\x07\n\tb"), "a ]0;t \n\tb");
}

TEST(TextLayout, ASnippetShowsWhereMostWordsOfTheQuestionStand) {
  const Analyzer analyzer;
  std::string text;
  for (int i = 0; i < 100; ++i) text += "Filler words stand here. ";
  text += "The pump has a pressure of nine bar. ";
  for (int i = 0; i < 100; ++i) text += "More filler stands here. ";
  const Snippet snippet = MakeSnippet(text, {"pump", "pressur"}, analyzer, 80);
  EXPECT_THAT(snippet.text, StartsWith("… "));
  EXPECT_LE(DisplayWidth(snippet.text), 80u);
  ASSERT_EQ(snippet.matches.size(), 2u);
  EXPECT_EQ(snippet.text.substr(snippet.matches[0].begin,
                                snippet.matches[0].end - snippet.matches[0].begin),
            "pump");
}

TEST(TextLayout, NumbersAreWrittenForPeople) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(1234567), "1,234,567");
  EXPECT_EQ(FormatBytes(999), "999 B");
  EXPECT_EQ(FormatBytes(1250), "1.2 kB");
  EXPECT_EQ(FormatBytes(999'999), "1.0 MB");
  EXPECT_EQ(FormatSeconds(0.05), "50 ms");
  EXPECT_EQ(FormatSeconds(0.8), "0.8 s");
  EXPECT_EQ(FormatSeconds(125), "2 min 5 s");
  EXPECT_EQ(FormatSeconds(3720), "1 h 2 min");
}

TEST(Tables, ColumnsLineUpUnderChineseAndTheLastIsCutToTheTerminal) {
  const Console console(stdout, stderr, {.columns = 40});
  EXPECT_EQ(Table({{"id", "n", "title"},
                   {"水泵.md", "5", "A title that is longer than what is left"},
                   {"b.md", "120", ""}},
                  {1}, console),
            "id         n  title\n"
            "水泵.md    5  A title that is longer th…\n"
            "b.md     120\n");
}

TEST(AnswerPrinter, WrapsOnATerminalOnly) {
  const auto printed = [](bool is_terminal) {
    std::FILE* out = std::tmpfile();
    Console console(out, stderr, {.out_is_terminal = is_terminal, .columns = 40});
    AnswerPrinter printer(console);
    const generation::AnswerSink sink = printer.Sink();
    for (const char* piece : {"The coolant pump of the second sta", "tion runs at 9 bar [1]."}) {
      EXPECT_TRUE(sink(piece));
    }
    EXPECT_OK(printer.Finish());
    EXPECT_OK(console.Flush());
    std::rewind(out);
    std::string text(200, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), out));
    std::fclose(out);
    return text;
  };
  EXPECT_EQ(printed(false), "The coolant pump of the second station runs at 9 bar [1].");
  EXPECT_EQ(printed(true), "The coolant pump of the second station\nruns at 9 bar [1].");
}

TEST(Tables, EveryLineOfASearchFitsTheTerminal) {
  SearchResult result;
  SearchResult::Item& item = result.items.emplace_back();
  item.passage.title = "水泵压力的规定以及其他各种各样的很长的标题水泵压力的规定";
  item.passage.chunk.document = "zh/a.md";
  for (int i = 0; i < 8; ++i) item.snippet.text += "水泵的压力是九巴。pump ";
  result.explain = true;
  for (const char* stage : {"lexical", "dense", "fusion", "rerank", "diversity"}) {
    result.timings.push_back({.name = stage, .micros = 12345});
  }
  const std::string text =
      SearchText(result, Console(stdout, stderr, {.out_is_terminal = true, .columns = 40}));
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    EXPECT_LE(DisplayWidth(text.substr(begin, end - begin)), 40u);
    begin = end + 1;
  }
  EXPECT_THAT(text, HasSubstr("    zh/a.md\n"));
}

}  // namespace
}  // namespace quarry::app
