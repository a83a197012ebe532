#pragma once

// Lines of reStructuredText and what they begin. Internal to ingest/.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quarry::ingest {

// Views into the text that they were made of.
using RstLines = std::vector<std::string_view>;

// Lines without white space at their ends; tabs are expanded into `storage` where there are any.
RstLines SplitRstLines(std::string_view text, std::string* storage);

size_t IndentOf(std::string_view line);
bool IsBlankLine(std::string_view line);
// `lines[begin, end)` without their first `indent` columns (or as many as they have).
RstLines Dedented(const RstLines& lines, size_t begin, size_t end, size_t indent);
// The first line behind `begin` that is not blank and indented by less than `indent`; at most
// `end`. Blank lines before it do not belong to the block and are left out.
size_t EndOfIndented(const RstLines& lines, size_t begin, size_t end, size_t indent);

// A line of one repeated punctuation character, four at least or as many as `title` has columns:
// the character, else '\0'.
char AdornmentOf(std::string_view line, std::string_view title);

// Size of the list mark that begins `line` ("- ", "1. ", "(a) ", "#. "), spaces included; 0 if none
// does. `numbered` is set for those that count.
size_t ListMarkSize(std::string_view line, bool* numbered);

// ":name: value": the offset of the second colon; npos if the line is no field.
size_t RstFieldName(std::string_view line);

// A table that begins with `lines[begin]`, simple ("=== ===") or grid ("+---+"): its rows, how
// many of them are its header, and the line behind it. `end` stays `begin` where there is no table.
struct RstTable {
  std::vector<std::vector<std::string>> rows;
  size_t header_rows = 0;
  size_t end = 0;
};
RstTable ReadRstTable(const RstLines& lines, size_t begin, size_t end);

}  // namespace quarry::ingest
