#pragma once

// Content-Type of requests: which bodies are JSON, which are files that can be parsed.

#include <optional>
#include <string>
#include <string_view>

#include "ingest/parser.h"
#include "server/http_types.h"

namespace quarry::server {

// "text/markdown" for "Text/Markdown; charset=utf-8"; "" where there is no Content-Type.
std::string MediaTypeOf(const HeaderList& headers);

// The format that a media type names; nullopt for those that say nothing ("",
// "application/octet-stream") and for those that are not known or not read.
std::optional<ingest::Format> FormatOfMediaType(std::string_view media_type);
// Likewise, of the formats that are text.
std::optional<ingest::Format> TextFormatOfMediaType(std::string_view media_type);

// Whether a body of that type can be indexed as a file. Where the type says nothing, the content
// will.
bool IsDocumentMediaType(std::string_view media_type);

// Whether a body of that type can be JSON lines: it names them, JSON or text, or says nothing.
bool IsLinesMediaType(std::string_view media_type);

// The types of files, and those of them that are text, for messages.
std::string DocumentMediaTypes();
std::string TextMediaTypes();

}  // namespace quarry::server
