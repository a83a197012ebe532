#pragma once

// What the styles and lists of a docx file say of its paragraphs. Internal to ingest/.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/list_number.h"
#include "ingest/opc_package.h"

namespace quarry::ingest {

struct DocxStyle {
  enum class Role : uint8_t { kBody, kHeading, kTitle, kCode, kQuote, kContents };
  Role role = Role::kBody;
  uint32_t level = 0;               // of a heading, from 1
  std::optional<std::string> list;  // numbering id
  std::optional<size_t> list_level;
};

class DocxStyles {
 public:
  // `styles` and `numbering` are the names of the parts; "" where there is none.
  static Result<DocxStyles> Read(const OpcPackage& package, std::string_view styles,
                                 std::string_view numbering);

  // Of a paragraph: its style with all that it is based on, under what it says itself.
  DocxStyle Of(xml::Node paragraph) const;

  // Whether items of the list are numbered or bulleted, rather than not marked at all.
  bool IsList(const DocxStyle& style) const;
  // Counts an item: "2.1", "(c)"; "" for a bullet.
  std::string NextNumber(const DocxStyle& style);

 private:
  struct Definition {
    std::string based_on;
    DocxStyle own;
    bool has_role = false;
  };
  struct List {
    std::string abstract;
    std::map<size_t, int64_t> restarts;  // by level, still to be done
  };

  void ReadStyle(xml::Node style);
  void ReadNumbering(xml::Node root, ParseBudget* budget);
  DocxStyle Resolve(std::string_view id) const;

  std::map<std::string, Definition, std::less<>> definitions_;
  std::string default_style_;
  std::map<std::string, std::vector<ListLevel>> abstracts_;
  std::map<std::string, List> lists_;
  std::map<std::string, ListCounter> counters_;  // by abstract: lists made of one count on
};

}  // namespace quarry::ingest
