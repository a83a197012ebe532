#include <gumbo.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/arena.h"
#include "ingest/document_builder.h"
#include "ingest/html_content.h"
#include "ingest/html_metadata.h"
#include "ingest/html_prescan.h"
#include "ingest/html_text.h"
#include "ingest/html_walk.h"
#include "ingest/html_writer.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

using html::Node;
using html::Page;

// The tree of a page, in memory of its own: there is nothing to take apart afterwards.
class Tree {
 public:
  explicit Tree(const std::string& prescanned) {
    GumboOptions options = kGumboDefaultOptions;
    options.max_errors = 0;  // pages have thousands, and nobody reads them
    options.userdata = &arena_;
    options.allocator = [](void* arena, size_t size) {
      return static_cast<Arena*>(arena)->Allocate(size);
    };
    options.deallocator = [](void* arena, void* block) { static_cast<Arena*>(arena)->Free(block); };
    document_ = gumbo_parse_with_options(&options, prescanned.data(), prescanned.size())->document;
  }

  const Node* document() const { return document_; }

 private:
  Arena arena_;
  const Node* document_;
};

// Whether there is anything but tags in what PrescanHtml wrote. Markdown is full of "</div>" and
// comments.
bool HasText(std::string_view prescanned) {
  bool in_tag = false;
  for (const char c : prescanned) {
    if (c == '<') in_tag = true;
    if (!in_tag && !IsAsciiSpace(c)) return true;
    if (c == '>') in_tag = false;
  }
  return prescanned.find("<img alt") != prescanned.npos;
}

// The text of <title>, which is invisible in the page itself.
std::string ReadTitle(const Page& page, const Node& title) {
  std::string text;
  RunningText running(&text, 0);
  const GumboVector* children = html::ChildrenOf(title);
  for (unsigned i = 0; i < children->length; ++i) {
    const auto* child = static_cast<const Node*>(children->data[i]);
    if (!html::IsText(*child)) continue;
    ResolvePrescanText(page.source, child->v.text.text,
                       [&](std::string_view run) { running.Append(run); });
  }
  return text;
}

bool IsMain(const Node& node) {
  if (!html::IsElement(node)) return false;
  const char* role = html::AttributeOf(node, "role");
  return html::IsTag(node, GUMBO_TAG_MAIN) || (role != nullptr && std::string_view(role) == "main");
}

struct Landmarks {
  std::string title;                  // of <title>
  std::vector<std::string> headings;  // the first <h1>s
  const Node* body = nullptr;
  const Node* main = nullptr;
};

Landmarks FindLandmarks(const Page& page, html::PageMetadata* metadata, Document* document) {
  constexpr size_t kMaxHeadings = 10;
  Landmarks found;
  int articles = 0;  // open <article> and <main>
  html::Walk(
      *page.root,
      [&](const Node& node) {
        if (!html::IsElement(node)) return node.type == GUMBO_NODE_DOCUMENT;
        const GumboTag tag = node.v.element.tag;
        if (tag == GUMBO_TAG_HTML) {
          if (const char* lang = html::AttributeOf(node, "lang"))
            document->language = PrimaryLanguage(lang);
        } else if (tag == GUMBO_TAG_META) {
          metadata->ReadMeta(node);
        } else if (tag == GUMBO_TAG_TITLE) {
          if (found.title.empty()) found.title = ReadTitle(page, node);
          return false;
        } else if (tag == GUMBO_TAG_TIME && articles > 0) {  // elsewhere it may date a teaser
          metadata->ReadTime(node);
        } else if (tag == GUMBO_TAG_H1 && found.headings.size() < kMaxHeadings) {
          found.headings.push_back(TitleLine(html::LineOf(page, node)));
        } else if (tag == GUMBO_TAG_BODY) {
          found.body = &node;
        } else if (html::IsInvisible(node) && tag != GUMBO_TAG_HEAD) {
          return false;
        }
        if (IsMain(node) && found.main == nullptr) found.main = &node;
        if (tag == GUMBO_TAG_ARTICLE || IsMain(node)) ++articles;
        return true;
      },
      [&](const Node& node) {
        if (html::IsTag(node, GUMBO_TAG_ARTICLE) || IsMain(node)) --articles;
      });
  return found;
}

// The text of a page without its boilerplate. A page that has a <main> with text is that.
void WriteContent(const Page& page, const Landmarks& landmarks, ParsedSource* parsed) {
  constexpr size_t kEnough = 100;
  const Node* content = landmarks.body == nullptr ? page.root : landmarks.body;
  if (landmarks.main != nullptr && html::TextSize(page, *landmarks.main) >= kEnough) {
    content = landmarks.main;
  }
  DocumentBuilder builder(&parsed->documents.back());
  html::WriteBlocks(page, *content, html::FindBoilerplate(page, *content), &builder);
  NoteCellsLeftOut(builder, &parsed->errors);
}

// The heading names the page; <title> often adds the name of the site. Among several headings the
// one that <title> repeats is meant, otherwise the first that is part of the content.
std::string TitleOf(const Document& document, const Landmarks& landmarks,
                    const html::PageMetadata& metadata) {
  const std::string_view title = landmarks.title;
  for (const std::string& heading : landmarks.headings) {
    if (!heading.empty() && title.find(heading) != title.npos) return heading;
  }
  std::string name = TitleLine(metadata.title());
  if (!name.empty() && (title.empty() || title.starts_with(name))) return name;
  for (const Block& block : document.blocks) {
    if (block.kind == BlockKind::kHeading && block.level == 1) {
      return TitleLine(document.TextOf(block));
    }
  }
  return TitleLine(title);
}

class HtmlParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    QUARRY_ASSIGN_OR_RETURN(const std::string prescanned, PrescanHtml(text));
    const Tree tree(prescanned);
    const Page page{text, tree.document()};
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kHtml));
    html::PageMetadata metadata;
    const Landmarks landmarks = FindLandmarks(page, &metadata, &document);
    metadata.ReadLinkedData(text);
    WriteContent(page, landmarks, &parsed);
    document.title = TitleOf(document, landmarks, metadata);
    metadata.MoveTo(&document);
    return parsed;
  }
};

}  // namespace

void AppendHtmlFragment(std::string_view html, DocumentBuilder* builder) {
  // A fragment is a part of a file that was accepted, so its number of tags is bounded already or
  // it is dropped like other markup without text.
  const Result<std::string> prescanned = PrescanHtml(html);
  if (!prescanned.ok() || !HasText(*prescanned)) return;
  const Tree tree(*prescanned);
  html::WriteBlocks({html, tree.document()}, *tree.document(), {}, builder);
}

void AppendHtmlText(std::string_view text, std::string* html) {
  for (const char c : text) {
    if (c == '<') {
      *html += "&lt;";
    } else if (c == '&') {
      *html += "&amp;";
    } else {
      *html += c;
    }
  }
}

std::string HtmlInlineText(std::string_view html) {
  const Result<std::string> prescanned = PrescanHtml(html);
  if (!prescanned.ok()) return "";
  const Tree tree(*prescanned);
  return html::LineOf({html, tree.document()}, *tree.document());
}

std::unique_ptr<Parser> MakeHtmlParser() { return std::make_unique<HtmlParser>(); }

}  // namespace quarry::ingest
