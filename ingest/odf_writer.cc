#include "ingest/odf_writer.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/drawing_text.h"
#include "ingest/grid_writer.h"

namespace quarry::ingest {
namespace {

using OdfRole = OdfStyles::Role;

constexpr int64_t kMaxOdfColumns = 16'384;
constexpr int64_t kMaxSpaces = 100;
constexpr uint64_t kMaxRepeatedCellBytes = uint64_t{1} << 20;

int64_t CountOf(xml::Node node, std::string_view attribute, int64_t most) {
  return std::clamp<int64_t>(xml::IntegerAttribute(node, attribute).value_or(1), 1, most);
}

}  // namespace

Status OdfWriter::Write(xml::Node container) {
  is_spreadsheet_ = xml::Is(container, "spreadsheet");
  return WriteChildren(container);
}

Status OdfWriter::WriteChildren(xml::Node container) {
  for (const xml::Node node : container.children()) QUARRY_RETURN_IF_ERROR(WriteNode(node));
  if (!code_.empty()) builder_->Add(BlockKind::kCode, 0, std::exchange(code_, {}));
  return WritePending();
}

Status OdfWriter::WriteNode(xml::Node node) {
  QUARRY_RETURN_IF_ERROR(budget_.Check());
  const std::string_view name = xml::NameOf(node);
  const OdfRole role =
      name == "p" ? styles_.RoleOf(xml::Attribute(node, "style-name")) : OdfRole::kBody;
  if (role == OdfRole::kCode) {
    std::string line;
    AppendInline(node, &line);
    code_ += (code_.empty() ? "" : "\n") + line;
    return WritePending();
  }
  if (!code_.empty() && xml::IsElement(node)) {
    builder_->Add(BlockKind::kCode, 0, std::exchange(code_, {}));
  }
  if (name == "p") {
    if (role == OdfRole::kTitle) {
      const std::string title = WriteParagraph(node, BlockKind::kHeading, 1, "");
      if (title_.empty()) title_ = title;
    } else {
      WriteParagraph(node, role == OdfRole::kQuote ? BlockKind::kQuote : BlockKind::kParagraph, 0,
                     "");
    }
  } else if (name == "h") {
    const int64_t level = CountOf(node, "outline-level", 6);
    WriteParagraph(node, BlockKind::kHeading, static_cast<uint32_t>(level), "");
  } else if (name == "list") {
    ListCounter counter;
    const std::string_view goes_on = xml::Attribute(node, "continue-numbering");
    const bool continues = goes_on == "true" || !xml::Attribute(node, "continue-list").empty();
    QUARRY_RETURN_IF_ERROR(
        WriteList(node, xml::Attribute(node, "style-name"), continues ? &last_list_ : &counter, 1));
    if (!continues) last_list_ = counter;
  } else if (name == "table") {
    return is_spreadsheet_ ? WriteSheet(node) : WriteTable(node);
  } else if (name == "page") {
    return WriteSlide(node);
  } else if (IsOneOf(name, {"frame", "custom-shape", "rect", "g", "text-box", "section",
                            "index-body", "numbered-paragraph", "ellipse", "shapes"})) {
    QUARRY_RETURN_IF_ERROR(WriteChildren(node));
    builder_->Add(BlockKind::kParagraph, 0, AltText(xml::TextOf(xml::Child(node, "desc"))));
  }
  return WritePending();
}

Status OdfWriter::WriteSlide(xml::Node page) {
  builder_->set_page(++slide_);
  if (styles_.IsHidden(xml::Attribute(page, "style-name"))) {
    skipped_->push_back({"slide " + std::to_string(slide_), "hidden"});
    return OkStatus();
  }
  const auto is_title = [](xml::Node node) { return xml::Attribute(node, "class") == "title"; };
  for (const xml::Node node : page.children()) {
    if (is_title(node)) builder_->Add(BlockKind::kHeading, 1, TitleLine(ParagraphsOf(node)));
  }
  for (const xml::Node node : page.children()) {
    if (is_title(node) || xml::Is(node, "notes")) continue;
    QUARRY_RETURN_IF_ERROR(WriteNode(node));
  }
  std::string notes;
  xml::ForEachChild(xml::Child(page, "notes"), "frame", [&](xml::Node frame) {
    if (xml::Attribute(frame, "class") == "notes") notes += ParagraphsOf(frame);
  });
  if (notes = Trim(notes); !notes.empty()) {
    builder_->Add(BlockKind::kParagraph, 0, "Notes: " + notes);
  }
  return WritePending();
}

std::string OdfWriter::WriteParagraph(xml::Node paragraph, BlockKind kind, uint32_t level,
                                      std::string_view mark) {
  std::string raw;
  AppendInline(paragraph, &raw);
  std::string text = TidyLines(raw);
  if (kind == BlockKind::kHeading) text = TitleLine(text);
  if (!text.empty() && !mark.empty()) text = std::string(mark) + ' ' + text;
  builder_->Add(kind, level, text);
  return text;
}

Status OdfWriter::WriteList(xml::Node list, std::string_view style, ListCounter* counter,
                            uint32_t level) {
  for (const xml::Node item : list.children()) {
    if (!xml::Is(item, "list-item") && !xml::Is(item, "list-header")) continue;
    std::string mark;
    if (const auto start = xml::IntegerAttribute(item, "start-value")) {
      counter->Restart(level - 1, *start);
    }
    bool is_first = xml::Is(item, "list-item");
    for (const xml::Node node : item.children()) {
      if (xml::Is(node, "list")) {
        const std::string_view own = xml::Attribute(node, "style-name");
        QUARRY_RETURN_IF_ERROR(WriteList(node, own.empty() ? style : own, counter, level + 1));
      } else if (xml::Is(node, "p") || xml::Is(node, "h")) {
        mark.clear();
        if (is_first) mark = counter->Next(styles_.LevelsOf(style), level - 1);
        const bool is_heading = xml::Is(node, "h");
        const auto outline = static_cast<uint32_t>(CountOf(node, "outline-level", 6));
        WriteParagraph(node, is_heading ? BlockKind::kHeading : BlockKind::kListItem,
                       is_heading ? outline : level, mark);
        is_first = false;
      } else {
        QUARRY_RETURN_IF_ERROR(WriteNode(node));
      }
    }
    QUARRY_RETURN_IF_ERROR(WritePending());
  }
  return OkStatus();
}

void OdfWriter::AppendInline(xml::Node node, std::string* text) {
  for (const xml::Node child : node.children()) {
    if (xml::IsText(child)) {
      // A line break of the file is a space (ODF 1.3 part 3, 6.1.2).
      for (const char c : std::string_view(child.value())) *text += c == '\n' ? ' ' : c;
      continue;
    }
    const std::string_view name = xml::NameOf(child);
    if (name == "s") {
      text->append(static_cast<size_t>(CountOf(child, "c", kMaxSpaces)), ' ');
    } else if (name == "tab") {
      *text += '\t';
    } else if (name == "line-break") {
      *text += '\n';
    } else if (name == "note") {
      const std::string mark = '[' + std::to_string(++notes_) + ']';
      *text += mark;
      pending_.emplace_back(BlockKind::kParagraph,
                            mark + ' ' + ParagraphsOf(xml::Child(child, "note-body")));
    } else if (name == "annotation") {
      const std::string author = TitleLine(xml::TextOf(xml::Child(child, "creator")));
      pending_.emplace_back(
          BlockKind::kQuote,
          (author.empty() ? "Comment: " : "Comment by " + author + ": ") + ParagraphsOf(child));
    } else if (IsOneOf(name, {"frame", "custom-shape", "rect"})) {
      pending_boxes_.push_back(child);
    } else if (name == "ruby") {
      AppendInline(xml::Child(child, "ruby-base"), text);
    } else if (!IsOneOf(name, {"tracked-changes", "hidden-text", "hidden-paragraph", "bookmark"})) {
      AppendInline(child, text);
    }
  }
}

// Paragraphs below `node` as lines.
std::string OdfWriter::ParagraphsOf(xml::Node node) {
  std::string text;
  const auto append = [&](const auto& self, xml::Node below) -> void {
    for (const xml::Node child : below.children()) {
      if (xml::Is(child, "p") || xml::Is(child, "h")) {
        if (!text.empty()) text += '\n';
        AppendInline(child, &text);
      } else if (!xml::Is(child, "annotation")) {
        self(self, child);
      }
    }
  };
  append(append, node);
  return TidyLines(text);
}

Status OdfWriter::WritePending() {
  for (const auto& [kind, text] : std::exchange(pending_, {})) builder_->Add(kind, 0, text);
  for (const xml::Node box : std::exchange(pending_boxes_, {})) {
    QUARRY_RETURN_IF_ERROR(WriteNode(box));
  }
  return OkStatus();
}

Status OdfWriter::WriteSheet(xml::Node table) {
  const std::string name = TitleLine(xml::Attribute(table, "name"));
  if (styles_.IsHidden(xml::Attribute(table, "style-name"))) {
    skipped_->push_back({"sheet " + name, "hidden"});
    return OkStatus();
  }
  builder_->Add(BlockKind::kHeading, 1, name);
  QUARRY_RETURN_IF_ERROR(WriteTable(table));
  return WriteChildren(xml::Child(table, "shapes"));
}

Status OdfWriter::WriteTable(xml::Node table) {
  GridWriter grid(builder_);
  above_.clear();
  spans_.clear();
  QUARRY_RETURN_IF_ERROR(WriteRows(table, false, &grid));
  grid.EndTable();
  return WritePending();
}

Status OdfWriter::WriteRows(xml::Node container, bool is_header, GridWriter* grid) {
  for (const xml::Node row : container.children()) {
    const std::string_view name = xml::NameOf(row);
    if (name == "table-header-rows") {
      QUARRY_RETURN_IF_ERROR(WriteRows(row, true, grid));
    } else if (name == "table-rows" || name == "table-row-group") {
      QUARRY_RETURN_IF_ERROR(WriteRows(row, is_header, grid));
    }
    if (name != "table-row") continue;
    QUARRY_RETURN_IF_ERROR(budget_.Check());
    std::vector<std::string> cells;
    bool is_empty = true;
    for (const xml::Node cell : row.children()) {
      const bool is_covered = xml::Is(cell, "covered-table-cell");
      if (!is_covered && !xml::Is(cell, "table-cell")) continue;
      std::string text = is_covered ? "" : ParagraphsOf(cell);
      // Cells that are repeated to the end of the sheet are empty, or fill it up with one value.
      const int64_t left = kMaxOdfColumns - static_cast<int64_t>(cells.size());
      int64_t times = std::min(CountOf(cell, "number-columns-repeated", kMaxOdfColumns), left);
      for (; times > 0; --times) {
        const size_t column = cells.size();
        above_.resize(std::max(above_.size(), column + 1));
        spans_.resize(above_.size());
        if (is_covered && spans_[column] > 0) {
          --spans_[column];
          repeated_ += above_[column].size();
          cells.push_back(repeated_ <= kMaxRepeatedCellBytes ? above_[column] : "");
          continue;
        }
        repeated_ += times > 1 ? text.size() : 0;
        cells.push_back(repeated_ <= kMaxRepeatedCellBytes ? text : "");
        above_[column] = cells.back();
        spans_[column] = static_cast<size_t>(CountOf(cell, "number-rows-spanned", 1 << 20)) - 1;
        is_empty = is_empty && text.empty();
      }
    }
    while (!cells.empty() && cells.back().empty()) cells.pop_back();
    if (is_empty) {
      if (is_spreadsheet_) grid->EndTable();
      continue;
    }
    uint64_t bytes = 0;
    for (const std::string& cell : cells) bytes += cell.size();
    int64_t times = CountOf(row, "number-rows-repeated", 1 << 20);
    for (; times > 1 && (repeated_ += bytes) <= kMaxRepeatedCellBytes; --times) grid->AddRow(cells);
    if (is_header) {
      grid->AddHeader(cells);
    } else {
      grid->AddRow(std::move(cells));
    }
  }
  return OkStatus();
}

}  // namespace quarry::ingest
