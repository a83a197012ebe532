#pragma once

// The formats that sources have: one row each, in the table of format.cc.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quarry::ingest {

enum class Format : uint8_t {
  kPlainText,
  kMarkdown,
  kHtml,
  kJson,
  kJsonLines,
  kCsv,
  kTsv,
  kXml,
  kRst,
  kNotebook,
  kSourceCode,
  kDocx,
  kPptx,
  kXlsx,
  kOdt,
  kOdp,
  kOds,
  kEpub,
  kZip,
  kTar,
  kGzip,
  kPdf,
  kRtf,
  kDoc,
  kPpt,
  kXls,
  kOutlook,
  kEmail,
  kMbox,
  kImage,
  kOtherPackage,
};

// What a parser is given.
enum class Family : uint8_t {
  kText,    // what DecodeText (base/text.h) makes of the bytes: UTF-8, LF, no byte-order mark
  kBinary,  // the bytes as they are; also text that says by itself how it is encoded
};

// What the title of a document is made of where the source does not give it.
enum class TitleFrom : uint8_t { kHeading, kFileName, kNothing };

struct FormatInfo {
  Format format;
  const char* name;        // "Word document", for messages
  const char* media_type;  // "text/markdown"
  const char* extensions;  // of file names, lower case, with a space between two
  Family family;
  TitleFrom title;
};

// The row of `format`.
const FormatInfo& InfoOf(Format format);
// All rows, in the order of Format.
std::span<const FormatInfo> AllFormats();
// Whether this version has a parser for it. One that it has not is still recognised, so that
// nobody takes it for something else.
bool IsRead(Format format);

const char* MediaTypeOf(Format format);
std::optional<Format> FormatOfExtension(std::string_view extension);
// Whether `extension` is one of `extensions`, which have spaces between them.
bool IsOneOfExtensions(std::string_view extension, std::string_view extensions);

// Finds a binary format by the content: magic numbers, of a package what is in it, of mail its
// first header fields. nullopt for text and for what is not known.
std::optional<Format> DetectBinaryFormat(std::string_view bytes, std::string_view path);

// Finds the format of text: HTML by its first tags; JSON and JSON lines by parsing the first value;
// XML by its declaration; CSV and TSV by equal numbers of separators in the first lines (and
// extension .csv/.tsv); Markdown by extension or by its marks; else what the extension says, or
// plain text.
Format DetectTextFormat(std::string_view text, std::string_view path);

}  // namespace quarry::ingest
