#pragma once

// Parser: bytes of one source -> documents. One implementation per format; the format is found from
// the content (format.h), the file name only breaks ties between text formats.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/status.h"
#include "ingest/format.h"
#include "ingest/parse_budget.h"

namespace quarry::ingest {

// What is known about a source besides its bytes.
struct SourceInfo {
  std::string id;    // document id if the source is one document; prefix ("id#3") if it holds many
  std::string path;  // for error messages and as a hint of the format: its name's extension
  std::string uri;
  std::optional<Format> format = {};  // as its sender declares it; else it is detected
  // Of the file that this one is packed in; ParseSource makes one where there is none.
  ParseBudget* budget = nullptr;
};

// A part of a source that could not be used; the rest of it was.
struct SourceError {
  std::string place;   // "line 17", "byte 3120"
  std::string reason;  // what was expected there
};

struct ParsedSource {
  std::vector<Document> documents;  // id, uri, title, media_type, text, blocks, metadata filled
  std::vector<SourceError> errors;
  std::vector<SourceError> skipped;  // parts without text (pictures in an archive), or misnamed
  bool was_recognised = false;       // text of pictures or pages is in it, or was looked for
};

// Pure and thread-safe.
class Parser {
 public:
  virtual ~Parser() = default;
  // `input` is text or the bytes, as the format's Family says.
  // An error means that nothing of the source can be used; its message says where and what was
  // expected (the caller puts the path before it).
  virtual Result<ParsedSource> Parse(std::string_view input, const SourceInfo& source) const = 0;
};

// The parser of a format. Lives as long as the process. That of one which is not read by this
// version says so, whatever it is given.
const Parser& ParserFor(Format format);

// Finds the format (unless it is declared), decodes text, parses, and does what all formats share:
// an empty source or one without any text is an error ("empty: ..."), title from the first heading
// or the file name, language.
Result<ParsedSource> ParseSource(std::string_view bytes, const SourceInfo& source);

// Whether `bytes` are those of a file that nobody expects to be read: nothing but white space, a
// picture, a program, minified source code, a format that this version does not read.
bool HoldsNoText(std::string_view bytes, std::string_view path);

// Whether a source that gave this error is passed over: it holds no text, and that is all that is
// wrong. Where time, room or a process was missing it has failed: the next time it may be read.
bool IsPassedOver(const Status& error, std::string_view bytes, std::string_view path);

// Names the version of all parsers together; part of DocumentDraft::pipeline, so that a changed
// parser re-reads unchanged files.
std::string_view ParserFingerprint();

}  // namespace quarry::ingest
