#include "ingest/robots.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/web_url.h"

namespace quarry::ingest {
namespace {

// Longer patterns than any path that is fetched; those of an attacker would take long to match.
constexpr size_t kMaxPattern = 2048;

// '*' and '$' of a path are no wild cards: encoded, as a rule has to write them.
std::string MatchedForm(std::string_view target) {
  std::string form;
  for (const char c : NormalEncoding(target)) {
    if (c == '*') {
      form += "%2A";
    } else if (c == '$') {
      form += "%24";
    } else {
      form += c;
    }
  }
  return form;
}

// Of a pattern a '$' is a wild card at its end alone.
std::string PatternForm(std::string_view path) {
  const bool to_end = path.ends_with('$');
  if (to_end) path.remove_suffix(1);
  std::string form;
  for (const char c : NormalEncoding(path)) {
    if (c == '$') {
      form += "%24";
    } else {
      form += c;
    }
  }
  return to_end ? form + '$' : form;
}

// Whether `pattern` matches the beginning of `target`, or all of it where it ends with '$'.
bool MatchesPattern(std::string_view pattern, std::string_view target) {
  const bool to_end = pattern.ends_with('$');
  if (to_end) pattern.remove_suffix(1);
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;  // the last one that was passed, and where it stands now
  size_t star_target = 0;
  while (true) {
    if (p == pattern.size() && (!to_end || t == target.size())) return true;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_target = t;
    } else if (p < pattern.size() && t < target.size() && pattern[p] == target[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos && star_target < target.size()) {
      p = star + 1;
      t = ++star_target;
    } else {
      return false;
    }
  }
}

// "quarry" of "Quarry/1.0 (docs)".
std::string_view ProductToken(std::string_view value) {
  size_t size = 0;
  while (size < value.size() &&
         (IsAsciiLetter(value[size]) || value[size] == '-' || value[size] == '_')) {
    ++size;
  }
  return value.substr(0, size);
}

}  // namespace

// A group while the file is read.
struct RobotsRules::Group {
  bool names_agent = false;
  bool names_all = false;
  bool has_rules = false;  // the next User-agent begins another
};

RobotsRules RobotsRules::DenyAll() {
  RobotsRules rules;
  rules.rules_.push_back({"/", false});
  return rules;
}

RobotsRules RobotsRules::Parse(std::string_view text, std::string_view agent) {
  text = text.substr(0, kRobotsBytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  RobotsRules own;
  RobotsRules others;
  std::vector<std::string> sitemaps;
  bool is_named = false;
  Group group;
  const auto for_each_target = [&](const auto& add) {
    if (group.names_agent) add(own);
    if (group.names_all) add(others);
  };
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = Trim(line.substr(0, colon));
    const std::string_view value = Trim(line.substr(colon + 1));
    if (EqualsIgnoringCase(key, "user-agent")) {
      if (std::exchange(group.has_rules, false)) group = {};
      group.names_all = group.names_all || value == "*";
      if (EqualsIgnoringCase(ProductToken(value), agent)) group.names_agent = is_named = true;
    } else if (EqualsIgnoringCase(key, "allow") || EqualsIgnoringCase(key, "disallow")) {
      group.has_rules = true;
      if (value.empty() || value.size() > kMaxPattern) continue;
      const Rule rule{PatternForm(value), AsciiLower(key[0]) == 'a'};
      for_each_target([&](RobotsRules& rules) { rules.rules_.push_back(rule); });
    } else if (EqualsIgnoringCase(key, "crawl-delay")) {
      group.has_rules = true;
      double seconds = 0;
      const auto [rest, error] =
          std::from_chars(value.data(), value.data() + value.size(), seconds);
      if (error != std::errc() || !(seconds >= 0 && seconds <= 1e6)) continue;
      const std::chrono::milliseconds delay(static_cast<int64_t>(seconds * 1000));
      for_each_target([&](RobotsRules& rules) { rules.crawl_delay_ = delay; });
    } else if (EqualsIgnoringCase(key, "sitemap") && !value.empty()) {
      sitemaps.emplace_back(value);  // of no group, and ends none
    }
  }
  RobotsRules rules = is_named ? std::move(own) : std::move(others);
  rules.sitemaps_ = std::move(sitemaps);
  return rules;
}

bool RobotsRules::Allows(std::string_view target) const {
  if (target == "/robots.txt") return true;
  const std::string form = MatchedForm(target);
  const Rule* best = nullptr;
  for (const Rule& rule : rules_) {
    if (!MatchesPattern(rule.pattern, form)) continue;
    const bool is_better = best == nullptr || rule.pattern.size() > best->pattern.size() ||
                           (rule.pattern.size() == best->pattern.size() && rule.allows);
    if (is_better) best = &rule;
  }
  return best == nullptr || best->allows;
}

}  // namespace quarry::ingest
