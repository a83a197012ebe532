#include "ingest/html_writer.h"

#include <gumbo.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/html_prescan.h"
#include "ingest/html_tokenizer.h"
#include "ingest/html_walk.h"

namespace quarry::ingest::html {
namespace {

bool IsList(GumboTag tag) {
  return tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL || tag == GUMBO_TAG_DL ||
         tag == GUMBO_TAG_MENU || tag == GUMBO_TAG_DIR;
}

// What the tools that make documentation put behind a heading or a term: a mark that links to it.
constexpr std::string_view kPilcrow = "\u00B6";

// Whether `node` is such a link. Only its text tells: the classes are as many as the tools.
bool IsPermalink(const Page& page, const Node& node) {
  if (!IsTag(node, GUMBO_TAG_A)) return false;
  const Node* inner = &node;
  for (const GumboVector* children = ChildrenOf(node); children != nullptr && children->length == 1;
       children = ChildrenOf(*inner)) {
    inner = static_cast<const Node*>(children->data[0]);
  }
  if (!IsText(*inner)) return false;
  std::string text;
  ResolvePrescanText(page.source, inner->v.text.text, [&](std::string_view run) { text += run; });
  const std::string_view mark = Trim(text);
  return mark == "#" || mark == kPilcrow || mark == "\u00A7" || mark == "\U0001F517";
}

void RemovePilcrow(std::string* heading, size_t start) {
  if (!std::string_view(*heading).substr(start).ends_with(kPilcrow)) return;
  heading->resize(heading->size() - kPilcrow.size());
  while (heading->size() > start && heading->back() == ' ') heading->pop_back();
}

class HtmlNodeWriter {
 public:
  HtmlNodeWriter(const Page& page, const LeftOut& left_out, DocumentBuilder* builder)
      : page_(page),
        next_left_out_(left_out.begin()),
        end_left_out_(left_out.end()),
        builder_(builder),
        text_(&builder->out(), 0) {}

  void Write(const Node& root) {
    Walk(
        root, [this](const Node& node) { return Enter(node); },
        [this](const Node& node) { Exit(node); });
    builder_->End();
  }

 private:
  struct List {
    bool ordered;
    int next;
  };

  // Returns whether to read on below `node`.
  bool Enter(const Node& node) {
    if (IsText(node)) {
      WriteText(node.v.text.text);
      return false;
    }
    if (!IsElement(node)) return true;
    if (next_left_out_ != end_left_out_ && *next_left_out_ == &node) {
      ++next_left_out_;
      return false;
    }
    if (IsInvisible(node)) return false;
    if ((!headings_.empty() || terms_ > 0) && IsPermalink(page_, node)) return false;
    const GumboTag tag = node.v.element.tag;
    switch (tag) {
      case GUMBO_TAG_BR:
        WriteLineBreak();
        return false;
      case GUMBO_TAG_IMG:
        WriteImage(node);
        return false;
      case GUMBO_TAG_TABLE:
        builder_->End();
        if (preformatted_ == 0 && WriteTable(page_, node, builder_)) return false;
        break;
      case GUMBO_TAG_Q:
        WriteRun("“");
        break;
      default:
        break;
    }
    if (RoleOf(tag) == Role::kBlock && preformatted_ == 0) builder_->End();
    if (RoleOf(tag) == Role::kSpaced) text_.AppendBreak(false);
    EnterContext(node);
    return true;
  }

  void EnterContext(const Node& node) {
    const GumboTag tag = node.v.element.tag;
    if (IsList(tag)) {
      const char* start = AttributeOf(node, "start");
      lists_.push_back({tag == GUMBO_TAG_OL, start == nullptr ? 1 : std::atoi(start)});
      item_mark_.clear();
    } else if (tag == GUMBO_TAG_LI) {
      item_mark_.clear();
      if (!lists_.empty() && lists_.back().ordered) {
        item_mark_ = std::to_string(lists_.back().next) + ". ";
        if (lists_.back().next < INT32_MAX) ++lists_.back().next;
      }
    } else if (tag == GUMBO_TAG_DD) {
      ++definitions_;
    } else if (tag == GUMBO_TAG_DT) {
      ++terms_;
    } else if (tag == GUMBO_TAG_BLOCKQUOTE) {
      ++quotes_;
    } else if (tag == GUMBO_TAG_PRE || tag == GUMBO_TAG_LISTING) {
      ++preformatted_;
    } else if (HeadingLevelOf(tag) > 0) {
      headings_.push_back(HeadingLevelOf(tag));
    }
  }

  void Exit(const Node& node) {
    if (!IsElement(node)) return;
    const GumboTag tag = node.v.element.tag;
    if (tag == GUMBO_TAG_Q) WriteRun("”");
    if (RoleOf(tag) == Role::kSpaced) text_.AppendBreak(false);
    if (IsList(tag)) {
      lists_.pop_back();
    } else if (tag == GUMBO_TAG_DD) {
      --definitions_;
    } else if (tag == GUMBO_TAG_DT) {
      --terms_;
    } else if (tag == GUMBO_TAG_BLOCKQUOTE) {
      --quotes_;
    } else if (tag == GUMBO_TAG_PRE || tag == GUMBO_TAG_LISTING) {
      --preformatted_;
    }
    if (HeadingLevelOf(tag) > 0 && builder_->IsOpen()) {
      RemovePilcrow(&builder_->out(), builder_->out().size() - builder_->OpenText().size());
    }
    if (RoleOf(tag) == Role::kBlock && preformatted_ == 0) builder_->End();
    if (HeadingLevelOf(tag) > 0) headings_.pop_back();
  }

  void WriteText(std::string_view node_text) {
    ResolvePrescanText(page_.source, node_text, [this](std::string_view run) { WriteRun(run); });
  }

  void WriteRun(std::string_view run) {
    if (preformatted_ > 0) {
      if (!builder_->IsOpen()) builder_->Begin(BlockKind::kCode, 0);
      builder_->out() += run;
      return;
    }
    // A no-break space looks like any other.
    for (size_t space = run.find("\u00A0"); space != run.npos; space = run.find("\u00A0")) {
      AppendRunning(run.substr(0, space));
      if (builder_->IsOpen()) text_.AppendBreak(false);
      run.remove_prefix(space + 2);
    }
    AppendRunning(run);
  }

  void AppendRunning(std::string_view run) {
    if (!builder_->IsOpen()) {
      const size_t begin = run.find_first_not_of(" \t\n\v\f\r");
      if (begin == run.npos) return;
      run.remove_prefix(begin);
      BeginBlock();
    }
    text_.Append(run);
  }

  void WriteImage(const Node& image) {
    const std::string_view alt = AltOf(image);
    if (alt.empty()) return;
    text_.AppendBreak(false);
    WriteRun(alt);
    text_.AppendBreak(false);
  }

  void BeginBlock() {
    if (!headings_.empty() && quotes_ == 0) {
      builder_->Begin(BlockKind::kHeading, headings_.back());
    } else if (!lists_.empty()) {
      builder_->Begin(BlockKind::kListItem, static_cast<uint32_t>(lists_.size()) + definitions_);
    } else if (quotes_ > 0) {
      builder_->Begin(BlockKind::kQuote, 0);
    } else {
      builder_->Begin(BlockKind::kParagraph, 0);
    }
    builder_->out() += std::exchange(item_mark_, std::string());
    text_ = RunningText(&builder_->out(), builder_->out().size());
  }

  void WriteLineBreak() {
    if (!builder_->IsOpen()) return;
    if (preformatted_ > 0) {
      builder_->out() += '\n';
    } else if (builder_->out().back() == '\n') {
      builder_->End();  // two in a row: how old pages separate paragraphs
    } else {
      text_.AppendLineBreak();
    }
  }

  const Page& page_;
  LeftOut::const_iterator next_left_out_;  // in the order in which the tree is walked
  const LeftOut::const_iterator end_left_out_;
  DocumentBuilder* builder_;
  RunningText text_;  // of the open block

  std::vector<List> lists_;
  std::string item_mark_;  // "3. ", written before the item's first text
  std::vector<uint32_t> headings_;
  uint32_t definitions_ = 0;  // open <dd>
  uint32_t terms_ = 0;        // open <dt>
  int quotes_ = 0;
  int preformatted_ = 0;
};

}  // namespace

std::string_view AltOf(const Node& image) {
  const char* attribute = AttributeOf(image, "alt");
  const std::string_view alt = attribute == nullptr ? "" : attribute;
  if (alt.starts_with('[') && alt.ends_with(']')) return "";
  for (const std::string_view extension : {".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp"}) {
    const bool is_name = alt.size() > extension.size() && alt.find(' ') == alt.npos &&
                         EqualsIgnoringCase(alt.substr(alt.size() - extension.size()), extension);
    if (is_name) return "";
  }
  return alt;
}

bool IsInvisible(const Node& node) {
  if (node.type == GUMBO_NODE_TEMPLATE) return true;
  if (!IsElement(node)) return false;
  switch (node.v.element.tag) {
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_META:
    case GUMBO_TAG_RT:  // the reading beside a character of <ruby>
    case GUMBO_TAG_RP:
      return true;
    default:
      return HasAttribute(node, kHiddenMark);
  }
}

size_t TextSize(const Page& page, const Node& node) {
  size_t size = 0;
  Walk(
      node,
      [&](const Node& below) {
        if (IsText(below)) {
          ResolvePrescanText(page.source, below.v.text.text, [&](std::string_view run) {
            for (const char c : run) size += static_cast<size_t>(!IsAsciiSpace(c));
          });
        }
        return !IsInvisible(below);
      },
      [](const Node&) {});
  return size;
}

std::string LineOf(const Page& page, const Node& node) {
  std::string line;
  RunningText text(&line, 0);
  const bool is_heading = IsElement(node) && HeadingLevelOf(node.v.element.tag) > 0;
  Walk(
      node,
      [&](const Node& below) {
        if (IsText(below)) {
          ResolvePrescanText(page.source, below.v.text.text,
                             [&](std::string_view run) { text.Append(run); });
          return false;
        }
        if (!IsElement(below) || IsInvisible(below)) return below.type == GUMBO_NODE_DOCUMENT;
        if (is_heading && IsPermalink(page, below)) return false;
        if (RoleOf(below.v.element.tag) != Role::kInline) text.AppendBreak(false);
        if (below.v.element.tag == GUMBO_TAG_IMG) {
          text.Append(AltOf(below));
        }
        return true;
      },
      [&](const Node& below) {
        if (IsElement(below) && RoleOf(below.v.element.tag) != Role::kInline)
          text.AppendBreak(false);
      });
  if (is_heading) RemovePilcrow(&line, 0);
  return line;
}

void WriteBlocks(const Page& page, const Node& node, const LeftOut& left_out,
                 DocumentBuilder* builder) {
  HtmlNodeWriter(page, left_out, builder).Write(node);
}

}  // namespace quarry::ingest::html
