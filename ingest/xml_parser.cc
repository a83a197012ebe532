// XML of any vocabulary: text by element, in order. Feeds (RSS, Atom) become articles, and elements
// that many vocabularies share (title, section, para, listitem, row ...) become what they mean. The
// document type's own declarations are passed over: no entity is ever expanded.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/parsers.h"
#include "ingest/xml_feed.h"
#include "ingest/xml_markup.h"
#include "ingest/xml_scanner.h"

namespace quarry::ingest {
namespace {

// What an element is, by its name in the vocabularies that people write in: DocBook, TEI, DITA,
// JATS.
enum class ElementRole : uint8_t {
  kNone,
  kSection,
  kTitle,
  kItem,
  kCode,
  kRow,
  kCell,
  kInline,
  kList,
  kQuote
};

ElementRole RoleOf(std::string_view name) {
  static constexpr std::pair<std::string_view, ElementRole> kRoles[] = {
      {"book", ElementRole::kSection},     {"article", ElementRole::kSection},
      {"part", ElementRole::kSection},     {"chapter", ElementRole::kSection},
      {"section", ElementRole::kSection},  {"sect1", ElementRole::kSection},
      {"sect2", ElementRole::kSection},    {"sect3", ElementRole::kSection},
      {"sect4", ElementRole::kSection},    {"sec", ElementRole::kSection},
      {"appendix", ElementRole::kSection}, {"preface", ElementRole::kSection},
      {"topic", ElementRole::kSection},    {"concept", ElementRole::kSection},
      {"task", ElementRole::kSection},     {"title", ElementRole::kTitle},
      {"head", ElementRole::kTitle},       {"heading", ElementRole::kTitle},
      {"listitem", ElementRole::kItem},    {"li", ElementRole::kItem},
      {"step", ElementRole::kItem},        {"itemizedlist", ElementRole::kList},
      {"orderedlist", ElementRole::kList}, {"ul", ElementRole::kList},
      {"ol", ElementRole::kList},          {"programlisting", ElementRole::kCode},
      {"screen", ElementRole::kCode},      {"codeblock", ElementRole::kCode},
      {"pre", ElementRole::kCode},         {"literallayout", ElementRole::kCode},
      {"row", ElementRole::kRow},          {"tr", ElementRole::kRow},
      {"entry", ElementRole::kCell},       {"td", ElementRole::kCell},
      {"th", ElementRole::kCell},          {"blockquote", ElementRole::kQuote},
      {"emphasis", ElementRole::kInline},  {"literal", ElementRole::kInline},
      {"filename", ElementRole::kInline},  {"command", ElementRole::kInline},
      {"link", ElementRole::kInline},      {"ulink", ElementRole::kInline},
      {"xref", ElementRole::kInline},      {"a", ElementRole::kInline},
      {"b", ElementRole::kInline},         {"i", ElementRole::kInline},
      {"em", ElementRole::kInline},        {"strong", ElementRole::kInline},
      {"code", ElementRole::kInline},      {"span", ElementRole::kInline},
      {"sub", ElementRole::kInline},       {"sup", ElementRole::kInline},
      {"hi", ElementRole::kInline},        {"italic", ElementRole::kInline},
      {"bold", ElementRole::kInline},      {"guilabel", ElementRole::kInline},
      {"option", ElementRole::kInline},    {"replaceable", ElementRole::kInline},
      {"acronym", ElementRole::kInline},   {"ph", ElementRole::kInline},
      {"classname", ElementRole::kInline}, {"function", ElementRole::kInline},
      {"varname", ElementRole::kInline}};
  for (const auto& [known, role] : kRoles) {
    if (name == known) return role;
  }
  return ElementRole::kNone;
}

// Walks over the tags and gives what stands between them; `Handler` has Start(name, tag, empty),
// End(name) and Text(text). `offset`: of `text` in the file.
template <typename Handler>
Status WalkXml(std::string_view text, size_t offset, Handler* handler) {
  xml::Scanner scanner(text, offset);
  size_t behind = 0;
  while (scanner.Next()) {
    if (scanner.begin() > behind)
      handler->Text(XmlTextBetween(text.substr(behind, scanner.begin() - behind)));
    behind = scanner.end();
    const std::string name = AsciiLower(xml::LocalName(scanner.name()));
    if (scanner.kind() != xml::Scanner::Kind::kEnd) {
      handler->Start(name, text.substr(scanner.begin(), scanner.end() - scanner.begin()));
    }
    if (scanner.kind() != xml::Scanner::Kind::kStart) handler->End(name);
  }
  return scanner.status();
}

class GenericHandler {
 public:
  explicit GenericHandler(Document* document)
      : document_(document), builder_(document), table_(&builder_) {}

  void Start(const std::string& name, std::string_view tag) {
    if (stack_.empty()) document_->language = PrimaryLanguage(XmlAttribute(tag, "lang"));
    const ElementRole role = RoleOf(name);
    if (role != ElementRole::kInline) Flush();
    stack_.push_back({name, role});
    if (role == ElementRole::kSection) ++sections_;
    if (role == ElementRole::kItem) ++items_;
    if (role == ElementRole::kRow) cells_.clear();
  }

  void Text(std::string_view text) { text_ += text; }

  void End(const std::string& name) {
    // A scanner counts only how deep it is: </b> may close <a>.
    if (stack_.empty()) return;
    const ElementRole role = stack_.back().role;
    if (role != ElementRole::kInline) Flush();
    stack_.pop_back();
    if (role == ElementRole::kSection && sections_ > 0) --sections_;
    if (role == ElementRole::kItem && items_ > 0) --items_;
    if (role == ElementRole::kRow) EndRow();
    const bool is_table =
        name == "table" || name == "informaltable" || name == "tbody" || name == "tgroup";
    if (is_table) EndTable();
  }

  void Finish() {
    Flush();
    EndTable();
  }

 private:
  struct Open {
    std::string name;
    ElementRole role;
  };

  bool Inside(ElementRole role) const {
    return std::any_of(stack_.begin(), stack_.end(),
                       [role](const Open& open) { return open.role == role; });
  }

  // Writes the text since the last tag that matters.
  void Flush() {
    const std::string text = std::exchange(text_, {});
    if (Trim(text).empty()) return;
    if (Inside(ElementRole::kRow)) {
      const bool begins = stack_.back().role == ElementRole::kCell || cells_.empty();
      if (begins) cells_.emplace_back();
      RunningText(&cells_.back(), 0).Append((cells_.back().empty() ? "" : " ") + text);
      return;
    }
    EndTable();
    if (Inside(ElementRole::kCode)) return builder_.Add(BlockKind::kCode, 0, text);
    BlockKind kind = BlockKind::kParagraph;
    uint32_t level = 0;
    if (!stack_.empty() && Inside(ElementRole::kTitle)) {
      kind = BlockKind::kHeading;
      level = std::clamp<uint32_t>(sections_, 1, 6);
    } else if (items_ > 0) {
      kind = BlockKind::kListItem;
      level = std::min(items_, 6u);
    } else if (Inside(ElementRole::kQuote)) {
      kind = BlockKind::kQuote;
    }
    builder_.Begin(kind, level);
    const std::string label = Label();
    builder_.out() += label;
    RunningText running(&builder_.out(), builder_.out().size());
    running.Append(text);
    builder_.End();
  }

  // Data has its sense from the name of its element: "price: 12". Text of documents has its own.
  std::string Label() const {
    if (stack_.empty() || sections_ > 0 || stack_.back().role != ElementRole::kNone) return "";
    static constexpr std::string_view kProse[] = {"p",   "para",     "simpara",     "body", "text",
                                                  "div", "abstract", "description", "note", "s",
                                                  "l",   "content",  "summary"};
    const std::string& name = stack_.back().name;
    if (std::find(std::begin(kProse), std::end(kProse), name) != std::end(kProse)) return "";
    return name + ": ";
  }

  void EndRow() {
    if (cells_.empty()) return;
    std::vector<std::string_view> cells(cells_.begin(), cells_.end());
    table_.AddRow(cells);
    in_table_ = true;
    cells_.clear();
  }

  void EndTable() {
    if (!std::exchange(in_table_, false)) return;
    table_.Finish();
    table_ = TableWriter(&builder_);
  }

  Document* document_;
  DocumentBuilder builder_;
  TableWriter table_;
  std::vector<Open> stack_;
  uint32_t sections_ = 0;
  uint32_t items_ = 0;
  std::string text_;
  std::vector<std::string> cells_;
  bool in_table_ = false;
};

bool IsFeed(std::string_view text) {
  xml::Scanner scanner(text);
  if (!scanner.Next()) return false;
  const std::string root = AsciiLower(xml::LocalName(scanner.name()));
  return root == "rss" || root == "feed" || root == "rdf";
}

class XmlParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kXml));
    const size_t offset = BehindXmlDeclarations(text);
    text.remove_prefix(offset);
    const Status status = IsFeed(text) ? Walk<XmlFeedHandler>(text, offset, &document)
                                       : Walk<GenericHandler>(text, offset, &document);
    if (status.ok()) return parsed;
    // What stands before the broken place is of use.
    if (document.blocks.empty()) return status;
    parsed.errors.push_back({"after the text read", status.message()});
    return parsed;
  }

 private:
  template <typename Handler>
  static Status Walk(std::string_view text, size_t offset, Document* document) {
    Handler handler(document);
    Status status = WalkXml(text, offset, &handler);
    handler.Finish();
    return status;
  }
};

}  // namespace

std::unique_ptr<Parser> MakeXmlParser() { return std::make_unique<XmlParser>(); }

}  // namespace quarry::ingest
