#include <gumbo.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/html_prescan.h"
#include "ingest/html_text.h"
#include "ingest/html_walk.h"
#include "ingest/html_writer.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

using html::Node;
using html::Page;

constexpr size_t kMaxHtmlBytes = size_t{256} << 20;

GumboOptions Options() {
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;  // pages have thousands, and nobody reads them
  return options;
}

struct OutputDeleter {
  void operator()(GumboOutput* output) const {
    const GumboOptions options = Options();
    gumbo_destroy_output(&options, output);
  }
};
using Output = std::unique_ptr<GumboOutput, OutputDeleter>;

Output ParseTree(const std::string& prescanned) {
  const GumboOptions options = Options();
  return Output(gumbo_parse_with_options(&options, prescanned.data(), prescanned.size()));
}

// Whether there is anything but tags in what PrescanHtml wrote. Markdown is full of "</div>" and
// comments.
bool HasText(std::string_view prescanned) {
  bool in_tag = false;
  for (const char c : prescanned) {
    if (c == '<') in_tag = true;
    if (!in_tag && !html::IsSpaceByte(c)) return true;
    if (c == '>') in_tag = false;
  }
  return prescanned.find("<img alt") != prescanned.npos;
}

// What the page says about itself.
void ReadMeta(const Node& meta, Document* document) {
  const char* name = html::AttributeOf(meta, "name");
  if (name == nullptr) name = html::AttributeOf(meta, "property");
  const char* content = html::AttributeOf(meta, "content");
  if (name == nullptr || content == nullptr) return;
  static constexpr std::pair<std::string_view, const char*> kFields[] = {
      {"author", "author"},
      {"article:author", "author"},
      {"description", "description"},
      {"og:description", "description"},
      {"article:published_time", "date"},
      {"date", "date"},
      {"dc.date", "date"},
  };
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  const std::string_view value = Trim(content);
  if (value.empty()) return;
  if (lower == "keywords") {
    std::vector<std::string> words;
    for (size_t begin = 0; begin < value.size();) {
      const size_t comma = std::min(value.find(',', begin), value.size());
      if (const auto word = Trim(value.substr(begin, comma - begin)); !word.empty())
        words.emplace_back(word);
      begin = comma + 1;
    }
    document->metadata.emplace("keywords", std::move(words));
    return;
  }
  for (const auto& [key, field] : kFields) {
    // The first one stands: pages repeat themselves for social networks.
    if (lower == key) document->metadata.emplace(field, std::string(value));
  }
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

struct Landmarks {
  std::string title;
  const Node* body = nullptr;
  const Node* main = nullptr;
  std::vector<const Node*> articles;  // outermost ones
};

Landmarks FindLandmarks(const Page& page, Document* document) {
  Landmarks found;
  int articles = 0;
  html::Walk(
      *page.root,
      [&](const Node& node) {
        if (!html::IsElement(node)) return node.type == GUMBO_NODE_DOCUMENT;
        const GumboTag tag = node.v.element.tag;
        if (tag == GUMBO_TAG_HTML) {
          if (const char* lang = html::AttributeOf(node, "lang"))
            document->language = PrimaryLanguage(lang);
        } else if (tag == GUMBO_TAG_META) {
          ReadMeta(node, document);
        } else if (tag == GUMBO_TAG_TITLE) {
          if (found.title.empty()) found.title = ReadTitle(page, node);
          return false;
        } else if (tag == GUMBO_TAG_BODY) {
          found.body = &node;
        } else if (html::IsInvisible(node) && tag != GUMBO_TAG_HEAD) {
          return false;
        }
        const char* role = html::AttributeOf(node, "role");
        const bool is_main =
            tag == GUMBO_TAG_MAIN || (role != nullptr && std::string_view(role) == "main");
        if (is_main && found.main == nullptr) found.main = &node;
        if (tag == GUMBO_TAG_ARTICLE && articles++ == 0) found.articles.push_back(&node);
        return true;
      },
      [&](const Node& node) {
        if (html::IsTag(node, GUMBO_TAG_ARTICLE)) --articles;
      });
  return found;
}

// The text of a page without its boilerplate, as far as the page's own landmarks tell. What is left
// must be enough of the whole, since pages use landmarks in odd ways; otherwise the next wider
// choice is taken: <main>, the articles, the page without navigation and the like, everything.
void WriteContent(const Page& page, const Landmarks& landmarks, Document* document) {
  constexpr size_t kEnough = 100;
  const Node& body = landmarks.body == nullptr ? *page.root : *landmarks.body;
  const size_t total = html::TextSize(page, body);
  const auto write = [&](const std::vector<const Node*>& roots, bool skip_boilerplate) {
    document->text.clear();
    document->blocks.clear();
    DocumentBuilder builder(document);
    for (const Node* root : roots)
      html::WriteBlocks(page, *root, skip_boilerplate, total, &builder);
    return document->text.size();
  };
  if (landmarks.main != nullptr && write({landmarks.main}, true) >= kEnough) return;
  const size_t without_boilerplate = write({&body}, true);
  if (!landmarks.articles.empty()) {
    // Comments and teasers are articles too: they must be most of the page, unless there is one
    // only.
    const size_t articles = write(landmarks.articles, true);
    const bool enough = landmarks.articles.size() == 1 ? articles >= 2 * kEnough
                                                       : articles * 5 >= without_boilerplate * 2;
    if (enough && articles > 0) return;
    write({&body}, true);
  }
  if (without_boilerplate >= kEnough || without_boilerplate * 5 >= total) return;
  write({&body}, false);
}

// The heading names the page; <title> often adds the name of the site. Among several headings the
// one that <title> repeats is meant, otherwise the first.
std::string TitleOf(const Document& document, std::string_view title) {
  std::string first;
  for (const Block& block : document.blocks) {
    if (block.kind != BlockKind::kHeading || block.level != 1) continue;
    std::string heading = TitleLine(document.TextOf(block));
    if (title.find(heading) != title.npos) return heading;
    if (first.empty()) first = std::move(heading);
  }
  return first.empty() ? TitleLine(title) : first;
}

class HtmlParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    if (text.size() > kMaxHtmlBytes) {
      return ResourceExhaustedError("HTML of " + std::to_string(text.size()) +
                                    " bytes: expected at most " + std::to_string(kMaxHtmlBytes));
    }
    QUARRY_ASSIGN_OR_RETURN(const std::string prescanned, PrescanHtml(text));
    const Output output = ParseTree(prescanned);
    const Page page{text, output->document};
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kHtml));
    const Landmarks landmarks = FindLandmarks(page, &document);
    WriteContent(page, landmarks, &document);
    document.title = TitleOf(document, landmarks.title);
    return parsed;
  }
};

}  // namespace

void AppendHtmlFragment(std::string_view html, DocumentBuilder* builder) {
  // A fragment is a part of a file that was accepted, so its number of tags is bounded already or
  // it is dropped like other markup without text.
  const Result<std::string> prescanned = PrescanHtml(html);
  if (!prescanned.ok() || !HasText(*prescanned)) return;
  const Output output = ParseTree(*prescanned);
  html::WriteBlocks({html, output->document}, *output->document, false, 0, builder);
}

std::string HtmlInlineText(std::string_view html) {
  const Result<std::string> prescanned = PrescanHtml(html);
  if (!prescanned.ok()) return "";
  const Output output = ParseTree(*prescanned);
  return html::LineOf({html, output->document}, *output->document);
}

std::unique_ptr<Parser> MakeHtmlParser() { return std::make_unique<HtmlParser>(); }

}  // namespace quarry::ingest
