#pragma once

// Content-Encoding: gzip, for clients that take it. Pure functions; thread-safe.

#include "server/http_types.h"

namespace quarry::server {

// From this many bytes on a body is compressed; below, headers and time cost more than is saved.
inline constexpr size_t kCompressFrom = 1024;

// Whether Accept-Encoding takes gzip.
bool AcceptsGzip(const HeaderList& request_headers);

// Compresses the body of a successful response of text (JSON, HTML, scripts, styles, SVG) where the
// client takes it and it is long enough. Streams are not: nothing may wait in a compressor.
void CompressResponse(const HeaderList& request_headers, Response& response);

}  // namespace quarry::server
