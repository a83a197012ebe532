#pragma once

// Reads the blocks of reStructuredText (rst_parser.cc), directives and what else begins with ".."
// (rst_directives.cc). Internal to ingest/.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/document_builder.h"
#include "ingest/rst_lines.h"

namespace quarry::ingest {

// Not thread-safe.
class RstReader {
 public:
  explicit RstReader(Document* document) : document_(document), builder_(document) {}

  // `depth` of blocks in blocks; 0 = the document.
  void ReadBody(const RstLines& lines, size_t depth);

 private:
  // All of these read what begins with line `i` and return the line behind it.
  size_t ReadBlock(const RstLines& lines, size_t i, size_t depth);
  size_t ReadSection(const RstLines& lines, size_t i);
  size_t ReadParagraph(const RstLines& lines, size_t i, size_t depth);
  size_t ReadLiteral(const RstLines& lines, size_t i);
  size_t ReadDoctest(const RstLines& lines, size_t i);
  size_t ReadLineBlock(const RstLines& lines, size_t i);
  size_t ReadItem(const RstLines& lines, size_t i, size_t mark, bool numbered, size_t depth);
  size_t ReadField(const RstLines& lines, size_t i, size_t depth);
  // Directives, footnotes, link targets, comments.
  size_t ReadExplicit(const RstLines& lines, size_t i, size_t depth);
  // Fields at the head of the document are about it: ":Author: ...".
  size_t ReadDocInfo(const RstLines& lines);

  void ReadQuote(const RstLines& lines, size_t depth);
  void ReadDirective(std::string_view name, std::string_view argument, const RstLines& lines,
                     size_t begin, size_t end, size_t depth);
  // Levels are in the order in which the adornments come.
  void Heading(char adornment, bool over, std::string_view title);
  void Paragraph(const RstLines& lines, size_t begin, size_t end);
  void Code(const RstLines& lines, size_t begin, size_t end);
  void WriteTable(const RstTable& table);

  Document* document_;
  DocumentBuilder builder_;
  std::vector<std::pair<char, bool>> styles_;  // of headings, the outermost first
  uint32_t list_depth_ = 0;
};

// Lines as running text, behind what is there.
void AppendRstRunning(const RstLines& lines, size_t begin, size_t end, std::string* text);

// The indent of the first line that is not blank; 0 if all are.
size_t RstBodyIndent(const RstLines& lines, size_t begin, size_t end);

}  // namespace quarry::ingest
