#pragma once

// What the styles of an OpenDocument file say of its paragraphs and lists (ODF 1.3 part 3, 16).
// Internal to ingest/.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/list_number.h"
#include "ingest/xml_tree.h"

namespace quarry::ingest {

class OdfStyles {
 public:
  enum class Role { kBody, kTitle, kCode, kQuote };

  // Of styles.xml and of the automatic styles of content.xml, in this order.
  void Add(xml::Node root);

  Role RoleOf(std::string_view paragraph_style) const;
  // Its levels; none for a style that is not there.
  const std::vector<ListLevel>& LevelsOf(std::string_view list_style) const;
  // Whether a table of that style is not shown.
  bool IsHidden(std::string_view table_style) const;

 private:
  struct Paragraph {
    std::string parent;
    std::string name;  // as shown
  };
  std::map<std::string, Paragraph, std::less<>> paragraphs_;
  std::map<std::string, std::vector<ListLevel>, std::less<>> lists_;
  std::map<std::string, bool, std::less<>> hidden_;
};

}  // namespace quarry::ingest
