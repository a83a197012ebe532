#pragma once

// Documents in requests: from a body to parsed documents.
//
// A record is JSON: {"id", "text", "title", "uri", "media_type", "metadata", "access", "language"},
// of which only id and text are required; media_type says how the text is written (default
// text/plain). A file is its bytes as they are, in a format that ingest parses.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/document.h"
#include "ingest/parser.h"
#include "server/strict_json.h"

namespace quarry::server {

// {"documents": [record, ...]} or one record. kInvalidArgument naming the place
// ("documents[3].text: ..."), also where two records have one id.
Result<std::vector<Document>> ParseRecords(const JsonValue& body);

// One record whose id the path gives already; one in the body must be the same.
Result<std::vector<Document>> ParseRecordOf(const JsonValue& body, const std::string& id);

// A file: one document, or many ("id#3") for formats of records. The source's `format` is nullopt
// where the content shall tell. `crashed`: what no parser is given (ingest/crash_note.h). kInvalidArgument
// beginning with the id, also where the file is beyond a limit of its parser; kUnavailable where memory lacked
// for it, or a program that reads it was stopped.
Result<ingest::ParsedSource> ParseFile(const std::string& bytes, const ingest::SourceInfo& source,
                                       const std::set<uint64_t>& crashed);

}  // namespace quarry::server
