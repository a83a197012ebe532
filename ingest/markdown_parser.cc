#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/text_list_mark.h"
#include "ingest/document_builder.h"
#include "ingest/front_matter.h"
#include "ingest/html_text.h"
#include "ingest/markdown_guard.h"
#include "ingest/markdown_memory.h"
#include "ingest/markdown_text.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

// cmark counts in int32 and aborts near its end.
constexpr size_t kMaxMarkdownBytes = size_t{512} << 20;

// Of GitHub's extensions only tables and task lists are attached. Strikethrough and autolink
// register their characters in tables that are global to the library while they run, which makes
// the result of one thread depend on the others. Neither is missed: autolinks leave the text as it
// is, and "~~" is removed below.
//
// The tree lives as long as the MarkdownMemory of the calling thread.
cmark_node* ParseTree(std::string_view text) {
  static std::once_flag registered;
  std::call_once(registered, cmark_gfm_core_extensions_ensure_registered);
  static cmark_mem memory = {MarkdownMemory::Calloc, MarkdownMemory::Realloc, MarkdownMemory::Free};
  cmark_parser* parser = cmark_parser_new_with_mem(CMARK_OPT_DEFAULT, &memory);
  for (const char* name : {"table", "tasklist"}) {
    cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(name));
  }
  cmark_parser_feed(parser, text.data(), text.size());
  return cmark_parser_finish(parser);
}

std::string_view LiteralOf(cmark_node* node) {
  const char* literal = cmark_node_get_literal(node);
  return literal == nullptr ? std::string_view() : std::string_view(literal);
}

bool IsType(cmark_node* node, const char* name) {
  return std::strcmp(cmark_node_get_type_string(node), name) == 0;
}

// How the line behind `soft_break` begins, enough to tell whether with a label.
std::string LineBehind(cmark_node* soft_break) {
  constexpr size_t kEnough = 128;
  std::string line;
  for (cmark_node* node = cmark_node_next(soft_break); node != nullptr && line.size() < kEnough;
       node = cmark_node_next(node)) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) break;
    cmark_node* inside = cmark_node_first_child(node);  // of "**Owner:** Ines"
    line += LiteralOf(inside == nullptr ? node : inside).substr(0, kEnough);
  }
  return line;
}

// "~~gone~~": removes the pairs among the "~~" at `marks` (offsets in *out, ascending): one that
// opens has text behind it, one that closes has text before it.
void RemoveStrikethrough(std::string* out, const std::vector<size_t>& marks) {
  std::vector<size_t> removed;
  size_t open = std::string::npos;
  for (const size_t mark : marks) {
    const bool closes = open != std::string::npos && mark > open + 2 && (*out)[mark - 1] != ' ';
    if (closes) {
      removed.insert(removed.end(), {open, mark});
      open = std::string::npos;
    } else if (mark + 2 < out->size() && (*out)[mark + 2] != ' ') {
      open = mark;
    }
  }
  if (removed.empty()) return;
  size_t to = removed.front();
  for (size_t i = 0; i < removed.size(); ++i) {
    const size_t from = removed[i] + 2;
    const size_t end = i + 1 < removed.size() ? removed[i + 1] : out->size();
    std::memmove(out->data() + to, out->data() + from, end - from);
    to += end - from;
  }
  out->resize(to);
}

// "Set-up {#setup}": drops the anchor that several Markdown dialects put behind a heading.
void RemoveHeadingAnchor(std::string* out, size_t start) {
  if (out->size() < start + 4 || out->back() != '}') return;
  const std::string_view heading = std::string_view(*out).substr(start);
  const size_t brace = heading.rfind("{#");
  if (brace != heading.npos && brace > 0 && heading.find('}', brace) == heading.size() - 1) {
    out->resize(start + brace);
  }
}

// Whether `paragraph` is a row of badges: nothing but two pictures or more that lead elsewhere. What
// they say ("build passing") is about the project's state, not of the text. One alone may be an
// illustration, and one that leads to itself, at its full size, is.
bool IsRowOfBadges(cmark_node* paragraph) {
  size_t badges = 0;
  for (cmark_node* link = cmark_node_first_child(paragraph); link != nullptr;
       link = cmark_node_next(link)) {
    const cmark_node_type type = cmark_node_get_type(link);
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) continue;
    if (type == CMARK_NODE_TEXT && Trim(LiteralOf(link)).empty()) continue;
    cmark_node* image = type == CMARK_NODE_LINK ? cmark_node_first_child(link) : nullptr;
    if (image == nullptr || cmark_node_next(image) != nullptr ||
        cmark_node_get_type(image) != CMARK_NODE_IMAGE ||
        std::strcmp(cmark_node_get_url(image), cmark_node_get_url(link)) == 0) {
      return false;
    }
    ++badges;
  }
  return badges >= 2;
}

// Writes the tree's blocks. One pass over the library's iterator, which does not recurse.
class MarkdownWriter {
 public:
  explicit MarkdownWriter(DocumentBuilder* builder) : builder_(builder) {}

  void Write(cmark_node* root) {
    cmark_iter* iterator = cmark_iter_new(root);
    for (cmark_event_type event = cmark_iter_next(iterator); event != CMARK_EVENT_DONE;
         event = cmark_iter_next(iterator)) {
      cmark_node* node = cmark_iter_get_node(iterator);
      if (event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH &&
          IsRowOfBadges(node)) {
        cmark_iter_reset(iterator, node, CMARK_EVENT_EXIT);
      } else if (event == CMARK_EVENT_ENTER) {
        Enter(node);
      } else {
        Exit(node);
      }
    }
  }

 private:
  struct List {
    bool ordered;
    int next;
  };

  void Enter(cmark_node* node) {
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_TEXT:
        return WriteText(LiteralOf(node));
      case CMARK_NODE_CODE:
        return WriteInline(LiteralOf(node));
      case CMARK_NODE_SOFTBREAK:
        return NoteSoftBreak(node);
      case CMARK_NODE_LINEBREAK:
        return WriteLineBreak();
      case CMARK_NODE_EMPH:
      case CMARK_NODE_STRONG:
      case CMARK_NODE_LINK:
      case CMARK_NODE_IMAGE:
        return;
      case CMARK_NODE_HTML_INLINE:
        return WriteInlineHtml(LiteralOf(node));
      case CMARK_NODE_PARAGRAPH:
        return BeginParagraph();
      case CMARK_NODE_HEADING:
        return BeginBlock(
            quotes_ > 0 ? BlockKind::kQuote : BlockKind::kHeading,
            quotes_ > 0 ? 0 : static_cast<uint32_t>(cmark_node_get_heading_level(node)));
      case CMARK_NODE_CODE_BLOCK:
        return builder_->Add(BlockKind::kCode, 0, LiteralOf(node));
      case CMARK_NODE_HTML_BLOCK:
        return AppendHtmlFragment(LiteralOf(node), builder_);
      case CMARK_NODE_BLOCK_QUOTE:
        ++quotes_;
        return;
      case CMARK_NODE_LIST:
        lists_.push_back({cmark_node_get_list_type(node) == CMARK_ORDERED_LIST,
                          cmark_node_get_list_start(node)});
        return;
      case CMARK_NODE_ITEM:
        return BeginItem(node);
      default:
        return EnterExtension(node);
    }
  }

  void EnterExtension(cmark_node* node) {
    if (IsType(node, "table")) {
      table_ = std::make_unique<TableWriter>(builder_);
    } else if (IsType(node, "table_row") || IsType(node, "table_header")) {
      cells_text_.clear();
      cell_ends_.clear();
    } else if (IsType(node, "table_cell")) {
      in_cell_ = true;
    }
  }

  void Exit(cmark_node* node) {
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_PARAGRAPH:
        return EndBlock();
      case CMARK_NODE_HEADING:
        // First, as the anchor may hold marks.
        FinishStrikethrough(&builder_->out());
        RemoveHeadingAnchor(&builder_->out(), block_start_);
        return builder_->End();
      case CMARK_NODE_BLOCK_QUOTE:
        --quotes_;
        return;
      case CMARK_NODE_LIST:
        lists_.pop_back();
        item_mark_.clear();
        return;
      default:
        break;
    }
    if (!table_) return;
    if (IsType(node, "table")) {
      table_->Finish();
      table_.reset();
    } else if (IsType(node, "table_cell")) {
      in_cell_ = soft_break_ = false;
      FinishStrikethrough(&cells_text_);
      cell_ends_.push_back(cells_text_.size());
    } else if (IsType(node, "table_header")) {
      table_->SetHeader(Cells());
    } else if (IsType(node, "table_row")) {
      table_->AddRow(Cells());
    }
  }

  const std::vector<std::string_view>& Cells() {
    cells_.clear();
    size_t begin = 0;
    for (const size_t end : cell_ends_) {
      cells_.push_back(std::string_view(cells_text_).substr(begin, end - begin));
      begin = end;
    }
    return cells_;
  }

  void BeginBlock(BlockKind kind, uint32_t level) {
    builder_->Begin(kind, level);
    block_start_ = line_start_ = builder_->out().size();
    soft_break_ = false;
  }

  void BeginParagraph() {
    if (lists_.empty())
      return BeginBlock(quotes_ > 0 ? BlockKind::kQuote : BlockKind::kParagraph, 0);
    BeginBlock(BlockKind::kListItem, static_cast<uint32_t>(lists_.size()));
    builder_->out() += std::exchange(item_mark_, std::string());
  }

  void EndBlock() {
    FinishStrikethrough(&builder_->out());
    builder_->End();
  }

  // REQUIRES: nothing was removed from `out` since the text being written began.
  void FinishStrikethrough(std::string* out) {
    RemoveStrikethrough(out, strikes_);
    strikes_.clear();
  }

  // The number or check box of the item stands before its first paragraph; a bullet says nothing.
  void BeginItem(cmark_node* node) {
    item_mark_.clear();
    if (!lists_.empty() && lists_.back().ordered) {
      item_mark_ = std::to_string(lists_.back().next++) + ". ";
    }
    if (IsType(node, "tasklist")) {
      item_mark_ += cmark_gfm_extensions_get_tasklist_item_checked(node) ? "[x] " : "[ ] ";
    }
  }

  // Two fields of a form, "Owner: Ines Vogel" and "Due: 30 April", keep their lines.
  void NoteSoftBreak(cmark_node* node) {
    soft_break_ = true;
    if (!in_cell_ && text_internal::BeginsWithLabel(builder_->out(), line_start_) &&
        text_internal::BeginsWithLabel(LineBehind(node), 0)) {
      WriteLineBreak();
    }
  }

  // Appends inline text, and before it the space of a line break in the source.
  void WriteInline(std::string_view text) {
    std::string& out = Inline();
    if (std::exchange(soft_break_, false) && !JoinsWithoutSpace(out, text)) out += ' ';
    out += text;
  }

  void WriteText(std::string_view text) {
    WriteInline(text);
    const size_t begin = Inline().size() - text.size();
    for (size_t at = text.find("~~"); at != std::string_view::npos; at = text.find("~~", at + 2)) {
      strikes_.push_back(begin + at);
    }
  }

  void WriteLineBreak() {
    soft_break_ = false;
    Inline() += in_cell_ ? ' ' : '\n';
    if (!in_cell_) line_start_ = Inline().size();
  }

  void WriteInlineHtml(std::string_view tag) {
    if (tag.starts_with("<br") || tag.starts_with("<BR")) {
      WriteLineBreak();
    } else if (tag.starts_with("<img") || tag.starts_with("<IMG")) {
      WriteInline(HtmlInlineText(tag));
    }
  }

  std::string& Inline() { return in_cell_ ? cells_text_ : builder_->out(); }

  DocumentBuilder* builder_;
  int quotes_ = 0;
  std::vector<List> lists_;
  std::string item_mark_;    // "3. " or "[x] ", written before the item's first paragraph
  bool soft_break_ = false;  // a line break of the source stands before the next inline text
  size_t block_start_ = 0;
  size_t line_start_ = 0;               // of the last line that was kept
  std::vector<size_t> strikes_;         // where "~~" stands in the text being written
  std::unique_ptr<TableWriter> table_;  // the table being read
  bool in_cell_ = false;
  std::string cells_text_;         // the cells of the row being read, one behind the other,
  std::vector<size_t> cell_ends_;  // and where each ends
  std::vector<std::string_view> cells_;
};

class MarkdownParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    if (text.size() > kMaxMarkdownBytes) {
      return ResourceExhaustedError("Markdown of " + std::to_string(text.size()) +
                                    " bytes: expected at most " +
                                    std::to_string(kMaxMarkdownBytes));
    }
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kMarkdown));
    document.text.reserve(text.size());
    DocumentBuilder builder(&document);
    if (const FrontMatter front = FindFrontMatter(text); front.size > 0) {
      const Status status = ReadFrontMatter(front.yaml, &document);
      if (status.code() == Code::kInvalidArgument) {
        // Kept as text, so that nothing of the file is lost.
        const size_t colon = status.message().find(": ");
        parsed.errors.push_back(
            {status.message().substr(0, colon), status.message().substr(colon + 2)});
        builder.Add(BlockKind::kCode, 0, front.yaml);
      }
      if (status.code() != Code::kNotFound) text.remove_prefix(front.size);
    }
    AppendMarkdown(text, &builder);
    NoteCellsLeftOut(builder, &parsed.errors);
    return parsed;
  }
};

}  // namespace

void AppendMarkdown(std::string_view markdown, DocumentBuilder* builder) {
  if (markdown.size() > kMaxMarkdownBytes) return AppendPlainText(markdown, builder);
  std::string storage;
  const MarkdownMemory memory;
  MarkdownWriter(builder).Write(ParseTree(GuardMarkdown(markdown, &storage)));
}

std::unique_ptr<Parser> MakeMarkdownParser() { return std::make_unique<MarkdownParser>(); }

}  // namespace quarry::ingest
