#include "ingest/html_prescan.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/text.h"
#include "ingest/html_names.h"
#include "ingest/html_prescan_text.h"
#include "ingest/html_tokenizer.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxElementDepth = 512;
constexpr size_t kMaxTags = size_t{4} << 20;
constexpr size_t kMaxBytes = size_t{256} << 20;  // what a reference can say (html_prescan.h)
constexpr size_t kMaxAttributeBytes = 2000;

// Whether a style attribute hides its element: "display : none", "visibility:hidden".
bool StyleHides(std::string_view style) {
  if (style.find("none") == style.npos && style.find("hidden") == style.npos) return false;
  std::string compact;
  for (const char c : style.substr(0, kMaxAttributeBytes)) {
    if (!IsAsciiSpace(c)) compact += AsciiLower(c);
  }
  return compact.find("display:none") != compact.npos ||
         compact.find("visibility:hidden") != compact.npos;
}

bool IsBoilerplateRole(std::string_view role) {
  static constexpr std::string_view kRoles[] = {"alertdialog", "banner",     "complementary",
                                                "dialog",      "navigation", "search"};
  return std::any_of(std::begin(kRoles), std::end(kRoles),
                     [&](std::string_view name) { return EqualsIgnoringCase(role, name); });
}

// Whether a link leads into the page or to one beside it: "#top", "ch02.html", not "/news" or
// "https://...".
bool IsNear(std::string_view href) {
  if (href.empty() || href[0] == '/') return false;
  return href.substr(0, href.find_first_of("/?#")).find(':') == href.npos;
}

// Attributes that are written as they are: element ("" for any), name.
constexpr std::pair<std::string_view, std::string_view> kKeptAttributes[] = {
    {"", "colspan"},  {"", "rowspan"},      {"html", "lang"},     {"img", "alt"},
    {"meta", "name"}, {"meta", "property"}, {"meta", "itemprop"}, {"meta", "content"},
    {"ol", "start"},  {"time", "datetime"},
};

class Prescan {
 public:
  explicit Prescan(std::string_view html) : tokenizer_(html), text_(html, &output_) {
    output_.reserve(html.size() / 4 + 64);
  }

  Result<std::string> Run() {
    size_t tags = 0;
    for (;;) {
      const std::string_view text = tokenizer_.SkipText();
      if (dropped_.empty()) text_.Write(text, preformatted_ > 0);
      if (tokenizer_.AtEnd()) {
        if (dropped_.empty()) return std::move(output_);
        // Nobody closed an element that is dropped with its content: only its tag goes then.
        never_closed_.push_back(std::move(dropped_));
        dropped_.clear();
        tokenizer_.set_position(dropped_begin_);
        continue;
      }
      if (!tokenizer_.ReadMarkup()) continue;
      if (++tags > kMaxTags) {
        return ResourceExhaustedError("HTML with more than " + std::to_string(kMaxTags) +
                                      " tags: expected a smaller page");
      }
      ReadTag();
    }
  }

 private:
  struct Open {
    uint64_t name;  // hash
    bool special;
    bool boundary;
    bool preformatted;
    bool is_list;            // ul, ol: "</li>" does not close over it
    bool is_closed_by_item;  // div, address: with the item that it stands in
    ItemKind item;
  };

  void Push(std::string_view name, const ElementInfo& info) {
    open_.push_back({.name = Hash64(name),
                     .special = info.special,
                     .boundary = info.boundary,
                     .preformatted = name == "pre",
                     .is_list = name == "ul" || name == "ol",
                     .is_closed_by_item = name == "div" || name == "address",
                     .item = info.item});
    preformatted_ += name == "pre" ? 1 : 0;
  }

  // Closes all but the outermost `size`.
  void PopTo(size_t size) {
    for (; open_.size() > size; open_.pop_back()) {
      preformatted_ -= open_.back().preformatted ? 1 : 0;
    }
  }

  // What the start tag of another item closes.
  void CloseItem(ItemKind item) {
    for (size_t size = open_.size(); size > 0; --size) {
      const Open& above = open_[size - 1];
      if (above.item == item) return PopTo(size - 1);
      if (above.special && !above.is_closed_by_item) return;
    }
  }

  // What the end tag of an item closes.
  void EndItem(uint64_t hash, ItemKind item) {
    for (size_t size = open_.size(); size > 0; --size) {
      const Open& above = open_[size - 1];
      if (above.name == hash) return PopTo(size - 1);
      if (above.boundary || (item == ItemKind::kListItem && above.is_list)) return;
    }
  }

  void ReadTag() {
    const std::string_view name = tokenizer_.name();
    const ElementInfo info = ElementInfoOf(name);
    if (!dropped_.empty()) {
      if (name == dropped_) {
        dropped_depth_ += tokenizer_.is_end() ? -1 : 1;
        if (dropped_depth_ == 0) dropped_.clear();
      } else if (!tokenizer_.is_end() && info.element_class == ElementClass::kRawDropped) {
        SkipRaw();
      }
    } else if (tokenizer_.is_end()) {
      WriteEnd(name, info);
    } else {
      WriteStart(name, info);
    }
  }

  void WriteStart(std::string_view name, const ElementInfo& info) {
    switch (info.element_class) {
      case ElementClass::kTransparent:
        if (HidesElement()) BeginDropped(name);
        return;
      case ElementClass::kRawDropped:
        SkipRaw();
        return;
      case ElementClass::kTitle:
        if (const std::string_view title = SkipRaw(); !title.empty()) {
          output_ += "<title>";
          text_.Write(title, false);
          output_ += "</title>";
        }
        return;
      case ElementClass::kDropped:
        return BeginDropped(name);
      case ElementClass::kNested:
        if (open_.size() >= kMaxElementDepth) return;
        Push(name, info);
        break;
      case ElementClass::kImplied:
        // A place that links lead to is no link; in XHTML it is often closed in itself.
        if (name == "a" && !HasAttribute("href") && !HidesElement()) return;
        if (info.item == ItemKind::kNone) break;
        CloseItem(info.item);
        if (open_.size() >= kMaxElementDepth) return;
        Push(name, info);
        break;
      case ElementClass::kVoid:
        break;
    }
    output_ += '<';
    output_ += name;
    WriteAttributes(name);
    output_ += '>';
  }

  void BeginDropped(std::string_view name) {
    if (IsNeverClosed(name)) return;
    dropped_ = name;
    dropped_depth_ = 1;
    dropped_begin_ = tokenizer_.position();
  }

  void WriteEnd(std::string_view name, const ElementInfo& info) {
    if (info.element_class == ElementClass::kNested) {
      const uint64_t hash = Hash64(name);
      // Most end tags close the innermost element. Others close what is open above theirs, unless
      // the standard has them ignored; then the tree builder must not see them either.
      size_t size = open_.size();
      for (; size > 0 && open_[size - 1].name != hash; --size) {
        const Open& above = open_[size - 1];
        if (above.boundary || (above.special && !info.special)) return;
      }
      if (size == 0) return;
      PopTo(size - 1);
    } else if (info.item != ItemKind::kNone) {
      EndItem(Hash64(name), info.item);
    } else if (info.element_class != ElementClass::kImplied && name != "br") {
      return;
    }
    output_ += "</";
    output_ += name;
    output_ += '>';
  }

  bool HasAttribute(std::string_view lower) const {
    const auto& attributes = tokenizer_.attributes();
    return std::any_of(attributes.begin(), attributes.end(), [&](const auto& attribute) {
      return EqualsIgnoringCase(attribute.name, lower);
    });
  }

  // Whether the attributes of the tag hide its element.
  bool HidesElement() const {
    bool hidden = false;
    for (const auto& [key, value] : tokenizer_.attributes()) {
      if (EqualsIgnoringCase(key, "hidden")) {
        hidden = hidden || !EqualsIgnoringCase(value, "until-found");
      } else if (EqualsIgnoringCase(key, "style")) {
        hidden = hidden || StyleHides(value);
      } else if (EqualsIgnoringCase(key, "aria-hidden")) {
        hidden = hidden || EqualsIgnoringCase(value, "true");
      }
    }
    return hidden;
  }

  void WriteAttributes(std::string_view name) {
    Boilerplate boilerplate = Boilerplate::kNo;
    bool open = false;
    for (const auto& [key, value] : tokenizer_.attributes()) {
      const auto is = [&, attribute = key](std::string_view lower) {
        return EqualsIgnoringCase(attribute, lower);
      };
      if (is("class") || is("id")) {
        boilerplate = std::max(boilerplate, BoilerplateOf(value));
      } else if (is("role")) {
        if (IsBoilerplateRole(value)) boilerplate = std::max(boilerplate, Boilerplate::kLikely);
        for (const std::string_view role : {"main", "none", "presentation"}) {
          if (EqualsIgnoringCase(value, role)) WriteAttribute("role", role);
        }
      } else if (is("href") && name == "a") {
        if (IsNear(value)) WriteAttribute(kNearMark, "");
      } else if (is("open")) {
        open = true;
      } else {
        for (const auto& [element, attribute] : kKeptAttributes) {
          if ((element.empty() || element == name) && is(attribute))
            WriteAttribute(attribute, value);
        }
      }
    }
    // Pages that fade in hide all of themselves until a script has run.
    if (name == "html" || name == "body") return;
    if (HidesElement() || (name == "dialog" && !open)) WriteAttribute(kHiddenMark, "");
    if (boilerplate != Boilerplate::kNo) {
      WriteAttribute(kBoilerplateMark,
                     boilerplate == Boilerplate::kSurely ? kSurelyMark : kLikelyMark);
    }
  }

  void WriteAttribute(std::string_view name, std::string_view value) {
    output_ += ' ';
    output_ += name;
    output_ += "=\"";
    for (const char c : TruncateUtf8(value, kMaxAttributeBytes)) {
      if (c == '"') {
        output_ += "&quot;";
      } else {
        output_ += c;
      }
    }
    output_ += '"';
  }

  // Behind a start tag whose content holds no tags: skips its content and end tag. A script that
  // nobody closed takes the rest of the page with it, as in browsers; of the others only the tag
  // goes.
  std::string_view SkipRaw() {
    const std::string_view name = tokenizer_.name();
    std::string_view content;
    if (IsNeverClosed(name) || tokenizer_.SkipRaw(name, &content)) return content;
    never_closed_.emplace_back(name);
    if (name == "script" || name == "style") tokenizer_.SkipToEnd();
    return {};
  }

  bool IsNeverClosed(std::string_view name) const {
    return std::find(never_closed_.begin(), never_closed_.end(), name) != never_closed_.end();
  }

  HtmlTokenizer tokenizer_;
  std::string output_;
  PrescanTextWriter text_;
  std::vector<Open> open_;  // counted elements and items, innermost last
  int preformatted_ = 0;    // how many of them are <pre>

  std::string dropped_;  // the name of the element being dropped; "" outside of such
  int dropped_depth_ = 0;
  size_t dropped_begin_ = 0;
  std::vector<std::string> never_closed_;  // names that have a start tag and no end tag behind it
};

}  // namespace

Result<std::string> PrescanHtml(std::string_view html) {
  if (html.size() > kMaxBytes) {
    return ResourceExhaustedError("HTML of " + std::to_string(html.size()) +
                                  " bytes: expected at most " + std::to_string(kMaxBytes));
  }
  return Prescan(html).Run();
}

}  // namespace quarry::ingest
