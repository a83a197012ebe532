#include "ingest/html_prescan.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/text.h"
#include "ingest/html_names.h"
#include "ingest/html_tokenizer.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxDepth = 512;
constexpr size_t kMaxTags = size_t{4} << 20;
constexpr size_t kMaxAttributeBytes = 2000;
// Shorter runs of text are written themselves, in about as many bytes as their places.
constexpr size_t kMinRun = 24;

// Whether a style attribute hides its element: "display : none", "visibility:hidden".
bool StyleHides(std::string_view style) {
  if (style.find("none") == style.npos && style.find("hidden") == style.npos) return false;
  std::string compact;
  for (const char c : style.substr(0, kMaxAttributeBytes)) {
    if (!html::IsSpace(c)) compact += html::Lower(c);
  }
  return compact.find("display:none") != compact.npos ||
         compact.find("visibility:hidden") != compact.npos;
}

bool IsBoilerplateRole(std::string_view role) {
  static constexpr std::string_view kRoles[] = {
      "alertdialog", "banner", "complementary", "contentinfo", "dialog", "navigation", "search"};
  return std::any_of(std::begin(kRoles), std::end(kRoles),
                     [&](std::string_view name) { return html::EqualsIgnoringCase(role, name); });
}

// Attributes that are written as they are: element ("" for any), name.
constexpr std::pair<std::string_view, std::string_view> kKeptAttributes[] = {
    {"", "colspan"},  {"", "rowspan"},      {"html", "lang"},    {"img", "alt"},
    {"meta", "name"}, {"meta", "property"}, {"meta", "content"}, {"ol", "start"},
};

// Writes text so that the tree builder's tokeniser sees neither tags nor private characters in it.
class TextWriter {
 public:
  TextWriter(std::string_view html, std::string* output) : html_(html), output_(output) {}

  // `text` is a part of `html`.
  void Write(std::string_view text, bool preformatted) {
    size_t begin = 0;
    size_t ampersand = std::min(text.find('&'), text.size());
    size_t less = std::min(text.find('<'), text.size());
    for (;;) {
      const size_t end = std::min(ampersand, less);
      WriteRun(text.substr(begin, end - begin), preformatted);
      if (end == text.size()) return;
      if (end == less) {
        *output_ += "&lt;";
        begin = end + 1;
        less = std::min(text.find('<', begin), text.size());
      } else {
        begin = end + WriteReference(text.substr(end));
        ampersand = std::min(text.find('&', begin), text.size());
      }
    }
  }

 private:
  void WriteRun(std::string_view run, bool preformatted) {
    if (run.empty()) return;
    if (std::all_of(run.begin(), run.end(), html::IsSpace)) {
      // White space must stay such: tables treat other text in a way of their own.
      if (preformatted) {
        *output_ += run;
      } else {
        *output_ += run.find('\n') == run.npos ? ' ' : '\n';
      }
      return;
    }
    // 0xEE begins the private characters.
    const auto is_odd = [](char c) {
      return c == '\xEE' || (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t');
    };
    if (run.size() < kMinRun && std::none_of(run.begin(), run.end(), is_odd)) {
      *output_ += run;
      return;
    }
    char digits[40];
    char* const limit = digits + sizeof(digits);
    const auto begin = static_cast<size_t>(run.data() - html_.data());
    *output_ += prescan_internal::kRunBegin;
    char* last = std::to_chars(digits, limit, begin, 16).ptr;
    *last++ = ',';
    last = std::to_chars(last, limit, run.size(), 16).ptr;
    output_->append(digits, last);
    *output_ += prescan_internal::kRunEnd;
  }

  // Writes the character reference at the start of `text`, which begins with '&'; returns its size.
  // Named ones are left to gumbo. Numbers are resolved here, so that no private character gets in.
  size_t WriteReference(std::string_view text) {
    size_t size = 1;
    if (text.size() > 2 && text[1] == '#') {
      const bool hexadecimal = html::Lower(text[2]) == 'x';
      const char* digits = text.data() + (hexadecimal ? 3 : 2);
      uint32_t code_point = 0;
      const auto [end, error] =
          std::from_chars(digits, text.data() + text.size(), code_point, hexadecimal ? 16 : 10);
      if (end != digits) {
        WriteCodePoint(error == std::errc() ? code_point : UINT32_MAX);
        size = static_cast<size_t>(end - text.data());
        return size < text.size() && text[size] == ';' ? size + 1 : size;
      }
    }
    while (size < text.size() && (html::IsLetter(text[size]) || html::IsDigit(text[size]))) ++size;
    if (size == 1 || html::IsDigit(text[1])) {
      *output_ += "&amp;";
      return 1;
    }
    if (size < text.size() && text[size] == ';') ++size;
    *output_ += text.substr(0, size);
    return size;
  }

  void WriteCodePoint(uint32_t code_point) {
    // The standard reads the C1 controls as windows-1252.
    static constexpr char16_t kWindows1252[32] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    if (code_point >= 0x80 && code_point < 0xA0) code_point = kWindows1252[code_point - 0x80];
    if (code_point >= 0xE000 && code_point <= 0xF8FF) code_point = 0xFFFD;
    if (code_point == '<') {
      *output_ += "&lt;";
    } else if (code_point == '&') {
      *output_ += "&amp;";
    } else if (code_point != 0 && (code_point < 0x20 || code_point == 0x7F)) {
      *output_ += ' ';
    } else {
      AppendCodePoint(*output_, code_point == 0 ? 0xFFFD : code_point);
    }
  }

  const std::string_view html_;
  std::string* output_;
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
  };

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
        if (open_.size() >= kMaxDepth) return;
        open_.push_back({Hash64(name), info.special, info.boundary, name == "pre"});
        preformatted_ += name == "pre" ? 1 : 0;
        break;
      case ElementClass::kImplied:
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
      for (; open_.size() >= size; open_.pop_back()) {
        preformatted_ -= open_.back().preformatted ? 1 : 0;
      }
    } else if (info.element_class != ElementClass::kImplied && name != "br") {
      return;
    }
    output_ += "</";
    output_ += name;
    output_ += '>';
  }

  // Whether the attributes of the tag hide its element.
  bool HidesElement() const {
    bool hidden = false;
    for (const auto& [key, value] : tokenizer_.attributes()) {
      if (html::EqualsIgnoringCase(key, "hidden")) {
        hidden = hidden || !html::EqualsIgnoringCase(value, "until-found");
      } else if (html::EqualsIgnoringCase(key, "style")) {
        hidden = hidden || StyleHides(value);
      } else if (html::EqualsIgnoringCase(key, "aria-hidden")) {
        hidden = hidden || html::EqualsIgnoringCase(value, "true");
      }
    }
    return hidden;
  }

  void WriteAttributes(std::string_view name) {
    bool boilerplate = false;
    bool open = false;
    for (const auto& [key, value] : tokenizer_.attributes()) {
      const auto is = [&, attribute = key](std::string_view lower) {
        return html::EqualsIgnoringCase(attribute, lower);
      };
      if (is("class") || is("id")) {
        boilerplate = boilerplate || NamesBoilerplate(value);
      } else if (is("role")) {
        boilerplate = boilerplate || IsBoilerplateRole(value);
        for (const std::string_view role : {"main", "none", "presentation"}) {
          if (html::EqualsIgnoringCase(value, role)) WriteAttribute("role", role);
        }
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
    if (boilerplate) WriteAttribute(kBoilerplateMark, "");
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
  TextWriter text_;
  std::vector<Open> open_;  // counted elements, innermost last
  int preformatted_ = 0;    // how many of them are <pre>

  std::string dropped_;  // the name of the element being dropped; "" outside of such
  int dropped_depth_ = 0;
  size_t dropped_begin_ = 0;
  std::vector<std::string> never_closed_;  // names that have a start tag and no end tag behind it
};

}  // namespace

Result<std::string> PrescanHtml(std::string_view html) { return Prescan(html).Run(); }

std::string_view prescan_internal::RunOf(std::string_view html, std::string_view reference) {
  size_t begin = 0;
  size_t size = 0;
  const char* const limit = reference.data() + reference.size();
  const auto first = std::from_chars(reference.data(), limit, begin, 16);
  if (first.ec != std::errc() || first.ptr == limit || *first.ptr != ',') return {};
  const auto second = std::from_chars(first.ptr + 1, limit, size, 16);
  if (second.ec != std::errc() || second.ptr != limit) return {};
  if (begin > html.size() || size > html.size() - begin) return {};
  return html.substr(begin, size);
}

}  // namespace quarry::ingest
