#include <memory>
#include <string>
#include <utility>

#include "ingest/document_builder.h"
#include "ingest/odf_writer.h"
#include "ingest/package_part.h"
#include "ingest/package_properties.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

// Whoever protects a file says so in its manifest, and the content is no XML any more.
Status CheckNotEncrypted(const ZipReader& zip) {
  if (zip.Find("META-INF/manifest.xml") == nullptr) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const xml::Tree manifest, ReadXmlPart(zip, "META-INF/manifest.xml"));
  if (!xml::FindBelow(manifest.root(), "encryption-data")) return OkStatus();
  return InvalidArgumentError("encrypted: a password protects it; save it without one");
}

class OdfParser final : public Parser {
 public:
  explicit OdfParser(Format format) : format_(format) {}

  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    QUARRY_ASSIGN_OR_RETURN(const ZipReader zip, ZipReader::Open(bytes, source.budget));
    QUARRY_RETURN_IF_ERROR(CheckNotEncrypted(zip));
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree content, ReadXmlPart(zip, "content.xml"));
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, format_));
    if (const Result<xml::Tree> meta = ReadXmlPart(zip, "meta.xml"); meta.ok()) {
      ReadPackageProperties(xml::Child(meta->root(), "meta"), &document);
      // In OpenDocument the date is that of the last change.
      if (const auto date = document.metadata.extract("date"); !date.empty()) {
        document.metadata.emplace("modified", date.mapped());
      }
    }
    OdfStyles styles;
    if (const Result<xml::Tree> common = ReadXmlPart(zip, "styles.xml"); common.ok()) {
      styles.Add(common->root());
    }
    styles.Add(content.root());
    DocumentBuilder builder(&document);
    OdfWriter writer(styles, *source.budget, &builder, &parsed.skipped);
    for (const xml::Node body : xml::Child(content.root(), "body").children()) {
      QUARRY_RETURN_IF_ERROR(writer.Write(body));
    }
    if (document.title.empty()) document.title = writer.title();
    return parsed;
  }

 private:
  const Format format_;
};

}  // namespace

std::unique_ptr<Parser> MakeOdfParser(Format format) { return std::make_unique<OdfParser>(format); }

}  // namespace quarry::ingest
