#pragma once

// The content of an OpenDocument text, presentation or spreadsheet (ODF 1.3 part 3) as blocks.
// Internal to ingest/.

#include <string>
#include <string_view>
#include <vector>

#include "ingest/document_builder.h"
#include "ingest/odf_styles.h"
#include "ingest/parse_budget.h"

namespace quarry::ingest {

class GridWriter;

class OdfWriter {
 public:
  // All must outlive it. What is hidden is noted in `skipped`.
  OdfWriter(const OdfStyles& styles, const ParseBudget& budget, DocumentBuilder* builder,
            std::vector<SourceError>* skipped)
      : styles_(styles), budget_(budget), builder_(builder), skipped_(skipped) {}

  // Writes what is in office:text, office:presentation or office:spreadsheet. Errors are those of
  // the budget.
  Status Write(xml::Node container);

  // Of the first paragraph that is styled as one; "" if none is.
  const std::string& title() const { return title_; }

 private:
  Status WriteChildren(xml::Node container);
  Status WriteNode(xml::Node node);
  Status WriteSlide(xml::Node page);
  Status WriteList(xml::Node list, std::string_view style, ListCounter* counter, uint32_t level);
  Status WriteSheet(xml::Node table);
  Status WriteTable(xml::Node table);
  Status WriteRows(xml::Node container, bool is_header, GridWriter* grid);
  Status WritePending();

  // Returns what it wrote.
  std::string WriteParagraph(xml::Node paragraph, BlockKind kind, uint32_t level,
                             std::string_view mark);
  void AppendInline(xml::Node node, std::string* text);
  std::string ParagraphsOf(xml::Node node);

  const OdfStyles& styles_;
  const ParseBudget& budget_;
  DocumentBuilder* const builder_;
  std::vector<SourceError>* const skipped_;
  bool is_spreadsheet_ = false;
  uint32_t slide_ = 0;
  std::string title_;
  std::string code_;  // lines of a code block that may go on
  int64_t notes_ = 0;
  uint64_t repeated_ = 0;  // bytes of cells that stand for several
  std::vector<std::string> above_;
  std::vector<size_t> spans_;  // rows that a cell still reaches into, by column
  std::vector<std::pair<BlockKind, std::string>> pending_;  // notes and comments
  std::vector<xml::Node> pending_boxes_;
  ListCounter last_list_;
};

}  // namespace quarry::ingest
