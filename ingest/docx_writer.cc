#include "ingest/docx_writer.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ingest/drawing_text.h"
#include "ingest/grid_writer.h"

namespace quarry::ingest {
namespace {

using Role = DocxStyle::Role;

constexpr auto kMaxColumns = static_cast<int64_t>(kMaxRowCells);
constexpr size_t kMaxHeadingBytes = 400;  // what is longer is a paragraph that looks like one

// Wrappers whose content stands where they do.
bool IsWrapper(std::string_view name) {
  return name == "sdt" || name == "sdtContent" || name == "ins" || name == "moveTo" ||
         name == "smartTag" || name == "customXml" || name == "body";
}

bool IsDeleted(std::string_view name) { return name == "del" || name == "moveFrom"; }

template <typename Use>
void ForEachThroughWrappers(xml::Node node, std::string_view name, Use use) {
  for (const xml::Node child : node.children()) {
    if (xml::Is(child, name)) {
      use(child);
    } else if (IsWrapper(xml::NameOf(child))) {
      ForEachThroughWrappers(child, name, use);
    }
  }
}

// Of what a file offers in several ways, the way of today.
xml::Node Chosen(xml::Node alternate) {
  const xml::Node choice = xml::Child(alternate, "Choice");
  return choice ? choice : xml::Child(alternate, "Fallback");
}

std::string_view Character(std::string_view name) {
  if (name == "tab" || name == "ptab") return "\t";
  if (name == "cr") return "\n";
  if (name == "noBreakHyphen") return "-";
  return {};
}

// A table that only lays out a page: of one column, or with headings or tables in its cells.
bool IsLayout(xml::Node table, const DocxStyles& styles) {
  size_t columns = 0;
  bool holds_blocks = false;
  ForEachThroughWrappers(table, "tr", [&](xml::Node row) {
    size_t cells = 0;
    ForEachThroughWrappers(row, "tc", [&](xml::Node cell) {
      ++cells;
      ForEachThroughWrappers(cell, "tbl", [&](xml::Node) { holds_blocks = true; });
      ForEachThroughWrappers(cell, "p", [&](xml::Node paragraph) {
        holds_blocks = holds_blocks || styles.Of(paragraph).role == Role::kHeading;
      });
    });
    columns = std::max(columns, cells);
  });
  return columns < 2 || holds_blocks;
}

}  // namespace

DocxWriter::DocxWriter(const OpcPackage& package,
                       const std::vector<OpcPackage::Relationship>& relationships,
                       DocxStyles* styles, const DocxNotes& notes, bool has_pages,
                       PictureText* pictures, DocumentBuilder* builder)
    : package_(package),
      relationships_(relationships),
      styles_(styles),
      notes_(notes),
      pictures_(pictures),
      builder_(builder),
      page_(has_pages ? 1 : 0) {
  builder_->set_page(page_);
}

Status DocxWriter::Write(xml::Node container) {
  for (const xml::Node node : container.children()) {
    const std::string_view name = xml::NameOf(node);
    if (name == "p") {
      QUARRY_RETURN_IF_ERROR(WriteParagraph(node));
    } else if (name == "tbl") {
      QUARRY_RETURN_IF_ERROR(WriteTable(node));
    } else if (name == "AlternateContent") {
      QUARRY_RETURN_IF_ERROR(Write(Chosen(node)));
    } else if (IsWrapper(name)) {
      QUARRY_RETURN_IF_ERROR(Write(node));
    }
  }
  if (!code_.empty()) builder_->Add(BlockKind::kCode, 0, std::exchange(code_, {}));
  return WritePending();
}

Status DocxWriter::WriteParagraph(xml::Node paragraph) {
  QUARRY_RETURN_IF_ERROR(package_.budget()->Check());
  const DocxStyle style = styles_->Of(paragraph);
  if (style.role == Role::kContents) return OkStatus();
  first_page_ = page_;
  std::string raw;
  AppendInline(paragraph, &raw);
  if (style.role == Role::kCode) {
    if (!code_.empty()) code_ += '\n';
    code_ += raw;
    return WritePending();
  }
  if (!code_.empty()) builder_->Add(BlockKind::kCode, 0, std::exchange(code_, {}));
  std::string text = TidyLines(raw);
  if (text.empty()) {
    builder_->set_page(page_);
    return WritePending();
  }
  // A break before the first word moves all of the paragraph; one behind it only what follows.
  builder_->set_page(first_page_);
  const bool is_heading = (style.role == Role::kHeading || style.role == Role::kTitle) &&
                          text.size() <= kMaxHeadingBytes;
  if (is_heading && style.role == Role::kTitle && title_.empty()) title_ = TitleLine(text);
  const bool is_list = styles_->IsList(style);
  if (is_list) {
    const std::string number = styles_->NextNumber(style);
    if (!number.empty()) text = number + ' ' + text;
  }
  if (is_heading) {
    builder_->Add(BlockKind::kHeading, std::max(style.level, 1u), TitleLine(text));
  } else if (is_list) {
    builder_->Add(BlockKind::kListItem, static_cast<uint32_t>(style.list_level.value_or(0)) + 1,
                  text);
  } else {
    builder_->Add(style.role == Role::kQuote ? BlockKind::kQuote : BlockKind::kParagraph, 0, text);
  }
  builder_->set_page(page_);
  return WritePending();
}

void DocxWriter::AppendInline(xml::Node node, std::string* text) {
  for (const xml::Node child : node.children()) {
    const std::string_view name = xml::NameOf(child);
    if (name == "t") {
      *text += xml::TextOf(child);
    } else if (name == "br") {
      *text += '\n';
    } else if (const std::string_view character = Character(name); !character.empty()) {
      *text += character;
    } else if (name == "lastRenderedPageBreak") {
      if (page_ > 0) ++page_;
      if (Trim(*text).empty()) first_page_ = page_;
    } else if (name == "oMath") {
      *text += MathText(child);
    } else if (name == "drawing" || name == "pict" || name == "object") {
      AppendDrawing(child, text);
    } else if (name == "AlternateContent") {
      AppendInline(Chosen(child), text);
    } else if (name == "footnoteReference" || name == "endnoteReference") {
      const bool is_foot = name == "footnoteReference";
      const auto& notes = is_foot ? notes_.footnotes : notes_.endnotes;
      const auto note = notes.find(xml::Attribute(child, "id"));
      if (note == notes.end()) continue;
      const std::string mark = '[' +
                               (is_foot ? FormatNumber(++footnotes_, "decimal")
                                        : FormatNumber(++endnotes_, "lowerRoman")) +
                               ']';
      *text += mark;
      if (package_.budget()->TakeRepeated(note->second.size())) {
        pending_notes_.push_back(mark + ' ' + note->second);
      }
    } else if (name == "commentReference") {
      const auto comment = notes_.comments.find(xml::Attribute(child, "id"));
      if (comment != notes_.comments.end() &&
          package_.budget()->TakeRepeated(comment->second.size())) {
        pending_comments_.push_back(comment->second);
      }
    } else if (name == "r") {
      if (!xml::IsOn(xml::Path(child, {"rPr", "vanish"}))) AppendInline(child, text);
    } else if (name == "ruby") {
      AppendInline(xml::Child(child, "rubyBase"), text);
    } else if (!IsDeleted(name) && name != "pPr" && name != "rPr" && name != "delText" &&
               name != "instrText" && name != "sdtPr" && name != "fldData") {
      AppendInline(child, text);
    }
  }
}

void DocxWriter::AppendDrawing(xml::Node drawing, std::string* text) {
  for (const xml::Node child : drawing.children()) {
    const std::string_view name = xml::NameOf(child);
    if (name == "txbxContent") {
      pending_boxes_.push_back(child);
    } else if (name == "docPr") {
      const std::string alt = AltText(xml::Attribute(child, "descr"));
      if (!alt.empty()) *text += (text->empty() ? "" : " ") + alt + ' ';
    } else if (name == "chart" || name == "relIds") {
      const std::string_view id = name == "chart" ? xml::PrefixedAttribute(child, "id")
                                                  : xml::PrefixedAttribute(child, "dm");
      const auto* relationship = OpcPackage::FindById(relationships_, id);
      if (relationship != nullptr && package_.Has(relationship->target)) {
        pending_parts_.push_back(relationship->target);
      }
    } else if (name == "AlternateContent") {
      AppendDrawing(Chosen(child), text);
    } else if (name == "blip" || name == "imagedata") {
      pending_pictures_.emplace_back(
          xml::PrefixedAttribute(child, name == "blip" ? "embed" : "id"));
    } else {
      AppendDrawing(child, text);
    }
  }
}

Status DocxWriter::WritePending() {
  for (const std::string& note : std::exchange(pending_notes_, {})) {
    builder_->Add(BlockKind::kParagraph, 0, note);
  }
  for (const std::string& comment : std::exchange(pending_comments_, {})) {
    builder_->Add(BlockKind::kQuote, 0, comment);
  }
  for (const xml::Node box : std::exchange(pending_boxes_, {})) QUARRY_RETURN_IF_ERROR(Write(box));
  for (const std::string& part : std::exchange(pending_parts_, {})) {
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, package_.ReadXml(part));
    if (xml::Is(tree.root(), "chartSpace")) {
      WriteChart(tree.root(), builder_);
    } else {
      WriteDiagram(tree.root(), builder_);
    }
  }
  for (const std::string& id : std::exchange(pending_pictures_, {})) {
    pictures_->Write(relationships_, id, builder_);
  }
  return OkStatus();
}

std::string DocxWriter::CellText(xml::Node cell) {
  std::string text;
  ForEachThroughWrappers(cell, "p", [&](xml::Node paragraph) {
    if (!text.empty()) text += '\n';
    const DocxStyle style = styles_->Of(paragraph);
    std::string line;
    AppendInline(paragraph, &line);
    if (styles_->IsList(style) && !Trim(line).empty()) {
      const std::string number = styles_->NextNumber(style);
      if (!number.empty()) text += number + ' ';
    }
    text += line;
  });
  return TidyLines(text);
}

Status DocxWriter::WriteTable(xml::Node table) {
  if (!code_.empty()) builder_->Add(BlockKind::kCode, 0, std::exchange(code_, {}));
  builder_->set_page(page_);
  if (IsLayout(table, *styles_)) return WriteCellsAsBlocks(table);
  GridWriter grid(builder_);
  std::vector<std::string> above;  // of cells that go on below
  Status status;
  ForEachThroughWrappers(table, "tr", [&](xml::Node row) {
    if (status.ok()) status = package_.budget()->Check();
    if (!status.ok()) return;
    const xml::Node properties = xml::Child(row, "trPr");
    if (xml::Child(properties, "del")) return;
    const bool is_header = xml::IsOn(xml::Child(properties, "tblHeader"));
    const int64_t before =
        xml::IntegerAttribute(xml::Child(properties, "gridBefore"), "val").value_or(0);
    std::vector<std::string> cells(
        static_cast<size_t>(std::clamp<int64_t>(before, 0, kMaxColumns)));
    ForEachThroughWrappers(row, "tc", [&](xml::Node cell) {
      const xml::Node of_cell = xml::Child(cell, "tcPr");
      const int64_t span = std::clamp<int64_t>(
          xml::IntegerAttribute(xml::Child(of_cell, "gridSpan"), "val").value_or(1), 1,
          kMaxColumns);
      const xml::Node merge = xml::Child(of_cell, "vMerge");
      const bool goes_on = merge && xml::Attribute(merge, "val") != "restart";
      const size_t column = cells.size();
      if (column >= static_cast<size_t>(kMaxColumns)) return builder_->LeaveOutCells(1);
      std::string text;
      if (!goes_on || column >= above.size()) {
        text = CellText(cell);
      } else if (package_.budget()->TakeRepeated(above[column].size())) {
        text = above[column];
      }
      above.resize(std::max(above.size(), column + 1));
      above[column] = merge ? text : "";
      std::string spanned;
      if (is_header) spanned = TruncateUtf8(text, GridWriter::kSpannedHeaderBytes);
      for (int64_t i = 1; i < span; ++i) cells.push_back(spanned);
      cells.insert(cells.begin() + static_cast<std::ptrdiff_t>(column), std::move(text));
    });
    if (is_header) {
      grid.AddHeader(cells);
    } else {
      grid.AddRow(std::move(cells));
    }
  });
  grid.EndTable();
  builder_->set_page(page_);
  QUARRY_RETURN_IF_ERROR(status);
  return WritePending();
}

Status DocxWriter::WriteCellsAsBlocks(xml::Node table) {
  Status status;
  ForEachThroughWrappers(table, "tr", [&](xml::Node row) {
    if (xml::Path(row, {"trPr", "del"})) return;
    ForEachThroughWrappers(row, "tc", [&](xml::Node cell) {
      if (status.ok()) status = Write(cell);
    });
  });
  return status;
}

std::string DocxWriter::NoteText(xml::Node note) {
  std::string text;
  const auto append = [&](const auto& self, xml::Node node) -> void {
    for (const xml::Node child : node.children()) {
      const std::string_view name = xml::NameOf(child);
      if (name == "t") {
        text += xml::TextOf(child);
      } else if (const std::string_view character = Character(name); !character.empty()) {
        text += character;
      } else if (!IsDeleted(name) && name != "instrText") {
        self(self, child);
        if (name == "p") text += '\n';
      }
    }
  };
  append(append, note);
  return TidyLines(text);
}

}  // namespace quarry::ingest
