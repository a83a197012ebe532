#include <memory>
#include <string>
#include <utility>

#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/docx_styles.h"
#include "ingest/docx_writer.h"
#include "ingest/opc_package.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

using Relationships = std::vector<OpcPackage::Relationship>;
using Notes = std::map<std::string, std::string, std::less<>>;

// The footnotes, endnotes or comments of the part that a relationship of `type` leads to.
Status ReadNotes(const OpcPackage& package, const Relationships& relationships,
                 std::string_view type, std::string_view element, Notes* notes) {
  const std::string part = OpcPackage::TargetOfType(relationships, type);
  if (part.empty() || !package.Has(part)) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, package.ReadXml(part));
  xml::ForEachChild(tree.root(), element, [&](xml::Node note) {
    // Lines between text and notes are notes too.
    if (xml::Attribute(note, "type").find("eparator") != std::string_view::npos) return;
    std::string text = DocxWriter::NoteText(note);
    if (text.empty()) return;
    if (element == "comment") {
      const std::string author = TitleLine(xml::Attribute(note, "author"));
      text = (author.empty() ? "Comment: " : "Comment by " + author + ": ") + text;
    }
    notes->emplace(xml::Attribute(note, "id"), std::move(text));
  });
  return OkStatus();
}

class DocxParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    QUARRY_ASSIGN_OR_RETURN(const OpcPackage package, OpcPackage::Open(bytes, source.budget));
    QUARRY_ASSIGN_OR_RETURN(const std::string main, package.MainPart());
    QUARRY_ASSIGN_OR_RETURN(const Relationships relationships, package.RelationshipsOf(main));
    QUARRY_ASSIGN_OR_RETURN(
        DocxStyles styles,
        DocxStyles::Read(package, OpcPackage::TargetOfType(relationships, "styles"),
                         OpcPackage::TargetOfType(relationships, "numbering")));
    DocxNotes notes;
    QUARRY_RETURN_IF_ERROR(
        ReadNotes(package, relationships, "footnotes", "footnote", &notes.footnotes));
    QUARRY_RETURN_IF_ERROR(
        ReadNotes(package, relationships, "endnotes", "endnote", &notes.endnotes));
    QUARRY_RETURN_IF_ERROR(
        ReadNotes(package, relationships, "comments", "comment", &notes.comments));
    QUARRY_ASSIGN_OR_RETURN(std::string body, package.Read(main));
    const bool has_pages = body.find("lastRenderedPageBreak") != body.npos;
    Result<xml::Tree> tree = xml::Tree::Parse(std::move(body));
    if (!tree.ok()) return std::move(tree).status().Annotate("entry " + main);

    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kDocx));
    package.ReadProperties(&document);
    DocumentBuilder builder(&document);
    PictureText pictures(package);
    DocxWriter writer(package, relationships, &styles, notes, has_pages, &pictures, &builder);
    QUARRY_RETURN_IF_ERROR(writer.Write(tree->root()));
    NoteCellsLeftOut(builder, &parsed.errors);
    pictures.Finish(&parsed);
    if (document.title.empty()) document.title = writer.title();
    return parsed;
  }
};

}  // namespace

std::unique_ptr<Parser> MakeDocxParser() { return std::make_unique<DocxParser>(); }

}  // namespace quarry::ingest
