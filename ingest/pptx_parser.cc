// PresentationML (ISO 29500-1, 19): the slides in the order in which they are shown, each with its
// title, its text, tables, charts and notes.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/drawing_text.h"
#include "ingest/grid_writer.h"
#include "ingest/opc_package.h"
#include "ingest/parsers.h"
#include "ingest/picture_text.h"

namespace quarry::ingest {
namespace {

using Relationships = std::vector<OpcPackage::Relationship>;

bool IsTitle(std::string_view placeholder) {
  return placeholder == "title" || placeholder == "ctrTitle";
}

// Placeholders whose text is on every slide.
bool IsRepeated(std::string_view placeholder) {
  return placeholder == "dt" || placeholder == "ftr" || placeholder == "hdr" ||
         placeholder == "sldNum";
}

// The placeholder type of a shape: "body" where it does not say, "" for a shape that is none.
std::string_view PlaceholderOf(xml::Node shape) {
  for (const std::string_view kind : {"nvSpPr", "nvPicPr", "nvGraphicFramePr"}) {
    const xml::Node placeholder = xml::Path(shape, {kind, "nvPr", "ph"});
    if (!placeholder) continue;
    const std::string_view type = xml::Attribute(placeholder, "type");
    return type.empty() ? "body" : type;
  }
  return {};
}

bool IsHidden(xml::Node shape) {
  // They stand in the first element, "nvSpPr" or the like; white space may be before it.
  for (const xml::Node child : shape.children()) {
    if (!xml::IsElement(child)) continue;
    const xml::Node properties = xml::Child(child, "cNvPr");
    return !xml::Attribute(properties, "hidden").empty() && xml::IsOn(properties, "hidden");
  }
  return false;
}

// The text of a paragraph (a:p), line breaks kept.
std::string ParagraphText(xml::Node paragraph) {
  std::string text;
  for (const xml::Node child : paragraph.children()) {
    const std::string_view name = xml::NameOf(child);
    if (name == "r" || name == "fld") text += xml::TextOf(xml::Child(child, "t"));
    if (name == "br") text += '\n';
    if (name == "m" || name == "AlternateContent") text += MathText(child);
  }
  return TidyLines(text);
}

std::string BodyText(xml::Node body) {
  std::string text;
  xml::ForEachChild(body, "p", [&](xml::Node paragraph) {
    if (!text.empty()) text += '\n';
    text += ParagraphText(paragraph);
  });
  return std::string(Trim(text));
}

class SlideWriter {
 public:
  SlideWriter(const OpcPackage& package, const Relationships& relationships, PictureText* pictures,
              DocumentBuilder* builder)
      : package_(package), relationships_(relationships), pictures_(pictures), builder_(builder) {}

  Status Write(xml::Node slide) {
    const xml::Node tree = xml::Path(slide, {"cSld", "spTree"});
    WriteTitles(tree);
    return WriteShapes(tree);
  }

  Status WriteNotes() {
    const std::string part = OpcPackage::TargetOfType(relationships_, "notesSlide");
    if (part.empty() || !package_.Has(part)) return OkStatus();
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, package_.ReadXml(part));
    xml::ForEachChild(xml::Path(tree.root(), {"cSld", "spTree"}), "sp", [&](xml::Node shape) {
      if (PlaceholderOf(shape) != "body") return;
      const std::string text = BodyText(xml::Child(shape, "txBody"));
      if (!text.empty()) builder_->Add(BlockKind::kParagraph, 0, "Notes: " + text);
    });
    return OkStatus();
  }

 private:
  void WriteTitles(xml::Node tree) {
    for (const xml::Node shape : tree.children()) {
      if (xml::Is(shape, "sp") && IsTitle(PlaceholderOf(shape)) && !IsHidden(shape)) {
        builder_->Add(BlockKind::kHeading, 1, TitleLine(BodyText(xml::Child(shape, "txBody"))));
      }
    }
  }

  Status WriteShapes(xml::Node group) {
    for (const xml::Node shape : group.children()) {
      QUARRY_RETURN_IF_ERROR(package_.budget()->Check());
      const std::string_view name = xml::NameOf(shape);
      if (name == "AlternateContent") {
        const xml::Node choice = xml::Child(shape, "Choice");
        QUARRY_RETURN_IF_ERROR(WriteShapes(choice ? choice : xml::Child(shape, "Fallback")));
      }
      if (IsHidden(shape)) continue;
      if (name == "grpSp") {
        QUARRY_RETURN_IF_ERROR(WriteShapes(shape));
      } else if (name == "sp") {
        WriteText(shape);
      } else if (name == "pic") {
        const xml::Node properties = xml::Path(shape, {"nvPicPr", "cNvPr"});
        builder_->Add(BlockKind::kParagraph, 0, AltText(xml::Attribute(properties, "descr")));
        pictures_->Write(relationships_,
                         xml::PrefixedAttribute(xml::Path(shape, {"blipFill", "blip"}), "embed"),
                         builder_);
      } else if (name == "graphicFrame") {
        QUARRY_RETURN_IF_ERROR(WriteFrame(shape));
      }
    }
    return OkStatus();
  }

  void WriteText(xml::Node shape) {
    const std::string_view placeholder = PlaceholderOf(shape);
    if (IsTitle(placeholder) || IsRepeated(placeholder)) return;
    // What the body of a slide holds is a list unless it says that it is none.
    const bool is_body = placeholder == "body" || placeholder == "obj";
    xml::ForEachChild(xml::Child(shape, "txBody"), "p", [&](xml::Node paragraph) {
      const xml::Node properties = xml::Child(paragraph, "pPr");
      const bool has_bullet =
          xml::Child(properties, "buChar") || xml::Child(properties, "buAutoNum");
      const bool is_item = has_bullet || (is_body && !xml::Child(properties, "buNone"));
      const int64_t level =
          std::clamp<int64_t>(xml::IntegerAttribute(properties, "lvl").value_or(0), 0, 8);
      builder_->Add(is_item ? BlockKind::kListItem : BlockKind::kParagraph,
                    is_item ? static_cast<uint32_t>(level) + 1 : 0, ParagraphText(paragraph));
    });
  }

  Status WriteFrame(xml::Node frame) {
    const xml::Node data = xml::Path(frame, {"graphic", "graphicData"});
    if (const xml::Node table = xml::Child(data, "tbl")) return WriteTable(table);
    const xml::Node chart = xml::Child(data, "chart");
    const std::string_view id = chart ? xml::PrefixedAttribute(chart, "id")
                                      : xml::PrefixedAttribute(xml::Child(data, "relIds"), "dm");
    const auto* relationship = OpcPackage::FindById(relationships_, id);
    if (relationship == nullptr || !package_.Has(relationship->target)) return OkStatus();
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, package_.ReadXml(relationship->target));
    if (chart) {
      WriteChart(tree.root(), builder_);
    } else {
      WriteDiagram(tree.root(), builder_);
    }
    return OkStatus();
  }

  Status WriteTable(xml::Node table) {
    GridWriter grid(builder_);
    ParseBudget* const budget = package_.budget();
    Status status;
    const xml::Node properties = xml::Child(table, "tblPr");
    bool is_header = xml::Attribute(properties, "firstRow") == "1";
    std::vector<std::string> above;
    xml::ForEachChild(table, "tr", [&](xml::Node row) {
      if (status.ok()) status = budget->Check();
      if (!status.ok()) return;
      std::vector<std::string> cells;
      xml::ForEachChild(row, "tc", [&](xml::Node cell) {
        const size_t column = cells.size();
        if (column >= kMaxRowCells) return builder_->LeaveOutCells(1);
        std::string text = BodyText(xml::Child(cell, "txBody"));
        // Cells that are merged away are there, and empty.
        if (xml::Attribute(cell, "vMerge") == "1" && column < above.size()) {
          text = budget->TakeRepeated(above[column].size()) ? above[column] : "";
        }
        if (is_header && xml::Attribute(cell, "hMerge") == "1" && column > 0) {
          text = TruncateUtf8(cells[column - 1], GridWriter::kSpannedHeaderBytes);
        }
        cells.push_back(std::move(text));
      });
      above = cells;
      if (is_header) {
        grid.AddHeader(cells);
      } else {
        grid.AddRow(std::move(cells));
      }
      is_header = false;
    });
    grid.EndTable();
    return status;
  }

  const OpcPackage& package_;
  const Relationships& relationships_;
  PictureText* pictures_;
  DocumentBuilder* builder_;
};

class PptxParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    QUARRY_ASSIGN_OR_RETURN(const OpcPackage package, OpcPackage::Open(bytes, source.budget));
    QUARRY_ASSIGN_OR_RETURN(const std::string main, package.MainPart());
    QUARRY_ASSIGN_OR_RETURN(const Relationships relationships, package.RelationshipsOf(main));
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree presentation, package.ReadXml(main));
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kPptx));
    package.ReadProperties(&document);
    ErrorList errors(&parsed.errors);
    DocumentBuilder builder(&document);
    PictureText pictures(package);
    uint32_t number = 0;
    for (const xml::Node id : xml::Child(presentation.root(), "sldIdLst").children()) {
      if (!xml::Is(id, "sldId")) continue;
      builder.set_page(++number);
      const auto* relationship =
          OpcPackage::FindById(relationships, xml::PrefixedAttribute(id, "id"));
      const Status status = relationship == nullptr
                                ? InvalidArgumentError("expected a relationship that leads to it")
                                : WriteSlide(package, relationship->target, &pictures, &builder);
      if (!status.ok()) errors.Add("slide " + std::to_string(number), status.message());
    }
    errors.Finish();
    NoteCellsLeftOut(builder, &parsed.errors);
    pictures.Finish(&parsed);
    return parsed;
  }

 private:
  static Status WriteSlide(const OpcPackage& package, const std::string& part,
                           PictureText* pictures, DocumentBuilder* builder) {
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree slide, package.ReadXml(part));
    if (xml::Attribute(slide.root(), "show") == "0") return OkStatus();
    QUARRY_ASSIGN_OR_RETURN(const Relationships relationships, package.RelationshipsOf(part));
    SlideWriter writer(package, relationships, pictures, builder);
    QUARRY_RETURN_IF_ERROR(writer.Write(slide.root()));
    return writer.WriteNotes();
  }
};

}  // namespace

std::unique_ptr<Parser> MakePptxParser() { return std::make_unique<PptxParser>(); }

}  // namespace quarry::ingest
