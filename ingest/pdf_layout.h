#pragma once

// From what `pdftotext -bbox-layout` writes to lines of text with their places, and from those to
// blocks. Internal to ingest/.

#include <string>
#include <string_view>
#include <vector>

#include "ingest/document_builder.h"

namespace quarry::ingest {

// A line of one text block, in points from the top left corner of the page. Lines of two columns,
// or of two cells of a table, are different lines.
struct PdfLine {
  float x0 = 0;
  float x1 = 0;
  float y0 = 0;
  float y1 = 0;
  uint32_t block = 0;  // lines of one block have one number; unique in the document
  uint32_t words = 0;
  std::string text;  // words with one space between two

  float height() const { return y1 - y0; }
  float middle() const { return (y0 + y1) / 2; }
};

struct PdfPage {
  float width = 0;
  float height = 0;
  std::vector<PdfLine> lines;  // in reading order, as pdftotext finds it
};

struct PdfText {
  Metadata metadata;  // author, subject, keywords, created, modified
  std::string title;
  std::vector<PdfPage> pages;
};

// Reads the markup. What is not as expected in it is passed over: it is made by a program that
// reads files of strangers.
PdfText ReadPdfMarkup(std::string_view markup);

// Removes the lines at the top and the bottom of pages that repeat from page to page: the first of
// each is kept, of page numbers none.
void RemoveRunningLines(std::vector<PdfPage>* pages);

// Writes the lines of pages as blocks: paragraphs put together again, words that were hyphenated at
// line ends too, rows of tables, list items, headings (where they are set in larger type or are
// numbered).
class PdfWriter {
 public:
  // `pages` tell what the document's words and its usual type size are.
  PdfWriter(const std::vector<PdfPage>& pages, DocumentBuilder* builder);

  void WritePage(const PdfPage& page);

 private:
  struct Paragraph;
  bool Continues(const Paragraph& paragraph, const PdfLine& line) const;
  void Append(Paragraph* paragraph, const PdfLine& line) const;
  void Write(const Paragraph& paragraph);
  uint32_t HeadingLevel(const Paragraph& paragraph) const;
  bool KeepsHyphen(std::string_view before, std::string_view after) const;

  DocumentBuilder* builder_;
  float body_height_ = 0;               // of most of the text
  std::vector<float> heading_heights_;  // larger ones, the largest first
  std::vector<std::string> words_;      // lower case, sorted
};

}  // namespace quarry::ingest
