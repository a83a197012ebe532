#pragma once

// Sitemaps: lists of its pages that a site gives to crawlers (the protocol of sitemaps.org). Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace quarry::ingest {

inline constexpr size_t kMaxSitemapUrls = 50'000;  // of one file; the protocol's limit

struct Sitemap {
  std::vector<std::string> urls;  // in order, as WebUrl writes them; what is no URL is left out
  bool is_index = false;          // what they name are sitemaps, not pages
  bool is_cut = false;            // there are more than kMaxSitemapUrls
};

// Of a file's bytes: XML (<urlset>, <sitemapindex>; the limits of xml_scanner.h) or a URL a line, either
// also packed by gzip, and of at most `limit` bytes unpacked. Nothing but the URLs is read: when a page
// was changed its own answer tells. Errors, kInvalidArgument: broken or other XML, text without a URL,
// what is wrongly packed or too large.
Result<Sitemap> ReadSitemap(std::string bytes, uint64_t limit);

}  // namespace quarry::ingest
