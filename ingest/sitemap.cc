#include "ingest/sitemap.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "ingest/gzip_reader.h"
#include "ingest/web_url.h"
#include "ingest/xml_markup.h"
#include "ingest/xml_tree.h"

namespace quarry::ingest {
namespace {

constexpr std::string_view kGzipMagic = "\x1F\x8B";

// Whether there is room for more.
bool AddSitemapUrl(std::string_view text, Sitemap& sitemap) {
  const Result<model::Url> url = WebUrl(Trim(text));
  if (!url.ok()) return true;
  sitemap.is_cut = sitemap.urls.size() == kMaxSitemapUrls;
  if (!sitemap.is_cut) sitemap.urls.push_back(UrlText(*url));
  return !sitemap.is_cut;
}

// <urlset><url><loc>, or <sitemapindex><sitemap><loc>. Extensions name pictures in other depths.
Result<Sitemap> ReadSitemapXml(std::string_view text) {
  constexpr size_t kEntryDepth = 2;
  Sitemap sitemap;
  std::string_view entry;  // the name of those that are read
  bool in_entry = false;
  size_t begin = 0;  // of the text of <loc>; 0 = it is not open
  xml::Scanner scanner(text);
  while (scanner.Next()) {
    const std::string_view name = xml::LocalName(scanner.name());
    if (entry.empty()) {
      sitemap.is_index = name == "sitemapindex";
      if (!sitemap.is_index && name != "urlset") {
        return InvalidArgumentError("expected <urlset> or <sitemapindex>, it is <" +
                                    std::string(name.substr(0, 100)) + ">");
      }
      entry = sitemap.is_index ? "sitemap" : "url";
    } else if (scanner.kind() == xml::Scanner::Kind::kStart) {
      if (scanner.depth() == kEntryDepth) in_entry = name == entry;
      if (scanner.depth() == kEntryDepth + 1 && in_entry && name == "loc") begin = scanner.end();
    } else if (scanner.kind() == xml::Scanner::Kind::kEnd && begin > 0 &&
               scanner.depth() == kEntryDepth) {
      const size_t from = std::exchange(begin, 0);
      const std::string loc = XmlTextBetween(text.substr(from, scanner.begin() - from));
      if (!AddSitemapUrl(loc, sitemap)) return sitemap;
    }
  }
  QUARRY_RETURN_IF_ERROR(scanner.status());
  if (entry.empty()) return InvalidArgumentError("expected <urlset> or <sitemapindex>: no element");
  return sitemap;
}

Result<Sitemap> ReadSitemapLines(std::string_view text) {
  Sitemap sitemap;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    if (!AddSitemapUrl(text.substr(0, end), sitemap)) return sitemap;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (sitemap.urls.empty()) {
    return InvalidArgumentError("expected XML or a URL a line: there is neither");
  }
  return sitemap;
}

}  // namespace

Result<Sitemap> ReadSitemap(std::string bytes, uint64_t limit) {
  if (bytes.starts_with(kGzipMagic)) {
    ParseBudget budget(bytes.size());
    std::string unpacked;
    QUARRY_RETURN_IF_ERROR(GzipReader(bytes, &budget).Read(limit + 1, &unpacked));
    bytes = std::move(unpacked);
  }
  if (bytes.size() > limit) {
    return InvalidArgumentError("more than " + std::to_string(limit) +
                                " bytes unpacked (web.page_bytes)");
  }
  QUARRY_ASSIGN_OR_RETURN(const std::string text, xml::DecodeXml(std::move(bytes)));
  return Trim(text).starts_with('<') ? ReadSitemapXml(text) : ReadSitemapLines(text);
}

}  // namespace quarry::ingest
