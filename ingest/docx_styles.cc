#include "ingest/docx_styles.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::ingest {
namespace {

using Role = DocxStyle::Role;

constexpr int kMaxBasedOn = 20;  // styles that are based on each other in a circle
constexpr int64_t kBodyOutline = 9;

// The level that a style's name tells: 2 of "heading 2", "Überschrift 2", "标题 2"; 0 for others. In
// files of Word itself the names are English whatever the user's language; other programs translate
// them.
uint32_t HeadingLevelOf(std::string_view folded) {
  static constexpr std::array<std::string_view, 17> kWords = {
      "heading", "überschrift", "titre",     "título", "titolo", "kop",
      "rubrik",  "nagłówek",    "заголовок", "标题",   "見出し", "제목",
      "otsikko", "overskrift",  "nadpis",    "başlık", "títol"};
  for (const std::string_view word : kWords) {
    if (!folded.starts_with(word)) continue;
    const std::string_view number = Trim(folded.substr(word.size()));
    if (number.size() == 1 && number[0] >= '1' && number[0] <= '9') {
      return static_cast<uint32_t>(number[0] - '0');
    }
  }
  return 0;
}

DocxStyle RoleOfName(std::string_view name) {
  DocxStyle style;
  const std::string folded = Fold(Trim(name));
  if (const uint32_t level = HeadingLevelOf(folded); level > 0) {
    style.role = Role::kHeading;
    style.level = std::min(level, 6u);
  } else if (IsOneOf(folded,
                     {"title", "titel", "titre", "título", "titolo", "标题", "標題", "表題"})) {
    style.role = Role::kTitle;
    style.level = 1;
  } else if (IsOneOf(folded, {"html preformatted", "code", "source code", "plain code",
                              "preformatted text"})) {
    style.role = Role::kCode;
  } else if (IsOneOf(folded, {"quote", "intense quote", "block text", "quotations", "zitat",
                              "citation", "引用"})) {
    style.role = Role::kQuote;
  } else if (folded.starts_with("toc ") || folded.starts_with("contents ") ||
             folded == "table of figures") {
    style.role = Role::kContents;
  }
  return style;
}

// The bytes that a copy takes.
uint64_t SizeOf(const std::vector<ListLevel>& levels) {
  uint64_t size = 0;
  for (const ListLevel& level : levels) size += sizeof(level) + level.text.size();
  return size;
}

// What pPr says by itself.
void ApplyProperties(xml::Node properties, DocxStyle* style, bool* has_role) {
  if (const auto outline = xml::IntegerAttribute(xml::Child(properties, "outlineLvl"), "val")) {
    if (*outline >= 0 && *outline < kBodyOutline) {
      if (style->role != Role::kTitle) style->role = Role::kHeading;
      style->level = static_cast<uint32_t>(std::min<int64_t>(*outline + 1, 6));
      *has_role = true;
    } else if (style->role == Role::kHeading) {
      style->role = Role::kBody;
      *has_role = true;
    }
  }
  const xml::Node numbering = xml::Child(properties, "numPr");
  if (const xml::Node id = xml::Child(numbering, "numId")) {
    style->list = xml::Attribute(id, "val");
  }
  if (const auto level = xml::IntegerAttribute(xml::Child(numbering, "ilvl"), "val")) {
    style->list_level = static_cast<size_t>(std::clamp<int64_t>(*level, 0, 8));
  }
}

}  // namespace

Result<DocxStyles> DocxStyles::Read(const OpcPackage& package, std::string_view styles,
                                    std::string_view numbering) {
  DocxStyles read;
  if (!styles.empty() && package.Has(styles)) {
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, package.ReadXml(styles));
    xml::ForEachChild(tree.root(), "style", [&](xml::Node style) { read.ReadStyle(style); });
  }
  if (!numbering.empty() && package.Has(numbering)) {
    QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, package.ReadXml(numbering));
    read.ReadNumbering(tree.root(), package.budget());
  }
  return read;
}

void DocxStyles::ReadStyle(xml::Node style) {
  if (xml::Attribute(style, "type") != "paragraph") return;
  const std::string id(xml::Attribute(style, "styleId"));
  if (id.empty()) return;
  Definition& definition = definitions_[id];
  definition.based_on = xml::Attribute(xml::Child(style, "basedOn"), "val");
  definition.own = RoleOfName(xml::Attribute(xml::Child(style, "name"), "val"));
  definition.has_role = definition.own.role != Role::kBody;
  ApplyProperties(xml::Child(style, "pPr"), &definition.own, &definition.has_role);
  const std::string_view is_default = xml::Attribute(style, "default");
  if (is_default == "1" || is_default == "true") default_style_ = id;
}

void DocxStyles::ReadNumbering(xml::Node root, ParseBudget* budget) {
  const auto read_level = [](xml::Node node, std::vector<ListLevel>* levels) {
    const auto at = static_cast<size_t>(
        std::clamp<int64_t>(xml::IntegerAttribute(node, "ilvl").value_or(0), 0, 8));
    if (levels->size() <= at) levels->resize(at + 1);
    ListLevel& level = (*levels)[at];
    if (const xml::Node format = xml::Child(node, "numFmt"))
      level.format = TruncateUtf8(xml::Attribute(format, "val"), ListLevel::kMaxFormatBytes);
    level.text =
        TruncateUtf8(xml::Attribute(xml::Child(node, "lvlText"), "val"), ListLevel::kMaxTextBytes);
    level.start = xml::IntegerAttribute(xml::Child(node, "start"), "val").value_or(1);
    level.is_legal = xml::IsOn(xml::Child(node, "isLgl"));
  };
  xml::ForEachChild(root, "abstractNum", [&](xml::Node node) {
    std::vector<ListLevel>& levels = abstracts_[std::string(xml::Attribute(node, "abstractNumId"))];
    xml::ForEachChild(node, "lvl", [&](xml::Node level) { read_level(level, &levels); });
  });
  xml::ForEachChild(root, "num", [&](xml::Node node) {
    const std::string id(xml::Attribute(node, "numId"));
    List& list = lists_[id];
    list.abstract = xml::Attribute(xml::Child(node, "abstractNumId"), "val");
    xml::ForEachChild(node, "lvlOverride", [&](xml::Node override) {
      const auto at = static_cast<size_t>(
          std::clamp<int64_t>(xml::IntegerAttribute(override, "ilvl").value_or(0), 0, 8));
      if (const auto start = xml::IntegerAttribute(xml::Child(override, "startOverride"), "val"))
        list.restarts[at] = *start;
      if (const xml::Node level = xml::Child(override, "lvl")) {
        // A list with levels of its own counts by itself.
        const std::vector<ListLevel>& common = abstracts_[list.abstract];
        if (!budget->TakeRepeated(SizeOf(common))) return;
        std::vector<ListLevel> levels = common;
        read_level(level, &levels);
        list.abstract = "num " + id;
        abstracts_[list.abstract] = std::move(levels);
      }
    });
  });
}

DocxStyle DocxStyles::Resolve(std::string_view id) const {
  DocxStyle style;
  bool has_role = false;
  for (int i = 0; i < kMaxBasedOn; ++i) {
    const auto found = definitions_.find(id);
    if (found == definitions_.end()) break;
    const Definition& definition = found->second;
    if (definition.has_role && !has_role) {
      style.role = definition.own.role;
      style.level = definition.own.level;
      has_role = true;
    }
    if (!style.list) style.list = definition.own.list;
    if (!style.list_level) style.list_level = definition.own.list_level;
    id = definition.based_on;
  }
  return style;
}

DocxStyle DocxStyles::Of(xml::Node paragraph) const {
  const xml::Node properties = xml::Child(paragraph, "pPr");
  const std::string_view id = xml::Attribute(xml::Child(properties, "pStyle"), "val");
  DocxStyle style = Resolve(id.empty() ? default_style_ : id);
  bool has_role = false;
  ApplyProperties(properties, &style, &has_role);
  return style;
}

bool DocxStyles::IsList(const DocxStyle& style) const {
  if (!style.list || *style.list == "0") return false;
  const auto list = lists_.find(*style.list);
  if (list == lists_.end()) return false;
  const auto levels = abstracts_.find(list->second.abstract);
  const size_t level = style.list_level.value_or(0);
  return levels == abstracts_.end() || level >= levels->second.size() ||
         levels->second[level].format != "none";
}

std::string DocxStyles::NextNumber(const DocxStyle& style) {
  const auto list = lists_.find(style.list.value_or("0"));
  if (list == lists_.end()) return "";
  ListCounter& counter = counters_[list->second.abstract];
  const size_t level = style.list_level.value_or(0);
  if (const auto restart = list->second.restarts.find(level);
      restart != list->second.restarts.end()) {
    counter.Restart(level, restart->second);
    list->second.restarts.erase(restart);
  }
  return counter.Next(abstracts_[list->second.abstract], level);
}

}  // namespace quarry::ingest
