#pragma once

// Parser: bytes of one source -> documents. One implementation per format family; the format is
// found from the content, the file name only breaks ties between text formats.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/status.h"

namespace quarry::ingest {

enum class Format : uint8_t { kPlainText, kMarkdown, kHtml, kJson, kJsonLines, kCsv, kTsv };
const char* MediaTypeOf(Format format);  // "text/markdown"

// What is known about a source besides its bytes.
struct SourceInfo {
  std::string id;    // document id if the source is one document; prefix ("id#3") if it holds many
  std::string path;  // for error messages and as a hint of the format: its name's extension
  std::string uri;
  std::optional<Format> format = {};  // as its sender declares it; else it is detected
};

// A part of a source that could not be used; the rest of it was.
struct SourceError {
  std::string place;   // "line 17", "byte 3120"
  std::string reason;  // what was expected there
};

struct ParsedSource {
  std::vector<Document> documents;  // id, uri, title, media_type, text, blocks, metadata filled
  std::vector<SourceError> errors;
};

// Pure and thread-safe.
class Parser {
 public:
  virtual ~Parser() = default;
  // `text` is what DecodeText made of the bytes: UTF-8, LF, no byte-order mark.
  // An error means that nothing of the source can be used; its message says where and what was
  // expected (the caller puts the path before it).
  virtual Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const = 0;
};

// The parser of a format. Lives as long as the process.
const Parser& ParserFor(Format format);

// Finds the format of `text`: HTML by its first tags; JSON and JSON lines by parsing the first
// value; CSV and TSV by equal numbers of separators in the first lines (and extension .csv/.tsv);
// Markdown by extension or by its marks; else plain text.
Format DetectFormat(std::string_view text, std::string_view path);

// DecodeText, DetectFormat (unless the format is declared), Parse, and what all formats share: an
// empty source or one without any text is an error ("empty: ..."), title from the first heading or
// the file name, language, source_hash.
Result<ParsedSource> ParseSource(std::string_view bytes, const SourceInfo& source);

// Document::source_hash of every document that ParseSource makes of `bytes`: a source is unchanged
// iff it is. Needs no parsing.
uint64_t SourceHash(std::string_view bytes);

// Names the version of all parsers together; part of source_hash, so that a changed parser re-reads
// unchanged files.
std::string_view ParserFingerprint();

}  // namespace quarry::ingest
