#pragma once

// The paragraphs, tables and notes of RTF as blocks. Internal to ingest/.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/document_builder.h"

namespace quarry::ingest {

// Not thread-safe.
class RtfWriter {
 public:
  explicit RtfWriter(Document* document) : builder_(document), table_(&builder_) {}

  // Where text is appended: of the paragraph or cell, of the footnotes in it, the number or bullet
  // before it.
  std::string& text() { return text_; }
  std::string& note() { return note_; }
  std::string& list_mark() { return list_mark_; }

  void SetHeading(int style, uint32_t level) { headings_[style] = level; }
  // A control word of the body; one that says nothing of paragraphs and tables changes nothing.
  void ReadWord(std::string_view word, int parameter);
  void EndParagraph();
  // The visible text of a page, in place of paragraphs.
  void WriteHtml(std::string_view html);
  // Once, at the end.
  void Finish(std::vector<SourceError>* errors);

 private:
  struct Paragraph {
    uint32_t heading = 0;  // by its outline level
    int style = -1;
    uint32_t list = 0;  // depth, 0 = none
    bool in_table = false;
  };

  void Write(BlockKind kind, uint32_t level, std::string_view text);
  void EndRow();
  void EndTable();

  DocumentBuilder builder_;
  TableWriter table_;
  std::map<int, uint32_t> headings_;  // style -> level
  Paragraph paragraph_;
  std::string text_;
  std::string note_;
  std::string list_mark_;
  std::vector<std::string> cells_;
  bool header_row_ = false;
  bool in_table_ = false;
};

}  // namespace quarry::ingest
