#pragma once

// The body of a docx file (WordprocessingML, ISO 29500-1, 17) as blocks. Internal to ingest/.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/document_builder.h"
#include "ingest/docx_styles.h"
#include "ingest/opc_package.h"
#include "ingest/picture_text.h"

namespace quarry::ingest {

// Texts that paragraphs refer to, by their ids.
struct DocxNotes {
  std::map<std::string, std::string, std::less<>> footnotes;
  std::map<std::string, std::string, std::less<>> endnotes;
  std::map<std::string, std::string, std::less<>> comments;  // "Comment by Ada: ..."
};

class DocxWriter {
 public:
  // All must outlive it. `has_pages`: where pages began when the file was last laid out stands in
  // it.
  DocxWriter(const OpcPackage& package, const std::vector<OpcPackage::Relationship>& relationships,
             DocxStyles* styles, const DocxNotes& notes, bool has_pages, PictureText* pictures,
             DocumentBuilder* builder);

  // Writes the paragraphs and tables of `container`. Errors are those of the budget and of parts
  // that it leads to.
  Status Write(xml::Node container);

  // The text of a note: its paragraphs as lines.
  static std::string NoteText(xml::Node note);

  // Of the first paragraph that is styled as one; "" if none is.
  const std::string& title() const { return title_; }

 private:
  Status WriteParagraph(xml::Node paragraph);
  Status WriteTable(xml::Node table);
  Status WriteCellsAsBlocks(xml::Node table);
  // Footnotes, comments, text boxes, charts and pictures that stand in what was written last.
  Status WritePending();

  void AppendInline(xml::Node node, std::string* text);
  void AppendDrawing(xml::Node drawing, std::string* text);
  std::string CellText(xml::Node cell);

  const OpcPackage& package_;
  const std::vector<OpcPackage::Relationship>& relationships_;
  DocxStyles* const styles_;
  const DocxNotes& notes_;
  PictureText* const pictures_;
  DocumentBuilder* const builder_;
  uint32_t page_;            // where the text is; 0 = not known
  uint32_t first_page_ = 0;  // of the paragraph that is being read
  std::string title_;
  std::string code_;  // lines of a code block that may go on
  int64_t footnotes_ = 0;
  int64_t endnotes_ = 0;
  std::vector<std::string> pending_notes_;
  std::vector<std::string> pending_comments_;
  std::vector<xml::Node> pending_boxes_;
  std::vector<std::string> pending_parts_;     // charts and diagrams
  std::vector<std::string> pending_pictures_;  // ids of relationships
};

}  // namespace quarry::ingest
