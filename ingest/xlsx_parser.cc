// SpreadsheetML (ISO 29500-1, 18): a heading and a table per sheet. Sheets are read row by row,
// since a tree of a large one would take gigabytes.

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/drawing_text.h"
#include "ingest/grid_writer.h"
#include "ingest/opc_package.h"
#include "ingest/parsers.h"
#include "ingest/picture_text.h"
#include "ingest/xlsx_formats.h"

namespace quarry::ingest {
namespace {

using Relationships = std::vector<OpcPackage::Relationship>;

constexpr size_t kMaxSheetColumns = 16'384;  // of Excel
constexpr size_t kMaxMerges = 100'000;

// The text of a string with its runs (CT_Rst), without the reading aids over it.
std::string RichText(xml::Node node) {
  std::string text;
  for (const xml::Node child : node.children()) {
    if (xml::Is(child, "t")) text += xml::TextOf(child);
    if (xml::Is(child, "r")) text += xml::TextOf(xml::Child(child, "t"));
  }
  return text;
}

struct CellPosition {
  size_t column = 0;  // from 0
  size_t row = 0;     // from 1
};

// "BC12"; row 0 if it is none.
CellPosition ReadPosition(std::string_view reference) {
  size_t column = 0;
  size_t i = 0;
  for (; i < reference.size() && i < 3 && IsAsciiUpper(reference[i]); ++i) {
    column = column * 26 + static_cast<size_t>(reference[i] - 'A') + 1;
  }
  size_t row = 0;
  for (size_t digits = 0; i < reference.size() && digits < 7; ++i, ++digits) {
    if (reference[i] < '0' || reference[i] > '9') return {};
    row = row * 10 + static_cast<size_t>(reference[i] - '0');
  }
  if (column == 0 || column > kMaxSheetColumns || i != reference.size()) return {};
  return {column - 1, row};
}

struct Workbook {
  std::vector<std::string> strings;
  XlsxFormats formats;
  bool is_1904 = false;
};

// Cells that go on below: by the column, the last row and the text.
struct Merge {
  size_t first_row = 0;
  size_t last_row = 0;
  std::string text;
};

class SheetReader {
 public:
  SheetReader(const Workbook& workbook, ParseBudget* budget, DocumentBuilder* builder)
      : workbook_(workbook), budget_(budget), grid_(builder) {}

  Status Read(std::string bytes) {
    QUARRY_ASSIGN_OR_RETURN(const std::string xml, xml::DecodeXml(std::move(bytes)));
    QUARRY_RETURN_IF_ERROR(ReadMerges(xml));
    Status status = xml::ForEachElementText(
        xml, "row", [&](std::string_view row, size_t offset) { return ReadRow(row, offset); });
    grid_.EndTable();  // what was read before an error is kept
    return status;
  }

 private:
  // They stand behind the rows.
  Status ReadMerges(std::string_view xml) {
    size_t count = 0;
    return xml::ForEachElementText(
        xml, "mergeCells", [&](std::string_view element, size_t offset) -> Status {
          QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree,
                                  xml::Tree::Parse(std::string(element), offset));
          xml::ForEachChild(tree.root(), "mergeCell", [&](xml::Node node) {
            const std::string_view range = xml::Attribute(node, "ref");
            const size_t colon = range.find(':');
            if (colon == range.npos || ++count > kMaxMerges) return;
            const CellPosition first = ReadPosition(range.substr(0, colon));
            const CellPosition last = ReadPosition(range.substr(colon + 1));
            if (first.row == 0 || last.row <= first.row) return;
            merges_[first.column].push_back({first.row, last.row, ""});
          });
          return OkStatus();
        });
  }

  Status ReadRow(std::string_view element, size_t offset) {
    QUARRY_RETURN_IF_ERROR(budget_->Check());
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, xml::Tree::Parse(std::string(element), offset));
    const auto number = static_cast<size_t>(
        std::max<int64_t>(xml::IntegerAttribute(tree.root(), "r").value_or(0), 0));
    const size_t row = number > 0 ? number : row_ + 1;
    if (row > row_ + 1) grid_.EndTable();
    row_ = row;
    std::vector<std::string> cells;
    xml::ForEachChild(tree.root(), "c", [&](xml::Node cell) {
      const CellPosition position = ReadPosition(xml::Attribute(cell, "r"));
      const size_t column = position.row > 0 ? position.column : cells.size();
      if (column >= kMaxSheetColumns) return;
      std::string text = TextOf(cell);
      if (text.empty()) return;
      if (column >= cells.size()) cells.resize(column + 1);
      cells[column] = std::move(text);
    });
    const bool is_empty = cells.empty();
    RepeatMerged(row, &cells);
    if (repeats_too_much_) {
      return InvalidArgumentError("row " + std::to_string(row) +
                                  ": shared strings, merged cells and number formats repeat more "
                                  "text than a file of this size may");
    }
    if (is_empty) {
      grid_.EndTable();
    } else {
      grid_.AddRow(std::move(cells));
    }
    return OkStatus();
  }

  // Empty rows stay empty, whatever reaches into them.
  void RepeatMerged(size_t row, std::vector<std::string>* cells) {
    const bool is_empty = cells->empty();
    for (auto& [column, merges] : merges_) {
      for (Merge& merge : merges) {
        if (row == merge.first_row && column < cells->size()) {
          merge.text = Repeated((*cells)[column]);
        }
        if (is_empty || row <= merge.first_row || row > merge.last_row || merge.text.empty()) {
          continue;
        }
        if (column >= cells->size()) cells->resize(column + 1);
        (*cells)[column] = Repeated(merge.text);
      }
      std::erase_if(merges, [&](const Merge& merge) { return merge.last_row <= row; });
    }
    std::erase_if(merges_, [](const auto& entry) { return entry.second.empty(); });
  }

  // A copy of `text`, as long as so much may be repeated; else "" and `repeats_too_much_`.
  std::string Repeated(std::string_view text) {
    if (budget_->TakeRepeated(text.size())) return std::string(text);
    repeats_too_much_ = true;
    return "";
  }

  std::string TextOf(xml::Node cell) {
    const std::string_view type = xml::Attribute(cell, "t");
    if (type == "inlineStr") return RichText(xml::Child(cell, "is"));
    std::string value = xml::TextOf(xml::Child(cell, "v"));
    if (value.empty() || type == "str" || type == "e") return value;
    if (type == "b") return value == "0" ? "FALSE" : "TRUE";
    if (type == "d") return value;
    if (type == "s") {
      size_t index = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), index);
      const bool is_known = error == std::errc() && index < workbook_.strings.size();
      return is_known ? Repeated(workbook_.strings[index]) : "";
    }
    const auto style =
        static_cast<size_t>(std::max<int64_t>(xml::IntegerAttribute(cell, "s").value_or(0), 0));
    std::string shown = FormatCell(value, workbook_.formats.CodeOf(style), workbook_.is_1904);
    // What the format adds stands in the file once, however many cells there are.
    if (shown.size() > value.size() && !budget_->TakeRepeated(shown.size() - value.size())) {
      repeats_too_much_ = true;
      return "";
    }
    return shown;
  }

  const Workbook& workbook_;
  ParseBudget* const budget_;
  GridWriter grid_;
  size_t row_ = 0;
  std::map<size_t, std::vector<Merge>> merges_;  // by column, those that are not over
  bool repeats_too_much_ = false;
};

// Comments, and the text boxes and pictures that lie over the cells.
Status WriteAround(const OpcPackage& package, const Relationships& relationships,
                   PictureText* pictures, DocumentBuilder* builder) {
  for (const std::string_view type : {"comments", "drawing"}) {
    const std::string part = OpcPackage::TargetOfType(relationships, type);
    if (part.empty() || !package.Has(part)) continue;
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, package.ReadXml(part));
    xml::ForEachChild(xml::Child(tree.root(), "commentList"), "comment", [&](xml::Node comment) {
      const std::string text = TidyLines(RichText(xml::Child(comment, "text")));
      if (text.empty()) return;
      builder->Add(BlockKind::kQuote, 0,
                   "Comment on " + std::string(xml::Attribute(comment, "ref")) + ": " + text);
    });
    if (type != "drawing") continue;
    QUARRY_ASSIGN_OR_RETURN(const Relationships around, package.RelationshipsOf(part));
    const auto write = [&](const auto& self, xml::Node node) -> void {
      for (const xml::Node child : node.children()) {
        if (xml::Is(child, "p")) {
          builder->Add(BlockKind::kParagraph, 0, TidyLines(xml::TextOf(child)));
        } else if (xml::Is(child, "blip")) {
          pictures->Write(around, xml::PrefixedAttribute(child, "embed"), builder);
        } else {
          self(self, child);
        }
      }
    };
    write(write, tree.root());
  }
  return OkStatus();
}

class XlsxParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    QUARRY_ASSIGN_OR_RETURN(const OpcPackage package, OpcPackage::Open(bytes, source.budget));
    QUARRY_ASSIGN_OR_RETURN(const std::string main, package.MainPart());
    if (main.ends_with(".bin")) {
      return InvalidArgumentError("entry " + main +
                                  ": a binary workbook, expected XML; save it as .xlsx");
    }
    QUARRY_ASSIGN_OR_RETURN(const Relationships relationships, package.RelationshipsOf(main));
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, package.ReadXml(main));
    Workbook workbook;
    const std::string_view epoch =
        xml::Attribute(xml::Child(tree.root(), "workbookPr"), "date1904");
    workbook.is_1904 = epoch == "1" || epoch == "true";
    QUARRY_RETURN_IF_ERROR(ReadShared(package, relationships, &workbook));

    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kXlsx));
    package.ReadProperties(&document);
    ErrorList errors(&parsed.errors);
    DocumentBuilder builder(&document);
    PictureText pictures(package);
    xml::ForEachChild(xml::Child(tree.root(), "sheets"), "sheet", [&](xml::Node sheet) {
      const std::string name(xml::Attribute(sheet, "name"));
      const std::string_view state = xml::Attribute(sheet, "state");
      if (state == "hidden" || state == "veryHidden") {
        parsed.skipped.push_back({"sheet " + name, "hidden"});
        return;
      }
      const auto* relationship =
          OpcPackage::FindById(relationships, xml::PrefixedAttribute(sheet, "id"));
      const Status status =
          relationship == nullptr
              ? InvalidArgumentError("expected a relationship that leads to it")
              : WriteSheet(package, *relationship, name, workbook, &pictures, &builder);
      if (!status.ok()) errors.Add("sheet " + name, status.message());
    });
    errors.Finish();
    pictures.Finish(&parsed);
    // A heading alone is no text.
    const bool has_text = std::ranges::any_of(
        document.blocks, [](const Block& block) { return block.kind != BlockKind::kHeading; });
    if (!has_text) document.blocks.clear();
    return parsed;
  }

 private:
  static Status ReadShared(const OpcPackage& package, const Relationships& relationships,
                           Workbook* workbook) {
    if (const std::string part = OpcPackage::TargetOfType(relationships, "styles");
        package.Has(part)) {
      QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, package.ReadXml(part));
      workbook->formats = XlsxFormats(tree.root());
    }
    const std::string part = OpcPackage::TargetOfType(relationships, "sharedStrings");
    if (!package.Has(part)) return OkStatus();
    QUARRY_ASSIGN_OR_RETURN(std::string bytes, package.Read(part));
    QUARRY_ASSIGN_OR_RETURN(const std::string xml, xml::DecodeXml(std::move(bytes)));
    return xml::ForEachElementText(xml, "si",
                                   [&](std::string_view element, size_t offset) -> Status {
                                     QUARRY_RETURN_IF_ERROR(package.budget()->Check());
                                     QUARRY_ASSIGN_OR_RETURN(
                                         const xml::Tree tree,
                                         xml::Tree::Parse(std::string(element), offset));
                                     workbook->strings.push_back(RichText(tree.root()));
                                     return OkStatus();
                                   })
        .Annotate("entry " + part);
  }

  static Status WriteSheet(const OpcPackage& package, const OpcPackage::Relationship& relationship,
                           const std::string& name, const Workbook& workbook, PictureText* pictures,
                           DocumentBuilder* builder) {
    if (relationship.type != "worksheet") return OkStatus();  // a chart or dialogue on its own
    builder->Add(BlockKind::kHeading, 1, name);
    QUARRY_ASSIGN_OR_RETURN(std::string bytes, package.Read(relationship.target));
    SheetReader reader(workbook, package.budget(), builder);
    QUARRY_RETURN_IF_ERROR(reader.Read(std::move(bytes)).Annotate("entry " + relationship.target));
    QUARRY_ASSIGN_OR_RETURN(const Relationships around,
                            package.RelationshipsOf(relationship.target));
    return WriteAround(package, around, pictures, builder);
  }
};

}  // namespace

std::unique_ptr<Parser> MakeXlsxParser() { return std::make_unique<XlsxParser>(); }

}  // namespace quarry::ingest
