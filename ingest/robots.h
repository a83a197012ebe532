#pragma once

// RobotsRules: what a site asks of crawlers in /robots.txt (RFC 9309). Plain values.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quarry::ingest {

inline constexpr size_t kRobotsBytes = 500 * 1024;  // that are read of the file; RFC 9309, 2.5

class RobotsRules {
 public:
  // The rules for `agent`, a product token ("quarry"): those of all groups that name it, in letters of
  // any case; of the groups for "*" where none does. Lines that are no rules are passed over.
  static RobotsRules Parse(std::string_view text, std::string_view agent);
  // Where there is no file (4xx), and where it cannot be had (5xx, no answer).
  static RobotsRules AllowAll() { return {}; }
  static RobotsRules DenyAll();

  // Whether the path and query of a URL (web_url.h) may be fetched: by the longest of the rules that
  // match, and where two are of one length, by the one that allows.
  bool Allows(std::string_view target) const;
  // Between two requests, where the site asks for it.
  std::optional<std::chrono::milliseconds> crawl_delay() const { return crawl_delay_; }
  // What the file names as sitemaps, in order, for all agents; as it is written.
  const std::vector<std::string>& sitemaps() const { return sitemaps_; }

 private:
  struct Rule {
    std::string pattern;  // normalised; '*' stands for anything, '$' at its end for the end
    bool allows = false;
  };
  struct Group;

  std::vector<Rule> rules_;
  std::optional<std::chrono::milliseconds> crawl_delay_;
  std::vector<std::string> sitemaps_;
};

}  // namespace quarry::ingest
