#pragma once

// URLs of pages, written in one way only, so that a page has one id. Pure.

#include <string>
#include <string_view>

#include "base/status.h"
#include "model/url.h"

namespace quarry::ingest {

// Dots of the path resolved, needless percent-encoding undone and missing one added, without fragment
// and default port; the host in ASCII. kInvalidArgument.
Result<model::Url> WebUrl(std::string_view text);
std::string UrlText(const model::Url& url);

// What a link on the page `base` leads to, written that way. kInvalidArgument for what is no page of
// the web ("mailto:").
Result<model::Url> ResolveLink(const model::Url& base, std::string_view reference);

// "/a%7eb c" -> "/a~b%20c": codes of unreserved characters (RFC 3986) undone, others in capitals; what
// a URL cannot hold encoded. Reserved characters stay as they are.
std::string NormalEncoding(std::string_view text);

}  // namespace quarry::ingest
