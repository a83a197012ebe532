#include "ingest/xml_tree.h"

#include <utility>

#include "base/numbers.h"
#include "base/text.h"

namespace quarry::ingest::xml {
namespace {

constexpr uint64_t kMaxTreeBytes = uint64_t{160} << 20;
// What pugixml 1.13 takes for them on a machine of 64 bits.
constexpr uint64_t kXmlNodeBytes = 64;
constexpr uint64_t kAttributeBytes = 40;

constexpr unsigned kParseFlags = pugi::parse_default | pugi::parse_ws_pcdata;

void AppendText(Node node, std::string* text) {
  for (const Node child : node.children()) {
    if (IsText(child)) {
      *text += child.value();
    } else {
      AppendText(child, text);  // not deeper than kMaxDepth
    }
  }
}

}  // namespace

Result<std::string> DecodeXml(std::string bytes) {
  const bool is_utf8 = IsValidUtf8(bytes) && bytes.find('\0') == bytes.npos;
  if (is_utf8 && !bytes.starts_with("\xEF\xBB\xBF")) return bytes;
  QUARRY_ASSIGN_OR_RETURN(DecodedText decoded, DecodeText(bytes));
  return std::move(decoded.text);
}

Result<Tree> Tree::Parse(std::string bytes, size_t offset) {
  Tree tree;
  tree.state_ = std::make_unique<State>();
  QUARRY_ASSIGN_OR_RETURN(tree.state_->bytes, DecodeXml(std::move(bytes)));
  std::string& xml = tree.state_->bytes;
  Scanner scanner(xml, offset);
  while (scanner.Next()) {
  }
  QUARRY_RETURN_IF_ERROR(scanner.status());
  const uint64_t needed = (scanner.elements() + scanner.texts()) * kXmlNodeBytes +
                          scanner.attributes() * kAttributeBytes;
  if (needed > kMaxTreeBytes) {
    return InvalidArgumentError("XML of " + std::to_string(scanner.elements()) +
                                " elements: its tree would take more than " +
                                std::to_string(kMaxTreeBytes) + " bytes");
  }
  const pugi::xml_parse_result parsed = tree.state_->document.load_buffer_inplace(
      xml.data(), xml.size(), kParseFlags, pugi::encoding_utf8);
  if (!parsed) {
    const size_t at = offset + static_cast<size_t>(parsed.offset);
    return InvalidArgumentError("broken XML at byte " + std::to_string(at) + ": " +
                                parsed.description());
  }
  if (!tree.root()) return InvalidArgumentError("broken XML: no element");
  return tree;
}

Node Tree::root() const { return state_->document.document_element(); }

Node Child(Node node, std::string_view local_name) {
  for (const Node child : node.children()) {
    if (IsElement(child) && Is(child, local_name)) return child;
  }
  return {};
}

Node Path(Node node, std::initializer_list<std::string_view> local_names) {
  for (const std::string_view name : local_names) node = Child(node, name);
  return node;
}

Node FindBelow(Node node, std::string_view local_name) {
  for (const Node child : node.children()) {
    if (!IsElement(child)) continue;
    if (Is(child, local_name)) return child;
    if (const Node found = FindBelow(child, local_name)) return found;
  }
  return {};
}

std::string_view Attribute(Node node, std::string_view local_name) {
  for (const pugi::xml_attribute attribute : node.attributes()) {
    if (LocalName(attribute.name()) == local_name) return attribute.value();
  }
  return {};
}

std::string_view PrefixedAttribute(Node node, std::string_view local_name) {
  for (const pugi::xml_attribute attribute : node.attributes()) {
    const std::string_view name = attribute.name();
    if (name.size() > local_name.size() && LocalName(name) == local_name) return attribute.value();
  }
  return {};
}

std::optional<int64_t> IntegerAttribute(Node node, std::string_view local_name) {
  return ParseNumber<int64_t>(Attribute(node, local_name));
}

bool IsOn(Node element, std::string_view attribute) {
  if (!element) return false;
  const std::string_view value = Attribute(element, attribute);
  return value.empty() || value == "1" || value == "true" || value == "on";
}

std::string TextOf(Node node) {
  std::string text;
  AppendText(node, &text);
  return text;
}

}  // namespace quarry::ingest::xml
