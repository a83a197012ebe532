#include <algorithm>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/file_signatures.h"
#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/format.h"
#include "ingest/ole_reader.h"
#include "ingest/zip_reader.h"

namespace quarry::ingest {
namespace {

constexpr size_t kTarMagic = 257;  // offset of "ustar" in the first header
constexpr size_t kPdfMagicWithin = 1024;
constexpr size_t kMailHeader = 64 * 1024;

// "WordDocument" as a directory of an OLE2 file holds it.
std::string Utf16(std::string_view ascii) {
  std::string wide;
  for (const char c : ascii) wide += {c, '\0'};
  return wide;
}

// By the streams in the file. A protected document of today is such a file too; its own parser says
// that it is protected.
std::optional<Format> OleFormat(std::string_view bytes, std::optional<Format> hint) {
  ParseBudget budget(bytes.size());
  const Result<OleReader> ole = OleReader::Open(bytes, &budget);
  const auto has = [&](std::string_view stream) {
    // The parser will say what is wrong with it.
    if (!ole.ok()) return bytes.find(Utf16(stream)) != bytes.npos;
    return std::ranges::any_of(ole->Children(OleReader::kRoot), [&](OleReader::EntryId id) {
      return ole->entry(id).name == stream;
    });
  };
  if (has("EncryptedPackage")) {
    return hint == Format::kXlsx || hint == Format::kPptx ? hint : Format::kDocx;
  }
  if (has("__properties_version1.0")) return Format::kOutlook;
  if (has("WordDocument")) return Format::kDoc;
  if (has("PowerPoint Document")) return Format::kPpt;
  if (has("Workbook") || has("Book")) return Format::kXls;
  // A message that is cut off may hold none of these names.
  return hint == Format::kOutlook ? hint : std::nullopt;
}

bool IsPackage(Format format) { return format >= Format::kDocx && format <= Format::kEpub; }

// By what is in it: the parts that an Office file must have (ISO 29500-2), the media type that an
// OpenDocument or EPUB file states (ODF 1.3 part 2, 3.3).
Format ZipFormat(std::string_view bytes, std::optional<Format> hint) {
  ParseBudget budget(bytes.size());
  const Result<ZipReader> zip = ZipReader::Open(bytes, &budget, ZipReader::RepeatedNames::kTaken);
  // The parser will say what is wrong with it.
  if (!zip.ok()) return hint && IsPackage(*hint) ? *hint : Format::kZip;
  if (const ZipReader::Entry* entry = zip->Find("mimetype"); entry && entry->size < 200) {
    const Result<std::string> type = zip->Read(*entry);
    for (const Format format : {Format::kOdt, Format::kOds, Format::kOdp, Format::kEpub}) {
      if (type.ok() && type->starts_with(MediaTypeOf(format))) return format;
    }
    if (type.ok() && type->starts_with("application/")) return Format::kOtherPackage;
  }
  if (zip->Find("META-INF/container.xml") != nullptr) return Format::kEpub;
  const auto has_folder = [&](std::string_view folder) {
    return std::ranges::any_of(zip->entries(), [&](const ZipReader::Entry& entry) {
      return entry.name.starts_with(folder);
    });
  };
  if (zip->Find("[Content_Types].xml") != nullptr) {
    if (has_folder("word/")) return Format::kDocx;
    if (has_folder("ppt/")) return Format::kPptx;
    if (has_folder("xl/")) return Format::kXlsx;
    return Format::kOtherPackage;
  }
  const bool is_program =
      zip->Find("META-INF/MANIFEST.MF") != nullptr || zip->Find("AndroidManifest.xml") != nullptr;
  return is_program ? Format::kOtherPackage : Format::kZip;
}

// The name of a header field (RFC 5322, 3.6) that begins `line`, in lower case; "" if none does.
std::string FieldName(std::string_view line) {
  const size_t colon = std::min(line.find(':'), line.size());
  if (colon == line.size() || colon == 0 || colon > 60) return "";
  std::string name;
  for (const char c : line.substr(0, colon)) {
    if (c <= ' ' || c >= 0x7F) return "";
    name += AsciiLower(c);
  }
  return name;
}

// How many of the fields that every mail has stand in the header that begins `bytes`; 0 if those
// are no header fields at all.
int MailFields(std::string_view bytes) {
  bytes = bytes.substr(0, kMailHeader);
  int known = 0;
  for (size_t begin = 0; begin < bytes.size();) {
    const size_t end = std::min(bytes.find('\n', begin), bytes.size());
    const std::string_view line = bytes.substr(begin, end - begin);
    if (Trim(line).empty()) break;
    if (begin == 0 || (line[0] != ' ' && line[0] != '\t')) {
      const std::string name = FieldName(line);
      if (name.empty()) return 0;
      for (const std::string_view field :
           {"from", "to", "date", "subject", "received", "message-id", "mime-version",
            "return-path", "content-type", "delivered-to"}) {
        known += name == field;
      }
    }
    begin = end + 1;
  }
  return known;
}

std::optional<Format> MailFormat(std::string_view bytes, std::optional<Format> hint) {
  if (bytes.starts_with("From ")) {  // RFC 4155
    const size_t line = bytes.find('\n');
    if (line != bytes.npos && MailFields(bytes.substr(line + 1)) >= 2) return Format::kMbox;
  }
  // "From: ..., Subject: ..." also begins notes that people write.
  const int fields = MailFields(bytes);
  if (fields >= (hint == Format::kEmail ? 1 : 4)) return Format::kEmail;
  return std::nullopt;
}

}  // namespace

std::optional<Format> DetectBinaryFormat(std::string_view bytes, std::string_view path) {
  const std::optional<Format> hint = FormatOfExtension(ExtensionOf(path));
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06")) {
    return ZipFormat(bytes, hint);
  }
  if (bytes.starts_with("\x1F\x8B")) return Format::kGzip;
  if (bytes.size() > kTarMagic && bytes.substr(kTarMagic).starts_with("ustar")) return Format::kTar;
  if (bytes.starts_with("%PDF-")) return Format::kPdf;
  if (hint == Format::kPdf && bytes.substr(0, kPdfMagicWithin).find("%PDF-") != bytes.npos) {
    return Format::kPdf;
  }
  if (bytes.starts_with("{\\rtf")) return Format::kRtf;
  if (bytes.starts_with(kOleSignature)) return OleFormat(bytes, hint);
  if (BinaryFormatOf(bytes).ends_with(" image")) return Format::kImage;
  return MailFormat(bytes, hint);
}

}  // namespace quarry::ingest
