#include "ingest/html_names.h"

#include <string>
#include <unordered_map>

namespace quarry::ingest {
namespace {

struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using ElementTable = std::unordered_map<std::string, ElementInfo, StringHash, std::equal_to<>>;

ElementTable MakeElements() {
  ElementTable table;
  const auto add = [&](ElementInfo info, std::initializer_list<const char*> names) {
    for (const char* name : names) table.emplace(name, info);
  };
  using enum ElementClass;
  add({kNested, true, false},
      {"address", "article", "aside",    "blockquote", "button",  "center",  "details", "dir",
       "div",     "dl",      "fieldset", "figcaption", "figure",  "footer",  "h1",      "h2",
       "h3",      "h4",      "h5",       "h6",         "header",  "hgroup",  "listing", "main",
       "menu",    "nav",     "ol",       "pre",        "section", "summary", "ul"});
  add({kNested, true, true}, {"applet", "marquee", "object", "table"});
  add({kImplied, true, false}, {"body", "caption", "colgroup", "dd", "dt", "head", "html", "li",
                                "p", "tbody", "td", "tfoot", "th", "thead", "tr"});
  add({kImplied, false, false}, {"a"});
  add({kVoid, true, false}, {"br", "hr", "img", "meta", "col"});
  add({kTransparent, false, false},
      {"b",        "big",      "code",    "em",        "font",    "form",   "frame",
       "frameset", "i",        "image",   "input",     "isindex", "keygen", "link",
       "base",     "basefont", "bgsound", "area",      "command", "embed",  "math",
       "menuitem", "nobr",     "param",   "plaintext", "s",       "small",  "source",
       "strike",   "strong",   "track",   "tt",        "u",       "wbr"});
  add({kRawDropped, true, false},
      {"iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "xmp"});
  add({kDropped, true, false}, {"annotation", "annotation-xml", "audio", "canvas", "datalist",
                                "select", "svg", "template", "video"});
  add({kTitle, true, false}, {"title"});
  return table;
}

bool IsBoilerplateWord(std::string_view word) {
  static constexpr std::string_view kWords[] = {
      "ad",      "ads",     "advert",  "advertisement", "banner",     "breadcrumb", "breadcrumbs",
      "consent", "cookie",  "cookies", "gdpr",          "newsletter", "pagination", "popup",
      "promo",   "related", "share",   "sharing",       "sidebar",    "social",     "subscribe",
  };
  for (const std::string_view candidate : kWords) {
    if (word == candidate) return true;
  }
  return false;
}

}  // namespace

ElementInfo ElementInfoOf(std::string_view name) {
  static const ElementTable* const table = new ElementTable(MakeElements());
  const auto found = table->find(name);
  return found == table->end() ? ElementInfo() : found->second;
}

bool NamesBoilerplate(std::string_view attribute) {
  constexpr size_t kMaxWord = 16;
  char word[kMaxWord];
  size_t size = 0;
  for (size_t i = 0; i <= attribute.size(); ++i) {
    const char c = i < attribute.size() ? attribute[i] : ' ';
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (lower >= 'a' && lower <= 'z') {
      if (size < kMaxWord) word[size] = lower;
      ++size;
      continue;
    }
    if (size > 1 && size <= kMaxWord && IsBoilerplateWord({word, size})) return true;
    size = 0;
  }
  return false;
}

}  // namespace quarry::ingest
