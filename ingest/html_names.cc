#include "ingest/html_names.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "base/ascii.h"

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
  add({kImplied, true, false}, {"body", "caption", "colgroup", "head", "html", "p", "tbody", "td",
                                "tfoot", "th", "thead", "tr"});
  add({kImplied, true, false, ItemKind::kListItem}, {"li"});
  add({kImplied, true, false, ItemKind::kDefinition}, {"dd", "dt"});
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

// Words of class and id attributes. A stem also stands for what begins with it: "comments",
// "advertisement".
struct Name {
  std::string_view word;
  bool is_stem;
  Boilerplate boilerplate;
};
constexpr Name kHtmlNames[] = {
    // Readers' voices, advertisements, other articles: boilerplate even where it is prose.
    {"comment", true, Boilerplate::kSurely},
    {"disqus", true, Boilerplate::kSurely},
    {"respond", false, Boilerplate::kSurely},
    {"related", false, Boilerplate::kSurely},
    {"recommend", true, Boilerplate::kSurely},
    {"trending", false, Boilerplate::kSurely},
    {"popular", false, Boilerplate::kSurely},
    {"sponsor", true, Boilerplate::kSurely},
    {"advert", true, Boilerplate::kSurely},
    {"outbrain", true, Boilerplate::kSurely},
    {"taboola", true, Boilerplate::kSurely},
    {"promo", false, Boilerplate::kSurely},
    {"newsletter", true, Boilerplate::kSurely},
    {"cookie", true, Boilerplate::kSurely},
    {"consent", false, Boilerplate::kSurely},
    {"gdpr", false, Boilerplate::kSurely},
    // What generators of books put around a chapter: the titles of its neighbours read as prose.
    {"docnav", false, Boilerplate::kSurely},
    {"navfooter", false, Boilerplate::kSurely},
    {"navheader", false, Boilerplate::kSurely},
    // What stands around an article.
    {"ad", false, Boilerplate::kLikely},
    {"ads", false, Boilerplate::kLikely},
    {"banner", true, Boilerplate::kLikely},
    {"breadcrumb", true, Boilerplate::kLikely},
    {"carousel", false, Boilerplate::kLikely},
    {"copyright", false, Boilerplate::kLikely},
    {"footer", false, Boilerplate::kLikely},
    {"login", false, Boilerplate::kLikely},
    {"masthead", false, Boilerplate::kLikely},
    {"nav", false, Boilerplate::kLikely},
    {"navbar", false, Boilerplate::kLikely},
    {"navbox", false, Boilerplate::kLikely},
    {"navigation", false, Boilerplate::kLikely},
    {"overlay", false, Boilerplate::kLikely},
    {"pager", false, Boilerplate::kLikely},
    {"pagination", false, Boilerplate::kLikely},
    {"player", false, Boilerplate::kLikely},
    {"popup", false, Boilerplate::kLikely},
    {"share", true, Boilerplate::kLikely},
    {"sharing", false, Boilerplate::kLikely},
    {"sidebar", false, Boilerplate::kLikely},
    {"signup", false, Boilerplate::kLikely},
    {"slideshow", false, Boilerplate::kLikely},
    {"social", false, Boilerplate::kLikely},
    {"subscribe", false, Boilerplate::kLikely},
    {"toolbar", false, Boilerplate::kLikely},
    {"tooltip", false, Boilerplate::kLikely},
    {"widget", false, Boilerplate::kLikely},
};

Boilerplate BoilerplateOfWord(std::string_view word) {
  for (const Name& name : kHtmlNames) {
    if (name.is_stem ? word.starts_with(name.word) : word == name.word) return name.boilerplate;
  }
  return Boilerplate::kNo;
}

}  // namespace

ElementInfo ElementInfoOf(std::string_view name) {
  static const ElementTable* const table = new ElementTable(MakeElements());
  const auto found = table->find(name);
  return found == table->end() ? ElementInfo() : found->second;
}

Boilerplate BoilerplateOf(std::string_view attribute) {
  constexpr size_t kMaxWord = 16;
  char word[kMaxWord];
  size_t size = 0;
  bool lower_before = false;
  Boilerplate found = Boilerplate::kNo;
  const auto end_word = [&] {
    if (size > 1) found = std::max(found, BoilerplateOfWord({word, std::min(size, kMaxWord)}));
    size = 0;
  };
  for (const char c : attribute) {
    const bool upper = IsAsciiUpper(c);
    const char lower = AsciiLower(c);
    const bool letter = IsAsciiLower(lower);
    if (!letter || (upper && lower_before)) end_word();  // "cookie-bar", "cookieBar"
    lower_before = letter && !upper;
    if (!letter) continue;
    if (size < kMaxWord) word[size] = lower;
    ++size;
  }
  end_word();
  return found;
}

}  // namespace quarry::ingest
