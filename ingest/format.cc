#include "ingest/format.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "base/status.h"
#include "base/text.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

using MakeParser = std::unique_ptr<Parser> (*)();

struct FormatRow {
  FormatInfo info;
  MakeParser make;  // null: recognised, but not read by this version
};

std::unique_ptr<Parser> MakeCommasParser() { return MakeCsvParser(false); }
std::unique_ptr<Parser> MakeTabsParser() { return MakeCsvParser(true); }
std::unique_ptr<Parser> MakeOdtParser() { return MakeOdfParser(Format::kOdt); }
std::unique_ptr<Parser> MakeOdpParser() { return MakeOdfParser(Format::kOdp); }
std::unique_ptr<Parser> MakeOdsParser() { return MakeOdfParser(Format::kOds); }

constexpr auto kText = Family::kText;
constexpr auto kBinary = Family::kBinary;
constexpr auto kHeading = TitleFrom::kHeading;
constexpr auto kFileName = TitleFrom::kFileName;
constexpr auto kNothing = TitleFrom::kNothing;

constexpr char kSourceExtensions[] =
    "c h cc hh cpp hpp cxx hxx cs java kt kts scala groovy go rs swift m mm py pyi rb pl pm php "
    "lua "
    "r jl js mjs cjs jsx ts tsx vue svelte dart hs ml mli fs clj ex exs erl sh bash zsh fish ps1 "
    "bat sql proto cmake";

// In the order of Format.
constexpr FormatRow kRows[] = {
    {{Format::kPlainText, "plain text", "text/plain", "txt text", kText, kHeading}, MakeTextParser},
    {{Format::kMarkdown, "Markdown", "text/markdown", "md markdown mdown mkd mdx rmd qmd", kText,
      kHeading},
     MakeMarkdownParser},
    {{Format::kHtml, "HTML page", "text/html", "html htm xhtml shtml", kText, kHeading},
     MakeHtmlParser},
    {{Format::kJson, "JSON", "application/json", "json geojson webmanifest", kText, kFileName},
     MakeJsonParser},
    // A record is not named after its file: the name would be the same for all of them.
    {{Format::kJsonLines, "JSON lines", "application/jsonl", "jsonl ndjson jsonlines", kText,
      kNothing},
     MakeJsonLinesParser},
    {{Format::kCsv, "CSV table", "text/csv", "csv", kText, kFileName}, MakeCommasParser},
    {{Format::kTsv, "TSV table", "text/tab-separated-values", "tsv tab", kText, kFileName},
     MakeTabsParser},
    {{Format::kXml, "XML", "application/xml", "xml rss atom", kText, kHeading}, MakeXmlParser},
    {{Format::kRst, "reStructuredText", "text/x-rst", "rst rest", kText, kHeading}, MakeRstParser},
    {{Format::kNotebook, "Jupyter notebook", "application/x-ipynb+json", "ipynb", kText, kHeading},
     MakeNotebookParser},
    {{Format::kSourceCode, "source code", "text/x-source", kSourceExtensions, kText, kFileName},
     MakeSourceCodeParser},
    {{Format::kDocx, "Word document",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "docx docm dotx dotm", kBinary, kHeading},
     MakeDocxParser},
    {{Format::kPptx, "PowerPoint presentation",
      "application/vnd.openxmlformats-officedocument.presentationml.presentation",
      "pptx pptm ppsx potx", kBinary, kHeading},
     MakePptxParser},
    {{Format::kXlsx, "Excel workbook",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx xlsm xltx xlsb",
      kBinary, kFileName},
     MakeXlsxParser},
    {{Format::kOdt, "OpenDocument text", "application/vnd.oasis.opendocument.text", "odt ott",
      kBinary, kHeading},
     MakeOdtParser},
    {{Format::kOdp, "OpenDocument presentation", "application/vnd.oasis.opendocument.presentation",
      "odp otp", kBinary, kHeading},
     MakeOdpParser},
    {{Format::kOds, "OpenDocument spreadsheet", "application/vnd.oasis.opendocument.spreadsheet",
      "ods ots", kBinary, kFileName},
     MakeOdsParser},
    {{Format::kEpub, "EPUB book", "application/epub+zip", "epub", kBinary, kHeading},
     MakeEpubParser},
    {{Format::kZip, "ZIP archive", "application/zip", "zip", kBinary, kNothing}, MakeZipParser},
    {{Format::kTar, "tar archive", "application/x-tar", "tar", kBinary, kNothing}, MakeTarParser},
    {{Format::kGzip, "gzip file", "application/gzip", "gz tgz", kBinary, kNothing}, MakeGzipParser},
    {{Format::kPdf, "PDF document", "application/pdf", "pdf", kBinary, kHeading}, MakePdfParser},
    {{Format::kRtf, "RTF document", "application/rtf", "rtf", kBinary, kHeading}, MakeRtfParser},
    {{Format::kDoc, "old Word document", "application/msword", "doc dot", kBinary, kHeading},
     MakeWordParser},
    {{Format::kPpt, "old PowerPoint presentation", "application/vnd.ms-powerpoint", "ppt pps",
      kBinary, kHeading},
     MakePowerPointParser},
    {{Format::kXls, "old Excel workbook", "application/vnd.ms-excel", "xls xlt", kBinary,
      kFileName},
     MakeExcelParser},
    {{Format::kOutlook, "Outlook message", "application/vnd.ms-outlook", "msg", kBinary, kHeading},
     MakeOutlookParser},
    {{Format::kEmail, "mail message", "message/rfc822", "eml", kBinary, kHeading}, MakeEmailParser},
    {{Format::kMbox, "mailbox", "application/mbox", "mbox mbx", kBinary, kNothing}, MakeMboxParser},
    {{Format::kImage, "image", "image/*", "png jpg jpeg gif tif tiff webp", kBinary, kFileName},
     MakeImageParser},
    // Zip files that are programs or drawings: their members are nothing to read one by one.
    {{Format::kOtherPackage, "package of an application", "application/octet-stream",
      "jar apk vsdx xps odg whl", kBinary, kNothing},
     nullptr},
};
constexpr size_t kFormats = std::size(kRows);

constexpr std::array<FormatInfo, kFormats> Infos() {
  std::array<FormatInfo, kFormats> infos = {};
  for (size_t i = 0; i < kFormats; ++i) infos[i] = kRows[i].info;
  return infos;
}
constexpr std::array<FormatInfo, kFormats> kInfos = Infos();

constexpr bool IsInOrder() {
  for (size_t i = 0; i < kFormats; ++i) {
    if (static_cast<size_t>(kInfos[i].format) != i) return false;
  }
  return true;
}
static_assert(IsInOrder());

class UnreadParser final : public Parser {
 public:
  explicit UnreadParser(std::string name) : name_(std::move(name)) {}
  Result<ParsedSource> Parse(std::string_view input, const SourceInfo&) const override {
    const std::string_view kind = BinaryFormatOf(input);  // "PNG image"
    return InvalidArgumentError("not read by this version: " +
                                (kind.ends_with(" image") ? std::string(kind) : name_));
  }

 private:
  const std::string name_;
};

// Never destroyed: threads may parse while the process ends.
const std::array<const Parser*, kFormats>& Parsers() {
  static const std::array<const Parser*, kFormats> parsers = [] {
    std::array<const Parser*, kFormats> made = {};
    for (size_t i = 0; i < kFormats; ++i) {
      made[i] =
          kRows[i].make != nullptr ? kRows[i].make().release() : new UnreadParser(kInfos[i].name);
    }
    return made;
  }();
  return parsers;
}

}  // namespace

const FormatInfo& InfoOf(Format format) { return kInfos[static_cast<size_t>(format)]; }

std::span<const FormatInfo> AllFormats() { return kInfos; }

bool IsRead(Format format) { return kRows[static_cast<size_t>(format)].make != nullptr; }

const char* MediaTypeOf(Format format) { return InfoOf(format).media_type; }

bool IsOneOfExtensions(std::string_view extension, std::string_view extensions) {
  while (!extensions.empty()) {
    const size_t space = std::min(extensions.find(' '), extensions.size());
    if (extensions.substr(0, space) == extension) return true;
    extensions.remove_prefix(std::min(space + 1, extensions.size()));
  }
  return false;
}

std::optional<Format> FormatOfExtension(std::string_view extension) {
  if (extension.empty()) return std::nullopt;
  for (const FormatInfo& info : kInfos) {
    if (IsOneOfExtensions(extension, info.extensions)) return info.format;
  }
  return std::nullopt;
}

const Parser& ParserFor(Format format) { return *Parsers()[static_cast<size_t>(format)]; }

}  // namespace quarry::ingest
