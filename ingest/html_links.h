#pragma once

// What a page says to crawlers. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "model/url.h"

namespace quarry::ingest {

struct PageLinks {
  std::vector<std::string> links;  // where <a> and <area> lead, in order, each once (web_url.h)
  std::string canonical;           // the URL that the page is to be known by; "" if it says none
  bool index = true;               // false: the page is not to be found (noindex)
  bool follow = true;              // false: its links are not to be followed (nofollow)

  friend bool operator==(const PageLinks&, const PageLinks&) = default;
};

inline constexpr size_t kMaxLinks = 5000;  // of a page; of more the first

// Of `html` in UTF-8, which answered at `url`. Links that are marked rel=nofollow, that lead nowhere
// or not to the web are left out. <meta name="robots"> is heard, and what is meant for `agent` alone.
PageLinks ReadLinks(std::string_view html, const model::Url& url, std::string_view agent);

// What "noindex, nofollow" or "none" in a header X-Robots-Tag or a <meta> adds; behind "otherbot:"
// it is for that crawler.
void ReadRobotsTag(std::string_view value, std::string_view agent, PageLinks& links);

}  // namespace quarry::ingest
