#pragma once

#include <cstdint>
#include <string_view>

namespace quarry::ingest {

// How PrescanHtml treats an element. Names as in the HTML standard.
enum class ElementClass : uint8_t {
  kNested,   // counted: it can nest without bound (div, span, unknown ones)
  kImplied,  // closed by its siblings or once in a page (p, li, td, body): passed on, not counted
  kVoid,     // without content (br, img)
  kTransparent,  // the tag goes, the content stays (b, form)
  kRawDropped,   // goes with its content, which holds no tags (script)
  kDropped,      // goes with its content (svg)
  kTitle,        // content is text without tags
};

struct ElementInfo {
  ElementClass element_class = ElementClass::kNested;
  bool special = false;   // the standard's "special" category: "</span>" does not close over it
  bool boundary = false;  // ends every "scope" of the standard: "</div>" does not close over it
};

// Of a lower-case name; the defaults for an unknown one.
ElementInfo ElementInfoOf(std::string_view name);

// Whether one of the words of a class or id attribute names boilerplate: "cookie-banner",
// "share_buttons".
bool NamesBoilerplate(std::string_view attribute);

}  // namespace quarry::ingest
