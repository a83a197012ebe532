#pragma once

// What a page says about itself besides its text. Internal to ingest/.

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/document.h"
#include "ingest/html_writer.h"

namespace quarry::ingest::html {

// Gathers the fields "author", "date" (published), "modified", "description", "keywords" and the
// title from <meta> (also Open Graph and Dublin Core), JSON-LD and <time>. Of several values for a
// field the one of the most reliable source stands, among equals the first. Dates of JSON-LD and
// <time> count only if they begin as ISO-8601 does.
class PageMetadata {
 public:
  // REQUIRES: the nodes are elements of that name.
  void ReadMeta(const Node& meta);
  void ReadTime(const Node& time);
  // Every <script type="application/ld+json"> of the page that describes an article or web page.
  void ReadLinkedData(std::string_view html);

  // The page's name without that of its site, as Open Graph or JSON-LD have it; "" if they do not.
  std::string title() const;
  void MoveTo(Document* document);

 private:
  void Offer(const char* field, int rank, std::string_view value);
  void OfferDate(const char* field, int rank, std::string_view value);

  std::map<std::string, std::pair<int, std::string>, std::less<>> fields_;  // rank, value
  std::vector<std::string> keywords_;
};

}  // namespace quarry::ingest::html
