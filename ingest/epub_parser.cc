// EPUB 2 and 3: the chapters in the order of the spine, each read as the HTML page that it is.

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/package_part.h"
#include "ingest/package_properties.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

class EpubReader {
 public:
  EpubReader(const ZipReader& zip, const SourceInfo& source, ParsedSource* parsed)
      : zip_(zip),
        source_(source),
        document_(parsed->documents.emplace_back(NewDocument(source, Format::kEpub))),
        errors_(&parsed->errors) {}

  Status Read() {
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree container, ReadXmlPart(zip_, "META-INF/container.xml"));
    const xml::Node root = xml::FindBelow(container.root(), "rootfile");
    const std::string package = ResolvePartName("", xml::Attribute(root, "full-path"));
    QUARRY_RETURN_IF_ERROR(ReadEncryption());
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, ReadXmlPart(zip_, package));
    ReadPackageProperties(xml::Child(tree.root(), "metadata"), &document_);
    xml::ForEachChild(xml::Child(tree.root(), "metadata"), "meta", [&](xml::Node meta) {
      if (xml::Attribute(meta, "property") == "dcterms:modified") {
        document_.metadata["modified"] = std::string(Trim(xml::TextOf(meta)));
      }
    });
    const std::string_view folder = FolderOf(package);
    std::map<std::string, std::string, std::less<>> parts;  // by the id in the manifest
    std::string contents;
    xml::ForEachChild(xml::Child(tree.root(), "manifest"), "item", [&](xml::Node item) {
      std::string part = ResolvePartName(folder, xml::Attribute(item, "href"));
      const bool is_nav =
          (" " + std::string(xml::Attribute(item, "properties")) + " ").find(" nav ") !=
          std::string::npos;
      const bool is_ncx = xml::Attribute(item, "media-type") == "application/x-dtbncx+xml";
      if (is_nav) nav_ = part;
      if (is_nav || (is_ncx && contents.empty())) contents = part;
      parts.emplace(xml::Attribute(item, "id"), std::move(part));
    });
    ReadContents(contents);
    DocumentBuilder builder(&document_);
    for (const xml::Node item : xml::Child(tree.root(), "spine").children()) {
      if (!xml::Is(item, "itemref")) continue;
      QUARRY_RETURN_IF_ERROR(source_.budget->Check());
      const auto part = parts.find(xml::Attribute(item, "idref"));
      if (part == parts.end()) {
        errors_.Add("spine",
                    "item " + std::string(xml::Attribute(item, "idref")) + ": not in the manifest");
      } else if (part->second != nav_) {  // a table of contents is no text of the book
        if (const Status status = AppendChapter(part->second, &builder); !status.ok()) {
          errors_.Add("chapter " + part->second, status.message());
        }
      }
    }
    errors_.Finish();
    return OkStatus();
  }

 private:
  // Fonts are often scrambled and nobody minds; chapters are if the book is sold with a lock.
  Status ReadEncryption() {
    if (zip_.Find("META-INF/encryption.xml") == nullptr) return OkStatus();
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, ReadXmlPart(zip_, "META-INF/encryption.xml"));
    xml::ForEachChild(tree.root(), "EncryptedData", [&](xml::Node data) {
      const xml::Node reference = xml::FindBelow(data, "CipherReference");
      encrypted_.insert(ResolvePartName("", xml::Attribute(reference, "URI")));
    });
    return OkStatus();
  }

  // The names of chapters by their parts: of the list in an EPUB 3's navigation page (<a>), of an
  // EPUB 2's toc.ncx (<navPoint>). A book without is a book nevertheless.
  void ReadContents(const std::string& part) {
    if (part.empty()) return;
    const Result<xml::Tree> tree = ReadXmlPart(zip_, part);
    if (!tree.ok()) return;
    const std::string_view folder = FolderOf(part);
    const auto read = [&](const auto& self, xml::Node node) -> void {
      for (const xml::Node child : node.children()) {
        if (xml::Is(child, "a")) {
          names_.emplace(ResolvePartName(folder, xml::Attribute(child, "href")),
                         TitleLine(xml::TextOf(child)));
        } else if (xml::Is(child, "navPoint")) {
          const xml::Node content = xml::Child(child, "content");
          names_.emplace(ResolvePartName(folder, xml::Attribute(content, "src")),
                         TitleLine(xml::TextOf(xml::Child(child, "navLabel"))));
        }
        self(self, child);
      }
    };
    read(read, tree->root());
  }

  Status AppendChapter(const std::string& part, DocumentBuilder* builder) {
    if (encrypted_.contains(part)) return InvalidArgumentError("encrypted");
    QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadPart(zip_, part));
    QUARRY_ASSIGN_OR_RETURN(const DecodedText decoded, DecodeText(bytes));
    QUARRY_ASSIGN_OR_RETURN(ParsedSource chapter,
                            ParserFor(Format::kHtml).Parse(decoded.text, source_));
    for (const SourceError& error : chapter.errors) {
      errors_.Add("chapter " + part + ": " + error.place, error.reason);
    }
    for (const Document& page : chapter.documents) {
      const bool has_heading = std::ranges::any_of(
          page.blocks, [](const Block& block) { return block.kind == BlockKind::kHeading; });
      const auto name = names_.find(part);
      if (!page.blocks.empty() && !has_heading && name != names_.end()) {
        builder->Add(BlockKind::kHeading, 1, name->second);
      }
      for (const Block& block : page.blocks) {
        builder->Add(block.kind, block.level, page.TextOf(block));
      }
    }
    return OkStatus();
  }

  const ZipReader& zip_;
  const SourceInfo& source_;
  Document& document_;
  ErrorList errors_;
  std::string nav_;
  std::set<std::string> encrypted_;
  std::map<std::string, std::string> names_;
};

class EpubParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    QUARRY_ASSIGN_OR_RETURN(const ZipReader zip, ZipReader::Open(bytes, source.budget));
    ParsedSource parsed;
    QUARRY_RETURN_IF_ERROR(EpubReader(zip, source, &parsed).Read());
    return parsed;
  }
};

}  // namespace

std::unique_ptr<Parser> MakeEpubParser() { return std::make_unique<EpubParser>(); }

}  // namespace quarry::ingest
