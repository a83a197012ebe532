#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using testing::Outline;
using testing::ParseOne;

TEST(NotebookParser, CellsOutputsAndTheLanguageAreRead) {
  const Document document = ParseOne(
      Format::kNotebook,
      R"json({"cells": [{"cell_type": "markdown", "source": ["# 水泵\n", "Text **here**."]},
       {"cell_type": "code", "source": "print(1)", "outputs": [
         {"output_type": "stream", "text": ["1\n"]},
         {"output_type": "display_data",
          "data": {"image/png": "iVBORw0KGgo", "text/plain": "<Figure>"}}]},
       {"cell_type": "raw", "source": "raw"}],
       "metadata": {"title": "T", "language_info": {"name": "python"}}, "nbformat": 4})json");
  EXPECT_EQ(Outline(document), "h1|水泵\np|Text here.\nc|print(1)\nc|1\\n<Figure>\np|raw");
  EXPECT_EQ(document.title, "T");
  EXPECT_EQ(std::get<std::string>(document.metadata.at("programming_language")), "python");
}

TEST(NotebookParser, OldNotebooksAreRead) {
  EXPECT_EQ(Outline(ParseOne(Format::kNotebook,
                             R"({"nbformat": 3, "worksheets": [{"cells": [
                             {"cell_type": "heading", "level": 1, "source": "Head"},
                             {"cell_type": "code", "input": ["x = 1"], "outputs": []}]}]})")),
            "h1|Head\nc|x = 1");
}

TEST(NotebookParser, OutputsAreCapped) {
  const Document document =
      ParseOne(Format::kNotebook,
               R"({"cells": [{"cell_type": "code", "source": "x", "outputs": [{"text": ")" +
                   testing::Repeat("word ", 5000) + R"("}]}]})");
  EXPECT_LT(document.text.size(), 4200u);
  EXPECT_TRUE(document.text.ends_with("…"));
}

TEST(NotebookParser, SaysWhatIsBroken) {
  const auto error = [](std::string_view text) {
    return ParserFor(Format::kNotebook).Parse(text, {.id = "x", .path = "x"}).status().message();
  };
  EXPECT_EQ(error("{}"), "broken notebook: expected an object with \"cells\"");
  EXPECT_THAT(error("{\"cells\": ["), ::testing::StartsWith("line 1, column 12: broken JSON"));
}

}  // namespace
}  // namespace quarry::ingest
