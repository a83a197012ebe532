#pragma once

#include <cstdint>
#include <string_view>

namespace quarry::ingest {

// How PrescanHtml treats an element. Names as in the HTML standard.
enum class ElementClass : uint8_t {
  kNested,   // counted: it can nest without bound (div, span, unknown ones)
  kImplied,  // closed by its siblings or once in a page (p, td, body): passed on, counted if an item
  kVoid,     // without content (br, img)
  kTransparent,  // the tag goes, the content stays (b, form)
  kRawDropped,   // goes with its content, which holds no tags (script)
  kDropped,      // goes with its content (svg)
  kTitle,        // content is text without tags
};

// What a start tag closes of its like that is open: <li> another <li>, <dd> and <dt> either of them.
enum class ItemKind : uint8_t { kNone, kListItem, kDefinition };

struct ElementInfo {
  ElementClass element_class = ElementClass::kNested;
  bool special = false;   // the standard's "special" category: "</span>" does not close over it
  bool boundary = false;  // ends every "scope" of the standard: "</div>" does not close over it
  ItemKind item = ItemKind::kNone;  // counted too: <li> and <dd> do not close each other
};

// Of a lower-case name; the defaults for an unknown one.
ElementInfo ElementInfoOf(std::string_view name);

// What an element says of itself: that it stands around an article ("sidebar", "share_buttons"), or
// that it is none of it even where it reads like one ("comments", "relatedStories").
enum class Boilerplate : uint8_t { kNo, kLikely, kSurely };

// By the words of a class or id attribute.
Boilerplate BoilerplateOf(std::string_view attribute);

}  // namespace quarry::ingest
