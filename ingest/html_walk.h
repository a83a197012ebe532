#pragma once

// Steps over gumbo's tree, shared by html_*.cc. Internal to ingest/.

#include <gumbo.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace quarry::ingest::html {

inline bool IsText(const GumboNode& node) {
  return node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE ||
         node.type == GUMBO_NODE_CDATA;
}
inline bool IsElement(const GumboNode& node) { return node.type == GUMBO_NODE_ELEMENT; }
inline bool IsTag(const GumboNode& node, GumboTag tag) {
  return IsElement(node) && node.v.element.tag == tag;
}

// The children of an element or document; null for other nodes.
inline const GumboVector* ChildrenOf(const GumboNode& node) {
  if (node.type == GUMBO_NODE_DOCUMENT) return &node.v.document.children;
  if (node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE)
    return &node.v.element.children;
  return nullptr;
}

// REQUIRES: IsElement(node). Null where it has none of that name.
inline const char* AttributeOf(const GumboNode& node, const char* name) {
  const GumboAttribute* attribute = gumbo_get_attribute(&node.v.element.attributes, name);
  return attribute == nullptr ? nullptr : attribute->value;
}
inline bool HasAttribute(const GumboNode& node, const char* name) {
  return AttributeOf(node, name) != nullptr;
}

// 1 to 6 for h1 to h6, else 0.
inline uint32_t HeadingLevelOf(GumboTag tag) {
  return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6 ? static_cast<uint32_t>(tag - GUMBO_TAG_H1) + 1
                                                    : 0;
}

enum class Role { kInline, kSpaced, kBlock };

// How an element stands in the flow of text: blocks end a paragraph, spaced ones at least a word.
inline Role RoleOf(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_ABBR:
    case GUMBO_TAG_BDI:
    case GUMBO_TAG_BDO:
    case GUMBO_TAG_CITE:
    case GUMBO_TAG_DATA:
    case GUMBO_TAG_DEL:
    case GUMBO_TAG_DFN:
    case GUMBO_TAG_INS:
    case GUMBO_TAG_KBD:
    case GUMBO_TAG_MARK:
    case GUMBO_TAG_Q:
    case GUMBO_TAG_RUBY:
    case GUMBO_TAG_RB:
    case GUMBO_TAG_SAMP:
    case GUMBO_TAG_SPAN:
    case GUMBO_TAG_SUB:
    case GUMBO_TAG_SUP:
    case GUMBO_TAG_TIME:
    case GUMBO_TAG_VAR:
      return Role::kInline;
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_LABEL:
    case GUMBO_TAG_METER:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_OUTPUT:
    case GUMBO_TAG_PROGRESS:
    case GUMBO_TAG_UNKNOWN:
      return Role::kSpaced;
    default:
      return Role::kBlock;
  }
}

// Visits `root` and what is below it in document order, without recursion. `enter(node)` says
// whether to go below it; `exit(node)` is called for those where it did.
template <typename Enter, typename Exit>
void Walk(const GumboNode& root, Enter enter, Exit exit) {
  struct Frame {
    const GumboNode* node;
    unsigned next;  // child
  };
  if (!enter(root)) return;
  std::vector<Frame> open{{&root, 0}};
  while (!open.empty()) {
    Frame& frame = open.back();
    const GumboVector* children = ChildrenOf(*frame.node);
    if (children == nullptr || frame.next == children->length) {
      exit(*frame.node);
      open.pop_back();
      continue;
    }
    const auto* child = static_cast<const GumboNode*>(children->data[frame.next++]);
    if (enter(*child)) open.push_back({child, 0});
  }
}

}  // namespace quarry::ingest::html
