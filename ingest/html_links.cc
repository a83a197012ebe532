#include "ingest/html_links.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/html_names.h"
#include "ingest/html_tokenizer.h"
#include "ingest/web_url.h"

namespace quarry::ingest {
namespace {

// The references that URLs are written with. Others stay: "?a=1&copy=2" is no sign of copyright.
std::string ResolvedReferences(std::string_view value) {
  static constexpr std::pair<std::string_view, char> kNamed[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  std::string resolved;
  while (!value.empty()) {
    const size_t begin = std::min(value.find('&'), value.size());
    resolved += value.substr(0, begin);
    value.remove_prefix(begin);
    if (value.empty()) break;
    const size_t end = value.substr(0, 12).find(';');
    const std::string_view name = end == std::string_view::npos ? "" : value.substr(1, end - 1);
    bool known = false;
    for (const auto& [text, character] : kNamed) {
      if (name == text) {
        resolved += character;
        known = true;
      }
    }
    if (name.starts_with('#') && name.size() > 1) {
      const bool hexadecimal = AsciiLower(name[1]) == 'x';
      uint32_t code_point = 0;
      const auto [rest, error] =
          std::from_chars(name.data() + (hexadecimal ? 2 : 1), name.data() + name.size(),
                          code_point, hexadecimal ? 16 : 10);
      known = error == std::errc() && rest == name.data() + name.size() && code_point != 0;
      if (known) AppendCodePoint(resolved, code_point);
    }
    if (!known) resolved += '&';
    value.remove_prefix(known ? end + 1 : 1);
  }
  return resolved;
}

// Whether `words`, parted by spaces or commas, have `word` among them.
bool HasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const size_t end = std::min(words.find_first_of(" \t\r\n\f,"), words.size());
    if (EqualsIgnoringCase(words.substr(0, end), word)) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

// Whether what stands before a colon names a crawler, and no directive that has a value.
bool IsAgentName(std::string_view name) {
  return !name.empty() && name.find_first_of(" \t\r\n\f") == std::string_view::npos &&
         !StartsWithIgnoringCase(name, "max-") && !EqualsIgnoringCase(name, "unavailable_after");
}

// What directives that are parted by spaces add. The word behind "max-image-preview:" is its value.
void ReadDirectives(std::string_view words, PageLinks& links) {
  bool is_value = false;
  while (!words.empty()) {
    const size_t end = std::min(words.find_first_of(" \t\r\n\f"), words.size());
    const std::string_view word = words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
    if (word.empty()) continue;
    const bool none = !is_value && EqualsIgnoringCase(word, "none");
    if (none || (!is_value && EqualsIgnoringCase(word, "noindex"))) links.index = false;
    if (none || (!is_value && EqualsIgnoringCase(word, "nofollow"))) links.follow = false;
    is_value = word.ends_with(':');
  }
}

// The attributes that are looked at.
struct LinkAttributes {
  std::string_view href;
  std::string_view rel;
  std::string_view name;
  std::string_view content;
};

LinkAttributes AttributesOf(const HtmlTokenizer& tokens) {
  LinkAttributes found;
  for (const HtmlTokenizer::Attribute& attribute : tokens.attributes()) {
    for (const auto& [name, value] :
         {std::pair("href", &found.href), std::pair("rel", &found.rel),
          std::pair("name", &found.name), std::pair("content", &found.content)}) {
      // Of several the first counts.
      if (value->data() == nullptr && EqualsIgnoringCase(attribute.name, name)) {
        *value = attribute.value.data() == nullptr ? std::string_view("") : attribute.value;
      }
    }
  }
  return found;
}

// Gathers what the tags say.
class LinkReader {
 public:
  LinkReader(const model::Url& url, std::string_view agent) : base_(url), agent_(agent) {}

  void ReadTag(std::string_view tag, const LinkAttributes& attributes) {
    const bool has_href = attributes.href.data() != nullptr;
    if (tag == "base" && has_href && !std::exchange(has_base_, true)) {
      const Result<model::Url> url = ResolveLink(base_, ResolvedReferences(attributes.href));
      if (url.ok()) base_ = *url;
    } else if (tag == "link" && has_href && HasWord(attributes.rel, "canonical")) {
      if (links_.canonical.empty()) links_.canonical = Resolve(attributes.href);
    } else if ((tag == "a" || tag == "area") && has_href) {
      if (links_.links.size() == kMaxLinks || HasWord(attributes.rel, "nofollow")) return;
      std::string link = Resolve(attributes.href);
      if (!link.empty() && seen_.insert(link).second) links_.links.push_back(std::move(link));
    } else if (tag == "meta") {
      if (EqualsIgnoringCase(attributes.name, "robots") ||
          EqualsIgnoringCase(attributes.name, agent_)) {
        ReadRobotsTag(attributes.content, agent_, links_);
      }
    }
  }

  PageLinks Take() { return std::move(links_); }

 private:
  std::string Resolve(std::string_view reference) const {
    const Result<model::Url> url = ResolveLink(base_, ResolvedReferences(reference));
    return url.ok() && url->user_info.empty() ? UrlText(*url) : "";
  }

  model::Url base_;
  const std::string_view agent_;
  bool has_base_ = false;
  PageLinks links_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

void ReadRobotsTag(std::string_view value, std::string_view agent, PageLinks& links) {
  // "otherbot: noindex" is for others, and so is what follows, up to the next name.
  bool is_meant = true;
  while (!value.empty()) {
    const size_t comma = std::min(value.find(','), value.size());
    std::string_view part = value.substr(0, comma);
    value.remove_prefix(std::min(comma + 1, value.size()));
    if (const size_t colon = part.find(':'); colon != std::string_view::npos) {
      if (const std::string_view name = Trim(part.substr(0, colon)); IsAgentName(name)) {
        is_meant = EqualsIgnoringCase(name, agent);
        part.remove_prefix(colon + 1);
      }
    }
    if (is_meant) ReadDirectives(part, links);
  }
}

PageLinks ReadLinks(std::string_view html, const model::Url& url, std::string_view agent) {
  HtmlTokenizer tokens(html);
  LinkReader reader(url, agent);
  while (true) {
    tokens.SkipText();
    if (tokens.AtEnd()) return reader.Take();
    if (!tokens.ReadMarkup() || tokens.is_end()) continue;
    const std::string name(tokens.name());
    reader.ReadTag(name, AttributesOf(tokens));
    const ElementClass kind = ElementInfoOf(name).element_class;
    std::string_view content;
    if (kind == ElementClass::kRawDropped || kind == ElementClass::kTitle) {
      if (!tokens.SkipRaw(name, &content)) tokens.SkipToEnd();
    }
  }
}

}  // namespace quarry::ingest
