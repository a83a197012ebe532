#pragma once

// XML as a tree, and steps over it, shared by the parsers of packages. Elements and attributes are
// named by their local names: which prefix stands for which namespace is the writer's choice, and
// no two names of one vocabulary that are read here differ in the namespace only.
//
// Like xml_scanner.h strict and bounded; pugixml reads no external entities and no declarations.
// Internal to ingest/.

#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "base/status.h"
#include "ingest/xml_scanner.h"

namespace quarry::ingest::xml {

using Node = pugi::xml_node;

class Tree {
 public:
  // Errors, kInvalidArgument: those of Scanner, text that is no UTF-8 or UTF-16, a tree of more
  // than 160 MB. They count from `offset`, that of `bytes` in the file.
  static Result<Tree> Parse(std::string bytes, size_t offset = 0);

  // The outermost element.
  Node root() const;

 private:
  struct State {
    std::string bytes;  // names and values of the nodes lie in it
    pugi::xml_document document;
  };
  std::unique_ptr<State> state_;
};

// A valid UTF-8 form of an XML file's bytes. Line ends may be as they stand there; those of a tree
// are LF.
Result<std::string> DecodeXml(std::string bytes);

// REQUIRES: `xml` comes of DecodeXml. Calls `use` with each element of that local name, as XML, and
// its offset, until `use` returns an error; they must not be inside each other. The way to read long lists
// without a tree of all.
template <typename Use>
Status ForEachElementText(std::string_view xml, std::string_view local_name, Use use) {
  Scanner scanner(xml);
  size_t begin = 0;
  size_t depth = 0;  // outside the element that is open; 0 = none is
  while (scanner.Next()) {
    const bool is_end = scanner.kind() == Scanner::Kind::kEnd;
    if (depth == 0 && !is_end && LocalName(scanner.name()) == local_name) {
      begin = scanner.begin();
      if (scanner.kind() == Scanner::Kind::kEmpty) {
        QUARRY_RETURN_IF_ERROR(use(xml.substr(begin, scanner.end() - begin), begin));
      } else {
        depth = scanner.depth();
      }
    } else if (depth > 0 && is_end && scanner.depth() < depth) {
      QUARRY_RETURN_IF_ERROR(use(xml.substr(begin, scanner.end() - begin), begin));
      depth = 0;
    }
  }
  return scanner.status();
}

inline std::string_view NameOf(Node node) { return LocalName(node.name()); }
inline bool Is(Node node, std::string_view local_name) { return NameOf(node) == local_name; }
inline bool IsElement(Node node) { return node.type() == pugi::node_element; }
inline bool IsText(Node node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

// The first child of that name; a null node if there is none, whose children are none.
Node Child(Node node, std::string_view local_name);
// Child of child: Path(p, {"pPr", "numPr", "ilvl"}).
Node Path(Node node, std::initializer_list<std::string_view> local_names);
// The first element of that name below `node`, in document order.
Node FindBelow(Node node, std::string_view local_name);

// "" if there is none. Of several of one local name ("id" and "r:id") the one with a prefix is
// meant by `prefixed`.
std::string_view Attribute(Node node, std::string_view local_name);
std::string_view PrefixedAttribute(Node node, std::string_view local_name);
// nullopt if it is absent or no number.
std::optional<int64_t> IntegerAttribute(Node node, std::string_view local_name);
// What OOXML calls on: "1", "true", "on", or an element without the attribute.
bool IsOn(Node element, std::string_view attribute = "val");

// All text below `node`.
std::string TextOf(Node node);

template <typename Use>
void ForEachChild(Node node, std::string_view local_name, Use use) {
  for (const Node child : node.children()) {
    if (IsElement(child) && Is(child, local_name)) use(child);
  }
}

}  // namespace quarry::ingest::xml
