#include "ingest/odf_styles.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace quarry::ingest {
namespace {

constexpr int kMaxParents = 20;  // styles that are based on each other in a circle

ListLevel ReadLevel(xml::Node node) {
  ListLevel level;
  if (!xml::Is(node, "list-level-style-number")) {
    level.format = "bullet";
    return level;
  }
  level.format = TruncateUtf8(xml::Attribute(node, "num-format"), ListLevel::kMaxFormatBytes);
  level.start = xml::IntegerAttribute(node, "start-value").value_or(1);
  const int64_t at = std::clamp<int64_t>(xml::IntegerAttribute(node, "level").value_or(1), 1, 9);
  const int64_t shown =
      std::clamp<int64_t>(xml::IntegerAttribute(node, "display-levels").value_or(1), 1, at);
  level.text = TruncateUtf8(xml::Attribute(node, "num-prefix"), ListLevel::kMaxTextBytes);
  if (!level.format.empty()) {
    for (int64_t i = at - shown + 1; i <= at; ++i) {
      level.text += '%' + std::to_string(i);
      if (i < at) level.text += '.';
    }
  }
  level.text += TruncateUtf8(xml::Attribute(node, "num-suffix"), ListLevel::kMaxTextBytes);
  return level;
}

}  // namespace

void OdfStyles::Add(xml::Node root) {
  for (const std::string_view group : {"styles", "automatic-styles"}) {
    for (const xml::Node style : xml::Child(root, group).children()) {
      const std::string name(xml::Attribute(style, "name"));
      if (xml::Is(style, "list-style")) {
        std::vector<ListLevel>& levels = lists_[name];
        for (const xml::Node node : style.children()) {
          const int64_t at = xml::IntegerAttribute(node, "level").value_or(0);
          if (at < 1 || at > static_cast<int64_t>(ListCounter::kLevels)) continue;
          levels.resize(std::max(levels.size(), static_cast<size_t>(at)));
          levels[static_cast<size_t>(at) - 1] = ReadLevel(node);
        }
        continue;
      }
      if (!xml::Is(style, "style")) continue;
      const std::string_view family = xml::Attribute(style, "family");
      if (family == "paragraph") {
        const std::string_view shown = xml::Attribute(style, "display-name");
        paragraphs_[name] = {std::string(xml::Attribute(style, "parent-style-name")),
                             shown.empty() ? name : std::string(shown)};
      } else if (family == "table" || family == "drawing-page") {
        const xml::Node table = xml::Child(style, "table-properties");
        const xml::Node page = xml::Child(style, "drawing-page-properties");
        hidden_[name] = xml::Attribute(table, "display") == "false" ||
                        xml::Attribute(page, "visibility") == "hidden";
      }
    }
  }
}

OdfStyles::Role OdfStyles::RoleOf(std::string_view paragraph_style) const {
  for (int i = 0; i < kMaxParents; ++i) {
    const auto found = paragraphs_.find(paragraph_style);
    const std::string name =
        Fold(found == paragraphs_.end() ? paragraph_style : found->second.name);
    if (name == "title") return Role::kTitle;
    if (name == "preformatted text" || name == "source code") return Role::kCode;
    if (name == "quotations" || name == "quote") return Role::kQuote;
    if (found == paragraphs_.end()) return Role::kBody;
    paragraph_style = found->second.parent;
  }
  return Role::kBody;
}

const std::vector<ListLevel>& OdfStyles::LevelsOf(std::string_view list_style) const {
  static const std::vector<ListLevel> kNone;
  const auto found = lists_.find(list_style);
  return found == lists_.end() ? kNone : found->second;
}

bool OdfStyles::IsHidden(std::string_view table_style) const {
  const auto found = hidden_.find(table_style);
  return found != hidden_.end() && found->second;
}

}  // namespace quarry::ingest
